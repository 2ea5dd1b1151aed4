/** The number columns of the tree and of the list of functions: what they show, how wide, what is left out when narrow. */
import type { PathMetric, PathSums } from '../../../src/index.ts';
import type { Models } from '../../state/models.ts';
import { formatCount, formatDuration, formatShare, formatSparkline } from '../../terminal/quantities.ts';
import type { Style } from '../../terminal/style.ts';

export interface NumberColumn {
  readonly name: string;
  readonly width: number;
  /** What sorting by it means; undefined where it cannot be sorted by. */
  readonly metric?: PathMetric;
  /** The screen must be this wide for it. */
  readonly from: number;
  /** It adds up calls, so that calls that were not seen are missing in it. */
  readonly isSum?: true;
}

export const treeColumns: readonly NumberColumn[] = [
  { name: 'TOTAL', width: 9, metric: 'total', from: 0, isSum: true },
  { name: 'SELF', width: 9, metric: 'self', from: 60, isSum: true },
  { name: 'CALLS', width: 6, metric: 'calls', from: 0, isSum: true },
  { name: 'AVG', width: 9, metric: 'average', from: 76 },
  { name: 'MAX', width: 9, metric: 'max', from: 110 },
  { name: 'ERR', width: 5, metric: 'errors', from: 120, isSum: true },
  { name: 'RATE 10s', width: 10, from: 132 },
];

export function shownColumns(width: number, hidden: ReadonlySet<string>): readonly NumberColumn[] {
  return treeColumns.filter(({ name, from }) => width >= from && !hidden.has(name));
}

/** What stands above a column of sums: `~` where not all calls are in them. */
export function sumTitle(name: string, { isSampled }: Pick<Models, 'isSampled'>): string {
  return isSampled ? `~${name}` : name;
}

export interface CellContext {
  readonly style: Style;
  /** What a share is of; 0 shows times. */
  readonly whole: number;
  readonly rates: () => readonly number[];
}

/** The text of one cell. */
export function formatCell({ name }: NumberColumn, stats: PathSums, { style, whole, rates }: CellContext): string {
  const time = (ns: number | undefined) => {
    if (ns === undefined || stats.returned === 0) return '';
    return whole > 0 ? formatShare(ns / whole) : formatDuration(ns);
  };
  switch (name) {
    case 'TOTAL':
      return time(stats.total);
    case 'SELF':
      return time(stats.self);
    case 'CALLS':
      return formatCount(stats.calls);
    case 'AVG':
      return stats.average === undefined ? '' : formatDuration(stats.average);
    case 'MAX':
      return stats.max === undefined ? '' : formatDuration(stats.max);
    case 'ERR':
      return stats.errors === 0 ? '' : formatCount(stats.errors);
    default:
      return formatSparkline(rates(), style.glyphs.sparks);
  }
}
