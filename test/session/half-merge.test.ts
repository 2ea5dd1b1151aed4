/** Two halves of a session as one stream in order of time. */

import { describe, expect, it } from 'vitest';
import { asCpuId } from '../../src/base/units.ts';
import type { SourceItem } from '../../src/recording/event-source.ts';
import { HalfMerge, holdMs } from '../../src/session/half-merge.ts';

const items = (...times: number[]): SourceItem[] =>
  times.map((time) => ({ kind: 'lost', cpu: asCpuId(0), time, count: 1 }));
const timesOf = (all: readonly SourceItem[]) => all.map(({ time }) => time);

describe('two halves', () => {
  it('come in order of time, each after the other had its chance', () => {
    const merge = new HalfMerge(2);
    merge.push(0, items(10, 30, 50), 0);
    expect(merge.take(holdMs - 1)).toEqual([]);
    merge.push(1, items(20, 40, 60), 100);
    expect(timesOf(merge.take(holdMs))).toEqual([10, 20, 30, 40, 50]);
    expect(merge.take(holdMs)).toEqual([]);
    expect(timesOf(merge.take(100 + holdMs))).toEqual([60]);
  });

  it('give everything at the end', () => {
    const merge = new HalfMerge(2);
    merge.push(1, items(5), 0);
    merge.push(0, items(3, 9), 0);
    expect(timesOf(merge.take(0, true))).toEqual([3, 5, 9]);
    expect(merge.take(1e6, true)).toEqual([]);
  });

  it('lose nothing and stay in order, however batches are cut', () => {
    const merge = new HalfMerge(2);
    let state = 99;
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state % below;
    };
    const given: number[] = [];
    const taken: number[] = [];
    const last = [0, 0];
    for (let now = 0; now < 20_000; now += 20) {
      for (const half of [0, 1]) {
        // Each round brings what came until shortly before.
        const times: number[] = [];
        for (let time = last[half]! + 1 + random(5); time <= now; time += 1 + random(7)) times.push(time);
        last[half] = Math.max(last[half]!, times.at(-1) ?? 0);
        given.push(...times);
        merge.push(half, items(...times), now);
      }
      taken.push(...timesOf(merge.take(now)));
    }
    taken.push(...timesOf(merge.take(0, true)));
    expect(taken).toEqual(given.toSorted((a, b) => a - b));
  });
});
