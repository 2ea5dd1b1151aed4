import { describe, expect, it } from 'vitest';
import { readThreadMs } from '../../../src/base/thread-time.ts';
import { globPattern, regexPattern, wholeText } from '../../../src/format/filter/text-pattern.ts';

describe('POSIX basic regular expressions (results of regcomp(3) with REG_ICASE)', () => {
  it.each<[pattern: string, text: string, expected: boolean]>([
    ['', '', true],
    ['', 'x', true],
    ['abc', 'xxABCxx', true],
    ['^abc', 'xabc', false],
    ['abc$', 'abcx', false],
    ['^$', '', true],
    ['^$', 'x', false],
    ['a.c', 'abc', true],
    ['a.c', 'ac', false],
    ['ab*c', 'ac', true],
    ['ab*c', 'abbbbc', true],
    ['^ab\\+c$', 'ac', false],
    ['^ab\\+c$', 'abbc', true],
    ['^ab\\?c$', 'abc', true],
    ['^ab\\?c$', 'abbc', false],
    ['a+', 'aa', false],
    ['a+', 'a+', true],
    ['a|b', 'a', false],
    ['a|b', 'a|b', true],
    ['^\\(a\\|bc\\)$', 'bc', true],
    ['^\\(a\\|bc\\)$', 'abc', false],
    ['^a\\|b$', 'axx', true],
    ['^a\\|b$', 'xxb', true],
    ['^a\\|b$', 'xax', false],
    ['^a\\{2,3\\}$', 'a', false],
    ['^a\\{2,3\\}$', 'aaa', true],
    ['^a\\{2,3\\}$', 'aaaa', false],
    ['^a\\{2\\}$', 'aa', true],
    ['^a\\{2,\\}$', 'aaaaa', true],
    ['^a\\{,2\\}$', 'aa', true],
    ['^\\(ab\\)*$', 'ababab', true],
    ['^\\(ab\\)*$', 'aba', false],
    ['*a', '*a', true],
    ['^*a', '*a', true],
    ['\\(*a\\)', '*a', true],
    ['a^b', 'a^b', true],
    ['a$b', 'a$b', true],
    ['\\(^a\\)', 'ba', false],
    ['\\(a$\\)', 'ab', false],
    ['a\\.c', 'abc', false],
    ['a\\*', 'a*', true],
    ['[a-c]x', 'Bx', true],
    ['^[^a-c]$', 'B', false],
    ['^[^a-c]$', 'd', true],
    ['[]x]', ']', true],
    ['^[^]x]$', 'y', true],
    ['[a-]', '-', true],
    ['[\\n]', '\\', true],
    ['^[[:digit:][:upper:]]*$', '1a2', true],
    ['[[:punct:]]', 'a', false],
    ['^\\w\\+$', 'a_1', true],
    ['\\s', 'a b', true],
    ['\\W', 'ab', false],
    ['é', 'caf\u00e9', true],
    ['^..$', 'é', true],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(regexPattern(pattern).test(text)).toBe(expected);
  });

  it('agrees with another engine on random patterns', () => {
    let seed = 12345;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return (seed >> 8) % below;
    };
    const make = (depth: number): [posix: string, script: string] => {
      const kind = depth === 0 ? random(3) : random(8);
      if (kind <= 1) return [['a', 'b'][kind]!, ['a', 'b'][kind]!];
      if (kind === 2) return ['[ab]', '[ab]'];
      const [x, y] = [make(depth - 1), make(depth - 1)];
      if (kind <= 4) return [`${x[0]}${y[0]}`, `${x[1]}${y[1]}`];
      if (kind === 5) return [`\\(${x[0]}\\|${y[0]}\\)`, `(?:${x[1]}|${y[1]})`];
      if (kind === 6) return [`\\(${x[0]}\\)*`, `(?:${x[1]})*`];
      return [`\\(${x[0]}\\)\\{1,2\\}`, `(?:${x[1]}){1,2}`];
    };
    for (let round = 0; round < 500; round += 1) {
      const [posix, script] = make(3);
      const ours = regexPattern(`^${posix}$`);
      const theirs = new RegExp(`^(?:${script})$`);
      for (let text = 0; text < 64; text += 1) {
        const letters = text.toString(2).slice(1).replaceAll('0', 'a').replaceAll('1', 'b');
        expect(ours.test(letters), `${posix} on ${letters}`).toBe(theirs.test(letters));
      }
    }
  });

  it.each<[pattern: string, letters: string]>([
    ['^\\(a*\\)*b$', 'a'],
    ['\\(a\\|a\\)*b', 'a'],
    ['\\(a*a*\\)*$b', 'ab'],
    ['a.*a.*a.*a.*a.*ab', 'a'],
    ['\\(a\\|b\\)*a\\(a\\|b\\)\\{14\\}c', 'aabababbbabaabbabbbaaabab'],
  ])('goes through any text once: %s', (pattern, letters) => {
    const text = Buffer.alloc(60_000, letters);
    const started = readThreadMs();
    expect(regexPattern(pattern).testBytes(text, 0, text.length)).toBe(false);
    expect(readThreadMs() - started).toBeLessThan(3_000);
  });
});

describe('globs and whole texts', () => {
  it('match bytes that are no valid UTF-8', () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0x62, 0x63);
    expect(globPattern('a?b').testBytes(bytes, 0, 3)).toBe(true);
    expect(globPattern('a*c').testBytes(bytes, 0, 3)).toBe(false);
    expect(wholeText('a\udcffb').testBytes(bytes, 0, 3)).toBe(true);
    expect(wholeText('a\udcffb').testBytes(bytes, 0, 4)).toBe(false);
  });
});
