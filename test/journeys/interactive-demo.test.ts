/** The interactive session on the simulated kernel (`ftui demo --ui`): the screens that a recording does not show. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GoldenOptions, LookRuns, type Size, sizes } from './looks.ts';
import { Home, plainUser, plainUserLauncher } from './program.ts';
import { TerminalProgram } from './terminal.ts';

const escapeKey = '\u001b';
let home: Home;
let started: TerminalProgram[] = [];

/** Resolves when the recorded `ls` has ended. */
async function startDemo([cols, rows]: Size = sizes[0], env = {}): Promise<TerminalProgram> {
  const terminal = new TerminalProgram(plainUserLauncher(), ['demo', '--ui'], {
    cwd: home.folder,
    env: home.environment({ TERM: 'xterm-256color', FTUI_TEST: '1', ...env }),
    ...plainUser,
    cols,
    rows,
  });
  started.push(terminal);
  await terminal.shows('EXITED 0');
  await terminal.shows('31.3k events');
  await untilGone(terminal, 'since Linux 5.6');
  return terminal;
}

/** Messages go by themselves. */
function untilGone(terminal: TerminalProgram, message: string): Promise<void> {
  return terminal.until(() => !terminal.lines().join().includes(message));
}

/** How long it took differs from run to run. */
const withoutTimes: GoldenOptions = { mask: (line) => line.replace(/\d\d:\d\d:\d\d/g, 'HH:MM:SS') };

beforeEach(() => {
  home = new Home();
});
afterEach(() => {
  for (const terminal of started) terminal.pty.kill();
  started = [];
  home.remove();
});

describe('the interactive session on the simulated kernel', { timeout: 60_000 }, () => {
  it.each(sizes)('shows Home, Browse and Record at %ix%i', async (...size) => {
    const runs = await LookRuns.start((env) => startDemo(size, env));
    const expectGolden = (name: string) => runs.expectGolden(`${name}-${size.join('x')}`, withoutTimes);
    await runs.press('1');
    await expectGolden('home');
    await runs.press('2');
    await runs.each((run) => run.shows('functions 837'));
    await runs.press(...'path');
    await expectGolden('browse');
    await runs.press('\t');
    await runs.each((run) => run.shows('events 27'));
    await runs.press(...'\u007f\u007f\u007f\u007fsched');
    await expectGolden('browse-events');
    await runs.press(escapeKey, '6');
    await expectGolden('record');
  });

  it('traces on after the command has ended, records it, and asks before it quits meanwhile', async () => {
    const terminal = await startDemo();
    await terminal.press('2');
    await terminal.shows('functions 837');
    await terminal.press(...'=vfs_open', '\r');
    await terminal.shows('LIVE');
    expect(terminal.lines()[0]).toContain(' ftui  graph');
    await terminal.press('w');
    await terminal.shows('record trace.dat');
    await terminal.press('\r');
    await terminal.shows('rec ');
    await untilGone(terminal, 'recording to trace.dat; w ends it');
    while (!terminal.lines().join().includes('Still recording to')) await terminal.press('q');
    expect(terminal.lines().at(-2)).toContain('finish the file and quit? (y/n)');
    terminal.pty.write('y');
    expect(await terminal.exit).toBe(0);
    expect(existsSync(join(home.folder, 'trace.dat'))).toBe(true);
    expect(home.leftovers()).toEqual([]);
  });
});
