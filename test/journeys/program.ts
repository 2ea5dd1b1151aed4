/** Runs bin/ftui as a user does: in a home of its own, as root or as somebody without any right. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll } from 'vitest';

const checkout = join(import.meta.dirname, '../..');
const isRoot = process.getuid?.() === 0;
/** The user `nobody`. */
const nobody = 65534;
/** Whom a test of missing permissions runs as: whoever runs the tests, but not root. */
export const plainUser = isRoot ? { uid: nobody, gid: nobody } : {};

export interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Without any right to tracefs, also where root runs the tests. */
  readonly asPlainUser?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export type FtuiProcess = ChildProcessByStdio<null, Readable, Readable>;

/** A home folder with an empty temporary folder in it, which anybody may write. */
export class Home {
  readonly folder: string;
  readonly temporary: string;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'ftui-home-'));
    this.temporary = this.#make('tmp', 0o777);
    chmodSync(this.folder, 0o777);
  }

  /** A folder in the home that belongs to whom a plain user is. */
  #make(name: string, mode: number): string {
    const path = join(this.folder, name);
    mkdirSync(path);
    chmodSync(path, mode);
    if (isRoot) chownSync(path, nobody, nobody);
    return path;
  }

  /** A folder that nobody but root may look into. */
  makeClosed(name: string): string {
    return this.#make(name, 0o000);
  }

  makeEmpty(name: string): string {
    return this.#make(name, 0o755);
  }

  /** What programs left in the temporary folder. */
  leftovers(): string[] {
    return readdirSync(this.temporary);
  }

  remove(): void {
    // A program that was killed may still be writing its cache.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  /** Environment of a program: nothing of the test's own but PATH. */
  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    const { PATH = '/usr/sbin:/usr/bin:/sbin:/bin' } = process.env;
    return { PATH, HOME: this.folder, TMPDIR: this.temporary, LANG: 'C.UTF-8', ...more };
  }

  start(words: readonly string[], { asPlainUser = false, env }: RunOptions = {}): FtuiProcess {
    return spawn(asPlainUser ? plainUserLauncher() : launcher, words, {
      ...(asPlainUser ? plainUser : {}),
      cwd: this.folder,
      env: this.environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A session of its own: a terminal that runs the tests is none of the program's.
      detached: true,
    });
  }

  run(words: readonly string[], options?: RunOptions): Promise<Outcome> {
    return finish(this.start(words, options));
  }
}

export const launcher = join(checkout, 'bin/ftui');

/** Collects what is left of a program's output and waits for its end. */
export function finish(program: FtuiProcess): Promise<Outcome> {
  const outcome = { stdout: '', stderr: '' };
  program.stdout.setEncoding('utf8').on('data', (text: string) => {
    outcome.stdout += text;
  });
  program.stderr.setEncoding('utf8').on('data', (text: string) => {
    outcome.stderr += text;
  });
  return new Promise((resolve, reject) => {
    program.on('error', reject);
    program.on('close', (status, signal) => resolve({ status, signal, ...outcome }));
  });
}

let reachable: string | undefined;
const copies: string[] = [];
afterAll(() => {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
});

/** bin/ftui of the checkout, or of a copy where the checkout lies in a folder closed to others. */
export function plainUserLauncher(): string {
  reachable ??= canPlainUserRun(launcher) ? launcher : copyCheckout();
  return reachable;
}

function canPlainUserRun(program: string): boolean {
  const env = { PATH: process.env.PATH ?? '', HOME: '/nonexistent' };
  return spawnSync(program, ['--version'], { ...plainUser, env, cwd: '/' }).status === 0;
}

/** What an installation has at least: the bundle and a Node, no packages beside. */
export function copyCheckout(): string {
  const copy = mkdtempSync(join(tmpdir(), 'ftui-checkout-'));
  copies.push(copy);
  for (const name of ['bin', 'dist', 'package.json', 'tracefs-fixtures']) {
    cpSync(join(checkout, name), join(copy, name), { recursive: true });
  }
  const node = join(copy, 'node_modules/node/bin/node');
  mkdirSync(dirname(node), { recursive: true });
  cpSync(realpathSync(process.execPath), node);
  spawnSync('chmod', ['-R', 'a+rX', copy]);
  return join(copy, 'bin/ftui');
}
