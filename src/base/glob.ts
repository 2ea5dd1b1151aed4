/** Globs with the kernel's own meaning (lib/glob.c): `*`, `?`, `[a-c]`, `[!a]`, and `\` before a literal character. */

/** Whether `pattern` holds a wildcard at all. */
export function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** What one place of a pattern accepts; `star` accepts any run of characters. */
type GlobToken = 'star' | ((character: string) => boolean);

/**
 * A predicate for whole names. An unclosed `[` is an ordinary character, as in the kernel. Matching takes time in
 * proportion to name times pattern at worst: like the kernel's, it backs up to the last star only.
 */
export function compileGlob(pattern: string): (name: string) => boolean {
  if (!/[*?[\\]/.test(pattern)) return (name) => name === pattern;
  const tokens = parseGlob(pattern);
  return (name) => matchTokens(tokens, name);
}

function parseGlob(pattern: string): GlobToken[] {
  const tokens: GlobToken[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at]!;
    // The first member may be `]` itself, so `[]` and `[!]` are unclosed.
    const set = character === '[' ? /^\[(!?)(\]?[^\]]*)\]/.exec(pattern.slice(at)) : null;
    if (character === '*') tokens.push('star');
    else if (character === '?') tokens.push(() => true);
    else if (set !== null && set[2] !== '') {
      tokens.push(compileSet(set[2]!, set[1] === '!'));
      at += set[0].length - 1;
    } else if (character === '\\' && at + 1 < pattern.length) {
      at += 1;
      tokens.push(literal(pattern[at]!));
    } else tokens.push(literal(character));
  }
  return tokens;
}

function literal(wanted: string): (character: string) => boolean {
  return (character) => character === wanted;
}

/** Members and ranges; a range that runs backwards is empty. */
function compileSet(members: string, inverted: boolean): (character: string) => boolean {
  const ranges: (readonly [first: string, last: string])[] = [];
  for (let at = 0; at < members.length; at += 1) {
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    ranges.push([members[at]!, members[isRange ? at + 2 : at]!]);
    if (isRange) at += 2;
  }
  return (character) => ranges.some(([first, last]) => first <= character && character <= last) !== inverted;
}

function matchTokens(tokens: readonly GlobToken[], name: string): boolean {
  let [token, at] = [0, 0];
  /** Behind the last star, and where in the name its run ends for now. */
  let [retryToken, retryAt] = [-1, 0];
  while (at < name.length) {
    const wanted = tokens[token];
    if (wanted === 'star') {
      [retryToken, retryAt] = [token + 1, at];
      token += 1;
    } else if (wanted?.(name[at]!)) {
      token += 1;
      at += 1;
    } else if (retryToken >= 0) {
      retryAt += 1;
      [token, at] = [retryToken, retryAt];
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === 'star');
}
