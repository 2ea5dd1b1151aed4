import { describe, expect, it } from 'vitest';
import { compileGlob, isGlob } from '../../src/base/glob.ts';
import { readThreadMs } from '../../src/base/thread-time.ts';

/** What the kernel answers, by the rules of its lib/glob.c: the slow way, character by character. */
function kernelMatches(pattern: string, name: string): boolean {
  if (pattern === '') return name === '';
  const [first, rest] = [pattern[0]!, pattern.slice(1)];
  if (first === '*') {
    return Array.from({ length: name.length + 1 }, (_, at) => at).some((at) => kernelMatches(rest, name.slice(at)));
  }
  const set = first === '[' ? readSet(pattern) : undefined;
  if (set !== undefined) {
    return name !== '' && set.has(name[0]!) && kernelMatches(pattern.slice(set.length), name.slice(1));
  }
  if (first === '?') return name !== '' && kernelMatches(rest, name.slice(1));
  const escaped = first === '\\' && rest !== '';
  const literal = escaped ? rest[0]! : first;
  return name[0] === literal && kernelMatches(escaped ? rest.slice(1) : rest, name.slice(1));
}

/** The same numbers on every run (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** A set from `[` to `]`: the first member may be `]`, a range may be empty, and without an end it is no set. */
function readSet(pattern: string): { length: number; has(character: string): boolean } | undefined {
  const inverted = pattern[1] === '!';
  const ranges: [string, string][] = [];
  let at = inverted ? 2 : 1;
  do {
    const low = pattern[at];
    if (low === undefined) return undefined;
    at += 1;
    if (pattern[at] === '-' && pattern[at + 1] !== ']') {
      const high = pattern[at + 1];
      if (high === undefined) return undefined;
      ranges.push([low, high]);
      at += 2;
    } else ranges.push([low, low]);
  } while (pattern[at] !== ']');
  const within = (character: string) => ranges.some(([low, high]) => low <= character && character <= high);
  return { length: at + 1, has: (character) => within(character) !== inverted };
}

describe('compileGlob', () => {
  it.each([
    ['vfs_*', 'vfs_open', true],
    ['vfs_*', 'do_vfs_open', false],
    ['*open', 'vfs_open', true],
    ['*fs*en', 'vfs_open', true],
    ['vfs_?pen', 'vfs_open', true],
    ['vfs_?', 'vfs_', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[!a-c]x', 'dx', true],
    ['[^a]x', '^x', true],
    ['[^a]x', 'bx', false],
    ['[]a]x', ']x', true],
    ['[a-]x', '-x', true],
    ['[c-a]x', 'bx', false],
    ['a[', 'a[', true],
    ['a[b', 'a[b', true],
    ['[]', '[]', true],
    ['[!]', '[!]', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['a\\?b', 'a?b', true],
    ['[\\]a', '\\a', true],
    ['a.b', 'axb', false],
    ['a+', 'aa', false],
    ['(a|b)', 'a', false],
    ['vfs_open$', 'vfs_open', false],
    ['***', '', true],
    ['', '', true],
    ['', 'a', false],
  ])('%s and %s: %s', (pattern, name, matches) => {
    expect(kernelMatches(pattern, name)).toBe(matches);
    expect(compileGlob(pattern)(name)).toBe(matches);
  });

  it('agrees with the kernel on any pattern', () => {
    const random = seededRandom(1);
    const pick = (letters: string, most: number) =>
      Array.from({ length: random() % (most + 1) }, () => letters[random() % letters.length]).join('');
    const differing: string[] = [];
    for (let round = 0; round < 20_000; round += 1) {
      // A backslash at the very end escapes the end of the text in the kernel: nobody writes that.
      const pattern = pick('ab*?[]!-\\^.', 7).replace(/\\+$/, '');
      const name = pick('ab[]-', 5);
      let ours: boolean | string;
      try {
        ours = compileGlob(pattern)(name);
      } catch (error) {
        ours = String(error);
      }
      if (ours !== kernelMatches(pattern, name)) differing.push(`${pattern} on ${name}: ${ours}`);
    }
    expect(differing.slice(0, 20)).toEqual([]);
  });

  it('knows what is a glob', () => {
    expect(['a*', 'a?', '[a]', 'vfs_open', 'a.b'].map(isGlob)).toEqual([true, true, true, false, false]);
  });

  it('does not take for ever on many stars', () => {
    const begun = readThreadMs();
    expect(compileGlob(`${'*a'.repeat(8)}b`)('a'.repeat(40))).toBe(false);
    expect(readThreadMs() - begun).toBeLessThan(1_000);
  });
});
