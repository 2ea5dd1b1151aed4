/** Recordings that a scenario has made, as trace-cmd sees them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { Lab } from './scenario.ts';

export const needs = ['program:trace-cmd'];

/** The events of `trace-cmd report FILE`, a line each; fails when it complains or does not know an event. */
export function reportOf(file: string, ...options: string[]): string[] {
  const { stdout, stderr, status } = spawnSync('trace-cmd', ['report', ...options, file], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  const lines = stdout.trimEnd().split('\n').slice(1); // `cpus=2`
  assert.deepEqual(
    lines.filter((line) => /UNKNOWN EVENT/.test(line)),
    [],
  );
  return lines;
}

export interface RecordSummary {
  readonly records: number;
  readonly lost: number;
}

/** The numbers of `recorded 12 events in 0.1 s to f.dat: 1 MB, 0 lost`. */
export function readRecordSummary(stderr: string): RecordSummary {
  const [, records, lost] = /recorded (\d+) events? in [\d.]+ s to \S+: .*, (\d+) (?:lost|LOST)/.exec(stderr) ?? [];
  assert.ok(records !== undefined, `no summary: ${stderr}`);
  return { records: Number(records), lost: Number(lost) };
}

export interface Recording extends RecordSummary {
  readonly file: string;
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** Records to NAME in the lab's folder; a file in which trace-cmd and ftui see the same events is required. */
export async function record(lab: Lab, name: string, args: readonly string[]): Promise<Recording> {
  const file = `${lab.folder}/${name}`;
  const { stderr, status } = await lab.run(args.map((word) => (word === 'FILE' ? file : word)));
  assert.equal(status, 0, stderr);
  return { ...readRecordSummary(stderr), file, lines: await readByBoth(lab, file), stderr };
}

/** The events as trace-cmd reports them; `ftui report` must have the same. */
export async function readByBoth(lab: Lab, file: string): Promise<readonly string[]> {
  const lines = reportOf(file);
  const { stdout, stderr, status } = await lab.run(['report', file]);
  assert.equal(status, 0, stderr);
  assert.deepEqual(headsOf(stdout.split('\n')), headsOf(lines));
  return lines;
}

/** Task id, CPU, time and event of the lines that have them; newer trace-cmds print flags before the time. */
function headsOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [, pid, cpu, time, event] = /-(\d+) +\[(\d+)\] +(?:\S+ +)?(\d+\.\d+): (\w+):/.exec(line) ?? [];
    return pid === undefined ? [] : [`${pid} ${cpu} ${time} ${event}`];
  });
}

/** Time stamp in seconds of a line of a report, whatever the task's name holds. */
export function stampOf(line: string): number {
  return Number(/ \[\d+\] +(\d+\.\d+): /.exec(line)?.[1]);
}
