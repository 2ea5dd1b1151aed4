import { describe, expect, it } from 'vitest';
import type { CallRow } from '../../src/analysis/call-row.ts';
import { GraphModel } from '../../src/analysis/graph-model.ts';
import { KeptCalls } from '../../src/analysis/kept-calls.ts';
import { asCpuId, asPid } from '../../src/base/units.ts';
import type { CallTree } from '../../src/call-graph/call-tree.ts';
import { randomNumbers } from './path-notation.ts';

const noError = { retHigh: -1, retLow: 0 };

/** A call of `func` by task 7 at `time`, which ends unless it keeps running. */
function addCall(kept: KeptCalls, time: number, { func = 1, duration = 1, errno = 0, runs = false } = {}): number {
  const id = kept.began(func, 0, 7, time, true);
  if (runs) return id;
  const value = errno === 0 ? noError : { retHigh: 0xffff_ffff, retLow: 2 ** 32 - errno };
  kept.ended({ handle: id, func, time, cpu: 0, pid: 7, duration, calls: 3, ...value });
  return id;
}

const treeOf = (time: number, calls: number): CallTree => ({
  root: {
    func: 1n,
    depth: 0,
    start: time,
    duration: 1,
    selfTime: 1,
    children: [],
    omittedCalls: 0,
    args: undefined,
    retaddr: undefined,
    retval: undefined,
    interrupt: false,
    cut: undefined,
  },
  pid: asPid(7),
  cpu: asCpuId(0),
  calls,
  omittedCalls: 0,
  incomplete: false,
  outermost: true,
});

const timesOf = (kept: KeptCalls) => Array.from({ length: kept.length }, (_, index) => kept.rowAt(index)!.time);

describe('KeptCalls', () => {
  it('has calls in the order they began, whenever they ended', () => {
    const kept = new KeptCalls({ commOf: (pid) => `task${pid}` });
    const first = kept.began(4, 1, 7, 100, true);
    addCall(kept, 200, { duration: 5, errno: 2 });
    const cut = kept.began(5, 0, 9, 300, false);
    expect(kept.rowAt(0)).toMatchObject({ func: 4, state: 'running', duration: undefined, time: 100, cpu: 1, pid: 7 });
    kept.ended({ handle: cut, func: 5, time: 300, cpu: 0, pid: 9, duration: -1, calls: 2, ...noError });
    kept.ended({ handle: first, func: 4, time: 100, cpu: 1, pid: 7, duration: 900, calls: 4, retHigh: 0, retLow: 3 });
    expect(timesOf(kept)).toEqual([100, 200, 300]);
    expect(kept.rowAt(0)).toMatchObject({ state: 'returned', duration: 900, calls: 4, retval: 3n, comm: 'task7' });
    expect(kept.rowAt(1)).toMatchObject({ state: 'returned', errno: 2, retval: 0xffff_ffff_ffff_fffen });
    expect(kept.rowAt(2)).toMatchObject({ state: 'cut', duration: undefined, outermost: false, retval: undefined });
    expect(kept.rowAt(3)).toBeUndefined();
    expect(kept.rowAt(-1)).toBeUndefined();
  });

  it('has gaps of lost events between calls', () => {
    const kept = new KeptCalls();
    addCall(kept, 1);
    kept.lost(2, 5, 1204);
    kept.lost(2, 6, -1);
    expect(kept.rowAt(1)).toEqual({ kind: 'gap', id: 1, time: 5, cpu: 2, count: 1204 });
    expect(kept.rowAt(2)).toMatchObject({ kind: 'gap', count: undefined });
  });

  it('keeps the slowest of each function when the ring drops them', () => {
    const kept = new KeptCalls({ limit: 20 });
    for (let call = 0; call < 1000; call += 1) {
      addCall(kept, call, { func: 1 + (call % 2), duration: call < 100 ? 1000 + call : 1 + (call % 7) });
    }
    expect(kept.length).toBe(40);
    expect(timesOf(kept)).toEqual([
      ...Array.from({ length: 20 }, (_, index) => 80 + index),
      ...Array.from({ length: 20 }, (_, index) => 980 + index),
    ]);
    expect(kept.dropped).toBe(960);
    expect(kept.slowest(1).map(({ duration }) => duration)).toEqual([
      1098, 1096, 1094, 1092, 1090, 1088, 1086, 1084, 1082, 1080,
    ]);
    for (let index = 0; index < kept.length; index += 1) expect(kept.indexOf(kept.rowAt(index)!.id)).toBe(index);
  });

  it('keeps the last calls of each error number', () => {
    const kept = new KeptCalls({ limit: 5 });
    for (let call = 0; call < 30; call += 1) addCall(kept, call, { errno: 1 + (call % 2) });
    for (let call = 30; call < 60; call += 1) addCall(kept, call);
    expect(kept.ofErrno(2).map(({ time }) => time)).toEqual([29, 27, 25, 23, 21, 19, 17, 15, 13, 11]);
    expect(timesOf(kept)).toContain(11);
    expect(timesOf(kept)).toContain(10);
  });

  it('keeps marked calls, and what becomes of them', () => {
    const kept = new KeptCalls({ limit: 4 });
    for (let call = 0; call < 20; call += 1) addCall(kept, call, { duration: 100 });
    const running = addCall(kept, 20, { runs: true });
    const marked = addCall(kept, 21);
    expect(kept.mark(running, true)).toBe(true);
    expect(kept.mark(marked, true)).toBe(true);
    for (let call = 22; call < 40; call += 1) addCall(kept, call);
    expect(kept.rowOf(running)).toMatchObject({ state: 'running' });
    kept.ended({ handle: running, func: 1, time: 20, cpu: 0, pid: 7, duration: 19, calls: 9, ...noError });
    expect(kept.rowOf(running)).toMatchObject({ state: 'returned', duration: 19, calls: 9 });
    expect(kept.marked().map(({ time }) => time)).toEqual([20, 21]);
    kept.mark(marked, false);
    expect(kept.rowOf(marked)).toBeUndefined();
    expect(kept.isMarked(running)).toBe(true);
    expect(kept.mark(12_345, true)).toBe(false);
  });

  it('takes a running call that the ring has dropped for a slow one when it ends', () => {
    const kept = new KeptCalls({ limit: 4 });
    const long = addCall(kept, 0, { runs: true });
    for (let call = 1; call < 50; call += 1) addCall(kept, call, { duration: 2 });
    expect(kept.rowOf(long)).toBeUndefined();
    kept.ended({ handle: long, func: 1, time: 0, cpu: 0, pid: 7, duration: 50, calls: 9, ...noError });
    expect(kept.slowest(1)[0]).toMatchObject({ id: long, duration: 50, comm: '<...>' });
    expect(kept.rowAt(0)).toMatchObject({ id: long });
  });

  it('finds rows in both directions', () => {
    const kept = new KeptCalls();
    for (let call = 0; call < 10; call += 1) addCall(kept, call, { duration: call * 10 });
    const isSlow = (row: { kind: string }) => row.kind === 'call' && ((row as CallRow).duration ?? 0) >= 70;
    expect(kept.find(0, 1, isSlow)).toBe(7);
    expect(kept.find(7, 1, isSlow)).toBe(8);
    expect(kept.find(8, -1, isSlow)).toBe(7);
    expect(kept.find(7, -1, isSlow)).toBe(-1);
  });

  it('holds trees within a limit, those of slow calls longer', () => {
    const kept = new KeptCalls({ limit: 1000, treeNodes: 200 });
    for (let call = 0; call < 100; call += 1) {
      addCall(kept, call, { duration: call === 50 ? 1000 : call < 20 ? 500 : 1 });
      kept.attachTree(treeOf(call, 10));
    }
    const held = timesOf(kept).filter((time) => (kept.rowAt(time) as CallRow).tree !== undefined);
    expect(held).toContain(50);
    expect(held).toContain(99);
    expect(held).not.toContain(60);
    expect(held.length).toBeLessThanOrEqual(20);
    expect((kept.rowAt(50) as CallRow).tree?.root.start).toBe(50);
    kept.attachTree(treeOf(12_345, 10));
  });

  it('is bounded by any number of functions and errors', () => {
    const kept = new KeptCalls({ limit: 100 });
    const random = randomNumbers(5);
    for (let call = 0; call < 30_000; call += 1) {
      const errno = random(2) * (1 + random(5000));
      addCall(kept, call, { func: random(100_000), duration: random(1e6), errno, runs: random(10) === 0 });
    }
    expect(kept.length).toBeLessThan(100 + 4096 * 10 + 4095 * 10);
    const times = timesOf(kept);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(kept.length + kept.dropped).toBe(30_000);
  });
});

describe('GraphModel', () => {
  it('feeds calls, paths and timeline together', () => {
    const model = new GraphModel();
    const func = model.functionOf(1, 2);
    model.event(0, 7, 1000);
    model.enter(0, 7, 0, 1000, func, 0);
    model.lost(1, 1500, 3);
    model.event(0, 7, 9000);
    model.exit(0, 7, 9000, func, 0, -1, -1, 0);
    model.enter(0, 7, 0, 10_000, func, 0);
    model.finish();
    expect(model.paths.nodes.calls[0]).toBe(2);
    expect([0, 1, 2].map((index) => model.calls.rowAt(index))).toMatchObject([
      { kind: 'call', state: 'returned', duration: 8000 },
      { kind: 'gap', cpu: 1, count: 3 },
      { kind: 'call', state: 'cut' },
    ]);
    const [cell] = model.timeline.query('cpu', 0, 1000, 9000, 1);
    expect(cell).toMatchObject({ ran: 7, slowest: { func, time: 1000, duration: 8000 } });
  });
});
