/** The files that real processes run: at their path, replaced while they run, and in another root. */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { findTargetBinaries } from '../../src/control/process-binary.ts';
import { fileIdentity, findBinary } from '../../src/symbols/files.ts';
import { RunningKernel } from '../../src/tracefs/running-kernel.ts';
import { setUp } from './tracefs-setup.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ftui-process-')));
const running: ChildProcess[] = [];
const isRoot = process.getuid?.() === 0;
const kernel = new RunningKernel();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Runs a copy of sleep(1) until the test is over. */
async function start(name: string): Promise<{ path: string; pid: number }> {
  const path = join(folder, name);
  copyFileSync(realpathSync(findBinary('sleep').path), path);
  // A program of many names looks at the first word.
  const child = spawn(path, ['60'], { argv0: 'sleep', stdio: 'ignore' });
  running.push(child);
  await new Promise((resolve) => child.once('spawn', resolve));
  const deadline = Date.now() + 10_000;
  while (!readFileSync(`/proc/${child.pid}/maps`, 'latin1').includes(path) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return { path, pid: child.pid! };
}

describe.runIf(process.platform === 'linux')('findTargetBinaries', () => {
  it('without processes is what the word means here', () => {
    expect(findTargetBinaries(kernel, 'sleep', [])).toEqual([findBinary('sleep')]);
  });

  it('finds the file by its path and by its name, once for several processes of it', async () => {
    const { path, pid } = await start('one');
    expect(findTargetBinaries(kernel, path, [pid])).toEqual([{ path, notes: [] }]);
    expect(findTargetBinaries(kernel, 'one', [pid, pid])).toEqual([{ path, notes: [] }]);
  });

  it('finds the libraries that it maps', async () => {
    const { pid } = await start('two');
    const libc = readFileSync(`/proc/${pid}/maps`, 'latin1').match(/\S+\/(?:libc[.-]\S*|ld-musl-\S*)$/m)?.[0];
    // A static program has none.
    if (libc !== undefined) expect(findTargetBinaries(kernel, 'libc', [pid])[0]!.path).toBe(libc);
  });

  it('says that a file was replaced, and takes what still runs where it may', async () => {
    const { path, pid } = await start('three');
    const before = fileIdentity(path);
    rmSync(path);
    copyFileSync(findBinary('sleep').path, path);
    if (!isRoot) {
      expect(() => findTargetBinaries(kernel, path, [pid])).toThrow(UsageError);
      return;
    }
    const [found] = findTargetBinaries(kernel, path, [pid]);
    expect(found!.path).toMatch(new RegExp(`^/proc/${pid}/map_files/[0-9a-f]+-[0-9a-f]+$`));
    expect(fileIdentity(found!.path)).toBe(before);
    expect(found!.notes).toEqual([
      `${path} was deleted or replaced since process ${pid} started: what the process still runs is probed`,
    ]);
  });

  it('says that a process does not map the file', async () => {
    const { pid } = await start('four');
    const [found] = findTargetBinaries(kernel, process.execPath, [pid]);
    expect(found!.notes).toEqual([`process ${pid} has not mapped ${found!.path}: hits come only if it does so later`]);
    expect(() => findTargetBinaries(kernel, 'no-such-program', [pid])).toThrow(UsageError);
  });

  it('takes the file in the root of a process that has its own', () => {
    // The simulated kernel knows the process; that pid's root is not there, so only its name is of use.
    const maps = '1000-2000 r-xp 0 00:01 7 /inside/app\n';
    const made = setUp('6.12', { files: { '/proc/999999999/maps': maps } });
    expect(() => findTargetBinaries(made.kernel, 'app', [999_999_999])).toThrow(
      '/inside/app, which process 999999999 runs, was deleted or is out of reach',
    );
  });
});
