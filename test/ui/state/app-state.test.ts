import { describe, expect, it } from 'vitest';
import { layOut } from '../../../ui/app/layout.ts';
import { screenIds } from '../../../ui/keys/key-table.ts';
import type { GraphState } from '../../../ui/screens/graph/graph-state.ts';
import { initialAppState, updateApp, withMessage } from '../../../ui/state/app-state.ts';
import { createStyle } from '../../../ui/terminal/style.ts';
import { makeContext, stripLooks } from '../drive-screen.ts';
import { fakeModels } from '../fake-models.ts';

const recordingContext = makeContext({ models: fakeModels({}, { recordingFile: 'trace.dat' }) });
const press = (state: ReturnType<typeof initialAppState>, key: string, context = recordingContext) =>
  updateApp(state, { kind: 'key', key }, context);

describe('quitting', () => {
  it('asks first while something is recorded: n stays, y quits', () => {
    const asked = press(initialAppState('graph'), 'q');
    expect(asked.effects).toEqual([]);
    expect(asked.state.overlay).toMatchObject({ kind: 'confirm', question: expect.stringContaining('trace.dat') });
    expect(press(asked.state, 'n')).toMatchObject({ state: { overlay: undefined }, effects: [] });
    expect(press(asked.state, 'y').effects).toEqual([{ kind: 'quit' }]);
  });

  it('happens at once when nothing is recorded, and by Ctrl-C always', () => {
    expect(press(initialAppState('graph'), 'q', makeContext()).effects).toEqual([{ kind: 'quit' }]);
    expect(press(initialAppState('graph'), 'Ctrl-C').effects).toEqual([{ kind: 'quit' }]);
  });

  it('happens with the first q, also when the tree is about to change', () => {
    const start = initialAppState('graph');
    const graph = start.screens.graph as GraphState;
    const tree = { ...graph.tree, builtMerges: -1 };
    const state = { ...start, screens: { ...start.screens, graph: { ...graph, tree } } };
    expect(press(state, 'q', makeContext()).effects).toEqual([{ kind: 'quit' }]);
  });
});

describe('a start that is under way', () => {
  const arming = makeContext({ models: fakeModels({}, { isTracing: false, isArming: true }) });
  const stop = { kind: 'trace', change: { what: 'stop' } };

  it('is cancelled by Esc on every screen, and by s', () => {
    for (const screen of screenIds) expect(press(initialAppState(screen), 'Esc', arming).effects).toEqual([stop]);
    expect(press(initialAppState('graph'), 's', arming).effects).toEqual([stop]);
  });
});

describe('a message', () => {
  const screen = initialAppState('home');
  const surface = (rows: number) => ({ columns: 80, rows, style: createStyle({ color: false, ascii: true }) });
  const long = `writing it: ${'the kernel will not have it, '.repeat(5)}(what would help)`;

  it('that is long goes on over several lines, to what would help, and takes them from the body', () => {
    const state = withMessage(screen, long, true, 0);
    const { top, body, bodyHeight, bottom } = layOut(state, fakeModels(), surface(24), 0);
    expect(bottom).toHaveLength(3);
    expect(stripLooks(bottom.join(' ')).replace(/\s+/g, ' ').trim()).toBe(long);
    expect(top.length + bodyHeight + bottom.length).toBe(24);
    expect(body).toEqual(layOut(screen, fakeModels(), surface(24), 0).body.slice(0, bodyHeight));
  });

  it('never takes all of a small screen', () => {
    const { top, bodyHeight, bottom } = layOut(
      withMessage(screen, long.repeat(9), true, 0),
      fakeModels(),
      surface(12),
      0,
    );
    expect(bottom).toHaveLength(4);
    expect(top.length + bodyHeight + bottom.length).toBe(12);
  });

  it('stays the longer the longer it is', () => {
    const untilOf = (text: string) => withMessage(screen, text, false, 0).message!.until;
    expect(untilOf('short')).toBe(4_000);
    expect(untilOf(long)).toBeGreaterThan(4_000);
  });
});
