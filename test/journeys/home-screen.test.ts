/** `ftui` alone, in a terminal. */
import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JobShell } from './job-shell.ts';
import { Home } from './program.ts';
import type { TerminalProgram } from './terminal.ts';

let home: Home;
let shell: JobShell;
let terminal: TerminalProgram;

function startInShell(words: string): TerminalProgram {
  shell = new JobShell(home, words);
  return shell.terminal;
}

/** The screen is there before the keyboard is: until then Ctrl-C is a signal, as in any program that starts. */
async function untilKeysAreRead(): Promise<void> {
  const device = readlinkSync(`/proc/${terminal.pty.pid}/fd/0`);
  while (!spawnSync('stty', ['-F', device, '-a'], { encoding: 'utf8' }).stdout.includes('-icanon')) await sleep(20);
}

beforeEach(() => {
  home = new Home();
});
afterEach(() => {
  terminal.pty.kill();
  home.remove();
});

describe('the home screen', { timeout: 60_000 }, () => {
  it('shows the kernel, what keeps it from tracing, and what works all the same', async () => {
    terminal = startInShell('');
    await terminal.shows('q quit');
    const lines = terminal.lines();
    expect(lines[0]).toBe(' ftui  home');
    expect(lines[1]).toBe(` running kernel ${os.release()}`);
    const words = lines.join(' ').replace(/\s+/g, ' ');
    expect(words).toMatch(/(?:may not be read|none is mounted|locked down)/);
    expect(words).toContain('demo');
    await untilKeysAreRead();
    terminal.pty.write('q');
    await shell.expectRestored(0);
  });

  it.each([
    ['q', 'q'],
    ['Ctrl-C', '\u0003'],
  ])('ends with %s, status 0 and the terminal as it was', async (_, key) => {
    terminal = startInShell('');
    await terminal.shows('q quit');
    await untilKeysAreRead();
    terminal.pty.write(key);
    await shell.expectRestored(0);
    expect(home.leftovers()).toEqual([]);
  });
});

describe('a live command in a terminal', { timeout: 60_000 }, () => {
  it('prints text there, and Ctrl-C ends it with its summary and the status of the interrupted ls', async () => {
    terminal = startInShell('demo');
    // Unread output holds it up: it cannot be done before the key is pressed.
    await new Promise<void>((resolve) => {
      const data = terminal.pty.onData(() => {
        if (!terminal.raw.includes('ls-191')) return;
        data.dispose();
        terminal.pty.pause();
        terminal.pty.write('\u0003');
        terminal.pty.resume();
        resolve();
      });
    });
    await terminal.shows('status 130');
    expect(terminal.raw).toMatch(/ftui: \d+ trees?, \d+ calls of \d+ functions in .* 0 lost/);
    await shell.expectRestored(130);
    expect(home.leftovers()).toEqual([]);
  });
});
