/**
 * Time from the start of a tracing program to the first event that it prints: a uprobe on libc's getuid, which a small
 * Node program calls about a thousand times a second.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from './measurement.ts';

const symbol = 'getuid';

export interface FirstEventBench {
  readonly contenders: Readonly<Record<string, Contender>>;
  /** What was left out, and why. */
  readonly skipped: readonly string[];
  stop(): void;
}

export async function prepareFirstEvent(ftui: string): Promise<FirstEventBench> {
  const skipped: string[] = [];
  const contenders: Record<string, Contender> = {};
  const target = spawn(process.execPath, ['-e', `setInterval(() => process.${symbol}(), 1)`], { stdio: 'ignore' });
  await sleep(500);
  const candidates = {
    [`ftui uprobe libc ${symbol}`]: (libc: string) => [ftui, 'uprobe', libc, symbol, '-n', '1', '--quiet'],
    [`bpftrace uprobe:libc:${symbol}`]: (libc: string) => [
      'bpftrace',
      '-e',
      `uprobe:${libc}:${symbol} { printf("hit %d\\n", pid); exit(); }`,
    ],
  };
  for (const [name, command] of Object.entries(candidates)) {
    try {
      const argv = command(findLibc(target.pid!));
      requireRoot();
      requireProgram(argv[0]!);
      await timeToFirstLine(argv, /\d/);
      contenders[name] = () => timeToFirstLine(argv, /\d/);
    } catch (error) {
      skipped.push(`${name}: ${(error as Error).message}`);
    }
  }
  return { contenders, skipped, stop: () => target.kill() };
}

function requireRoot(): void {
  if (process.getuid?.() !== 0) throw new Error('needs root');
}

function requireProgram(file: string): void {
  if (spawnSync(file, ['--version']).error !== undefined) throw new Error(`${file} is not installed`);
}

/** The C library that the target has mapped. */
function findLibc(pid: number): string {
  const path = /\S+\/libc\.so\.6$/m.exec(readFileSync(`/proc/${pid}/maps`, 'utf8'))?.[0];
  if (path === undefined) throw new Error('the target has no glibc mapped');
  return path;
}

const longestMs = 20_000;

/** Milliseconds until a line of its output has what `event` looks for ("Attaching 1 probe..." is no event of bpftrace). */
async function timeToFirstLine([file, ...args]: string[], event: RegExp): Promise<number> {
  const begun = performance.now();
  const child = spawn(file!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), longestMs);
  const time = await findFirstLine(child, event, begun);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  clearTimeout(limit);
  if (time === undefined) throw new Error(errors.trim().split('\n').at(-1) || 'it printed no event');
  return time;
}

async function findFirstLine(child: ChildProcess, event: RegExp, begun: number): Promise<number | undefined> {
  let text = '';
  let time: number | undefined;
  for await (const chunk of child.stdout!.setEncoding('utf8')) {
    text += chunk;
    const isThere = text.split('\n').some((line) => event.test(line) && !line.startsWith('Attaching'));
    if (isThere) time ??= performance.now() - begun;
  }
  return time;
}
