import { describe, expect, it } from 'vitest';
import { callersNotSeen } from '../../src/analysis/call-groups.ts';
import { CallPaths } from '../../src/analysis/call-paths.ts';
import { childrenOf, groupOf, percentileOfNode, ratesOf, readPathStats } from '../../src/analysis/path-stats.ts';
import { asCpuId, asPid } from '../../src/base/units.ts';
import type { CallNode, CallTree } from '../../src/call-graph/call-tree.ts';
import { CallTreeBuilder } from '../../src/call-graph/call-tree-builder.ts';
import { funcNumber, PathScript, randomNumbers } from './path-notation.ts';

const textOf = (steps: string, ...more: string[]) => {
  const script = new PathScript().run(steps);
  more.forEach((task, index) => {
    script.run(task, { pid: 8 + index, cpu: 1 });
  });
  return script.text;
};

describe('CallPaths', () => {
  it('merges calls by their path', () => {
    expect(textOf('a0 b1 -b1 b1 c2 -c2 -b1 -a0 a0 -a0 b0 -b0')).toBe(
      ['a 2 8/4', '  b 2 4/3', '    c 1 1/1', 'b 1 1/1'].join('\n'),
    );
  });

  it('merges the calls of several tasks and keeps their stacks apart', () => {
    const script = new PathScript();
    script.run('a0 b1').run('a0 c1', { pid: 8 }).run('-b1 -a0').run('-c1 -a0', { pid: 8 });
    expect(script.text).toBe('a 2 10/4\n  b 1 3/3\n  c 1 3/3');
  });

  it('has a stack per CPU for idle tasks', () => {
    const script = new PathScript();
    script.run('a0', { pid: 0 }).run('a0', { pid: 0, cpu: 1 }).run('-a0', { pid: 0 }).run('-a0', { pid: 0, cpu: 1 });
    expect(script.text).toBe('a 2 4/4');
  });

  it('counts calls without a return as cut and leaves them out of the times', () => {
    expect(textOf('a0 b1 a0 -a0')).toBe('a 2 1/1 cut 1\n  b 1 0/0 cut 1');
  });

  it('leaves out what was open while events were lost, and what it was called by', () => {
    expect(textOf('a0 b1 ? -b1 c1 -c1 -a0 a0 -a0')).toBe('a 2 1/1 cut 1\n  b 1 0/0 cut 1\n  c 1 1/1');
  });

  it('knows losses of other CPUs as none of its own', () => {
    const script = new PathScript().run('a0 b1').run('?', { cpu: 1 }).run('-b1 -a0');
    expect(script.text).toBe('a 1 4/2\n  b 1 2/2');
  });

  it('drops exits without an entry', () => {
    const script = new PathScript().run('-b1 -a0 a0 -a0');
    expect(script.paths.droppedExits).toBe(2);
    expect(script.text).toBe('a 1 1/1');
  });

  it('keeps interrupts apart from calls, and their time', () => {
    const script = new PathScript().run('a0 b1 !b2 -b2 -b1 b1 b2 -b2 -b1 -a0');
    expect(script.text).toBe('a 1 9/3\n  b 2 6/4\n    b 1 1/1\n    b! 1 1/1');
    const [a] = childrenOf(script.paths, 0);
    expect(readPathStats(script.paths, a!)).toMatchObject({ total: 9000, interruptTime: 1000 });
    expect(readPathStats(script.paths, 0)).toMatchObject({ total: 9000, interruptTime: 1000 });
  });

  it('takes a call at the depth of an open one as an interrupt, as the trees do', () => {
    expect(textOf('a0 b0 -b0 -a0')).toBe('a 1 3/2\n  b! 1 1/1');
  });

  it('knows what is running', () => {
    const script = new PathScript().run('a0 b1').run('a0', { pid: 8 });
    expect(script.text).toBe('a 2 0/0 running 2\n  b 1 0/0 running 1');
    script.paths.finish();
    expect(script.text).toBe('a 2 0/0 cut 2\n  b 1 0/0 cut 1');
  });

  it('counts errors by number, as long and as int, and no other values', () => {
    const script = new PathScript().run(`a0 -a0=-2 a0 -a0=-2 a0 -a0=${2 ** 32 - 13} a0 -a0=3 a0 -a0=-4096 a0 -a0`);
    const [a] = childrenOf(script.paths, 0);
    for (const node of [0, a!]) {
      expect(readPathStats(script.paths, node)).toMatchObject({
        errors: 3,
        errorNumbers: [
          { errno: 2, count: 2 },
          { errno: 13, count: 1 },
        ],
      });
    }
  });

  it('leaves out outermost calls that nobody asked for, with all below them', () => {
    const script = new PathScript({ isChosen: (func) => func === funcNumber('a') });
    script.run('b0 a1 -a1 c1 -c1 -b0 a0 b1 -b1 -a0 b0 ? c1 a0 -a0').run('c1 -c1', { pid: 9 });
    expect(script.text).toBe('[callers not seen] 1 1/0\n  c 1 1/1\na 2 4/3\n  b 1 1/1');
    expect(script.paths.unaskedRoots).toBe(2);
    script.run('b0 c1');
    script.paths.finish();
    expect(readPathStats(script.paths, 0)).toMatchObject({ calls: 3, returned: 3, cut: 0 });
  });

  it('knows the shortest, the longest and where it was, and percentiles', () => {
    const paths = new CallPaths();
    for (let call = 1; call <= 1000; call += 1) {
      paths.enter(call % 4, call, 0, call * 1e6, 5, 0);
      paths.exit(call % 4, call, call * 1e6 + 10, 5, 0, call * 100);
    }
    const [node] = childrenOf(paths, 0);
    const stats = readPathStats(paths, node!);
    expect(stats).toMatchObject({ min: 100, max: 100_000, maxAt: { time: 1e9, cpu: 0, pid: 1000 }, average: 50_050 });
    expect(stats.p50).toBeGreaterThan(45_000);
    expect(stats.p50).toBeLessThan(55_000);
    expect(stats.p99).toBeGreaterThan(95_000);
    expect(stats.p99).toBeLessThanOrEqual(100_000);
    expect(percentileOfNode(paths, node!, 1)).toBe(100_000);
    expect(stats.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
    expect(stats.histogram[0]).toEqual({ from: 64, to: 128, count: 1 });
  });

  it('has calls per second of the last ten seconds', () => {
    const paths = new CallPaths();
    for (const [second, calls] of [2, 0, 5, 1].entries()) {
      for (let call = 0; call < calls; call += 1) {
        paths.enter(0, 7, 0, second * 1e9 + call, 5, 0);
        paths.exit(0, 7, second * 1e9 + call, 5, 0);
      }
    }
    const [node] = childrenOf(paths, 0);
    expect(ratesOf(paths, node!, 4.5e9)).toEqual([0, 0, 0, 0, 0, 0, 2, 0, 5, 1]);
    expect(ratesOf(paths, 0, 12e9)).toEqual([5, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(ratesOf(paths, node!, 100e9)).toEqual(new Array(10).fill(0));
    paths.enter(0, 7, 0, 50e9, 5, 0);
    expect(ratesOf(paths, node!, 51e9)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });
});

describe('CallPaths split by', () => {
  const run = (splitBy: 'task' | 'cpu' | 'comm' | 'errno') =>
    new PathScript({ splitBy, commOf: (pid) => (pid === 0 ? '<idle>' : `task${pid}`) })
      .run('a0 b1 -b1 -a0=-2')
      .run('a0 -a0=0', { pid: 0, cpu: 1 });

  it.each([
    ['task', ['[-2] 1 1/0', '  a 1 1/1', '[7] 1 3/0', '  a 1 3/2', '    b 1 1/1']],
    ['cpu', ['[1] 1 1/0', '  a 1 1/1', '[0] 1 3/0', '  a 1 3/2', '    b 1 1/1']],
    ['comm', ['[<idle>] 1 1/0', '  a 1 1/1', '[task7] 1 3/0', '  a 1 3/2', '    b 1 1/1']],
    ['errno', ['[0] 1 1/0', '  a 1 1/1', '[2] 1 3/0', '  a 1 3/2', '    b 1 1/1']],
  ] as const)('%s has a level of groups', (splitBy, lines) => {
    const script = run(splitBy);
    expect(script.text).toBe(lines.join('\n'));
    expect(readPathStats(script.paths, 0)).toMatchObject({ calls: 2, returned: 2, total: 4000, errors: 1 });
  });

  it('errno counts cut calls and interrupts as without groups', () => {
    const steps = 'a0 b1 !c2 -c2 d2 -b1 -a0=-2 a0 ? -a0=-2 a0 b1';
    const split = new PathScript({ splitBy: 'errno' }).run(steps);
    split.paths.finish();
    const plain = new PathScript().run(steps);
    plain.paths.finish();
    const without = (text: string) => text.split('\n').filter((line) => !line.startsWith('['));
    expect(split.text).toBe(
      [
        '[0] 1 0/0 cut 1',
        '  a 1 0/0 cut 1',
        '    b 1 0/0 cut 1',
        '[2] 2 6/0 cut 1',
        '  a 2 6/2 cut 1',
        '    b 1 4/3',
        '      c! 1 1/1',
        '      d 1 0/0 cut 1',
      ].join('\n'),
    );
    expect(without(plain.text)[0]).toBe('a 3 6/2 cut 2');
  });
});

interface PathFigures {
  calls: number;
  total: number;
  self: number;
}

/** Above roots whose callers were not seen. */
const unseen = '/unseen';

/** A path's figures from call trees, by functions and interrupts. */
function figuresOfTrees(trees: readonly CallTree[]): Map<string, PathFigures> {
  const figures = new Map<string, PathFigures>();
  const visit = (node: CallNode, above: string) => {
    const path = `${above}/${node.func}${node.interrupt ? '!' : ''}`;
    const known = figures.get(path) ?? { calls: 0, total: 0, self: 0 };
    figures.set(path, known);
    known.calls += 1;
    known.total += node.duration ?? 0;
    known.self += node.selfTime ?? 0;
    for (const child of node.children) visit(child, path);
  };
  for (const { root, outermost } of trees) visit(root, outermost ? '' : unseen);
  return figures;
}

function figuresOfPaths(paths: CallPaths): Map<string, PathFigures> {
  const { nodes } = paths;
  const figures = new Map<string, PathFigures>();
  const visit = (node: number, above: string) => {
    for (const child of childrenOf(paths, node)) {
      const key = nodes.key[child]!;
      if (groupOf(paths, child)?.key === callersNotSeen) {
        visit(child, unseen);
        continue;
      }
      const path = `${above}/${key >> 1}${(key & 1) === 1 ? '!' : ''}`;
      figures.set(path, { calls: nodes.calls[child]!, total: nodes.total[child]!, self: nodes.self[child]! });
      visit(child, path);
    }
  };
  visit(0, '');
  return figures;
}

const byPath = (figures: Map<string, PathFigures>) => [...figures].sort(([a], [b]) => (a < b ? -1 : 1));

/** Feeds records that may not fit together to both, and returns both. */
function runRandom(seed: number, steps: number, losses: boolean) {
  const random = randomNumbers(seed);
  const trees: CallTree[] = [];
  const builder = new CallTreeBuilder({ onTree: (tree) => trees.push(tree) });
  const paths = new CallPaths();
  const open = new Map<number, { func: number; depth: number }[]>();
  for (let time = 1; time <= steps; time += 1) {
    const cpu = random(3);
    const pid = random(4);
    if (losses && random(40) === 0) {
      builder.lost(asCpuId(cpu));
      paths.lost(cpu);
      continue;
    }
    const key = pid === 0 ? -1 - cpu : pid;
    const stack = open.get(key) ?? [];
    open.set(key, stack);
    const isWild = random(20) === 0;
    const isEntry = stack.length === 0 || (stack.length < 8 && random(2) === 0);
    const top = stack.at(-1);
    const depth = isWild ? random(6) : isEntry ? stack.length : top!.depth;
    const func = isEntry || isWild ? 1 + random(4) : top!.func;
    const duration = random(3) === 0 ? undefined : random(1000);
    if (isEntry) {
      const flags = random(10) === 0 ? 8 : 0;
      const entry = { kind: 'entry', func: BigInt(func), depth, args: undefined, retaddr: undefined } as const;
      builder.add(asCpuId(cpu), asPid(pid), flags, time, entry);
      paths.enter(cpu, pid, flags, time, func, depth);
      if (!isWild) stack.push({ func, depth });
    } else {
      const times = { overrun: 0, duration, calltime: undefined, rettime: undefined, retval: undefined };
      builder.add(asCpuId(cpu), asPid(pid), 0, time, { kind: 'exit', func: BigInt(func), depth, ...times });
      paths.exit(cpu, pid, time, func, depth, duration ?? -1);
      if (!isWild) stack.pop();
    }
  }
  builder.finish();
  paths.finish();
  return { trees, builder, paths };
}

describe('CallPaths and CallTreeBuilder', () => {
  it('agree on every path of random records that do not always fit', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const { trees, builder, paths } = runRandom(seed, 1500, false);
      expect(byPath(figuresOfPaths(paths)), `seed ${seed}`).toEqual(byPath(figuresOfTrees(trees)));
      expect(paths.droppedExits).toBe(builder.droppedExits);
      expect(paths.calls).toBe(builder.calls);
    }
  });

  it('agree on the calls when events are lost', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const { trees, builder, paths } = runRandom(seed, 1500, true);
      const callsOf = (figures: Map<string, PathFigures>) =>
        byPath(figures).map(([path, { calls }]) => `${path} ${calls}`);
      expect(callsOf(figuresOfPaths(paths)), `seed ${seed}`).toEqual(callsOf(figuresOfTrees(trees)));
      expect(paths.droppedExits).toBe(builder.droppedExits);
    }
  });
});
