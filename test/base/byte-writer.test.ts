import { describe, expect, it } from 'vitest';
import { ByteWriter, wordTextOf } from '../../src/base/byte-writer.ts';

const written = (write: (out: ByteWriter) => void): string => {
  const out = new ByteWriter(4);
  write(out);
  return out.toText();
};

describe('ByteWriter', () => {
  it.each<[number, number, number, string]>([
    [0, 0, 0x20, '0'],
    [-7, 0, 0x20, '-7'],
    [-7, 5, 0x20, '   -7'],
    [-7, 5, 0x30, '-0007'],
    [42, 5, 0x30, '00042'],
    [2 ** 31, 0, 0x20, '2147483648'],
    [Number.MAX_SAFE_INTEGER, 0, 0x20, '9007199254740991'],
    [Number.MIN_SAFE_INTEGER, 0, 0x20, '-9007199254740991'],
  ])('writes %d in %d columns', (value, width, pad, expected) => {
    expect(written((out) => out.decimal(value, width, pad))).toBe(expected);
  });

  it('agrees with String for random numbers of all sizes', () => {
    for (let round = 0; round < 500; round += 1) {
      const value = Math.trunc((Math.random() - 0.5) * 2 ** (1 + (round % 53)));
      expect(written((out) => out.decimal(value))).toBe(String(value === 0 ? 0 : value));
    }
  });

  it.each<[number, number, number, string]>([
    [0, 0, 0, '0'],
    [0, 0xdeadbeef, 0, 'deadbeef'],
    [1, 0xf, 0, '10000000f'],
    [0xffffffff, 0xffffffff, 0, 'ffffffffffffffff'],
    [0, 0xab, 8, '000000ab'],
  ])('writes the halves %d and %d in hexadecimal', (high, low, width, expected) => {
    expect(written((out) => out.hex(high, low, width, 0x30))).toBe(expected);
  });

  it('grows, keeps what was written, and takes text of any kind', () => {
    const long = 'x'.repeat(200_000);
    expect(written((out) => [out.text('a'), out.text('äß€😀'), out.text(long), out.fill(0x2e, 3)])).toBe(
      `aäß€😀${long}...`,
    );
    expect(written((out) => out.copy(Buffer.from('hello'), 1, 3))).toBe('el');
    expect(written((out) => out.copy(new Uint8Array(100).fill(0x41)))).toBe('A'.repeat(100));
    expect(written((out) => out.fill(0x20, -1))).toBe('');
  });

  it.each([0, 1, 2, 3, 4, 5, 7, 8, 63])('copies a prepared text of %d bytes, and grows for it', (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => 0xff - index);
    const out = new ByteWriter(1);
    out.text('a');
    out.words(wordTextOf(bytes));
    expect([...out.written(1)]).toEqual([...bytes]);
    out.length = 1;
    out.wordsOf(Int32Array.of(7, ...wordTextOf(bytes).words), 1, length);
    expect([...out.written(1)]).toEqual([...bytes]);
    out.text('b');
    expect(out.length).toBe(length + 2);
    expect(out.written().at(-1)).toBe(0x62);
  });

  it.each([-1, 0, 1, 3, 4, 9])('writes %d blanks', (count) => {
    expect(written((out) => [out.text('<'), out.blanks(count), out.text('>')])).toBe(
      `<${' '.repeat(Math.max(count, 0))}>`,
    );
  });

  it('begins anew', () => {
    const out = new ByteWriter();
    out.text('abc');
    out.clear();
    out.text('de');
    expect([out.length, out.toText(), out.toText(1), [...out.written(1)]]).toEqual([2, 'de', 'e', [0x65]]);
  });
});
