import { describe, expect, it } from 'vitest';
import { asCpuId } from '../../src/base/units.ts';
import { CpuMerge } from '../../src/ring-buffer/cpu-merge.ts';
import type { StreamItem } from '../../src/ring-buffer/stream-item.ts';

const items = (cpu: number, ...times: number[]): StreamItem[] =>
  times.map((time) => ({ kind: 'lost', cpu: asCpuId(cpu), time, count: undefined }));
const shown = (taken: readonly StreamItem[]) => taken.map(({ cpu, time }) => `${time}@${cpu}`).join(' ');

describe('CpuMerge', () => {
  it('merges by time, equal times by the lower CPU', () => {
    const merge = new CpuMerge();
    merge.push(asCpuId(2), items(2, 1, 4, 4, 9));
    merge.push(asCpuId(0), items(0, 4, 5));
    merge.push(asCpuId(1), []);
    expect(shown(merge.takeAll())).toBe('1@2 4@0 4@2 4@2 5@0 9@2');
    expect(merge.takeAll()).toEqual([]);
  });

  it('holds back what is later than the time asked for', () => {
    const merge = new CpuMerge();
    merge.push(asCpuId(0), items(0, 1, 5, 8));
    merge.push(asCpuId(1), items(1, 2, 5, 6));
    expect(shown(merge.takeUntil(5))).toBe('1@0 2@1 5@0 5@1');
    merge.push(asCpuId(0), items(0, 9));
    merge.push(asCpuId(2), items(2, 6));
    expect(shown(merge.takeAll())).toBe('6@1 6@2 8@0 9@0');
  });

  it('keeps the order of a CPU, of many CPUs and pushes', () => {
    const merge = new CpuMerge();
    const taken: StreamItem[] = [];
    for (let round = 0; round < 50; round += 1) {
      for (let cpu = 0; cpu < 128; cpu += 3) {
        const times = Array.from({ length: 1 + (cpu % 5) }, (_, index) => round * 100 + ((cpu * 7) % 50) + index * 10);
        merge.push(asCpuId(cpu), items(cpu, ...times));
      }
      taken.push(...merge.takeUntil(round * 100 + 30));
    }
    taken.push(...merge.takeAll());
    const sorted = taken.toSorted((a, b) => a.time - b.time || a.cpu - b.cpu);
    expect(shown(taken)).toBe(shown(sorted));
    expect(taken).toHaveLength(50 * Array.from({ length: 43 }, (_, n) => 1 + ((n * 3) % 5)).reduce((a, b) => a + b));
  });

  it('does not keep what was taken', () => {
    const merge = new CpuMerge();
    merge.push(asCpuId(0), items(0, ...Array.from({ length: 20_000 }, (_, time) => time)));
    expect(merge.takeUntil(14_999)).toHaveLength(15_000);
    expect(shown(merge.takeUntil(15_001))).toBe('15000@0 15001@0');
    expect(merge.takeAll()).toHaveLength(4998);
  });
});
