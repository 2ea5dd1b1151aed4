/** The traced command as a real process: held back, let go, given up. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitStatusOf, startBlockedCommand } from '../../src/control/traced-command.ts';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-command-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('startBlockedCommand', () => {
  it('runs the command only when it is let go, with the pid it had before', async () => {
    const file = path.join(folder, 'pid');
    const command = startBlockedCommand({
      argv: ['sh', '-c', `echo $$ "$@" > '${file}'; exit 7`, 'x', 'a b', "c'd", '*'],
    });
    await later(200);
    expect(fs.existsSync(file)).toBe(false);
    command.release();
    expect(await command.ended).toEqual({ code: 7, signal: null });
    expect(fs.readFileSync(file, 'utf8')).toBe(`${command.pid} a b c'd *\n`);
  });

  it('never runs a command that is given up', async () => {
    const file = path.join(folder, 'ran');
    const command = startBlockedCommand({ argv: ['touch', file] });
    command.abandon();
    expect(await command.ended).toEqual({ code: 125, signal: null });
    expect(fs.existsSync(file)).toBe(false);
  });

  it('leaves no descriptor of ours in the command', async () => {
    const file = path.join(folder, 'fds');
    const command = startBlockedCommand({ argv: ['sh', '-c', `ls /proc/$$/fd > '${file}'`] });
    command.release();
    await command.ended;
    expect(fs.readFileSync(file, 'utf8').trim().split('\n')).not.toContain('3');
  });

  it('ends as a shell would for a command that is not there', async () => {
    const command = startBlockedCommand({ argv: [path.join(folder, 'nosuch')] });
    command.release();
    expect((await command.ended).code).toBe(127);
  });

  it('passes signals on', async () => {
    const command = startBlockedCommand({ argv: ['sleep', '60'] });
    command.release();
    await later(100);
    command.signal('SIGTERM');
    expect(exitStatusOf(await command.ended, { SIGTERM: 15 })).toBe(143);
  });

  it('refuses a user that is not there', () => {
    expect(() => startBlockedCommand({ argv: ['true'], user: 'no-such-user-here' })).toThrow(
      "running the command as 'no-such-user-here': there is no such user",
    );
  });

  it.runIf(process.getuid!() === 0)('runs it as somebody else, with their home', async () => {
    fs.chmodSync(folder, 0o777);
    const file = path.join(folder, 'who');
    const command = startBlockedCommand({ argv: ['sh', '-c', `echo $(id -u) $LOGNAME > '${file}'`], user: 'nobody' });
    command.release();
    await command.ended;
    expect(fs.readFileSync(file, 'utf8')).toMatch(/^[1-9]\d* nobody\n$/);
  });
});
