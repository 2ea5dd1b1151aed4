/** The lines of a command's pane, and a whole screen with one. */
import { describe, expect, it } from 'vitest';
import { layOut, viewContext } from '../../../ui/app/layout.ts';
import { paneHeight, paneLines, terminalSize } from '../../../ui/app/pane-view.ts';
import { pointAt } from '../../../ui/app/pointing.ts';
import { screenIds } from '../../../ui/keys/key-table.ts';
import { openHelp, openPrompt } from '../../../ui/overlays/overlay.ts';
import { initialAppState, sendToScreen } from '../../../ui/state/app-state.ts';
import { hiddenPane, type PaneState } from '../../../ui/state/pane.ts';
import { cellWidth } from '../../../ui/terminal/line.ts';
import { createStyle } from '../../../ui/terminal/style.ts';
import { stripLooks } from '../drive-screen.ts';
import { fakeCommand, fakeModels } from '../fake-models.ts';

const style = createStyle({ color: true, ascii: false });
const half: PaneState = { ...hiddenPane, size: 'half' };
const focused: PaneState = { ...half, hasFocus: true };
const titleOf = (pane: PaneState, change: Parameters<typeof fakeCommand>[0], width = 80, now = 10_000) =>
  stripLooks(paneLines(pane, fakeCommand(change), { width, height: 5, style, now })[0]!);

describe('the title of a pane', () => {
  it.each([
    ['waiting', half, { hasBegun: false }],
    ['running', half, {}],
    ['exited 0', half, { end: { code: 0, signal: null } }],
    ['exited 130', half, { end: { code: 130, signal: null } }],
    ['killed by SIGSEGV', half, { end: { code: null, signal: 'SIGSEGV' } }],
    ['slowed by its output', half, { heldBackAt: 9_500 }],
    ['no terminal', half, { lack: 'No terminal.' }],
    ['line 3 of 40', { ...half, top: 2 }, { length: 40 }],
    ['$ type here  P larger', half, {}],
    ['$ type here  P hide', { ...half, size: 'full' }, {}],
    ['$ scroll', half, { end: { code: 0, signal: null } }],
    ['$ scroll', half, { lack: 'No terminal.' }],
    ['Ctrl-] leads back', focused, {}],
    ['Esc leads back', focused, { end: { code: 0, signal: null } }],
  ] as const)('says %s', (words, pane, change) => {
    for (const width of [60, 80, 160]) {
      const title = titleOf(pane, { title: 'x'.repeat(300), ...change }, width);
      expect(title).toContain(words);
      expect(cellWidth(title)).toBe(width);
    }
  });

  it('says no longer that a command was slowed', () => {
    expect(titleOf(half, { heldBackAt: 8_000 })).not.toContain('slowed');
  });

  it('has the way back in the worst case of the narrowest screen', () => {
    const title = titleOf({ ...focused, top: 0 }, { heldBackAt: 9_999, length: 5000 }, 60);
    expect(title).toContain('Ctrl-] leads back');
    expect(cellWidth(title)).toBeLessThanOrEqual(60);
  });
});

describe('the lines of a pane', () => {
  const lines = Array.from({ length: 30 }, (_, at) => `line ${at}`);
  const rowsOf = (pane: PaneState, change: Parameters<typeof fakeCommand>[0], height: number) =>
    paneLines(pane, fakeCommand({ lines, length: 30, ...change }), { width: 40, height, style, now: 0 })
      .slice(1)
      .map(stripLooks);

  it('are the newest, or those that were scrolled to', () => {
    expect(rowsOf(half, { cursor: { line: 29, column: 0 } }, 4)).toEqual(['line 27', 'line 28', 'line 29']);
    expect(rowsOf({ ...half, top: 5 }, {}, 3)).toEqual(['line 5', 'line 6']);
  });

  it('have the cursor among them where an overlay leaves fewer than the command has', () => {
    expect(rowsOf(half, { cursor: { line: 20, column: 0 } }, 4)).toEqual(['line 20', 'line 21', 'line 22']);
  });

  it('show the cursor only to who types', () => {
    const painted = (pane: PaneState, end?: { code: number; signal: null }) =>
      paneLines(pane, fakeCommand({ lines, length: 30, cursor: { line: 29, column: 0 }, end }), {
        width: 40,
        height: 3,
        style,
        now: 0,
      })[2];
    expect(painted(focused)).toContain('\u001b[7ml');
    expect(painted(half)).not.toContain('\u001b[7m');
    expect(painted(focused, { code: 0, signal: null })).not.toContain('\u001b[7m');
  });
});

describe('a screen with a pane', () => {
  const models = fakeModels({}, { command: fakeCommand({ length: 200 }) });
  const sizes = [
    [60, 12],
    [80, 24],
    [160, 50],
  ] as const;

  it.each(sizes)('fills %ix%i exactly, whatever is open', (columns, rows) => {
    const surface = { columns, rows, style };
    for (const screen of screenIds) {
      for (const size of ['hidden', 'half', 'full'] as const) {
        for (const overlay of [undefined, openPrompt('command'), openHelp(screen)]) {
          const state = { ...initialAppState(screen, { ...hiddenPane, size }), overlay };
          const { state: ticked } = sendToScreen(state, { kind: 'tick' }, viewContext(state, models, surface, 0));
          const { top, body, bodyHeight, bottom } = layOut(ticked, models, surface, 0);
          expect(top.length + bodyHeight + bottom.length, `${screen} ${size} ${overlay?.kind}`).toBe(rows);
          expect(body.length).toBeLessThanOrEqual(bodyHeight);
          for (const line of [...top, ...body, ...bottom])
            expect(cellWidth(stripLooks(line))).toBeLessThanOrEqual(columns);
        }
      }
    }
  });

  it.each(sizes)('gives the command of %ix%i the size that is shown', (columns, rows) => {
    for (const size of ['half', 'full'] as const) {
      const shown = paneHeight({ ...half, size }, models.command, rows) - 1;
      expect(terminalSize(size, { columns, rows })).toEqual({ columns, rows: shown });
    }
    expect(terminalSize('hidden', { columns, rows })).toEqual(terminalSize('half', { columns, rows }));
  });

  it('gives the pane the keys by a click into it, and turns the wheel there', () => {
    const surface = { columns: 80, rows: 24, style };
    const state = initialAppState('graph', half);
    const context = viewContext(state, models, surface, 0);
    const frame = layOut(state, models, surface, 0);
    const at = (y: number, what: 'press' | 'wheel-up') =>
      pointAt(state, { kind: 'mouse', what, x: 4, y }, frame, context);
    const titleRow = frame.top.length + frame.bodyHeight - frame.paneHeight;
    expect(stripLooks([...frame.top, ...frame.body][titleRow]!)).toContain('running');
    expect(at(titleRow, 'press').state.pane.hasFocus).toBe(true);
    expect(at(22, 'press').state.pane.hasFocus).toBe(true);
    expect(at(titleRow - 1, 'press').state.pane.hasFocus).toBe(false);
    expect(at(23, 'press').state.pane.hasFocus).toBe(false);
    expect(at(22, 'wheel-up').state.pane.top).toBe(200 - 10 - 3);
    expect(at(4, 'wheel-up').state.pane.top).toBe(undefined);
  });

  it('says the way out of the command where the screen is too small for anything', () => {
    const surface = { columns: 50, rows: 10, style };
    const { top } = layOut(initialAppState('graph', focused), models, surface, 0);
    expect(stripLooks(top[0]!)).toMatch(/^Ctrl-\] leads back; /);
  });
});
