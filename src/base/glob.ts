/** Globs with the kernel's own meaning (lib/glob.c): `*`, `?`, `[a-c]`, `[!a]`, and `\` before a literal character. */

/** Whether `pattern` holds a wildcard at all. */
export function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** A predicate for whole names; an unclosed `[` is an ordinary character, as in the kernel. */
export function compileGlob(pattern: string): (name: string) => boolean {
  if (!/[*?[\\]/.test(pattern)) return (name) => name === pattern;
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at]!;
    const set = character === '[' ? /^\[(!?)(\]?[^\]]*)\]/.exec(pattern.slice(at)) : null;
    if (character === '*') source += '.*';
    else if (character === '?') source += '.';
    else if (set !== null) {
      source += `[${set[1] === '!' ? '^' : ''}${set[2]!.replace(/[\\\]^]/g, '\\$&')}]`;
      at += set[0].length - 1;
    } else if (character === '\\' && at + 1 < pattern.length) {
      at += 1;
      source += escapeForRegExp(pattern[at]!);
    } else source += escapeForRegExp(character);
  }
  const expression = new RegExp(`^${source}$`, 's');
  return (name) => expression.test(name);
}

function escapeForRegExp(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
