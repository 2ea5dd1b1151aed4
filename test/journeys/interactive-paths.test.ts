/** Ways through the interactive session: a first-time user's, every screen by its digit, prompts, the mouse, and text. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Home, plainUser, plainUserLauncher } from './program.ts';
import { TerminalProgram } from './terminal.ts';

const recording = join(import.meta.dirname, '../recordings/6.1-graph-interrupts.dat');
const pasted = (text: string) => `\u001b[200~${text}\u001b[201~`;
const keys = { escape: '\u001b', enter: '\r', f1: '\u001bOP', down: '\u001b[B' } as const;

let home: Home;
let terminal: TerminalProgram;

function start(words: readonly string[]): TerminalProgram {
  terminal = new TerminalProgram(plainUserLauncher(), [...words], {
    cwd: home.folder,
    env: home.environment({ TERM: 'xterm-256color', FTUI_TEST: '1' }),
    ...plainUser,
    cols: 80,
    rows: 24,
  });
  return terminal;
}

async function replay(): Promise<TerminalProgram> {
  const shown = start(['replay', 'recording.dat']);
  await shown.shows('1.6k events');
  return shown;
}

const header = () => terminal.lines()[0]!;
const bottom = () => terminal.lines().at(-1)!;

beforeEach(() => {
  home = new Home();
  copyFileSync(recording, join(home.folder, 'recording.dat'));
});
afterEach(() => {
  terminal.pty.kill();
  home.remove();
});

describe('a first-time user', { timeout: 60_000 }, () => {
  it('reaches a call tree of what ls opens by one key, without any right', async () => {
    const shown = start([]);
    await shown.shows('Begin with');
    await shown.press(keys.enter);
    await shown.shows('do_sys_openat2');
    await shown.shows('EXITED 0');
    await shown.press('L', 'L');
    expect(shown.lines().join('\n')).toMatch(/>.*path_openat/);
    await shown.press('S');
    expect(header()).toContain('one call');
    await shown.press(keys.escape);
    await shown.press('q');
    expect(header()).toMatch(/^ ftui {2}home/);
    shown.pty.write('q');
    expect(await shown.exit).toBe(0);
  });

  it('finds a recording on Home after it was replayed once', async () => {
    const first = await replay();
    first.pty.write('q');
    expect(await first.exit).toBe(0);
    const shown = start([]);
    await shown.shows('recording.dat');
    await shown.press('G', keys.enter);
    await shown.shows('1.6k events');
    expect(header()).toContain('graph');
  });

  it('reads how to go on from F1, and does it from there', async () => {
    const shown = await replay();
    await shown.press(keys.f1);
    expect(shown.lines().join('\n')).toContain('Keys of graph');
    for (const key of 'single') await shown.press(key);
    await shown.press(keys.enter);
    expect(shown.lines().join('\n')).toContain('DURATION');
  });
});

describe('screens and keys', { timeout: 60_000 }, () => {
  it('has every screen behind its digit; q goes back the same way and quits at last', async () => {
    const shown = await replay();
    const names = ['home', 'functions', 'events', 'graph', 'log', 'record'];
    const seen: string[] = [];
    for (const digit of ['1', '3', '4', '5', '6']) {
      await shown.press(digit);
      seen.push(header());
      expect(header()).toContain(names[Number(digit) - 1]);
    }
    expect(new Set(seen).size).toBe(5);
    for (const name of ['log', 'graph', 'events', 'home']) {
      await shown.press('q');
      expect(header()).toContain(name);
    }
    shown.pty.write('q');
    expect(await shown.exit).toBe(0);
  });

  it('has a search box on Browse at once: digits and q are text there until Esc', async () => {
    const shown = await replay();
    await shown.press('2');
    await shown.press('q', '1');
    expect(shown.lines().join('\n')).toContain('q1');
    await shown.press(keys.escape, '1');
    expect(header()).toContain('home');
  });

  it('draws the whole screen anew by Ctrl-L', async () => {
    const shown = await replay();
    await shown.press('j', 'j', 'L');
    const before = [shown.lines(), shown.looks()];
    const written = shown.raw.length;
    await shown.press('\u000c');
    expect([shown.lines(), shown.looks()]).toEqual(before);
    expect(shown.raw.slice(written)).toContain('vfs_read');
  });

  it('takes pasted text into a prompt as text, without its line breaks and control characters', async () => {
    const shown = await replay();
    await shown.press('/');
    await shown.press(pasted('fil\u0007emap\r\n_read'));
    expect(shown.lines().join('\n')).toMatch(/\/filemap\s?_read/);
    expect(shown.isAlternate).toBe(true);
    await shown.press(keys.escape);
    // Where nothing takes text, a paste is nothing: it is no series of keys.
    const before = shown.lines();
    await shown.press(pasted('qqqq'));
    expect(shown.lines()).toEqual(before);
  });

  it('gives the mouse back by M, and takes it again', async () => {
    const shown = await replay();
    expect(shown.modesOn()).toContain('mouse');
    await shown.press('M');
    expect(shown.modesOn()).not.toContain('mouse');
    expect(bottom()).toContain('select text');
    await shown.press('M');
    expect(shown.modesOn()).toContain('mouse');
  });

  it('says what is wrong with a command, and does nothing else', async () => {
    const shown = await replay();
    await shown.press(':');
    for (const key of 'nonsense 5') await shown.press(key);
    await shown.press(keys.enter);
    expect(bottom()).toContain('there is no command nonsense');
    await shown.press('&');
    for (const key of 'dur>soon') await shown.press(key);
    await shown.press(keys.enter);
    await shown.shows('soon');
    expect(shown.lines().join('\n')).not.toContain('&dur>soon');
  });
});

describe('text instead of screens', { timeout: 60_000 }, () => {
  const isText = () => !terminal.raw.includes('\u001b[?1049h');

  it.each([
    ['--plain', ['replay', 'recording.dat', '--plain']],
    ['a demo, which has an end', ['demo']],
  ])('with %s', async (_, words) => {
    const shown = start(words);
    expect(await shown.exit).toBe(0);
    expect(isText()).toBe(true);
    expect(shown.raw).toMatch(/vfs_read|do_sys_openat2/);
  });

  it('into a pipe and on a dumb terminal, of Home as well', async () => {
    const script =
      'TERM=dumb "$0" replay recording.dat; "$0" replay recording.dat | cat; "$0" | cat; "$0" replay recording.dat </dev/null';
    terminal = new TerminalProgram('/bin/sh', ['-c', script, plainUserLauncher()], {
      cwd: home.folder,
      env: home.environment({ TERM: 'xterm-256color' }),
      ...plainUser,
    });
    expect(await terminal.exit).toBe(0);
    expect(isText()).toBe(true);
    expect(terminal.raw).toContain('this is no terminal');
  });

  it('but a demo with --ui is a screen, and holds what it has seen', async () => {
    const shown = start(['demo', '--ui']);
    await shown.shows('EXITED 0');
    expect(isText()).toBe(false);
    expect(shown.lines().join('\n')).toContain('do_sys_openat2');
    expect(shown.lines().join('\n')).not.toContain('running');
    shown.pty.write('q');
    expect(await shown.exit).toBe(0);
  });
});
