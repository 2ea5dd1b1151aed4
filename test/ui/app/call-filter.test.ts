import { describe, expect, it } from 'vitest';
import { KeptCalls } from '../../../src/analysis/kept-calls.ts';
import { FilteredCalls } from '../../../ui/app/call-filter.ts';
import { randomNumbers } from '../../analysis/path-notation.ts';

const noError = { retHigh: -1, retLow: 0 };

/** A call of task `pid` that takes as long as told; it ends at once unless the end is left out. */
function addCall(kept: KeptCalls, pid: number, time: number, duration?: number): number {
  const id = kept.began(1, 0, pid, time, true);
  if (duration !== undefined) endCall(kept, id, pid, time, duration);
  return id;
}

function endCall(kept: KeptCalls, id: number, pid: number, time: number, duration: number): void {
  kept.ended({ handle: id, func: 1, time, cpu: 0, pid, duration, calls: 1, ...noError });
}

/** What the list should hold, looked up in the slow way. */
function acceptedIds(kept: KeptCalls, isAccepted: (pid: number) => boolean): number[] {
  const rows = Array.from({ length: kept.length }, (_, index) => kept.rowAt(index)!);
  return rows.filter((row) => row.kind === 'gap' || isAccepted(row.pid)).map(({ id }) => id);
}

const idsOf = (calls: FilteredCalls) => Array.from({ length: calls.length }, (_, index) => calls.rowAt(index).id);

describe('FilteredCalls', () => {
  it('holds what a look at all kept calls would find, while old ones go and slow ones stay', () => {
    const random = randomNumbers(7);
    const kept = new KeptCalls({ limit: 50 });
    const isAccepted = (pid: number) => pid % 3 === 0;
    const filtered = new FilteredCalls(kept, ({ pid }) => isAccepted(pid));
    for (let time = 0; time < 2_000; time += 1) {
      addCall(kept, random(9), time, random(1_000_000));
      if (time % 37 === 0) expect(idsOf(filtered)).toEqual(acceptedIds(kept, isAccepted));
    }
    expect(kept.dropped).toBeGreaterThan(1_000);
  });

  it('takes calls in when they end and pass then', () => {
    const kept = new KeptCalls();
    const filtered = new FilteredCalls(kept, ({ duration }) => (duration ?? 0) >= 100);
    const long = addCall(kept, 7, 10);
    addCall(kept, 8, 20, 5);
    const last = addCall(kept, 9, 30, 200);
    expect(idsOf(filtered)).toEqual([last]);
    endCall(kept, long, 7, 10, 400);
    expect(idsOf(filtered)).toEqual([long, last]);
  });

  it('tells the place of a call, or where it would be', () => {
    const kept = new KeptCalls();
    const filtered = new FilteredCalls(kept, ({ pid }) => pid === 7);
    const ids = [8, 7, 8, 7, 8].map((pid, time) => addCall(kept, pid, time, 1));
    expect(ids.map((id) => filtered.indexOf(id))).toEqual([0, 0, 1, 1, 2]);
  });
});
