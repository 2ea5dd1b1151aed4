/** What the command line takes and refuses: versions, help, completion, and the exact words of a refusal. */
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageDescription from '../../package.json' with { type: 'json' };
import { Home, launcher } from './program.ts';

const commands = [
  'graph',
  'function',
  'event',
  'kprobe',
  'uprobe',
  'usdt',
  'vars',
  'list',
  'record',
  'restore',
  'replay',
  'report',
  'info',
  'convert',
  'export',
  'status',
  'reset',
  'doctor',
  'demo',
  'start',
  'completion',
];

let home: Home;
beforeAll(() => {
  home = new Home();
});
afterAll(() => home.remove());

describe('ftui --version', { timeout: 60_000 }, () => {
  it.each([['--version'], ['demo', '--version']])('prints the version of package.json: %s %s', async (...words) => {
    expect(await home.run(words.filter((word) => word !== undefined))).toEqual({
      status: 0,
      signal: null,
      stdout: `${packageDescription.version}\n`,
      stderr: '',
    });
  });
});

describe('ftui --help', { timeout: 60_000 }, () => {
  it('lists every command and the exit statuses', async () => {
    const { status, stdout, stderr } = await home.run(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const listed = [...stdout.matchAll(/^ {2}ftui ([a-z]+)/gm)].map(([, name]) => name);
    expect(listed).toEqual(commands);
    expect(stdout).toContain('Exit status: 0 fine, 1 failed, 2 usage, 3 the kernel lacks it, 4 not permitted');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it.each(commands)('explains %s, and does nothing', async (name) => {
    const { status, stdout, stderr } = await home.run([name, '-h']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [usage, , purpose] = stdout.split('\n');
    expect(usage).toMatch(new RegExp(`^ftui ${name}\\b`));
    expect(purpose).toMatch(/^[A-Z].+/);
    expect(stdout).toMatch(/-h, --help +Show help/);
  });
});

describe('a command line that cannot be', { timeout: 60_000 }, () => {
  it.each([
    [['frobnicate'], "reading the command line: there is no command 'frobnicate' (ftui --help lists them)"],
    [
      ['grap', 'do_sys_open'],
      "reading the command line: there is no command 'grap' (did you mean graph? ftui --help lists them)",
    ],
    [['--nope'], 'reading the command line: Unknown argument: nope (ftui --help)'],
    [['graph', 'vfs_open', '--nope'], 'reading the command line: Unknown argument: nope (ftui --help)'],
    [['demo', 'extra'], 'reading the command line: Unknown argument: extra (ftui --help)'],
    [['event'], 'reading the command line: Not enough non-option arguments: got 0, need at least 1 (ftui --help)'],
    [['uprobe'], 'reading the command line: Not enough non-option arguments: got 0, need at least 1 (ftui --help)'],
    [['uprobe', '/bin/true'], 'probing: no function is given (ftui uprobe /bin/bash readline%return)'],
    [['kprobe'], 'probing: no function is given (ftui kprobe vfs_open)'],
    [['graph', '-d', 'soon'], "reading the duration 'soon': it is none (e.g. 5, 5s, 500ms, 2m)"],
    [['event', 'sched:', '-n', '0'], 'reading --max-events: it takes a whole number above 0'],
    [['event', 'sched:', '-n', 'many'], 'reading --max-events: it takes a whole number above 0'],
    [['function', 'f', '-p', '1,x'], "reading the pid 'x': it is no number"],
    [['function', 'f', '--cpu', '3-1'], "reading the CPU list '3-1': '3-1' is no CPU or range"],
    [['graph', 'f', '--buffer-size', '4T'], "reading the size '4T': it is none (KiB, or with K, M, G behind)"],
    [['graph', 'f', '--user', 'root'], 'using --user: there is no command (put it behind --)'],
    [[], 'opening the start screen: this is no terminal (ftui --help lists the commands)'],
  ])('%j is refused with status 2', async (words, message) => {
    expect(await home.run(words)).toEqual({ status: 2, signal: null, stdout: '', stderr: `ftui: ${message}\n` });
  });

  it.each([
    [['graph', 'f', '-p'], /^ftui: reading the command line: Not enough arguments following: p/],
    [['demo', '--depth', 'x'], /ftui: reading --depth: /],
    [['demo', '--threshold', 'x'], /ftui: reading --threshold: /],
  ])('%j is refused with status 2, too', async (words, message) => {
    const { status, stdout, stderr } = await home.run(words);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it('is escaped in the refusal', async () => {
    const { stderr } = await home.run(['x\u001b[2Jy']);
    expect(stderr).toBe("ftui: reading the command line: there is no command 'x\\e[2Jy' (ftui --help lists them)\n");
  });

  it('shows where it failed with FTUI_DEBUG=1', async () => {
    const { status, stderr } = await home.run(['frobnicate'], { env: { FTUI_DEBUG: '1' } });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^UsageError: reading the command line.*\n +at /);
    expect(stderr).toMatch(/\nftui: reading the command line: .*\n$/);
  });
});

describe('ftui completion', { timeout: 60_000 }, () => {
  /** What bash would offer for the last word of a command line. */
  function complete(...words: string[]): string[] {
    const bin = join(home.folder, 'bin');
    execFileSync('mkdir', ['-p', bin]);
    execFileSync('ln', ['-sf', launcher, join(bin, 'ftui')]);
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const script = [
      'set -e',
      'source <(ftui completion)',
      'complete -p ftui > /dev/null',
      `COMP_WORDS=(ftui ${quoted})`,
      `COMP_CWORD=${words.length}`,
      '_ftui_yargs_completions',
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ];
    const env = home.environment({ SHELL: '/bin/bash' });
    const output = execFileSync('bash', ['--norc', '-c', script.join('\n')], {
      encoding: 'utf8',
      env: { ...env, PATH: `${bin}:${env.PATH}` },
    });
    return output.split('\n').filter((line) => line !== '');
  }

  it('gives a script that bash takes, which completes commands', () => {
    expect(complete('gr')).toEqual(['graph']);
    expect(complete('')).toEqual(commands);
  });

  it('completes options', () => {
    expect(complete('graph', '--de')).toEqual(['--depth']);
    expect(complete('status', '--js')).toEqual(['--json']);
  });

  it('gives a script for zsh to its users', async () => {
    const { status, stdout, stderr } = await home.run(['completion'], { env: { SHELL: '/usr/bin/zsh' } });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^#compdef ftui\n/);
  });
});

describe('a home that cannot be written', { timeout: 60_000 }, () => {
  it('is no obstacle', async () => {
    symlinkSync('/nonexistent', join(home.folder, 'nowhere'));
    const env = { HOME: '/nonexistent/home', XDG_CACHE_HOME: join(home.folder, 'nowhere') };
    expect(await home.run(['doctor', '--help'], { env, asPlainUser: true })).toMatchObject({ status: 0, stderr: '' });
  });
});
