/** What damaged or endless input costs: nodes, open calls and tasks are bounded, and sums stay right when leaves merge. */
import { describe, expect, it } from 'vitest';
import { CallPaths } from '../../src/analysis/call-paths.ts';
import { sumFunctions } from '../../src/analysis/function-sums.ts';
import { childrenOf, kindOf } from '../../src/analysis/path-stats.ts';
import { randomNumbers } from './path-notation.ts';

/** Well nested calls of many functions, deep and wide. */
function feedNested(paths: CallPaths, seed: number, calls: number): void {
  const random = randomNumbers(seed);
  const stack: number[] = [];
  let time = 0;
  for (let call = 0; call < calls || stack.length > 0; ) {
    time += 1 + random(100);
    if (call < calls && stack.length < 12 && random(2) === 0) {
      const func = 1 + random(30);
      paths.enter(0, 7, 0, time, func, stack.length);
      stack.push(func);
      call += 1;
    } else if (stack.length > 0) paths.exit(0, 7, time, stack.pop()!, stack.length);
  }
}

function checkTree(paths: CallPaths): { nodes: number; self: number; merged: number } {
  const { nodes } = paths;
  const found = { nodes: 1, self: 0, merged: 0 };
  const visit = (node: number) => {
    for (const child of childrenOf(paths, node)) {
      expect(nodes.parent[child]).toBe(node);
      expect(nodes.isAlive(child)).toBe(true);
      expect(nodes.find(node, nodes.key[child]!)).toBe(child);
      found.nodes += 1;
      found.self += nodes.self[child]!;
      if (kindOf(paths, child) === 'more') found.merged += nodes.merged[child]!;
      visit(child);
    }
  };
  visit(0);
  expect(nodes.count).toBe(found.nodes);
  return found;
}

describe('CallPaths that are full', () => {
  it('merge small leaves and lose no time and no call', () => {
    const all = new CallPaths();
    const few = new CallPaths({ nodeLimit: 300 });
    for (const paths of [all, few]) feedNested(paths, 3, 20_000);
    const whole = checkTree(all);
    const bounded = checkTree(few);
    expect(all.merges).toBe(0);
    expect(whole.nodes).toBeGreaterThan(3000);
    expect(few.merges).toBeGreaterThan(3);
    expect(bounded.nodes).toBeLessThanOrEqual(300);
    expect(bounded.merged).toBeGreaterThan(100);
    expect(few.omittedCalls).toBe(0);
    expect(bounded.self).toBe(whole.self);
    for (const column of ['calls', 'returned', 'total', 'max'] as const) {
      expect(few.nodes[column][0]).toBe(all.nodes[column][0]);
    }
  });

  it('keep the paths with the most time', () => {
    const paths = new CallPaths({ nodeLimit: 50 });
    for (let call = 0; call < 5000; call += 1) {
      paths.enter(0, 7, 0, call * 1000, call % 500, 0);
      paths.exit(0, 7, call * 1000 + 1, call % 500, 0, call % 500 === 77 ? 10_000 : 1);
    }
    expect(paths.nodes.find(0, 77 * 2)).toBeGreaterThan(0);
    const sum = sumFunctions(paths).find(({ func }) => func === 77)!;
    expect(sum.total / 10_000).toBeGreaterThanOrEqual(9);
  });

  it.each(['task', 'comm', 'errno'] as const)('stay bounded by any number of groups by %s', (splitBy) => {
    const paths = new CallPaths({ nodeLimit: 64, splitBy, commOf: (pid) => `task ${pid}` });
    for (let call = 0; call < 3000; call += 1) {
      paths.enter(0, call + 1, 0, call * 10, 1 + (call % 3), 0);
      paths.enter(0, call + 1, 0, call * 10, 5, 1);
      paths.exit(0, call + 1, call * 10 + 3, 5, 1);
      paths.exit(0, call + 1, call * 10 + 5, 1 + (call % 3), 0, -1, 0xffff_ffff, 2 ** 32 - 1 - (call % 4000));
    }
    const { nodes, self } = checkTree(paths);
    expect(nodes).toBeLessThanOrEqual(64);
    expect(self).toBe(3000 * 5);
    expect(paths.nodes.calls[0]).toBe(3000);
  });

  it('count what has no room when everything is open', () => {
    const paths = new CallPaths({ nodeLimit: 20 });
    for (let depth = 0; depth < 100; depth += 1) paths.enter(0, 7, 0, depth, 1 + depth, depth);
    expect(paths.nodes.count).toBe(20);
    expect(paths.omittedCalls).toBe(81);
    for (let depth = 99; depth >= 0; depth -= 1) paths.exit(0, 7, 200 - depth, 1 + depth, depth);
    expect(paths.nodes.total[0]).toBe(200);
    expect(paths.droppedExits).toBe(0);
  });
});

describe('CallPaths on garbage', () => {
  it('never throws, and its counts stay consistent', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const random = randomNumbers(seed * 7919);
      const paths = new CallPaths({ nodeLimit: 200, splitBy: (['none', 'task', 'cpu', 'errno'] as const)[seed % 4]! });
      const oddNumbers = [0, 1, 2, 3, -1, -2_147_483_648, 2_147_483_647, 4096];
      for (let step = 0; step < 3000; step += 1) {
        const odd = () => oddNumbers[random(oddNumbers.length)]!;
        const time = random(3) === 0 ? random(1000) * 1e15 : step;
        const depth = random(4) === 0 ? odd() : random(5);
        if (random(50) === 0) paths.lost(random(4));
        else if (random(2) === 0) paths.enter(random(4), odd(), random(256), time, random(9), depth);
        else paths.exit(random(4), odd(), time, random(9), depth, odd(), odd(), random(2 ** 31) * 2);
      }
      paths.finish();
      checkTree(paths);
      const { nodes } = paths;
      for (let node = 0; node < nodes.end; node += 1) {
        if (nodes.isAlive(node)) expect(nodes.running(node)).toBe(0);
        expect(Number.isFinite(nodes.total[node])).toBe(true);
      }
    }
  });

  it('bounds the open calls of a task and of all', () => {
    const paths = new CallPaths();
    for (let depth = 0; depth < 10_000; depth += 1) paths.enter(0, 7, 0, depth, 1, depth);
    expect(paths.openTasks()[0]!.size).toBe(4096);
    for (let pid = 1; pid <= 1000; pid += 1) {
      for (let depth = 0; depth < 3000; depth += 1) paths.enter(0, pid, 0, pid, 1, depth);
    }
    const open = paths.openTasks().reduce((sum, { capacity }) => sum + capacity, 0);
    expect(open).toBeLessThanOrEqual(1_020_000);
  });

  it('ends the tasks quiet for longest when very many are inside a call', () => {
    const paths = new CallPaths();
    for (let pid = 1; pid <= 25_000; pid += 1) paths.enter(0, pid, 0, pid, 1, 0);
    expect(paths.openTasks().length).toBeLessThanOrEqual(10_000);
    expect(paths.nodes.running(0)).toBe(paths.openTasks().length);
    expect(paths.openTasks().some(({ key }) => key === 25_000)).toBe(true);
    paths.exit(0, 25_000, 25_001, 1, 0);
    expect(paths.nodes.returned[0]).toBe(1);
  });
});
