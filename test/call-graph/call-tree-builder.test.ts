import { describe, expect, it } from 'vitest';
import { asCpuId, asPid } from '../../src/base/units.ts';
import { CallTreeBuilder } from '../../src/call-graph/call-tree-builder.ts';
import type { GraphRecord } from '../../src/call-graph/graph-record.ts';
import { entry, exit, TraceScript, tree } from './tree-notation.ts';

describe('CallTreeBuilder', () => {
  it('builds a tree and delivers it when its root returns', () => {
    const script = new TraceScript().run('a0 b1 c2 -c2 d2 -d2 -b1 e1 -e1');
    expect(script.trees).toHaveLength(0);
    script.run('-a0');
    expect(script.text).toBe(tree`
      a 9/3
        b 5/3
          c 1/1
          d 1/1
        e 1/1
    `);
    expect(script.trees[0]).toMatchObject({ pid: 7, cpu: 0, calls: 5, omittedCalls: 0, incomplete: false });
    expect(script.builder).toMatchObject({ trees: 1, calls: 5, droppedExits: 0 });
  });

  it('takes the duration that the kernel measured, and the return value', () => {
    const script = new TraceScript();
    script.builder.add(asCpuId(0), asPid(7), 0, 5, entry('a', 0));
    script.builder.add(asCpuId(0), asPid(7), 0, 90, exit('a', 0, 42, 3n));
    expect(script.trees[0]!.root).toMatchObject({ start: 5, duration: 42, selfTime: 42, retval: 3n });
  });

  it('follows a task over CPUs, and keeps tasks apart', () => {
    const script = new TraceScript().run('a0 b1', { pid: 1, cpu: 0 }).run('x0 y1', { pid: 2, cpu: 0 });
    script.run('-b1 -a0', { pid: 1, cpu: 3 }).run('-y1 -x0', { pid: 2, cpu: 1 });
    expect(script.trees.map(({ pid, cpu, calls }) => [pid, cpu, calls])).toEqual([
      [1, 0, 2],
      [2, 0, 2],
    ]);
  });

  it('has an idle task for each CPU', () => {
    const script = new TraceScript().run('a0', { pid: 0, cpu: 0 }).run('b0', { pid: 0, cpu: 1 });
    script.run('-a0', { pid: 0, cpu: 0 }).run('-b0', { pid: 0, cpu: 1 });
    expect(script.text).toBe(tree`
      a 2/2
      b 2/2
    `);
    expect(script.trees.map(({ cpu }) => cpu)).toEqual([0, 1]);
  });

  it('marks where an interrupt begins, and not what it calls', () => {
    const script = new TraceScript().run('a0 !i1 !j2 -j2 -i1 b1 -b1 -a0');
    expect(script.text).toBe(tree`
      a 7/3
        i 3/2 irq
          j 1/1
        b 1/1
    `);
  });

  it('drops exits whose entry it did not see', () => {
    const script = new TraceScript().run('-c2 -b1 -a0 a0 -a0');
    expect(script.text).toBe('a 1/1');
    expect(script.builder.droppedExits).toBe(3);
  });

  it('keeps calls whose callers were entered before the trace, as trees of their own', () => {
    const script = new TraceScript().run('c2 d3 -d3 -c2 e2 -e2 -b1 -a0');
    expect(script.text).toBe(tree`
      c 3/2 start
        d 1/1
      e 1/1 start
    `);
    expect(script.builder.droppedExits).toBe(2);
  });

  it('delivers what is open at the end', () => {
    const script = new TraceScript().run('a0 b1 -b1 c1');
    script.builder.finish();
    expect(script.text).toBe(tree`
      a ? end
        b 1/1
        c ? end
    `);
    script.builder.finish();
    expect(script.trees).toHaveLength(1);
  });

  it('marks a loss where the task was, and goes on by depth', () => {
    const script = new TraceScript().run('a0 b1 c2 ? d1 -d1 -a0 e0 -e0');
    expect(script.text).toBe(tree`
      a 6/5
        b ? lost
          c ? lost
        d 1/1
      e 1/1
    `);
    expect(script.trees.map(({ incomplete }) => incomplete)).toEqual([true, false]);
  });

  it('keeps the duration of a call in which events were lost', () => {
    const script = new TraceScript().run('a0 b1 ? -b1 -a0');
    expect(script.text).toBe(tree`
      a 4/2
        b 2/2 lost
    `);
  });

  it('does not mark tasks that were on another CPU', () => {
    const script = new TraceScript().run('a0', { pid: 1, cpu: 0 }).run('b0 ? -b0', { pid: 2, cpu: 1 });
    script.run('-a0', { pid: 1, cpu: 0 });
    expect(script.trees.map(({ pid, incomplete }) => [pid, incomplete])).toEqual([
      [2, true],
      [1, false],
    ]);
  });

  it('begins a new tree when the exit of a root is missing', () => {
    const script = new TraceScript().run('a0 b1 a0 -a0');
    expect(script.text).toBe(tree`
      a ? lost
        b ? lost
      a 1/1
    `);
  });

  it('takes records with depths that cannot be, as damaged files have them', () => {
    const builder = new CallTreeBuilder({ onTree: () => {} });
    const add = (record: GraphRecord) => builder.add(asCpuId(0), asPid(7), 0, 1, record);
    for (const depth of [-5, 3, -(2 ** 31), 2 ** 31 - 1, -1]) {
      add(entry('a', depth));
      add(exit('b', depth));
    }
    expect(() => builder.finish()).not.toThrow();
  });

  it('takes an interrupt that begins at depth 1 behind the exit of an outermost call for outermost itself', () => {
    const script = new TraceScript().run('x1 -x1 a0 -a0 !i1 -i1 j1 -j1 ? k1 -k1');
    const shown = script.trees.map(({ root, outermost }) => [
      String.fromCharCode(Number(root.func)),
      outermost,
      root.cut,
    ]);
    expect(shown).toEqual([
      ['x', false, 'start'],
      ['a', true, undefined],
      ['i', true, undefined],
      ['j', true, undefined],
      ['k', false, 'lost'],
    ]);
  });

  it('says that calls after a loss have unseen callers by that loss', () => {
    expect(new TraceScript().run('? c2 -c2').text).toBe('c 1/1 lost');
  });

  it('does not take the exit of another function for the return', () => {
    const script = new TraceScript().run('a0 b1 -c1 -a0');
    expect(script.text).toBe(tree`
      a 3/3
        b ? lost
    `);
    expect(script.builder.droppedExits).toBe(1);
  });

  it('attaches a call that is several levels deeper to the innermost open one', () => {
    const script = new TraceScript().run('a0 f4 -f4 b1 -b1 -a0');
    expect(script.text).toBe(tree`
      a 5/3
        f 1/1
        b 1/1
    `);
  });

  it('counts the calls beyond the limit of a tree, and still knows the self times', () => {
    const script = new TraceScript({ nodesPerTree: 2 }).run('a0 b1 c2 d3 -d3 -c2 -b1 e1 -e1 -a0 f0 -f0');
    expect(script.text).toBe(tree`
      a 9/3 +1
        b 5/2 +2
      f 1/1
    `);
    expect(script.trees[0]).toMatchObject({ calls: 5, omittedCalls: 3 });
  });

  it('limits the nodes of all open trees together, and frees them', () => {
    const script = new TraceScript({ openNodes: 2 }).run('a0 b1', { pid: 1 }).run('x0 y1 -y1 -x0', { pid: 2 });
    script.run('-b1 -a0', { pid: 1 }).run('x0 y1 -y1 -x0', { pid: 2 });
    expect(script.trees.map(({ omittedCalls }) => omittedCalls)).toEqual([1, 0, 0]);
  });

  it('ends the trees quiet for longest when too many are open', () => {
    const script = new TraceScript({ openTrees: 10 });
    for (let pid = 1; pid <= 11; pid += 1) script.run('a0', { pid });
    expect(script.trees.map(({ pid, root }) => [pid, root.cut])).toEqual([
      [1, 'end'],
      [2, 'end'],
    ]);
  });

  it('bears depths that only rise', () => {
    const script = new TraceScript();
    for (let depth = 0; depth < 10_000; depth += 1) {
      script.builder.add(asCpuId(0), asPid(1), 0, depth, entry('a', depth));
    }
    script.builder.finish();
    expect(script.trees[0]!.calls).toBe(10_000);
  });
});

describe('an interrupt between the end of a call and its exit record', () => {
  it('hangs beneath the call, which its own exit then ends', () => {
    const script = new TraceScript().run('a0 b1 c1 d2 -d2 -c1 e1 -e1 -b1 -a0');
    expect(script.trees).toHaveLength(1);
    expect(script.trees[0]!.incomplete).toBe(false);
    const [root] = script.trees.map((tree) => tree.root);
    const [b] = root!.children;
    expect(root!.children).toHaveLength(1);
    expect(b).toMatchObject({ duration: 7000, cut: undefined });
    expect(b!.children.map(({ interrupt, cut }) => ({ interrupt, cut }))).toEqual([
      { interrupt: true, cut: undefined },
      { interrupt: true, cut: undefined },
    ]);
  });

  it('does the same to a root', () => {
    const script = new TraceScript().run('a0 c0 -c0 -a0 a0 -a0');
    expect(script.trees.map(({ calls, incomplete }) => ({ calls, incomplete }))).toEqual([
      { calls: 2, incomplete: false },
      { calls: 1, incomplete: false },
    ]);
  });

  it('is not assumed behind a loss, nor for a second call of the same function', () => {
    expect(new TraceScript().run('a0 b1 ? c1 -c1 -a0').trees[0]!.root.children).toHaveLength(2);
    const again = new TraceScript().run('a0 b1 b1 -b1 -a0').trees[0]!;
    expect(again.incomplete).toBe(true);
    expect(again.root.children).toHaveLength(2);
  });
});
