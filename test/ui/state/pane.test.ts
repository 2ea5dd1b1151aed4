/** The pane of a command: focus, size, history. */
import { describe, expect, it } from 'vitest';
import { initialAppState, updateApp } from '../../../ui/state/app-state.ts';
import type { CommandView } from '../../../ui/state/models.ts';
import { hiddenPane, nextSize, turnWheel, updatePane } from '../../../ui/state/pane.ts';
import { makeContext } from '../drive-screen.ts';
import { fakeCommand, fakeModels } from '../fake-models.ts';

const rows = 10;
const focused = { size: 'half', hasFocus: true, top: undefined } as const;
const ended = { code: 0, signal: null } as const;
const key = (name: string) => ({ kind: 'key', key: name }) as const;
const press = (name: string, command: CommandView, pane = focused as Parameters<typeof updatePane>[0]) =>
  updatePane(pane, key(name), command, rows);

describe('a pane that has the focus', () => {
  it.each(['q', 'Ctrl-C', 'Ctrl-Z', 'Ctrl-L', 'Esc', 'Enter', '?', '$', 'F1', 'PageUp'])(
    'sends %s to the command',
    (name) => {
      expect(press(name, fakeCommand())).toEqual({ pane: focused, typed: [key(name)] });
    },
  );

  it('is left by Ctrl-] alone', () => {
    expect(press('Ctrl-]', fakeCommand())).toEqual({ pane: { ...focused, hasFocus: false }, typed: [] });
  });

  it('scrolls by Shift and a page while the command runs, and shows the newest when something is typed', () => {
    const command = fakeCommand({ length: 100 });
    const once = press('Shift-PageUp', command).pane;
    expect(once.top).toBe(81);
    const twice = press('Shift-PageUp', command, once).pane;
    expect(twice.top).toBe(72);
    expect(press('Shift-PageDown', command, twice).pane.top).toBe(81);
    expect(press('Shift-PageDown', command, once).pane.top).toBe(undefined);
    expect(press('x', command, twice)).toEqual({ pane: focused, typed: [key('x')] });
  });

  it('scrolls by all keys for that when the command has ended, and sends nothing', () => {
    const command = fakeCommand({ length: 100, end: ended });
    let top: number | undefined;
    const tops = ['g', 'j', 'PageDown', 'k', 'Up', 'G'].map((name) => {
      const { pane, typed } = press(name, command, { ...focused, top });
      expect(typed).toEqual([]);
      top = pane.top;
      return top;
    });
    expect(tops).toEqual([0, 1, 10, 9, 8, undefined]);
    expect(press('x', command)).toEqual({ pane: focused, typed: [] });
  });

  it.each(['Esc', 'Enter', 'q', 'Ctrl-C', 'Ctrl-]'])('is left by %s when the command has ended', (name) => {
    expect(press(name, fakeCommand({ end: ended })).pane.hasFocus).toBe(false);
  });

  it('sends what is pasted', () => {
    const paste = { kind: 'paste', text: 'ls\n' } as const;
    expect(updatePane(focused, paste, fakeCommand(), rows).typed).toEqual([paste]);
  });
});

describe('the wheel over a pane', () => {
  it('scrolls through the history', () => {
    expect(turnWheel(focused, -3, fakeCommand({ length: 100 }), rows)).toEqual({
      pane: { ...focused, top: 87 },
      typed: [],
    });
    expect(turnWheel(focused, -3, fakeCommand({ length: 12 }), rows).pane.top).toBe(0);
  });

  it('is arrows for a program that has a screen of its own', () => {
    const command = fakeCommand({ isAlternate: true });
    expect(turnWheel(focused, 2, command, rows).typed).toEqual([key('Down'), key('Down')]);
    expect(turnWheel(focused, 2, { ...command, end: ended }, rows).typed).toEqual([]);
  });
});

describe('the session with a pane', () => {
  const context = (change = {}) => ({
    ...makeContext({ models: fakeModels({}, { command: fakeCommand(change) }) }),
    paneRows: rows,
  });
  const start = initialAppState('graph', { ...hiddenPane, size: 'half' });

  it('gives it the keys by $, takes them back by Ctrl-]', () => {
    const focusedApp = updateApp(start, key('$'), context()).state;
    expect(focusedApp.pane).toEqual(focused);
    const typed = updateApp(focusedApp, key('Ctrl-C'), context());
    expect(typed.effects).toEqual([{ kind: 'type', input: key('Ctrl-C') }]);
    const left = updateApp(typed.state, key('Ctrl-]'), context()).state;
    expect(updateApp(left, key('Ctrl-C'), context()).effects).toEqual([{ kind: 'quit' }]);
  });

  it('gives it the keys out of a search box, too', () => {
    const browse = initialAppState('browse', hiddenPane);
    expect(updateApp(browse, key('$'), context()).state.pane.hasFocus).toBe(false);
    expect(updateApp(browse, key('Ctrl-]'), context()).state.pane).toEqual(focused);
  });

  it('shows half, all and nothing of it by P', () => {
    const half = start.pane;
    const seen = [half, nextSize(half), nextSize(nextSize(half)), nextSize(nextSize(nextSize(half)))];
    expect(seen.map(({ size }) => size)).toEqual(['half', 'full', 'hidden', 'half']);
  });

  it('keeps the keys with a question that comes meanwhile', () => {
    const asked = { ...start, pane: focused, overlay: { kind: 'confirm', question: 'Really?', effects: [] } as const };
    expect(updateApp(asked, key('Esc'), context())).toMatchObject({ effects: [], state: { overlay: undefined } });
  });

  it('says how to get one where there is none', () => {
    const none = makeContext({ models: fakeModels() });
    for (const name of ['$', 'P']) {
      const { state } = updateApp(initialAppState('graph'), key(name), none);
      expect(state.message?.text).toContain('--ui -- COMMAND');
      expect(state.pane).toEqual(hiddenPane);
    }
  });
});
