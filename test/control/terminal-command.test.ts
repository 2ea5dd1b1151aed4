/** The command in a terminal of its own, as a real process: held back, let go, typed to, hung up. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandInTerminal, startCommandInTerminal } from '../../src/control/terminal-command.ts';

let folder = '';
let started: CommandInTerminal[] = [];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-terminal-'));
});
afterEach(async () => {
  await Promise.all(started.map(({ terminal }) => terminal.close()));
  started = [];
  fs.rmSync(folder, { recursive: true, force: true });
});

async function start(...argv: string[]) {
  const size = { columns: 71, rows: 9 };
  const command = await startCommandInTerminal({ argv, size, term: 'xterm' });
  started.push(command);
  const seen = { text: '' };
  let wake = () => {};
  command.terminal.onOutput((bytes) => {
    seen.text += Buffer.from(bytes).toString('utf8');
    wake();
  });
  const shows = async (wanted: string) => {
    while (!seen.text.includes(wanted)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { command, seen, shows };
}

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A process that nobody has asked after yet (Z) is gone, too. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('startCommandInTerminal', () => {
  it('runs the command only when it is let go, with the pid it had before, on a terminal of this size', async () => {
    const { command, seen } = await start('sh', '-c', 'echo $$ $TERM "$@"; stty size; exit 7', 'x', 'a b', '*');
    await later(200);
    expect(seen.text).toBe('');
    expect(command.terminal.hasBegun).toBe(false);
    command.release();
    expect(await command.ended).toEqual({ code: 7, signal: null });
    expect(seen.text).toBe(`${command.pid} xterm a b *\r\n9 71\r\n`);
  });

  it('leads a session of its own, whose terminal is its controlling one', async () => {
    const { command, seen } = await start(
      'sh',
      '-c',
      'cut -d" " -f5,6,7,8 /proc/$$/stat; cut -d" " -f5-8 /proc/self/stat',
    );
    command.release();
    await command.ended;
    const [group, session, terminal, foreground] = seen.text.split('\r\n')[0]!.split(' ').map(Number);
    expect([group, session, foreground]).toEqual([command.pid, command.pid, command.pid]);
    expect(terminal).toBeGreaterThan(0);
  });

  it('keeps what is typed before it runs, and hands on what is typed then', async () => {
    const { command, seen, shows } = await start('sh', '-c', 'read one; echo "<$one>"; read two; echo "<$two>"');
    command.terminal.write('early\r');
    await later(100);
    expect(seen.text).toBe('');
    command.release();
    await shows('<early>');
    command.terminal.write('late\r');
    await command.ended;
    expect(seen.text).toContain('<late>');
  });

  it('never runs a command that is given up', async () => {
    const file = path.join(folder, 'ran');
    const { command } = await start('touch', file);
    command.abandon();
    expect(await command.ended).toEqual({ code: null, signal: 'SIGHUP' });
    expect(fs.existsSync(file)).toBe(false);
  });

  it('ends as a shell would for a command that is not there', async () => {
    const { command, seen } = await start(path.join(folder, 'nosuch'));
    command.release();
    expect(await command.ended).toEqual({ code: 127, signal: null });
    expect(seen.text).toContain('not found');
  });

  it('sends Ctrl-C to the foreground of its terminal', async () => {
    const { command, shows } = await start('sh', '-c', 'echo ready; exec sleep 60');
    command.release();
    await shows('ready');
    command.terminal.write('\u0003');
    expect(await command.ended).toEqual({ code: null, signal: 'SIGINT' });
  });

  it('tells of another size', async () => {
    const { command, seen, shows } = await start(
      'sh',
      '-c',
      'trap "stty size; exit" WINCH; echo ready; while :; do sleep 0.05; done',
    );
    command.release();
    await shows('ready');
    command.terminal.resize({ columns: 33, rows: 4 });
    await command.ended;
    expect(seen.text).toContain('4 33');
  });

  it('hangs up a command that still runs, with all of its jobs', async () => {
    const { command, seen, shows } = await start('sh', '-c', 'sleep 60 & echo "pids $$ $!."; wait');
    command.release();
    await shows('.');
    await command.terminal.close();
    const pids = /pids (\d+) (\d+)/.exec(seen.text)!.slice(1).map(Number);
    expect(await command.ended).toEqual({ code: null, signal: 'SIGHUP' });
    await vi.waitUntil(() => !pids.some(isAlive));
  });

  it('kills a command that stays after a hangup', async () => {
    const { command, shows } = await start('sh', '-c', 'trap "" HUP; echo ready; while :; do sleep 1; done');
    command.release();
    await shows('ready');
    await command.terminal.close();
    expect(await command.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('has all of a large output, also when it is held back in between', async () => {
    const { command, seen } = await start('sh', '-c', 'head -c 300000 /dev/zero | tr "\\0" x; echo end');
    command.release();
    for (let at = 0; at < 5; at += 1) {
      command.terminal.pause();
      await later(20);
      command.terminal.resume();
      await later(2);
    }
    await command.ended;
    expect(seen.text.length).toBe(300_005);
    expect(seen.text.endsWith('xend\r\n')).toBe(true);
  });

  it('refuses a user that is not there', async () => {
    const request = { argv: ['true'], user: 'no-such-user-here', size: { columns: 80, rows: 9 }, term: 'xterm' };
    await expect(startCommandInTerminal(request)).rejects.toThrow('there is no such user');
  });

  it.runIf(process.getuid!() === 0)('runs it as somebody else, on the same terminal', async () => {
    const size = { columns: 80, rows: 9 };
    const argv = ['sh', '-c', 'id -u; test -t 0 && echo terminal; echo opened >/dev/tty'];
    const command = await startCommandInTerminal({ argv, user: 'nobody', size, term: 'xterm' });
    let text = '';
    command.terminal.onOutput((bytes) => {
      text += Buffer.from(bytes).toString('utf8');
    });
    command.release();
    await command.ended;
    expect(text).toMatch(/^[1-9]\d*\r\nterminal\r\nopened\r\n$/);
  });
});

describe('startCommandInTerminal without its package', () => {
  beforeEach(() => {
    vi.doMock('@lydell/node-pty', () => {
      throw new Error('Cannot find package\nRequire stack');
    });
  });
  afterEach(() => {
    vi.doUnmock('@lydell/node-pty');
  });

  it('brings the output through pipes, and says what is missing', async () => {
    const { command, seen } = await start('sh', '-c', 'test -t 1 || echo out; echo error >&2; cat; exit 3');
    expect(command.terminal.lack).toMatch(/^No terminal, .*@lydell\/node-pty cannot be loaded/);
    expect(command.terminal.lack).not.toContain('\n');
    command.terminal.write('nobody reads this');
    command.release();
    expect(await command.ended).toEqual({ code: 3, signal: null });
    await vi.waitUntil(() => seen.text.includes('error'));
    expect(seen.text).toBe('out\nerror\n');
  });

  it('does so where the machine gives no terminal, too', async () => {
    vi.doMock('@lydell/node-pty', () => ({
      spawn: () => {
        throw new Error('forkpty(3) failed.');
      },
    }));
    const { command, seen } = await start('echo', 'text');
    expect(command.terminal.lack).toBe('No terminal, so nothing can be typed: forkpty(3) failed.');
    command.release();
    await command.ended;
    await vi.waitUntil(() => seen.text === 'text\n');
  });

  it('ends a command that still runs', async () => {
    const { command, shows } = await start('sh', '-c', 'echo ready; sleep 60');
    command.release();
    await shows('ready');
    await command.terminal.close();
    expect(await command.ended).toEqual({ code: null, signal: 'SIGHUP' });
  });
});
