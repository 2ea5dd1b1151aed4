/**
 * `ftui report` beside `trace-cmd report`, on large recordings: wall time and memory. FTUI_BENCH_RECORDINGS names a folder
 * with large-*.dat, FTUI_BENCH_TRACE_CMD further trace-cmd programs besides the one in PATH (colons between them).
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contender, measureSideBySide } from './measurement.ts';

export interface ReportRow {
  readonly program: string;
  readonly ms: number;
  /** Largest resident set, MB. */
  readonly memory: number;
}

export function findLargeRecordings(): string[] {
  const folder = process.env.FTUI_BENCH_RECORDINGS ?? '';
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => /^large-.*\.dat$/.test(file));
  return files.map((file) => join(folder, file));
}

function findTraceCmds(): { readonly name: string; readonly path: string }[] {
  const further = (process.env.FTUI_BENCH_TRACE_CMD ?? '').split(':').filter((path) => path !== '');
  return ['trace-cmd', ...further].flatMap((path) => {
    const { stdout, stderr } = spawnSync(path, ['report', '--help'], { encoding: 'utf8' });
    const version = /trace-cmd version (\S+)/.exec(`${stdout}${stderr}`)?.[1];
    return version === undefined ? [] : [{ name: `trace-cmd ${version}`, path }];
  });
}

/** Medians of all programs on one recording, ftui's first. */
export async function compareReports(ftui: string, recording: string, rounds: number): Promise<ReportRow[]> {
  const programs = [{ name: 'ftui', path: ftui }, ...findTraceCmds()];
  const contenders: Record<string, Contender> = {};
  for (const { name, path } of programs) contenders[name] = () => timeReport(path, recording);
  const times = await measureSideBySide(contenders, rounds);
  const rows: ReportRow[] = [];
  for (const { name, path } of programs) {
    rows.push({ program: name, ms: times.get(name)!, memory: await measureMemory(path, recording) });
  }
  return rows;
}

function timeReport(program: string, recording: string): number {
  const begun = performance.now();
  const { status, stderr } = spawnSync('/bin/sh', ['-c', 'exec "$0" report -i "$1" > /dev/null', program, recording]);
  const time = performance.now() - begun;
  if (status !== 0) throw new Error(`${program} report -i ${recording}: ${String(stderr).trim()}`);
  return time;
}

/** The kernel keeps the largest resident set of a process (VmHWM): read until it ends. */
async function measureMemory(program: string, recording: string): Promise<number> {
  const child = spawn(program, ['report', '-i', recording], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let largest = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      largest = Math.max(largest, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
    } catch {
      // It has just ended.
    }
  }, 5);
  await ended;
  clearInterval(look);
  return largest / 1024;
}
