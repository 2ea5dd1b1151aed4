/** The interactive session in a terminal: a recording of a real kernel, every screen and overlay, sizes and looks. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Home, plainUser, plainUserLauncher } from './program.ts';
import { TerminalProgram } from './terminal.ts';

const recording = join(import.meta.dirname, '../recordings/6.1-graph-interrupts.dat');
const escapeKey = '\u001b';
let home: Home;
let terminal: TerminalProgram | undefined;

interface Look {
  readonly cols?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Replays the recording; resolves when all of it is on the screen. */
async function replay({ cols = 80, rows = 24, env = {} }: Look = {}): Promise<TerminalProgram> {
  terminal?.pty.kill();
  terminal = new TerminalProgram(plainUserLauncher(), ['replay', recording], {
    cwd: home.folder,
    env: home.environment({ TERM: 'xterm-256color', FTUI_TEST: '1', ...env }),
    ...plainUser,
    cols,
    rows,
  });
  const shown = terminal;
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
  terminal?.pty.kill();
  terminal = undefined;
  home.remove();
});

const sizes = [
  [80, 24],
  [160, 50],
] as const;

describe('a recording in the interactive session', { timeout: 60_000 }, () => {
  it.each(sizes)('shows all its views at %ix%i', async (cols, rows) => {
    const shown = await replay({ cols, rows });
    const views = { tree: 't', calls: 'c', functions: 'r', flame: 'i', timeline: 'T', callers: 't\u001b[Bb' };
    for (const [view, keys] of Object.entries(views)) {
      await shown.press(...(keys === 't\u001b[Bb' ? ['t', '\u001b[B', 'b'] : [keys]));
      await expect(screen(shown)).toMatchFileSnapshot(`golden/graph-${view}-${cols}x${rows}.txt`);
    }
  });

  it.each(sizes)('shows all other screens and overlays at %ix%i', async (cols, rows) => {
    const shown = await replay({ cols, rows });
    await shown.press('5');
    await expect(screen(shown)).toMatchFileSnapshot(`golden/log-${cols}x${rows}.txt`);
    await shown.press('3');
    await expect(screen(shown)).toMatchFileSnapshot(`golden/events-${cols}x${rows}.txt`);
    await shown.press('4', '?');
    await expect(screen(shown)).toMatchFileSnapshot(`golden/help-${cols}x${rows}.txt`);
    await shown.press(escapeKey, ':');
    await shown.press('s', 'l');
    await expect(screen(shown)).toMatchFileSnapshot(`golden/palette-${cols}x${rows}.txt`);
    await shown.press(escapeKey, 'v');
    await expect(screen(shown)).toMatchFileSnapshot(`golden/detail-${cols}x${rows}.txt`);
    await shown.press(escapeKey, 'o');
    await expect(screen(shown)).toMatchFileSnapshot(`golden/columns-${cols}x${rows}.txt`);
    await shown.press(escapeKey, '&');
    for (const key of 'dur>50us') await shown.press(key);
    await shown.press('\r', 'F');
    await expect(screen(shown)).toMatchFileSnapshot(`golden/filters-${cols}x${rows}.txt`);
  });

  it('says which size it needs where the terminal is too small, and q still quits', async () => {
    const shown = await replay({ cols: 40, rows: 10 });
    expect(shown.lines()).toEqual(['ftui needs 60x12, this is 40x10; q quits']);
    shown.pty.write('q');
    expect(await shown.exit).toBe(0);
  });

  it.each([
    ['colour', {}],
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['another locale', { LANG: 'C' }],
  ])('looks as it should with %s', async (name, env) => {
    const shown = await replay({ env });
    const file = name.replaceAll(' ', '-').toLowerCase();
    await expect(`${screen(shown)}\n${shown.looks().join('\n')}\n`).toMatchFileSnapshot(`golden/look-${file}.txt`);
    const isAscii = /^[\n -~]*$/.test(screen(shown));
    expect(isAscii).toBe(name === 'another locale');
    expect(/\u001b\[(?:3[0-7]|2)m/.test(shown.raw)).toBe(name !== 'NO_COLOR');
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
      terminal = undefined;
      const fresh = await replay({ cols, rows });
      expect(resized).toEqual(fresh.lines());
      fresh.pty.kill();
      terminal = shown;
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
