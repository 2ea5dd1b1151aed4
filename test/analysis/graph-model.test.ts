import { describe, expect, it } from 'vitest';
import { GraphModel } from '../../src/analysis/graph-model.ts';
import { readPathStats } from '../../src/analysis/path-stats.ts';

const [task, func, inner] = [7, 5, 6];
const high = 0xffff_ffff;

/** A root call of `func` in `task` with a call in it. */
function call(model: GraphModel, from: number, to: number): void {
  model.enter(0, task, 0, from, func, 0);
  model.enter(0, task, 0, from + 1, inner, 1);
  model.exit(0, task, from + 2, inner, 1, -1, -1, 0);
  model.exit(0, task, to, func, 0, -1, -1, 0);
}

describe('values that a return probe tells', () => {
  it('go to the call that has just ended, also when the next one has begun', () => {
    const model = new GraphModel();
    call(model, 100, 200);
    call(model, 300, 400);
    expect(model.tellReturn(task, func, 210, high, 0xffff_fffe)).toBe(true);
    expect(model.tellReturn(task, func, 405, 0, 3)).toBe(true);
    expect([model.calls.rowAt(0), model.calls.rowAt(1)]).toMatchObject([
      { errno: 2, retval: 0xffff_ffff_ffff_fffen },
      { errno: undefined, retval: 3n },
    ]);
    expect(readPathStats(model.paths, 0)).toMatchObject({ errors: 1, errorNumbers: [{ errno: 2, count: 1 }] });
    expect(model.calls.ofErrno(2).map(({ time }) => time)).toEqual([100]);
  });

  it('are taken once, and not for a call that is open, long over, of another function or of another task', () => {
    const model = new GraphModel();
    model.enter(0, task, 0, 10, func, 0);
    expect(model.tellReturn(task, func, 15, 0, 1)).toBe(false);
    model.exit(0, task, 20, func, 0, -1, -1, 0);
    expect(model.tellReturn(task, inner, 25, 0, 1)).toBe(false);
    expect(model.tellReturn(8, func, 25, 0, 1)).toBe(false);
    expect(model.tellReturn(task, func, 2_000_000, 0, 1)).toBe(false);
    expect(model.tellReturn(task, func, 25, 0, 1)).toBe(true);
    expect(model.tellReturn(task, func, 26, 0, 2)).toBe(false);
  });

  it('name the functions of root calls', () => {
    const model = new GraphModel();
    call(model, 1, 9);
    expect(model.rootFunctions()).toEqual([func]);
  });
});
