import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../../src/base/byte-writer.ts';
import { writeDuration } from '../../../src/recording/report/graph-duration.ts';

function durationText(duration: number): string {
  const out = new ByteWriter(1);
  writeDuration(out, duration);
  return out.toText();
}

describe('writeDuration', () => {
  it.each([
    [0, '  0.000 us   |  '],
    [999, '  0.999 us   |  '],
    [9_999, '  9.999 us   |  '],
    [10_000, '  10.000 us  |  '],
    [10_001, '+ 10.001 us  |  '],
    [100_000, '+ 100.000 us |  '],
    [100_001, '! 100.001 us |  '],
    [999_999, '! 999.999 us |  '],
    [1_000_000, '! 1000.000 us |  '],
    [1_000_001, '# 1000.001 us |  '],
    [123_456_789, '# 123456.789 us |  '],
    [1_000_000_000, '# 1000000 us |  '],
    [1_000_000_001, '$ 1000000 us |  '],
    [9_999_999_999, '$ 9999999 us |  '],
    [123_456_789_012, '$ 123456789 us |  '],
    [-1, '$ 18446744073709551 us |  '],
  ])('writes %d ns', (duration, expected) => {
    expect(durationText(duration)).toBe(expected);
  });

  it('writes every number of us and of ns below a ms', () => {
    for (let us = 0; us < 1000; us += 1) {
      const number = `${us}.${String(us).padStart(3, '0')}`;
      expect(durationText(us * 1001).slice(2)).toBe(`${number} us${' '.repeat(8 - number.length)}|  `);
    }
  });
});
