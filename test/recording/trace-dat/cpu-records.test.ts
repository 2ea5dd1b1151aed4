import { describe, expect, it } from 'vitest';
import type { CpuPages } from '../../../src/recording/trace-dat/cpu-pages.ts';
import { CpuRecords, findPageAt } from '../../../src/recording/trace-dat/cpu-records.ts';

const layout = { littleEndian: true, timestamp: 0, commit: 8, data: 16, subBufferSize: 4096, longSize: 8 } as const;

/** Pages of which there are only stamps; undefined for one that cannot be read. `reads` counts what is asked for. */
function recordsOf(stamps: readonly (number | undefined)[]) {
  const asked = { reads: 0 };
  const pages: CpuPages = {
    cpu: 0,
    pageSize: 4096,
    count: stamps.length,
    blockAt: () => {
      throw new Error('not needed');
    },
    readHead: (index, head) => {
      if (index < 0 || index >= stamps.length) throw new Error(`there is no page ${index}`);
      asked.reads += 1;
      const stamp = stamps[index];
      if (stamp === undefined) return false;
      new DataView(head.buffer).setBigUint64(0, BigInt(stamp), true);
      return true;
    },
    nextBlock: (index) => index + 1,
  };
  return { records: new CpuRecords(pages, layout, 0n), asked };
}

const find = (stamps: readonly (number | undefined)[], time: number) => findPageAt(recordsOf(stamps).records, time);

describe('findPageAt', () => {
  it('finds the last page that begins before a time', () => {
    expect(find([10, 20, 30, 40], 25)).toBe(1);
    expect(find([10, 20, 30, 40], 1000)).toBe(3);
    expect(find([10, 20, 30, 40], 5)).toBe(0);
    expect(find([10], 50)).toBe(0);
    expect(find([], 50)).toBe(0);
  });

  it('begins before all pages that begin at that very time, as pages of a clock that stands still do', () => {
    expect(find([10, 20, 20, 20, 20, 20, 30], 20)).toBe(0);
    expect(find([10, 15, 20, 20, 20, 20, 30], 20)).toBe(1);
    expect(find(new Array(50).fill(7), 7)).toBe(0);
  });

  it('steps over pages that cannot be read', () => {
    expect(find([10, undefined, undefined, 40, 50], 45)).toBe(3);
    expect(find([10, undefined, undefined, 40, 50], 30)).toBe(0);
    expect(find([undefined, undefined, undefined], 30)).toBe(0);
  });

  it('agrees with a look at every page, however uneven the stamps are', () => {
    for (let round = 0; round < 300; round += 1) {
      const steps = Array.from({ length: 1 + (round % 60) }, () => Math.floor(Math.random() ** 8 * 1e9));
      let sum = 0;
      const stamps = steps.map((step) => (sum += step));
      const time = Math.floor(Math.random() * (sum + 2));
      expect(find(stamps, time)).toBe(
        Math.max(
          stamps.findLastIndex((stamp) => stamp < time),
          0,
        ),
      );
    }
  });

  it('asks for few pages where they come evenly, and for not many where they do not', () => {
    const even = recordsOf(Array.from({ length: 100_000 }, (_, page) => page * 1000 + (page % 7)));
    findPageAt(even.records, 12_345_678);
    expect(even.asked.reads).toBeLessThan(10);
    const uneven = recordsOf(Array.from({ length: 100_000 }, (_, page) => Math.floor(1.0001 ** page * 1e6)));
    findPageAt(uneven.records, 5e9);
    expect(uneven.asked.reads).toBeLessThan(20);
    const leap = recordsOf(Array.from({ length: 100_000 }, (_, page) => (page < 99_999 ? page : 2 ** 50)));
    findPageAt(leap.records, 77_777);
    expect(leap.asked.reads).toBeLessThan(40);
  });
});
