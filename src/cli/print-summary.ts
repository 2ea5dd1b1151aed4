/** The one line that ends a live command, and its JSON form. */

import type { Summary } from './live-view.ts';

/** `37 trees, 4203 calls of 211 functions in 0.412 s; 8406 records, 0 lost`. */
export function formatSummary(summary: Summary, noun: string): string {
  const { counts, wallMs, records, lost, lostByCpu } = summary;
  const seconds = `${(wallMs / 1000).toFixed(3)} s`;
  const { trees, calls, functions, shown } = counts;
  const what =
    trees === undefined
      ? plural(shown ?? 0, noun)
      : `${plural(trees, 'tree')}, ${plural(calls ?? 0, 'call')} of ${plural(functions ?? 0, 'function')}`;
  const cpus = [...lostByCpu].map(([cpu, count]) => `cpu ${cpu}: ${count}`).join(', ');
  const lossText = lost === 0 ? '0 lost' : `${lost} LOST (${cpus})`;
  return `${what} in ${seconds}; ${plural(records, 'record')}, ${lossText}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function jsonSummary({ counts, wallMs, records, lost, lostByCpu, reason, command, notices }: Summary): string {
  return JSON.stringify({
    type: 'summary',
    ended: reason,
    ...counts,
    records,
    lost,
    lostByCpu: Object.fromEntries(lostByCpu),
    wall: Math.round(wallMs * 1e6),
    ...(command === undefined ? {} : { command }),
    notices,
  });
}
