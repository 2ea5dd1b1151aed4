import { describe, expect, it } from 'vitest';
import type { CallTree } from '../../src/call-graph/call-tree.ts';
import { parseChips } from '../../src/format/filter/filter-chips.ts';
import { ItemFilter } from '../../src/recording/item-filter.ts';
import { damaged, event, lost } from './export/recorded-events.ts';

const filterOf = (line: string) => new ItemFilter(parseChips(line), (address) => `f_${address}`);
const stack = { kind: 'kernel', frames: [1n] } as const;

describe('chips over the items of a recording', () => {
  it('ask events for what they have', () => {
    const exit = {
      kind: 'exit',
      func: 7n,
      depth: 0,
      overrun: 0,
      duration: 2_000,
      retval: 0xffff_ffff_ffff_fffen,
    } as const;
    const returned = event({ graph: { ...exit, calltime: undefined, rettime: undefined } });
    for (const line of ['fn:f_7', 'dur:>1us', 'ret:-2', 'task:bash', 'event:test:thing', 'event:thing', 'pid:12']) {
      expect(filterOf(line).acceptsEvent(returned), line).toBe(true);
      expect(filterOf(`!${line}`).acceptsEvent(returned), `!${line}`).toBe(false);
    }
    const called = event({ call: { func: 9n, parent: 7n } });
    expect(filterOf('fn:f_9 !fn:f_7 !dur:>0').acceptsEvent(called)).toBe(true);
  });

  it('know probes by the names they are shown with', () => {
    const hit = event({ system: 'ftui_3', name: 'open__return' });
    expect(filterOf('event:open%return').acceptsEvent(hit, 'open%return')).toBe(true);
    expect(filterOf('event:open__return').acceptsEvent(hit, 'open%return')).toBe(false);
  });

  it('treat a stack as the event before it in its own buffer', () => {
    const filter = filterOf('event:open');
    const answers = [
      event({ name: 'open' }),
      event({ name: 'close', cpu: 1 }),
      event({ name: 'close', instance: 'other' }),
      event({ stack }),
      event({ stack, cpu: 1 }),
      event({ stack, instance: 'other' }),
    ].map((item) => filter.accepts(item));
    expect(answers).toEqual([true, false, false, true, false, false]);
  });

  it('leave gaps out only where CPU or time tell that they are elsewhere', () => {
    const accepts = (line: string) => [lost(5, 3, 1), damaged(5, 'x', 1)].map((gap) => filterOf(line).accepts(gap));
    expect(accepts('task:x fn:y pid:3 text:z')).toEqual([true, true]);
    expect(accepts('cpu:1 time:0-1')).toEqual([true, true]);
    expect(accepts('cpu:0')).toEqual([false, false]);
    expect(accepts('time:1-')).toEqual([false, false]);
  });

  it('look at a tree by the call that it begins with', () => {
    const root = { func: 4n, start: 10, duration: 5_000, retval: 1n, children: [{ func: 5n }] };
    const tree = { root, pid: 12, cpu: 2 } as unknown as CallTree;
    expect(filterOf('fn:f_4 task:ls cpu:2 pid:12 dur:>1us ret:1').acceptsTree(tree, 'ls')).toBe(true);
    expect(filterOf('fn:f_5').acceptsTree(tree, 'ls')).toBe(false);
    expect(filterOf('event:*').acceptsTree(tree, 'ls')).toBe(false);
    expect(filterOf('').acceptsTree(tree, 'ls')).toBe(true);
  });
});
