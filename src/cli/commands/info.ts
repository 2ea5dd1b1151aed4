/** `ftui info FILE`: what a recording holds, told without reading its records. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { exitStatus } from '../../base/errors.ts';
import { exactNumber, jsonLine } from '../../base/json-text.ts';
import { visibleText } from '../../base/text.ts';
import { openByteSource } from '../../recording/files.ts';
import { type BufferInfo, type RecordingInfo, readRecordingInfo } from '../../recording/recording-info.ts';
import { TraceDat } from '../../recording/trace-dat/trace-dat.ts';
import { printNotice } from '../output.ts';

export const command = 'info [file]';
export const describe = 'Say what a recording holds';

export function builder(yargs: Argv) {
  return yargs
    .positional('file', { type: 'string', default: 'trace.dat', describe: 'The recording' })
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object' });
}

interface InfoArguments {
  readonly file: string;
  readonly json: boolean;
}

export function handler({ file, json }: ArgumentsCamelCase<InfoArguments>): void {
  const source = openByteSource(file);
  const recording = new TraceDat(source);
  const info = readRecordingInfo(recording);
  source.close();
  process.stdout.write(`${(json ? [formatJson(info)] : formatText(file, info)).join('\n')}\n`);
  for (const problem of info.problems) printNotice(visibleText(problem));
  process.exitCode = info.problems.length === 0 ? exitStatus.fine : exitStatus.failed;
}

function formatJson(info: RecordingInfo): string {
  const exact = (time: bigint | undefined) => (time === undefined ? null : exactNumber(time));
  const buffers = info.buffers.map((buffer) => ({ ...buffer, begin: exact(buffer.begin), end: exact(buffer.end) }));
  return jsonLine({ ...info, buffers });
}

function formatText(file: string, info: RecordingInfo): string[] {
  const compression = info.compression === 'none' ? 'not compressed' : `compressed with ${info.compression}`;
  const machine = info.machine ?? 'not stored';
  const words = `${info.longSize * 8} bits, ${info.littleEndian ? 'little' : 'big'} endian`;
  const rows: [string, string][] = [
    ['file', `${file}: trace.dat version ${info.version}, ${compression}, ${formatBytes(info.fileBytes)}`],
    ['machine', `${machine} (${info.cpus} CPUs, ${words})`],
    ['made by', info.producer ?? 'not stored'],
    ['clock', info.clock ?? 'not stored'],
    ['formats', `${info.formats} events`],
    ['names', `${info.tasks} tasks, kernel symbols ${info.hasSymbols ? 'stored' : 'missing'}`],
  ];
  if (info.isLatencyText) rows.push(['content', 'the text of a latency tracer']);
  for (const buffer of info.buffers)
    rows.push([buffer.name === '' ? 'top level' : buffer.name, describeBuffer(buffer)]);
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${visibleText(label).padEnd(width)}  ${visibleText(value)}`);
}

function describeBuffer({ begin, end, events, lost, cpus, pageSize, timeIsNanoseconds }: BufferInfo): string {
  const pages = cpus.reduce((sum, cpu) => sum + cpu.pages, 0);
  const data = `${formatBytes(pages * pageSize)} of ${formatBytes(pageSize)} sub-buffers from ${cpus.length} CPUs`;
  const span = begin === undefined || end === undefined ? 'no events' : formatSpan(begin, end, timeIsNanoseconds);
  const counted = events === undefined ? [] : [`${events} events`];
  const gaps = lost === undefined ? [] : [`${lost} lost`];
  return [span, ...counted, ...gaps, data].join(', ');
}

/** A clock that counts has no seconds. */
function formatSpan(begin: bigint, end: bigint, isTime: boolean): string {
  if (!isTime) return `${begin} to ${end} (${end - begin} counts)`;
  const seconds = (time: bigint) =>
    `${time / 1_000_000_000n}.${String((time % 1_000_000_000n) / 1000n).padStart(6, '0')}`;
  return `${seconds(begin)} to ${seconds(end)} (${(Number(end - begin) / 1e9).toFixed(6)} s)`;
}

function formatBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 || Number.isInteger(value) ? value : value.toFixed(1)} ${units[unit]}`;
}
