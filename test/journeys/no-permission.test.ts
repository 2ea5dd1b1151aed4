/** What a user without any right is told, and what happens where there is no tracefs at all. */
import os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSchemaProblems } from './json-schema.ts';
import { Home } from './program.ts';

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

const run = (...words: string[]) => home.run(words, { asPlainUser: true });

const tracing = [
  ['graph', 'do_sys_open'],
  ['graph', 'do_sys_open', '--dry-run'],
  ['function', 'vfs_open'],
  ['event', 'sched:sched_switch'],
  ['kprobe', 'vfs_open'],
  ['uprobe', '/bin/sh', 'main'],
  ['status', '--json'],
  ['reset', '--all'],
];

describe('a tracefs that may not be read', { timeout: 60_000 }, () => {
  it.each(tracing)('`ftui %s %s` says so with status 4', async (...words) => {
    const folder = home.makeClosed('closed');
    expect(await run(...words.filter((word) => word !== undefined), '--tracefs', folder)).toEqual({
      status: 4,
      signal: null,
      stdout: '',
      stderr: `ftui: opening tracefs: ${folder} may not be read (EACCES) (run ftui as root)\n`,
    });
    expect(home.leftovers()).toEqual([]);
  });

  it('is what doctor reports, with the same status', async () => {
    const folder = home.makeClosed('closed');
    const problem = `opening tracefs: ${folder} may not be read (EACCES) (run ftui as root)`;
    const kernel = `running kernel ${os.release()}`;
    expect(await run('doctor', '--tracefs', folder)).toEqual({
      status: 4,
      signal: null,
      stdout: `kernel   ${kernel}\nproblem  ${problem}\n`,
      stderr: '',
    });
    const { status, stdout } = await run('doctor', '--json', '--tracefs', folder);
    const diagnosis = JSON.parse(stdout);
    expect(status).toBe(4);
    expect(findSchemaProblems(diagnosis, 'doctor')).toEqual([]);
    expect(diagnosis).toEqual({
      kernel,
      tracefs: null,
      problem,
      features: [],
      commands: { graph: false, uprobe: false, event: false },
      exitStatus: 4,
    });
  });
});

describe('the tracefs of this machine', { timeout: 60_000 }, () => {
  /** Not permitted, or this kernel has none; what it says depends on where it is mounted. */
  const refusal = [
    /^opening tracefs: \/sys\/kernel\S+ may not be read \((?:EACCES|EPERM)\) \(run ftui as root\)$/,
    /^looking for tracefs: none is mounted, and only root may mount it \(as root: mount -t tracefs nodev \S+\)$/,
    /^looking for tracefs: none is mounted, and there is no \S+ to mount it at \(a kernel with CONFIG_TRACING; .*\)$/,
    /^opening tracefs: the kernel is locked down \(confidentiality\) \(boot without lockdown=confidentiality\)$/,
  ];

  const some = tracing.filter((words) => words[0] !== 'graph');
  it.each(some)('`ftui %s %s` is refused without rights', async (...words) => {
    const { status, stdout, stderr } = await run(...words.filter((word) => word !== undefined));
    expect(stdout).toBe('');
    const message = stderr.replace(/^ftui: /, '').trimEnd();
    const index = refusal.findIndex((pattern) => pattern.test(message));
    expect(refusal[index] ?? message).toBeInstanceOf(RegExp);
    expect(status).toBe(index === 2 ? 3 : 4);
  });

  it('makes `ftui start` show the recording, and say why', async () => {
    const { status, stdout, stderr } = await run('start', '-n', '2');
    expect(status).toBe(0);
    const [why, source] = stderr.split('\n');
    const reason = why!.replace('ftui: this kernel cannot show it live: ', '');
    expect(refusal.some((pattern) => pattern.test(reason))).toBe(true);
    expect(source).toBe('ftui: source: simulated kernel 6.12 (fixture of a real one), playing its recording of ls /');
    expect(stdout.match(/ls-191 /g)).toHaveLength(2);
    expect(home.leftovers()).toEqual([]);
  });

  it('is of no concern to `ftui demo`', async () => {
    const { status, stderr } = await run('demo');
    expect(status).toBe(0);
    expect(stderr).toMatch(/\nftui: 34 trees, 15642 calls of 404 functions in /);
    expect(home.leftovers()).toEqual([]);
  });
});

describe('--tracefs', { timeout: 60_000 }, () => {
  it.each([['status'], ['reset'], ['graph', 'do_sys_open'], ['event', 'sched:sched_switch']])(
    'on a folder that is not there is refused by `ftui %s` with status 2',
    async (...words) => {
      const folder = join(home.folder, 'missing');
      expect(await home.run([...words.filter((word) => word !== undefined), '--tracefs', folder])).toEqual({
        status: 2,
        signal: null,
        stdout: '',
        stderr: `ftui: using ${folder} as tracefs: there is no such folder\n`,
      });
    },
  );

  it.each([['status'], ['reset'], ['graph', 'do_sys_open']])(
    'on a folder that is no tracefs is refused by `ftui %s` with status 2',
    async (...words) => {
      const folder = home.makeEmpty('empty');
      expect(await home.run([...words.filter((word) => word !== undefined), '--tracefs', folder])).toEqual({
        status: 2,
        signal: null,
        stdout: '',
        stderr: `ftui: using ${folder} as tracefs: it is none: there is no current_tracer in it\n`,
      });
    },
  );

  it('does not keep `ftui start` from showing the recording', async () => {
    const folder = home.makeEmpty('empty');
    const { status, stdout, stderr } = await run('start', '-n', '1', '--tracefs', folder);
    expect(stderr).toMatch(/^ftui: this kernel cannot show it live: using \S+\/empty as tracefs: /);
    expect({ status, trees: stdout.match(/ls-191 /g)?.length }).toEqual({ status: 0, trees: 1 });
  });

  it('on a folder that is not there is doctor’s diagnosis', async () => {
    const folder = join(home.folder, 'missing');
    const { status, stdout } = await home.run(['doctor', '--tracefs', `${folder}/`]);
    expect(status).toBe(2);
    expect(stdout).toMatch(/\nproblem {2}using \S+\/missing as tracefs: there is no such folder\n$/);
  });
});
