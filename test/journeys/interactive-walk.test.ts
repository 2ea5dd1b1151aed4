/**
 * Random keys in the interactive session: at every step the screen has its frame, nothing lies outside of it, and nothing
 * of the data reaches the terminal as a control character. The recording's tasks have hostile names.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyTable } from '../../ui/keys/key-table.ts';
import { Home, plainUser, plainUserLauncher } from './program.ts';
import { TerminalProgram } from './terminal.ts';

const recording = join(import.meta.dirname, '../recordings/6.1-graph-interrupts.dat');

let home: Home;
const started: TerminalProgram[] = [];

const named: Readonly<Record<string, string>> = {
  Enter: '\r',
  Space: ' ',
  Tab: '\t',
  Esc: '\u001b',
  Backspace: '\u007f',
  Up: '\u001b[A',
  Down: '\u001b[B',
  Right: '\u001b[C',
  Left: '\u001b[D',
  Home: '\u001b[H',
  End: '\u001b[F',
  PageUp: '\u001b[5~',
  PageDown: '\u001b[6~',
  F1: '\u001bOP',
  'Shift-Tab': '\u001b[Z',
  'Shift-Left': '\u001b[1;2D',
  'Shift-Right': '\u001b[1;2C',
  Delete: '\u001b[3~',
};

/** What a terminal sends for a key of the table. */
function bytesOf(key: string): string {
  const control = /^Ctrl-([A-Z])$/.exec(key)?.[1];
  if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) - 64);
  return named[key] ?? key;
}

/** Those that end the session, leave it, or write a file are walked elsewhere. */
const leftOut = new Set(['quit', 'quit-now', 'suspend', 'export']);
const tableKeys = keyTable
  .filter(({ action }) => !leftOut.has(action))
  .flatMap(({ keys }) => keys.map((key) => (key.endsWith(' *') ? `${key[0]}a` : bytesOf(key))));
const text = ['a', 'e', 'dur>2us', 'vfs', 'task:x', '\u001b[200~pasted\u001b[201~'];
const mouse = ['\u001b[<0;10;5M', '\u001b[<0;40;20M', '\u001b[<64;10;9M', '\u001b[<65;10;9M'];

/** Without what goes on by itself: Home and Record start it, R reads the recording anew; Esc waits for what follows. */
const stillKeys = tableKeys.filter((key) => !['1', '6', 'R', '\u001b'].includes(key));

function randomKeys(seed: number, count: number, keys: readonly string[]): string[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return keys[(state >>> 8) % keys.length]!;
  });
}

/** In the names of tasks: an Esc, a bell, an 8-bit CSI. */
function withHostileNames(): string {
  const bytes = readFileSync(recording);
  for (const [name, hostile] of [
    ['ld-linux-x86-64', '\u001b[2J\u0007\u001b]0;x\u0007\u001b[Hab'],
    ['sleep', '\u001b[31m'],
  ] as const) {
    const wanted = Buffer.from(name, 'latin1');
    for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
      bytes.write(hostile.slice(0, name.length), at, 'latin1');
    }
  }
  const file = join(home.folder, 'hostile.dat');
  writeFileSync(file, bytes);
  return file;
}

async function replay(cols: number, rows: number, env: Readonly<Record<string, string>> = {}) {
  const shown = new TerminalProgram(plainUserLauncher(), ['replay', withHostileNames()], {
    cwd: home.folder,
    env: home.environment({ TERM: 'xterm-256color', FTUI_TEST: '1', EDITOR: 'true', ...env }),
    ...plainUser,
    cols,
    rows,
  });
  started.push(shown);
  await shown.shows('1.6k events');
  return shown;
}

/** CSI sequences, cursor saved and restored, and the two OSC that are the program's own. */
const known = /\u001b\[[0-9;?<>=]*[A-Za-z]|\u001b[78]|\u001b\](?:7777;[\w=;]*|52;c;[\w+/=]*)\u0007|\r?\n/g;
const ownTitle = /\u001b\[(?:2J\u0007|31m\u001b\[31m)/;

function expectSound(shown: TerminalProgram, rows: number, keys: string): void {
  const lines = shown.lines();
  expect(lines.length, keys).toBe(rows);
  expect(lines[0], keys).toMatch(/^ ftui {2}\w/);
  expect(lines.at(-1), keys).toMatch(/\S/);
  expect(shown.hasOverflown, keys).toBe(false);
  expect(shown.isAlternate, keys).toBe(true);
  expect(lines.join(''), keys).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
}

beforeEach(() => {
  home = new Home();
});
afterEach(() => {
  for (const terminal of started.splice(0)) terminal.pty.kill();
  home.remove();
});

describe('random keys', { timeout: 120_000 }, () => {
  it.each([
    [80, 24, 1],
    [80, 24, 2],
    [160, 50, 3],
    [60, 12, 4],
  ])('leave a sound screen at %ix%i (seed %i)', async (cols, rows, seed) => {
    const shown = await replay(cols, rows);
    expectSound(shown, rows, 'start');
    const pressed: string[] = [];
    for (const key of randomKeys(seed, 300, [...tableKeys, ...text, ...mouse])) {
      pressed.push(key);
      await shown.press(key);
      expectSound(shown, rows, `seed ${seed}: ${JSON.stringify(pressed.slice(-12))}`);
    }
    expect(shown.raw).not.toMatch(ownTitle);
    expect(shown.raw.replace(known, '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    shown.pty.write('\u0003');
    expect(await shown.exit).toBe(0);
  });

  it('give the same screens painted and drawn by Ink', async () => {
    const [painted, drawn] = [await replay(100, 30), await replay(100, 30, { FTUI_PAINTER: '0' })];
    // The last line may have a message, which goes by itself after some seconds.
    const screenOf = (shown: TerminalProgram) => [...shown.lines().slice(0, -1), ...shown.looks().slice(0, -1)];
    const pressed: string[] = [];
    for (const key of randomKeys(5, 150, stillKeys)) {
      pressed.push(key);
      await Promise.all([painted.press(key), drawn.press(key)]);
      expect(screenOf(painted), JSON.stringify(pressed.slice(-12))).toEqual(screenOf(drawn));
    }
  });
});
