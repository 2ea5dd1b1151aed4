import { describe, expect, it } from 'vitest';
import { asCpuId, asPid } from '../../../src/base/units.ts';
import { type CallRow, type CallTree, GraphModel } from '../../../src/index.ts';
import { FilteredCalls } from '../../../ui/app/call-filter.ts';
import { graphScreen } from '../../../ui/screens/graph/graph-screen.ts';
import { openedRows } from '../../../ui/screens/graph/update-calls.ts';
import { makeContext, ScreenDriver } from '../drive-screen.ts';
import { fakeModels } from '../fake-models.ts';

const treeOf = ({ time, duration }: CallRow): CallTree => ({
  root: {
    ...{ func: 1n, depth: 0, start: time, duration, selfTime: duration, children: [], omittedCalls: 0 },
    ...{ args: undefined, retaddr: undefined, retval: undefined, interrupt: false, cut: undefined },
  },
  ...{ pid: asPid(7), cpu: asCpuId(0), calls: 1, omittedCalls: 0, incomplete: false, outermost: true },
});

/** Calls of one function by task 7 and others, one after another, each as long as told (µs); task 7 passes the filter. */
function openScreen(calls: readonly (readonly [pid: number, us: number])[], { callLimit = 1_000 } = {}) {
  const graph = new GraphModel({ callLimit });
  const func = graph.functionOf(0, 1);
  calls.forEach(([pid, us], index) => {
    const start = index * 1_000_000;
    graph.enter(0, pid, 0, start, func, 0);
    graph.exit(0, pid, start + us * 1000, func, 0, us * 1000, -1, 0);
  });
  const filtered = new FilteredCalls(graph.calls, ({ pid }: CallRow) => pid === 7);
  const models = fakeModels({ chips: [] }, { graph, calls: filtered, treeOf });
  return { filtered, screen: new ScreenDriver(graphScreen, makeContext({ models })) };
}

describe('the list of calls under a filter', () => {
  const calls = [
    [8, 1],
    [7, 20],
    [8, 900],
    [7, 700],
    [8, 3],
    [7, 4],
  ] as const;
  const durations = (filtered: FilteredCalls) =>
    Array.from({ length: filtered.length }, (_, at) => (filtered.rowAt(at) as CallRow).duration);

  it('jumps to the slowest call that passes', () => {
    const { filtered, screen } = openScreen(calls);
    expect(durations(filtered)).toEqual([20_000, 700_000, 4_000]);
    screen.action('slowest');
    expect(screen.state).toMatchObject({ view: 'calls', calls: { cursor: { at: 1 }, following: false } });
    expect(filtered.rowAt(1)).toMatchObject({ id: screen.state.calls.id, duration: 700_000 });
  });

  it('comes back to a marked call', () => {
    const { screen } = openScreen(calls);
    screen.action('calls-view').action('first').action('down').action('mark', 'a');
    const { id } = screen.state.calls;
    screen.action('last').action('go-mark', 'a');
    expect(screen.state.calls).toMatchObject({ id, cursor: { at: 1 } });
  });

  it('shows nothing in place of an opened call that is gone', () => {
    const many = Array.from({ length: 500 }, (_, index) => [7, 1 + index] as const);
    const { filtered, screen } = openScreen(many, { callLimit: 20 });
    const openedOf = (opened: number) =>
      openedRows({ ...screen.state, calls: { ...screen.state.calls, opened } }, screen.context.models);
    const last = filtered.rowAt(filtered.length - 1).id;
    expect(openedOf(last)).toHaveLength(1);
    expect(openedOf(last - 400)).toEqual([]);
  });
});
