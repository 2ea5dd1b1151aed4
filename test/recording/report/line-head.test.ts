import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../../src/base/byte-writer.ts';
import { TimeWriter } from '../../../src/recording/report/line-head.ts';
import { EventHeads, writeHead } from '../../../src/recording/report/line-heads.ts';

const origin = 12_000_000_000n;
const microseconds = (ns: bigint): string => {
  const us = (ns + 500n) / 1000n;
  return ` ${String(us / 1_000_000n).padStart(5)}.${String(us % 1_000_000n).padStart(6, '0')}`;
};
const nanoseconds = (ns: bigint): string =>
  ` ${String(ns / 1_000_000_000n).padStart(5)}.${String(ns % 1_000_000_000n).padStart(9, '0')}`;

const times = [0, 1, 499, 500, 999_999_499, 999_999_500, 1e9, 1_000_000_001, 5, 123_456_789, 99_999 * 1e9, 1e15, 7];

describe.each([
  ['us', microseconds],
  ['ns', nanoseconds],
] as const)('times in %s', (format, expected) => {
  it('are written with their seconds and what is behind the point', () => {
    const writer = new TimeWriter(format, origin);
    for (const time of times) {
      const out = new ByteWriter(1);
      writer.write(out, time);
      expect(out.toText()).toBe(expected(origin + BigInt(time)));
    }
  });

  it('are written into heads that were kept, also when the second is another', () => {
    const writer = new TimeWriter(format, origin);
    const heads = new EventHeads();
    heads.keep(1, 0, Buffer.from('task [000]'), Buffer.from(' name: '));
    for (const time of times) {
      const out = new ByteWriter(1);
      expect(writer.set(time)).toBe(true);
      writeHead(out, heads.find(1, 0, 0)!, writer);
      expect(out.toText()).toBe(`task [000]${expected(origin + BigInt(time))}: name: `);
    }
  });
});

describe('TimeWriter', () => {
  it('writes plain numbers of clocks that count, and times before the origin', () => {
    const counted = new ByteWriter();
    const counter = new TimeWriter('count', 100n);
    expect(counter.set(5)).toBe(false);
    counter.write(counted, 5);
    expect(counted.toText()).toBe('         105');
    const earlier = new ByteWriter();
    new TimeWriter('us', origin).write(earlier, -1_000_000);
    expect(earlier.toText()).toBe('    11.999000');
  });
});
