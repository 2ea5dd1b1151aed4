/** `O`: from a row to its line of source in $EDITOR, which has the terminal meanwhile; and what is said where that cannot be. */
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Home, plainUser, plainUserLauncher } from './program.ts';
import { TerminalProgram } from './terminal.ts';

const fixtures = join(import.meta.dirname, '../symbols/fixtures');
const recording = join(import.meta.dirname, '../recordings/6.1-graph-interrupts.dat');

let home: Home;
let terminal: TerminalProgram;
beforeEach(() => {
  home = new Home();
  copyFileSync(recording, join(home.folder, 'recording.dat'));
  copyFileSync(join(fixtures, 'probed-o2-dwarf5.so'), join(home.folder, 'probed.so'));
  const editor = join(home.folder, 'editor');
  writeFileSync(editor, '#!/bin/sh\nprintf "%s\\n" "$@" > "$HOME/tmp/edited"\necho the editor was here\n');
  chmodSync(editor, 0o755);
});
afterEach(() => {
  terminal.pty.kill();
  home.remove();
});

function start(words: readonly string[], editor: Readonly<Record<string, string>>): TerminalProgram {
  terminal = new TerminalProgram(plainUserLauncher(), [...words], {
    cwd: home.folder,
    env: home.environment({ TERM: 'xterm-256color', FTUI_TEST: '1', ...editor }),
    ...plainUser,
    cols: 80,
    rows: 24,
  });
  return terminal;
}

/** To the symbol `entry` of the program in the home. */
async function showSymbol(editor: Readonly<Record<string, string>>): Promise<TerminalProgram> {
  const shown = start([], editor);
  await shown.shows('Begin with');
  await shown.press(':', ...'symbols ./probed.so', '\r');
  await shown.shows('unused_argument');
  await shown.press(...'=entry', '\u001b');
  return shown;
}

const edited = () => readFileSync(join(home.temporary, 'edited'), 'utf8').split('\n').slice(0, -1);

describe('the key O', { timeout: 60_000 }, () => {
  it('opens the line of a symbol in $EDITOR and comes back to the same screen', async () => {
    copyFileSync(join(fixtures, 'probed.c'), join(home.folder, 'probed.c'));
    const shown = await showSymbol({ EDITOR: `${home.folder}/editor` });
    const before = shown.lines().slice(0, -1);
    await shown.press('O');
    await shown.shows('probed.c:61 was opened');
    expect(edited()).toEqual(['+61', join(home.folder, 'probed.c')]);
    expect(shown.lines().slice(0, -1)).toEqual(before);
    await shown.press('v', 'O');
    await shown.shows('probed.c:61 was opened');
  });

  it('prefers $VISUAL, and says when neither is set', async () => {
    copyFileSync(join(fixtures, 'probed.c'), join(home.folder, 'probed.c'));
    const shown = await showSymbol({ VISUAL: `${home.folder}/editor -x`, EDITOR: 'false' });
    await shown.press('O');
    await shown.shows('was opened');
    expect(edited()[0]).toBe('-x');
    terminal.pty.kill();
    const without = await showSymbol({});
    await without.press('O');
    await without.shows('neither $VISUAL nor $EDITOR is set');
  });

  it('names the line of a file that is not on this machine', async () => {
    const shown = await showSymbol({ EDITOR: `${home.folder}/editor` });
    await shown.press('O');
    await shown.shows('entry: probed.c:61');
    expect(shown.lines().join('\n')).toContain('Start ftui in the folder of the source');
  });

  it('says what is missing for functions of a kernel, from the tree and the log', async () => {
    const shown = start(['replay', 'recording.dat'], { EDITOR: `${home.folder}/editor` });
    await shown.shows('1.6k events');
    await shown.press('O');
    await shown.shows('no debug information of the kernel 6.1');
    await shown.press('q', '5');
    await shown.press('O');
    await shown.shows('no debug information of the kernel 6.1');
  });
});
