/** The options and filters of `replay` on the screen: the same events as in the text. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Home, plainUser, plainUserLauncher } from './program.ts';
import { TerminalProgram } from './terminal.ts';

let home: Home;
let terminal: TerminalProgram | undefined;
beforeEach(() => {
  home = new Home();
});
afterEach(() => {
  terminal?.pty.kill();
  terminal = undefined;
  home.remove();
});

function start(words: readonly string[]): TerminalProgram {
  terminal = new TerminalProgram(plainUserLauncher(), [...words], {
    cwd: home.folder,
    env: home.environment({ TERM: 'xterm-256color', FTUI_TEST: '1' }),
    ...plainUser,
    cols: 100,
    rows: 24,
  });
  return terminal;
}

/** Events and gaps that the text shows of the same. */
async function countInText(words: readonly string[]): Promise<number> {
  const { stdout } = await home.run([...words, '--json']);
  return stdout.split('\n').filter((line) => /^\{"type":"(?:event|lost)"/.test(line)).length;
}

describe('ftui replay in a terminal', { timeout: 60_000 }, () => {
  it.each([
    ['7.2-syscalls', ['--from', '+0.01', '--until', '+0.02'], '&time:+0.01-+0.02'],
    ['7.2-syscalls', ['--filter', 'ret:<0 task:sync'], '&ret:<0  &task:sync'],
    [
      '7.2-syscalls',
      ['--comm', 'sync', '--cpu', '0', '--filter', '!event:*exit*'],
      '&cpu:0  &task:"sync"  &!event:*exit*',
    ],
    // Its clock counts cycles.
    ['6.12-clocks', ['--from', '+100000000'], '&time:+100000000-'],
  ])('%s %j shows %s, and the events of the text', async (name, options, chips) => {
    copyFileSync(join(import.meta.dirname, `../recordings/${name}.dat`), join(home.folder, 'recording.dat'));
    const words = ['replay', 'recording.dat', ...options];
    const count = await countInText(words);
    expect(count).toBeGreaterThan(0);
    const shown = start(words);
    await shown.shows('REPLAY');
    await shown.press('5');
    await shown.shows(`${count} rows`);
    expect(shown.lines()[1]).toContain(chips);
  });

  it('says which filter is wrong, before the screen changes', async () => {
    copyFileSync(join(import.meta.dirname, '../recordings/6.12-clocks.dat'), join(home.folder, 'recording.dat'));
    const shown = start(['replay', 'recording.dat', '--from', '1.5']);
    expect(await shown.exit).toBe(2);
    expect(shown.lines().join('\n')).toContain("reading the filter 'time:1.5-' at column 1");
  });
});
