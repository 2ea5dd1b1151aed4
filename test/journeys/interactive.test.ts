/** The interactive session in a terminal: a recording of a real kernel, every screen and overlay, sizes and looks. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GoldenOptions, LookRuns, type Size, sizes } from './looks.ts';
import { Home, plainUser, plainUserLauncher } from './program.ts';
import { TerminalProgram } from './terminal.ts';

const recording = join(import.meta.dirname, '../recordings/6.1-graph-interrupts.dat');
const escapeKey = '\u001b';
let home: Home;
let started: TerminalProgram[] = [];

interface Look {
  readonly cols?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

function startReplay({ cols = 80, rows = 24, env = {} }: Look): TerminalProgram {
  const shown = new TerminalProgram(plainUserLauncher(), ['replay', recording], {
    cwd: home.folder,
    env: home.environment({ TERM: 'xterm-256color', FTUI_TEST: '1', ...env }),
    ...plainUser,
    cols,
    rows,
  });
  started.push(shown);
  return shown;
}

/** Replays the recording; resolves when all of it is on the screen. */
async function replay(look: Look = {}): Promise<TerminalProgram> {
  const { cols = 80, rows = 24 } = look;
  const shown = startReplay(look);
  if (cols < 60 || rows < 12) await shown.shows('ftui needs');
  else await shown.shows('1.6k events');
  return shown;
}

function screen(shown: TerminalProgram): string {
  return `${shown.lines().join('\n')}\n`;
}

beforeEach(() => {
  home = new Home();
});
afterEach(() => {
  for (const terminal of started) terminal.pty.kill();
  started = [];
  home.remove();
});

/** The files that are listed are elsewhere each time. */
const withoutFiles: GoldenOptions = { lines: (row, rows) => row < 4 || row === rows - 1 };

/** The recording in each of the looks. */
function replayInLooks([cols, rows]: Size): Promise<LookRuns> {
  return LookRuns.start(async (env) => {
    const shown = startReplay({ cols, rows, env });
    await shown.shows('1.6k events');
    return shown;
  });
}

const views: Readonly<Record<string, readonly string[]>> = {
  'graph-tree': ['t'],
  'graph-calls': ['c'],
  'graph-call': ['G', 'S'],
  'graph-gap': [escapeKey, 'g', '!'],
  'graph-functions': ['r'],
  'graph-flame': ['i'],
  'graph-timeline': ['T'],
  'graph-callers': ['t', 'g', '\u001b[B', 'b'],
};

const overlays: Readonly<Record<string, readonly string[]>> = {
  log: ['5'],
  'log-detail': ['\r'],
  events: [escapeKey, '3'],
  'events-columns': ['o'],
  help: [escapeKey, '4', '?'],
  palette: [escapeKey, ':', 's', 'l'],
  detail: [escapeKey, 'v'],
  columns: [escapeKey, 'o'],
  filter: [escapeKey, '&', ...'dur>50us'],
  filters: ['\r', 'F'],
  search: [escapeKey, '/', ...'read'],
  found: ['\r'],
};

describe('a recording in the interactive session', { timeout: 60_000 }, () => {
  it.each(sizes)('shows all its views at %ix%i', async (...size) => {
    const runs = await replayInLooks(size);
    for (const [name, keys] of Object.entries(views)) {
      await runs.press(...keys);
      await runs.expectGolden(`${name}-${size.join('x')}`);
    }
  });

  it.each(sizes)('shows all other screens and overlays at %ix%i', async (...size) => {
    const runs = await replayInLooks(size);
    for (const [name, keys] of Object.entries(overlays)) {
      await runs.press(...keys);
      await runs.expectGolden(`${name}-${size.join('x')}`);
    }
  });

  it.each(sizes)('shows where it is while it plays, and holds there, at %ix%i', async (...size) => {
    const runs = await replayInLooks(size);
    // So slow that it does not get on meanwhile.
    await runs.press('6', ':', ...'speed 0.000001', '\r');
    await runs.each((run) => run.shows('playing at'));
    await runs.press(':', ...'seek 40%', '\r');
    await runs.each((run) => run.shows('40%'));
    await runs.expectGolden(`record-playing-${size.join('x')}`, withoutFiles);
    await runs.press('p');
    await runs.each((run) => run.shows('held'));
    await runs.expectGolden(`record-held-${size.join('x')}`, withoutFiles);
  });

  it('says which size it needs where the terminal is too small, and q still quits', async () => {
    const shown = await replay({ cols: 40, rows: 10 });
    expect(shown.lines()).toEqual(['ftui needs 60x12, this is 40x10; q quits']);
    shown.pty.write('q');
    expect(await shown.exit).toBe(0);
  });

  it('shows the same whether the body is painted or drawn by Ink', async () => {
    const keys = ['t', 'j', 'L', 'c', 'k', '\r', escapeKey, 'r', 'j', 'i', '?', escapeKey, '5', 'k', '3', '4'];
    const seen: string[][] = [];
    for (const painter of ['1', '0']) {
      const shown = await replay({ cols: 100, rows: 30, env: { FTUI_PAINTER: painter } });
      const screens: string[] = [];
      for (const key of keys) {
        await shown.press(key);
        screens.push(`${screen(shown)}${shown.looks().join('\n')}`);
      }
      seen.push(screens);
    }
    for (const [index, painted] of seen[0]!.entries()) expect(painted).toBe(seen[1]![index]);
  });

  it('shows after a change of size what a start at that size shows', async () => {
    const shown = await replay({ cols: 100, rows: 30 });
    for (const [cols, rows] of [
      [80, 24],
      [120, 40],
      [60, 12],
      [100, 30],
    ] as const) {
      await shown.resize(cols, rows);
      const resized = shown.lines();
      const fresh = await replay({ cols, rows });
      expect(resized).toEqual(fresh.lines());
      fresh.pty.kill();
    }
  });

  it('keeps the cursor with its call while rows above it fold, and takes back jumps', async () => {
    const shown = await replay({ cols: 120, rows: 40 });
    const cursor = () => shown.lines().find((line) => /^.>/.test(line)) ?? '';
    await shown.press('L', 'L');
    const before = cursor();
    await shown.press('+');
    expect(cursor().slice(2)).toBe(before.slice(2));
    await shown.press('S');
    expect(shown.lines()[0]).toContain('one call');
    await shown.press('\u000f');
    expect(cursor().slice(2)).toBe(before.slice(2));
  });

  it('finds folded functions, counts them, and goes round', async () => {
    const shown = await replay({ cols: 120, rows: 40 });
    await shown.press('/');
    for (const key of 'spin_lock') await shown.press(key);
    await shown.press('\r');
    const message = () => shown.lines().at(-1)!;
    const [, of] = /^ 1 of (\d+): spin_lock/.exec(message()) ?? [];
    expect(Number(of), message()).toBeGreaterThan(1);
    await shown.press('N');
    expect(message()).toContain(`${of} of ${of}`);
    await shown.press('n');
    expect(message()).toContain(`1 of ${of}`);
  });

  it('handles held keys that come in one read, and the mouse', async () => {
    const shown = await replay({ cols: 100, rows: 30 });
    const cursorRow = () => shown.lines().findIndex((line) => /^.>/.test(line));
    const top = cursorRow();
    await shown.press('jjj');
    expect(cursorRow()).toBe(top + 3);
    await shown.press(`${escapeKey}[<0;20;${top + 2}M`);
    expect(cursorRow()).toBe(top + 1);
    await shown.press(`${escapeKey}[<65;20;10M`);
    expect(cursorRow()).toBe(top + 4);
  });
});
