/** A command in the pane of a session on the simulated kernel: its terminal is a real one, and none of it is ours. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyCheckout, Home, launcher } from './program.ts';
import { TerminalProgram } from './terminal.ts';

const keys = { escape: '\u001b', enter: '\r', leave: '\u001d', interrupt: '\u0003', pageUp: '\u001b[5~' } as const;

let home: Home;
let terminal: TerminalProgram | undefined;

interface Look {
  readonly cols?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly program?: string;
}

function run(script: string, { cols = 80, rows = 24, env = {}, program = launcher }: Look = {}): TerminalProgram {
  terminal?.pty.kill();
  terminal = new TerminalProgram(program, ['demo', '--ui', '--', 'sh', '-c', script], {
    cwd: home.folder,
    env: home.environment({ TERM: 'xterm-256color', FTUI_TEST: '1', ...env }),
    cols,
    rows,
  });
  return terminal;
}

const screen = (shown: TerminalProgram) => shown.lines().join('\n');

/** A process that nobody has asked after yet (Z) is gone, too. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

beforeEach(() => {
  home = new Home();
});
afterEach(() => {
  terminal?.pty.kill();
  terminal = undefined;
  home.remove();
});

describe('the pane of a command', { timeout: 60_000 }, () => {
  it('is a terminal to it: its size is told, a line is read from it, its status is shown', async () => {
    const script = 'test -t 0 && test -t 1 && tty && stty size; printf "name? "; read name; echo "hello $name"; exit 3';
    const shown = run(script);
    await shown.shows('name?');
    expect(screen(shown)).toMatch(/\/dev\/pts\/\d+\n10 80\nname\?/);
    expect(screen(shown)).toContain('$ type here');
    await shown.press('$');
    expect(screen(shown)).toContain('Ctrl-] leads back');
    shown.pty.write(`q${keys.enter}`);
    await shown.shows('hello q');
    await shown.shows('exited 3');
    await shown.shows('EXITED 3');
    await shown.press(keys.escape);
    expect(screen(shown)).toContain('$ scroll');
    expect(screen(shown)).toContain('do_sys_openat2');
    shown.pty.write('q');
    expect(await shown.exit).toBe(0);
    expect(shown.modesOn()).toEqual([]);
    expect(home.leftovers()).toEqual([]);
  });

  it('follows the size of the terminal, and grows to all of it by P', async () => {
    const shown = run('trap "stty size" WINCH; echo ready; while :; do sleep 0.1; done');
    await shown.shows('ready');
    await shown.resize(100, 40);
    await shown.shows('18 100');
    await shown.press('P');
    await shown.shows('37 100');
    expect(screen(shown)).not.toContain('FUNCTION');
    await shown.press('P');
    expect(screen(shown)).not.toMatch(/^── running/m);
    await shown.press('P');
    expect(screen(shown)).toMatch(/^── running/m);
  });

  it('takes Ctrl-C and q for the command alone; Ctrl-] leads back, and what still runs is hung up at the end', async () => {
    const shown = run('trap "echo interrupted" INT; sh -c \'echo inner $$; sleep 300\'; echo outer $$; read x');
    await shown.shows('inner');
    await shown.press('$', keys.interrupt);
    await shown.shows('interrupted');
    await shown.shows('outer');
    const pids = [...screen(shown).matchAll(/^(?:inner|outer) (\d+)/gm)].map(([, pid]) => Number(pid));
    expect(pids.map(isAlive)).toEqual([false, true]);
    await shown.press('q', ':');
    await shown.shows('q:');
    await shown.press(keys.leave, 'c');
    expect(screen(shown)).toContain('DURATION');
    shown.pty.write('q');
    expect(await shown.exit).toBe(0);
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  it('keeps what has left it for reading, also after the end', async () => {
    const shown = run('seq 1 300');
    await shown.shows('exited 0');
    expect(screen(shown)).toContain('\n300\n');
    await shown.press('$', keys.pageUp, keys.pageUp);
    expect(screen(shown)).toMatch(/line \d+ of 301/);
    expect(screen(shown)).not.toContain('\n300\n');
    await shown.press('g');
    expect(screen(shown)).toContain('line 1 of 301');
    await shown.press('G', keys.escape);
    expect(screen(shown)).toContain('\n300\n');
  });

  it('never blocks the session, however much is written: the command is slowed, and that is said', async () => {
    const shown = run('yes "a line that comes again and again"');
    await shown.shows('slowed');
    await shown.press('c');
    expect(screen(shown)).toContain('DURATION');
    await shown.press('$', keys.interrupt);
    await shown.shows('killed by SIGINT');
  });

  it('comes without a terminal where there is none to be had, and says so', async () => {
    const shown = run('test -t 1 || echo no terminal; echo two >&2; exit 4', { cols: 160, program: copyCheckout() });
    await shown.shows('exited 4');
    expect(screen(shown)).toMatch(/no terminal\n+two/);
    expect(screen(shown)).toMatch(
      /^\(No terminal, so nothing can be typed: the package @lydell\/node-pty cannot be loaded/m,
    );
  });
});

/** Attributes, all kinds of colour, wide and combining characters, and what would take a terminal over. */
const colourful = [
  String.raw`printf '\033[1mbold\033[0m \033[4;33mline\033[0m \033[38;5;200mpink\033[0m \033[38;2;1;2;3;7mrgb\033[0m\n'`,
  String.raw`printf '\033[44mblue to the end\033[K\033[0m\n日本 e\314\201 \342\224\214\342\224\200 a\342\200\256b\n'`,
  String.raw`printf '\033]0;title\007\033]52;c;aGFja2Vk\007\033[?1049h\033[?1049l\033[?1000h\033[5i\033P+q\033\\'`,
  'echo end',
].join('; ');

describe('what a command writes', { timeout: 60_000 }, () => {
  it.each([
    ['colour', {}],
    ['sixteen colours', { TERM: 'xterm' }],
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['another locale', { LANG: 'C' }],
  ])('is painted as cells with %s, the same by Ink alone', async (name, env) => {
    const seen: string[] = [];
    for (const painter of ['1', '0']) {
      const shown = run(colourful, { env: { ...env, FTUI_PAINTER: painter } });
      await shown.shows('EXITED 0');
      await shown.press('P');
      const own = shown.lines().slice(1, -1);
      seen.push([...own, '', ...shown.looks().slice(1, -1)].map((line) => line.trimEnd()).join('\n'));
      for (const sequence of ['\u001b]', '\u001b[?1000h\u001b[?1049', '\u001b[5i', '\u001bP']) {
        expect(shown.raw.replace(/\u001b\]7777;[^\u0007]*\u0007/g, '')).not.toContain(sequence);
      }
      expect(shown.raw).not.toContain('\u202e');
    }
    expect(seen[0]).toBe(seen[1]);
    const file = name.replaceAll(' ', '-').toLowerCase();
    await expect(`${seen[0]!.trimEnd()}\n`).toMatchFileSnapshot(`golden/command-${file}.txt`);
  });
});
