import { describe, expect, it } from 'vitest';
import { decodeKernelText, quotedText, visibleText } from '../../src/base/text.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

/** The bytes that a decoded text stands for. */
function encode(text: string): number[] {
  return [...text].flatMap((character) => {
    const code = character.codePointAt(0)!;
    return code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : [...new TextEncoder().encode(character)];
  });
}

describe('decodeKernelText', () => {
  it('keeps UTF-8 of every length, NUL and a byte order mark', () => {
    const text = '\ufeffa\u0000é中😀';
    expect(decodeKernelText(new TextEncoder().encode(text))).toBe(text);
  });

  it.each([
    ['a byte that begins nothing', bytes(0x61, 0xff, 0x62), 'a\udcffb'],
    ['a continuation alone', bytes(0x80), '\udc80'],
    ['an overlong slash', bytes(0xc0, 0xaf), '\udcc0\udcaf'],
    ['an overlong NUL of three bytes', bytes(0xe0, 0x80, 0x80), '\udce0\udc80\udc80'],
    ['an encoded surrogate', bytes(0xed, 0xa0, 0x80), '\udced\udca0\udc80'],
    ['a character beyond U+10FFFF', bytes(0xf4, 0x90, 0x80, 0x80), '\udcf4\udc90\udc80\udc80'],
    ['a sequence cut at the end', bytes(0x61, 0xe4, 0xb8), 'a\udce4\udcb8'],
    ['good text beside bad', bytes(0xe4, 0xb8, 0xad, 0xfe, 0xe4, 0xb8, 0xad), '中\udcfe中'],
  ])('marks %s', (_, input, text) => {
    expect(decodeKernelText(input)).toBe(text);
  });

  it('loses nothing of any run of bytes', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return seed >> 16;
    };
    for (let round = 0; round < 500; round += 1) {
      const input = Uint8Array.from(
        { length: random() % 12 },
        () => (random() % 2 ? random() : 0x80 | random()) & 0xff,
      );
      expect(encode(decodeKernelText(input))).toEqual([...input]);
    }
  });

  it('takes a long text with one bad byte', () => {
    const input = new Uint8Array(100_000).fill(0x61);
    input[50_000] = 0xff;
    const text = decodeKernelText(input);
    expect(text.length).toBe(100_000);
    expect(text[50_000]).toBe('\udcff');
  });
});

describe('visibleText', () => {
  it.each([
    ['\x1b[31mred\x1b[0m', '\\e[31mred\\e[0m'],
    ['one\ntwo\r\tthree', 'one\\ntwo\\r\\tthree'],
    ['\x07\x00\x7f', '\\x07\\x00\\x7f'],
    ['\x9b31m \x85', '\\x9b31m \\x85'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['\u2066a\u2069 \u200e\u200f \u061c', '\\u2066a\\u2069 \\u200e\\u200f \\u061c'],
    ['\u2028\u2029\ufeff', '\\u2028\\u2029\\ufeff'],
    ['\udcff\udc80', '\\xff\\x80'],
    ['a\ud83db \udc00', 'a\\ud83db \\udc00'],
    ['中文 é 😀 "quoted" \\', '中文 é 😀 "quoted" \\'],
  ])('shows %j as %s', (text, visible) => {
    expect(visibleText(text)).toBe(visible);
  });

  it('leaves no control or bidi character of any kind', () => {
    let all = '';
    for (let code = 0; code < 0x3000; code += 1) all += String.fromCharCode(code);
    expect(visibleText(all)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(visibleText(visibleText(all))).toBe(visibleText(all));
  });
});

describe('quotedText', () => {
  it('tells a quote in the text from its end, and an escape from a real backslash', () => {
    expect(quotedText('a" b="c')).toBe('"a\\" b=\\"c"');
    expect(quotedText('\\n\n')).toBe('"\\\\n\\n"');
  });
});
