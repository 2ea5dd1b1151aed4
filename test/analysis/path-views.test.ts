import { describe, expect, it } from 'vitest';
import { CallPaths } from '../../src/analysis/call-paths.ts';
import { sumFunctions } from '../../src/analysis/function-sums.ts';
import { FunctionTable } from '../../src/analysis/function-table.ts';
import { findHotPath } from '../../src/analysis/hot-path.ts';
import { layoutIcicle } from '../../src/analysis/icicle.ts';
import { findPath, pathKey } from '../../src/analysis/path-keys.ts';
import { childrenOf, funcOf, pathOf } from '../../src/analysis/path-stats.ts';
import { computeSandwich, type MergedCall } from '../../src/analysis/sandwich.ts';
import { funcNumber, PathScript, randomNumbers } from './path-notation.ts';

const nameOf = (paths: CallPaths, node: number) => (node < 0 ? '*' : String.fromCharCode(funcOf(paths, node)));

/** Calls with given durations: `a0:10 b1:4 -` pushes and pops. */
function pathsOf(steps: string): CallPaths {
  const paths = new CallPaths();
  const open: { func: number; duration: number }[] = [];
  for (const [time, step] of steps.split(' ').entries()) {
    if (step === '-') {
      const { func, duration } = open.pop()!;
      paths.exit(0, 7, time, func, open.length, duration);
    } else {
      const [name, duration] = step.split(':');
      paths.enter(0, 7, 0, time, funcNumber(name!), open.length);
      open.push({ func: funcNumber(name!), duration: Number(duration) });
    }
  }
  return paths;
}

describe('sumFunctions', () => {
  it('sums a function over its paths', () => {
    const sums = sumFunctions(pathsOf('a:10 b:4 - - c:20 b:6 - b:1 - -'));
    expect(sums.find(({ func }) => func === funcNumber('b'))).toMatchObject({ calls: 3, total: 11, self: 11, max: 6 });
    expect(sums.find(({ func }) => func === funcNumber('c'))).toMatchObject({ calls: 1, total: 20, self: 13 });
  });

  it('has a recursion in the total once', () => {
    const sums = sumFunctions(pathsOf('a:100 a:60 b:20 a:5 - - - - b:30 a:10 - -'));
    expect(sums.find(({ func }) => func === funcNumber('a'))).toMatchObject({ calls: 4, total: 110, self: 95 });
    expect(sums.find(({ func }) => func === funcNumber('b'))).toMatchObject({ calls: 2, total: 50, self: 35 });
  });

  it('shares all time out as self time', () => {
    const paths = pathsOf('a:100 a:60 b:20 a:5 - - - - b:30 a:10 - -');
    expect(sumFunctions(paths).reduce((sum, { self }) => sum + self, 0)).toBe(130);
  });
});

const describeCall = ({ func, calls, total, self, children }: MergedCall): string =>
  `${String.fromCharCode(func)} ${calls} ${total}/${self}${children.length > 0 ? ` (${children.map(describeCall).join(', ')})` : ''}`;

describe('computeSandwich', () => {
  it('has the callers of a function on all paths and what it calls', () => {
    const sandwich = computeSandwich(pathsOf('a:10 f:4 x:1 - - - b:20 a:15 f:9 x:2 - y:3 - - - -'), funcNumber('f'));
    expect(describeCall(sandwich.callers)).toBe('f 2 13/7 (a 2 13/7 (b 1 9/4))');
    expect(describeCall(sandwich.callees)).toBe('f 2 13/7 (x 2 3/3, y 1 3/3)');
    expect(sandwich.isPartial).toBe(false);
  });

  it('has a recursion in the total once', () => {
    const sandwich = computeSandwich(pathsOf('f:100 f:60 x:10 - - -'), funcNumber('f'));
    expect(describeCall(sandwich.callers)).toBe('f 2 100/90 (f 1 0/50)');
    expect(describeCall(sandwich.callees)).toBe('f 1 100/40 (f 1 60/50 (x 1 10/10))');
  });

  it('is cut when there are too many paths', () => {
    const paths = new CallPaths();
    for (let depth = 0; depth < 3000; depth += 1) paths.enter(0, 7, 0, depth, 1 + (depth % 2), depth);
    for (let depth = 2999; depth >= 0; depth -= 1) paths.exit(0, 7, 6000 - depth, 1 + (depth % 2), depth);
    const sandwich = computeSandwich(paths, 1);
    expect(sandwich.isPartial).toBe(true);
    expect(sandwich.callers.calls).toBeLessThanOrEqual(1500);
  });
});

describe('findHotPath', () => {
  const paths = pathsOf('a:100 b:80 c:70 d:10 - - - e:15 - - f:20 - f:21 -');
  const namesOf = (nodes: readonly number[]) => nodes.map((node) => nameOf(paths, node)).join('');

  it('follows the largest total until a call keeps half of it for itself', () => {
    expect(namesOf(findHotPath(paths, 0))).toBe('abc');
    const a = childrenOf(paths, 0).find((node) => nameOf(paths, node) === 'a')!;
    expect(namesOf(findHotPath(paths, a))).toBe('bc');
  });

  it('follows another metric', () => {
    expect(namesOf(findHotPath(paths, 0, 'calls'))).toBe('f');
    expect(namesOf(findHotPath(paths, 0, 'max'))).toBe('abcd');
    expect(namesOf(findHotPath(paths, 0, 'errors'))).toBe('');
  });
});

describe('layoutIcicle', () => {
  const draw = (paths: CallPaths, width: number) =>
    layoutIcicle(paths, 0, width).rows.map((row) => {
      const cells = new Array(width).fill('.');
      for (const { node, x, width: length } of row) {
        for (let at = x; at < x + length; at += 1) {
          expect(cells[at]).toBe('.');
          cells[at] = node === 0 ? '#' : nameOf(paths, node);
        }
      }
      return cells.join('');
    });

  it('gives each call its share, largest first, and leaves self time empty', () => {
    expect(draw(pathsOf('b:25 - a:75 c:25 - d:50 - -'), 12)).toEqual(['############', 'aaaaaaaaabbb', 'ddddddccc...']);
  });

  it('merges what is narrower than a cell', () => {
    const calls = Array.from({ length: 26 }, (_, index) => `${String.fromCharCode(97 + index)}:1 -`).join(' ');
    const paths = pathsOf(`A:74 - ${calls}`);
    expect(draw(paths, 10)).toEqual(['##########', 'AAAAAAA***']);
    expect(layoutIcicle(paths, 0, 10).rows[1]!.at(-1)).toEqual({ node: -1, x: 7, width: 3, merged: 26 });
  });

  it('never leaves its width, whatever the times are', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = randomNumbers(seed);
      const paths = new CallPaths();
      const stack: number[] = [];
      for (let time = 0; time < 2000; time += 1) {
        if (stack.length < 8 && random(2) === 0) {
          stack.push(random(20));
          paths.enter(0, 7, 0, time, stack.at(-1)!, stack.length - 1);
        } else if (stack.length > 0) paths.exit(0, 7, time, stack.pop()!, stack.length, random(500));
      }
      for (const width of [1, 7, 80]) {
        for (const row of layoutIcicle(paths, 0, width).rows) {
          let end = 0;
          for (const cell of row) {
            expect(cell.x).toBeGreaterThanOrEqual(end);
            expect(cell.width).toBeGreaterThanOrEqual(1);
            end = cell.x + cell.width;
          }
          expect(end).toBeLessThanOrEqual(width);
        }
      }
    }
  });

  it('is cut at its rows', () => {
    const layout = layoutIcicle(pathsOf('a:9 b:8 c:7 - - -'), 0, 10, 2);
    expect([layout.rows.length, layout.isCut]).toEqual([2, true]);
  });
});

describe('pathKey', () => {
  it('finds every node of a tree again, also in another model of the same trace', () => {
    const steps = 'a0 b1 !c2 -c2 -b1 d1 -d1 -a0 b0 -b0';
    for (const splitBy of ['none', 'task', 'comm', 'cpu'] as const) {
      const functions = new FunctionTable();
      for (let address = 0; address < 200; address += 1) functions.idOfAddress(BigInt(address + 1) << 20n);
      const options = { splitBy, commOf: (pid: number) => `a/b [${pid}]` };
      const first = new PathScript(options).run(steps).run(steps, { pid: 0, cpu: 2 }).paths;
      const second = new PathScript(options).run('z0 -z0').run(steps, { pid: 0, cpu: 2 }).run(steps).paths;
      for (let node = 0; node < first.nodes.end; node += 1) {
        const key = pathKey(first, functions, node);
        expect(findPath(first, functions, key), key).toBe(node);
        const other = findPath(second, functions, key);
        expect(other, key).toBeDefined();
        expect(pathOf(second, other!).map((at) => funcOf(second, at))).toEqual(
          pathOf(first, node).map((at) => funcOf(first, at)),
        );
      }
      for (const key of ['1', 'x', '+', '[9]', '100000/200000', '[%', '[%zz]', '[]']) {
        expect(findPath(first, functions, key)).toBeUndefined();
      }
    }
  });
});
