/** bin/ftui: which Node it takes, and what it says when it cannot start. Each test has a checkout of its own. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const launcher = join(import.meta.dirname, '../../bin/ftui');
let folder = '';
let checkout = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ftui-launcher-'));
  checkout = join(folder, 'check out');
  mkdirSync(join(checkout, 'bin'), { recursive: true });
  copyFileSync(launcher, join(checkout, 'bin/ftui'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('bin/ftui', () => {
  it('says what to run when it is not built', () => {
    const { status, stdout, stderr } = run(join(checkout, 'bin/ftui'), []);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      /^ftui: it is not built: .*dist\/ftui\.js is not there \(in .*check out, run: npm ci, .*\)\n$/,
    );
  });

  it.each(['v20.20.2', 'v22.14.9', 'v9.0.0', 'nonsense'])('refuses Node %s from PATH in one plain line', (version) => {
    build();
    fakeNode(join(folder, 'path'), version);
    const { status, stdout, stderr } = run(join(checkout, 'bin/ftui'), ['--version']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^ftui: Node 22\.15 or newer is needed; this is \S+ \(install .*\)\n$/);
    expect(stderr).toContain(`this is ${version} `);
  });

  it('says that there is no Node at all', () => {
    build();
    const { status, stderr } = run(join(checkout, 'bin/ftui'), [], join(folder, 'empty'));
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/needed; none is on PATH \(.*\)\n$/),
    });
  });

  it.each(['v22.15.0', 'v23.0.0', 'v24.1.0'])('takes Node %s from PATH', (version) => {
    build();
    fakeNode(join(folder, 'path'), version);
    expect(runArguments(join(checkout, 'bin/ftui'), ['a b', '', '*'])).toEqual(['a b', '', '*']);
  });

  it("prefers the checkout's own Node, without asking for its version", () => {
    build();
    fakeNode(join(folder, 'path'), 'v20.0.0');
    fakeNode(join(checkout, 'node_modules/node/bin'), 'not asked');
    expect(runArguments(join(checkout, 'bin/ftui'), ['x'])).toEqual(['x']);
  });

  it('takes the Node installed beside it, as a dependency of another package', () => {
    const installed = join(folder, 'app/node_modules/ftui');
    mkdirSync(join(installed, 'bin'), { recursive: true });
    copyFileSync(launcher, join(installed, 'bin/ftui'));
    build(installed);
    fakeNode(join(folder, 'app/node_modules/node/bin'), 'not asked');
    mkdirSync(join(folder, 'app/node_modules/.bin'));
    symlinkSync('../ftui/bin/ftui', join(folder, 'app/node_modules/.bin/ftui'));
    expect(runArguments(join(folder, 'app/node_modules/.bin/ftui'), ['y'])).toEqual(['y']);
  });

  it('finds its folder through relative and absolute links, and from its own folder', () => {
    build();
    fakeNode(join(folder, 'path'), 'v24.0.0');
    symlinkSync('check out/bin/ftui', join(folder, 'relative'));
    symlinkSync(join(folder, 'relative'), join(folder, 'absolute'));
    symlinkSync('check out', join(folder, 'linked-folder'));
    for (const file of ['absolute', 'linked-folder/bin/ftui']) {
      expect(runArguments(join(folder, file), ['z'])).toEqual(['z']);
    }
    const inside = spawnSync('/bin/sh', ['ftui', 'w'], {
      cwd: join(checkout, 'bin'),
      encoding: 'utf8',
      env: environment(),
    });
    expect(inside.stdout).toContain('<w>');
  });

  it('spares a recorder the threads that it does not need', () => {
    build();
    fakeNode(join(folder, 'path'), 'v24.0.0');
    const flag = '<--single-threaded-gc>';
    expect(run(join(checkout, 'bin/ftui'), ['record', '-e', 'sched']).stdout).toContain(flag);
    expect(run(join(checkout, 'bin/ftui'), ['report', 'record']).stdout).not.toContain(flag);
  });

  it('passes on the exit status', () => {
    build();
    fakeNode(join(folder, 'path'), 'v24.0.0', 7);
    expect(run(join(checkout, 'bin/ftui'), []).status).toBe(7);
  });
});

function build(root = checkout): void {
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, 'dist/ftui.js'), '');
}

/** A `node` that answers --version, and otherwise prints its arguments, each in angle brackets. */
function fakeNode(bin: string, version: string, status = 0): void {
  mkdirSync(bin, { recursive: true });
  const script = `#!/bin/sh\n[ "$1" = --version ] && { echo '${version}'; exit; }\nprintf '<%s>\\n' "$@"\nexit ${status}\n`;
  writeFileSync(join(bin, 'node'), script);
  chmodSync(join(bin, 'node'), 0o755);
}

function environment(path = join(folder, 'path')): Record<string, string> {
  // readlink is all that the launcher needs besides the shell.
  const tools = join(folder, 'tools');
  mkdirSync(tools, { recursive: true });
  const readlink = ['/usr/bin/readlink', '/bin/readlink'].find((file) => spawnSync(file, ['--version']).status === 0)!;
  rmSync(join(tools, 'readlink'), { force: true });
  symlinkSync(readlink, join(tools, 'readlink'));
  return { PATH: `${path}:${tools}` };
}

function run(file: string, args: readonly string[], path?: string) {
  return spawnSync(file, args, { encoding: 'utf8', env: environment(path), cwd: dirname(folder) });
}

/** The arguments that reached dist/ftui.js; fails when it was not started by an absolute path with the one flag. */
function runArguments(file: string, args: readonly string[]): string[] {
  const { stdout, stderr, status } = run(file, args);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const [flag, script, ...rest] = stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.slice(1, -1));
  expect(flag).toBe('--disable-warning=ExperimentalWarning');
  expect(script).toMatch(/^\/.*\/dist\/ftui\.js$/);
  return rest;
}
