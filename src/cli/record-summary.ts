/** The texts of a recording: its live line, the line that ends it, and the JSON form of that. */

import { jsonLine } from '../base/json-text.ts';
import type { RecordProgress } from '../session/record-output.ts';
import type { RecordResult } from '../session/record-session.ts';

/** `47.8 MB`; three digits, decimal units. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 ? Math.round(value) : Number(value.toPrecision(3))} ${units[power]}`;
}

/** `42 s`, `12 min`, `3 h`, `5 days`. */
function formatSpan(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

interface Growth {
  /** Bytes a second. */
  readonly rate: number;
  /** Bytes free on the disk. */
  readonly freeBytes: number | undefined;
}

/** A disk that is full later than this is no news. */
const farAway = 86_400;

/** `trace.dat: 47.8 MB in 12 s, 4.2 MB/s, 0 lost, disk full in 35 min`. */
export function formatProgress(
  path: string,
  { keptBytes, bytes, lost }: RecordProgress,
  wallMs: number,
  { rate, freeBytes }: Growth,
): string {
  const dropped = bytes > keptBytes ? ` of ${formatBytes(bytes)}` : '';
  const left = freeBytes === undefined || dropped !== '' ? Number.POSITIVE_INFINITY : freeBytes / Math.max(rate, 1);
  const full = left < farAway ? `, disk full in ${formatSpan(left)}` : '';
  const loss = lost === 0 ? '0 lost' : `${lost} LOST`;
  return `${path}: ${formatBytes(keptBytes)}${dropped} in ${formatSpan(wallMs / 1000)}, ${formatBytes(rate)}/s, ${loss}${full}`;
}

/** `recorded 12345 events in 1.388 s to trace.dat: 47.8 MB, 0 lost`. */
export function formatRecordSummary({ file, folder, records, wallMs, progress, ...rest }: RecordResult, path: string) {
  const where = file === undefined ? folder : path;
  const size = file === undefined ? progress.keptBytes : file.size;
  const events = `${records} event${records === 1 ? '' : 's'}`;
  const { bytes, keptBytes } = progress;
  const dropped = bytes > keptBytes ? ` (the newest ${formatBytes(keptBytes)} of ${formatBytes(bytes)})` : '';
  return `recorded ${events} in ${(wallMs / 1000).toFixed(3)} s to ${where}: ${formatBytes(size)}${dropped}, ${formatLoss(rest)}`;
}

function formatLoss({ lost }: Pick<RecordResult, 'lost'>): string {
  const total = countLost(lost);
  if (total === 0) return '0 lost';
  return `${total} LOST (${lost.map((one) => `${placeOf(one)}: ${one.count}`).join(', ')})`;
}

function placeOf({ buffer, cpu }: RecordResult['lost'][number]): string {
  return `${buffer === '' ? '' : `${buffer} `}cpu ${cpu}`;
}

function countLost(lost: RecordResult['lost']): number {
  return lost.reduce((sum, { count }) => sum + count, 0);
}

export function jsonRecordSummary(result: RecordResult, notices: readonly string[]): string {
  const { reason, file, folder, records, lost, wallMs, progress, command, failure } = result;
  return jsonLine({
    type: 'recording',
    ended: reason,
    file: file?.path ?? null,
    ...(file === undefined ? { unfinished: folder } : {}),
    size: file?.size ?? progress.keptBytes,
    droppedBytes: progress.bytes - progress.keptBytes,
    records,
    lost: countLost(lost),
    lostByCpu: lost.map(({ buffer, cpu, count }) => ({ instance: buffer === '' ? null : buffer, cpu, count })),
    wall: Math.round(wallMs * 1e6),
    ...(command === undefined ? {} : { command }),
    ...(failure === undefined ? {} : { failure: `${failure.attempted}: ${failure.why}` }),
    notices,
  });
}
