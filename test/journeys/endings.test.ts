/** How a live command ends when somebody stops it or its reader goes away: status, summary, nothing left behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSchemaProblems } from './json-schema.ts';
import { finish, Home, launcher } from './program.ts';

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

/**
 * Sends a signal in the middle of a demo: it has begun to print, and cannot be done, because it prints much more than
 * fits into a pipe that nobody reads yet.
 */
async function interruptDemo(signal: NodeJS.Signals, ...words: string[]) {
  const demo = home.start(['demo', ...words]);
  await once(demo.stdout, 'readable');
  demo.kill(signal);
  return finish(demo);
}

describe('a signal during a demo', { timeout: 60_000 }, () => {
  // The recorded command gets the signal, too, as from a script's kill: the status is its own.
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends it with the summary and status %i', async (signal, status) => {
    const { stderr, stdout, ...end } = await interruptDemo(signal);
    expect(end).toEqual({ status, signal: null });
    expect(stderr).toMatch(/\nftui: \d+ trees?, \d+ calls of \d+ functions in \d+\.\d{3} s; \d+ records, 0 lost\n$/);
    expect(stdout.endsWith('\n')).toBe(true);
    expect(home.leftovers()).toEqual([]);
  });

  it('ends the JSON with a summary that says so', async () => {
    const { stdout, status } = await interruptDemo('SIGTERM', '--json');
    expect(status).toBe(143);
    const objects = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    expect(objects.slice(0, -1).every((tree) => findSchemaProblems(tree, 'tree').length === 0)).toBe(true);
    expect(findSchemaProblems(objects.at(-1), 'summary')).toEqual([]);
    expect(objects.at(-1)).toMatchObject({ ended: 'interrupted', command: { code: null, signal: 'SIGTERM' } });
  });
});

describe('a reader that goes away', { timeout: 60_000 }, () => {
  it('ends a demo quietly with status 0', async () => {
    const demo = home.start(['demo']);
    const outcome = finish(demo);
    await once(demo.stdout, 'data');
    demo.stdout.destroy();
    const { status, signal, stderr } = await outcome;
    expect({ status, signal }).toEqual({ status: 0, signal: null });
    expect(stderr).not.toMatch(/EPIPE|failure/);
    expect(home.leftovers()).toEqual([]);
  });

  it.each([
    ['demo', /^# +DURATION .*\n$/],
    ['demo --json', /^\{"type":"tree",.*\}\n$/],
  ])('`ftui %s | head -1` gives one line and status 0', async (words, line) => {
    const script = `{ "$0" ${words} 2> /dev/null; echo "status $?" >&2; } | head -1`;
    const shell = spawn('sh', ['-c', script, launcher], {
      cwd: home.folder,
      env: home.environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = await finish(shell);
    expect(stdout).toMatch(line);
    expect(stderr).toBe('status 0\n');
    expect(home.leftovers()).toEqual([]);
  });

  it.each(['demo', 'demo --json', 'demo --dry-run', '--help', '--version', 'graph --help', 'completion'])(
    'that is gone before `ftui %s` begins is no failure',
    async (words) => {
      const program = home.start(words.split(' '));
      const outcome = finish(program);
      program.stdout.destroy();
      const { status, signal, stderr } = await outcome;
      expect(stderr).not.toMatch(/EPIPE|failure/);
      expect({ status, signal }).toEqual({ status: 0, signal: null });
      expect(home.leftovers()).toEqual([]);
    },
  );

  it('does not change the status of doctor', async () => {
    const program = home.start(['doctor', '--tracefs', home.makeClosed('closed')], { asPlainUser: true });
    const outcome = finish(program);
    program.stdout.destroy();
    expect(await outcome).toMatchObject({ status: 4, signal: null, stderr: '' });
  });
});
