/** The one line that ends a live command, and its JSON form. */

import { jsonLine } from '../base/json-text.ts';
import type { Summary } from './live-view.ts';

/** `37 trees, 4203 calls of 211 functions in 0.412 s; 8406 records, 0 lost`. */
export function formatSummary(summary: Summary, noun: string): string {
  const { counts, wallMs, records, lost, lostByCpu, filter } = summary;
  const seconds = `${(wallMs / 1000).toFixed(3)} s`;
  const lossText = formatLoss(lost, lostByCpu);
  const { trees, calls, functions, shown, lines, leftOut } = counts;
  if (lines !== undefined) return `${plural(lines, 'line')} in ${seconds}; ${lossText}`;
  const what =
    trees === undefined
      ? plural(shown ?? 0, noun)
      : `${plural(trees, 'tree')}${shown === trees ? '' : ` (${shown} shown)`}, ${plural(calls ?? 0, 'call')} of ${plural(functions ?? 0, 'function')}`;
  const filtered = filter?.describe(leftOut ?? 0);
  return `${what} in ${seconds}; ${plural(records, 'record')}, ${lossText}${filtered === undefined ? '' : `; ${filtered}`}`;
}

function formatLoss(lost: number, lostByCpu: ReadonlyMap<number, number>): string {
  const cpus = [...lostByCpu].map(([cpu, count]) => `cpu ${cpu}: ${count}`).join(', ');
  if (lost === 0) return '0 lost';
  return cpus === '' ? `${lost} LOST` : `${lost} LOST (${cpus})`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function jsonSummary({
  counts,
  wallMs,
  records,
  lost,
  lostByCpu,
  reason,
  command,
  notices,
  filter,
}: Summary): string {
  return jsonLine({
    type: 'summary',
    ended: reason,
    ...counts,
    records,
    lost,
    lostByCpu: Object.fromEntries(lostByCpu),
    wall: Math.round(wallMs * 1e6),
    ...(command === undefined ? {} : { command }),
    filter: filter?.toJson(),
    notices,
  });
}
