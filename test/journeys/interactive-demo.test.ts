/** The interactive session on the simulated kernel (`ftui demo --ui`): the screens that a recording does not show. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Home, plainUser, plainUserLauncher } from './program.ts';
import { TerminalProgram } from './terminal.ts';

const sizes = [
  [80, 24],
  [160, 50],
] as const;
const escapeKey = '\u001b';
let home: Home;
let terminal: TerminalProgram;

/** Resolves when the recorded `ls` has ended. */
async function startDemo(cols = 80, rows = 24): Promise<void> {
  terminal = new TerminalProgram(plainUserLauncher(), ['demo', '--ui'], {
    cwd: home.folder,
    env: home.environment({ TERM: 'xterm-256color', FTUI_TEST: '1' }),
    ...plainUser,
    cols,
    rows,
  });
  await terminal.shows('EXITED 0');
  await terminal.shows('31.3k events');
  await untilGone('since Linux 5.6');
}

/** Messages go by themselves. */
function untilGone(message: string): Promise<void> {
  return terminal.until(() => !terminal.lines().join().includes(message));
}

/** The screen without what differs from run to run: how long it took. */
function screen(): string {
  const text = terminal
    .lines()
    .join('\n')
    .replace(/\d\d:\d\d:\d\d/g, 'HH:MM:SS');
  return `${text}\n`;
}

beforeEach(() => {
  home = new Home();
});
afterEach(() => {
  terminal.pty.kill();
  home.remove();
});

describe('the interactive session on the simulated kernel', { timeout: 60_000 }, () => {
  it.each(sizes)('shows Home, Browse and Record at %ix%i', async (cols, rows) => {
    await startDemo(cols, rows);
    await terminal.press('1');
    await expect(screen()).toMatchFileSnapshot(`golden/home-${cols}x${rows}.txt`);
    await terminal.press('2');
    await terminal.shows('functions 837');
    await terminal.press(...'path');
    await expect(screen()).toMatchFileSnapshot(`golden/browse-${cols}x${rows}.txt`);
    await terminal.press('\t');
    await terminal.shows('events 27');
    await terminal.press(...'\u007f\u007f\u007f\u007fsched');
    await expect(screen()).toMatchFileSnapshot(`golden/browse-events-${cols}x${rows}.txt`);
    await terminal.press(escapeKey, '6');
    await expect(screen()).toMatchFileSnapshot(`golden/record-${cols}x${rows}.txt`);
  });

  it('traces on after the command has ended, records it, and asks before it quits meanwhile', async () => {
    await startDemo();
    await terminal.press('2');
    await terminal.shows('functions 837');
    await terminal.press(...'=vfs_open', '\r');
    await terminal.shows('LIVE');
    expect(terminal.lines()[0]).toContain(' ftui  graph');
    await terminal.press('w');
    await terminal.shows('record trace.dat');
    await terminal.press('\r');
    await terminal.shows('rec ');
    await untilGone('recording to trace.dat; w ends it');
    while (!terminal.lines().join().includes('Still recording to')) await terminal.press('q');
    await expect(screen()).toMatchFileSnapshot('golden/confirm-80x24.txt');
    terminal.pty.write('y');
    expect(await terminal.exit).toBe(0);
    expect(existsSync(join(home.folder, 'trace.dat'))).toBe(true);
    expect(home.leftovers()).toEqual([]);
  });
});
