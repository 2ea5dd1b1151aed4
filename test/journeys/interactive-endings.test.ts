/** However the interactive session ends, the terminal is as before, and the status says why it ended. */
import { copyFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JobShell } from './job-shell.ts';
import { Home, plainUser, plainUserLauncher } from './program.ts';
import { TerminalProgram } from './terminal.ts';

const recording = join(import.meta.dirname, '../recordings/6.1-graph-interrupts.dat');
const modesOfScreen = ['alternate screen', 'hidden cursor', 'mouse', 'bracketed paste'];

let home: Home;
let started: TerminalProgram[] = [];

/** The recording is on the screen, and keys are read. */
async function replayInShell(env: Readonly<Record<string, string>> = {}): Promise<JobShell> {
  const shell = new JobShell(home, 'replay recording.dat', env);
  started.push(shell.terminal);
  await shell.terminal.shows('1.6k events');
  await shell.terminal.until(() => shell.terminal.modesOn().join() === modesOfScreen.join());
  return shell;
}

beforeEach(() => {
  home = new Home();
  copyFileSync(recording, join(home.folder, 'recording.dat'));
});
afterEach(() => {
  for (const terminal of started) terminal.pty.kill();
  started = [];
  expect(home.leftovers()).toEqual([]);
  home.remove();
});

describe('the end of the interactive session', { timeout: 60_000 }, () => {
  it.each([
    ['q', 'q'],
    ['Ctrl-C', '\u0003'],
  ])('by %s: status 0', async (_, key) => {
    const shell = await replayInShell();
    shell.terminal.pty.write(key);
    await shell.expectRestored(0);
  });

  it('by Ctrl-C with a prompt open, the mouse off and the screen held: status 0', async () => {
    const shell = await replayInShell();
    await shell.terminal.press('M', 'p', ':');
    shell.terminal.pty.write('\u0003');
    await shell.expectRestored(0);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 0],
  ] as const)('by %s: status %i', async (signal, status) => {
    const shell = await replayInShell();
    process.kill(shell.jobPid, signal);
    await shell.expectRestored(status);
  });

  it('by an error of its own: status 1, and the error can be read', async () => {
    const shell = await replayInShell({ FTUI_TEST_BREAKS_ON: 'F12' });
    shell.terminal.pty.write('\u001b[24~');
    await shell.expectRestored(1);
    expect(shell.terminal.lines().join('\n')).toContain('broken by a key, for a test');
  });

  it('by a terminal that goes away: the process ends', async () => {
    const terminal = new TerminalProgram(plainUserLauncher(), ['replay', 'recording.dat'], {
      cwd: home.folder,
      env: home.environment({ TERM: 'xterm-256color', FTUI_TEST: '1' }),
      ...plainUser,
    });
    await terminal.shows('1.6k events');
    (terminal.pty as unknown as { destroy(): void }).destroy();
    expect(await terminal.exit).toBeGreaterThanOrEqual(0);
  });

  it('does not come by a recording that is cut off while it is looked at', async () => {
    const shell = await replayInShell();
    truncateSync(join(home.folder, 'recording.dat'), 4096);
    await shell.terminal.press('c', 'g', 'j', '\r', '5', 'G', '\r', '3', 'G', '4', 'S');
    expect(shell.terminal.lines()[0]).toContain('ftui');
    shell.terminal.pty.write('\u0003');
    await shell.expectRestored(0);
  });
});

describe('Ctrl-Z', { timeout: 60_000 }, () => {
  it('gives the terminal back to the shell; fg brings the same screen back', async () => {
    const terminal = new TerminalProgram('/bin/bash', ['--norc', '--noprofile', '-i'], {
      cwd: home.folder,
      env: home.environment({ TERM: 'xterm-256color', FTUI_TEST: '1', PS1: 'shell> ', FTUI: plainUserLauncher() }),
      ...plainUser,
      cols: 80,
      rows: 24,
    });
    started.push(terminal);
    await terminal.shows('shell>');
    terminal.pty.write('stty -g >before; "$FTUI" replay recording.dat\r');
    await terminal.shows('1.6k events');
    await terminal.press('j', 'j', 'L');
    const lines = terminal.lines();
    for (let round = 0; round < 2; round += 1) {
      terminal.pty.write('\u001a');
      await terminal.shows('Stopped');
      expect(terminal.modesOn().filter((mode) => mode !== 'bracketed paste')).toEqual([]);
      terminal.pty.write('stty -g | cmp - before && echo settings as $((40 + 2))\r');
      await terminal.shows('settings as 42');
      terminal.pty.write('clear; fg; echo status $?\r');
      const isSame = () => terminal.lines().join('\n') === lines.join('\n');
      await terminal.until(isSame);
      await terminal.press('k');
      await terminal.until(() => !isSame());
      await terminal.press('j');
      await terminal.until(isSame);
      await terminal.until(() => terminal.modesOn().join() === modesOfScreen.join());
    }
    terminal.pty.write('q');
    await terminal.shows('status 0');
    terminal.pty.write('exit\r');
    expect(await terminal.exit).toBe(0);
  });
});
