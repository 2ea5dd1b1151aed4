/** The tree view: calls merged by path, with their sums, drawn as lines. */
import { durationMark, errorName } from '../../../src/index.ts';
import { settle } from '../../state/list-cursor.ts';
import type { ViewContext } from '../../state/screen.ts';
import { Line } from '../../terminal/line.ts';
import { formatDuration, formatStamp, formatWhole } from '../../terminal/quantities.ts';
import type { GraphState } from './graph-state.ts';
import { shownColumns, sumTitle, treeColumns } from './tree-columns.ts';
import { treeRowLine } from './tree-row-line.ts';

export function treeHeading(
  { metric, ascending, hiddenColumns }: GraphState,
  { width, style, models }: ViewContext,
): string {
  const line = new Line(width, style).add('  ');
  for (const column of shownColumns(width, hiddenColumns)) {
    const isSorted = column.metric === metric;
    const title = column.isSum ? sumTitle(column.name, models) : column.name;
    const name = isSorted && ascending ? `${title}^` : title;
    line.cell(name, column.width, 'right', isSorted ? style.underline : style.dim).add(' ');
  }
  return line.add(' FUNCTION', style.dim).toString();
}

export function drawTreeRows(state: GraphState, context: ViewContext, height: number): string[] {
  const { tree } = state;
  // An overlay may have taken room since the cursor was placed.
  const { at, top } = settle(tree.cursor, tree.rows.length, height);
  const rows = tree.rows.slice(top, top + height);
  return rows.map((row, index) => treeRowLine(row, top + index === at, state, context));
}

/** Two or three lines about the node under the cursor. */
export function treeDetail(state: GraphState, { width, style, models }: ViewContext): string[] {
  const row = state.tree.rows[state.tree.cursor.at];
  if (row === undefined) return [];
  const { paths } = models;
  if (row.rest !== undefined) {
    const text = ` ${row.rest.count} callees of ${models.labelOf(row.node).text}, each under 1 % of it: Enter shows them`;
    return [new Line(width, style).add(text).toString(), '', ''];
  }
  const stats = paths.stats(row.node);
  const first = new Line(width, style).add(` ${models.labelOf(row.node).text}`, style.bold);
  first.add(`  ${sumTitle(formatWhole(stats.calls), models)} calls`);
  if (stats.returned > 0) {
    first.add(`  avg ${formatDuration(stats.average ?? 0)}`);
    if (stats.p50 !== undefined) first.add(`  p50 ${formatDuration(stats.p50)}`);
    if (stats.p99 !== undefined) first.add(`  p99 ${formatDuration(stats.p99)}`);
    first.add(`  max ${durationMark(stats.max ?? 0).trim()}${formatDuration(stats.max ?? 0)}`);
  }
  const second = new Line(width, style).add(' ');
  if (stats.maxAt !== undefined) {
    const { pid, cpu, time } = stats.maxAt;
    second.add(`max by ${models.taskOf(pid)} on cpu${cpu} at ${formatStamp(models.stampOf(time))}s  `);
  }
  if (stats.cut > 0) second.add(`${formatWhole(stats.cut)} cut off, in no total  `);
  if (stats.errors > 0) {
    const names = stats.errorNumbers.map(({ errno, count }) => `${errorName(errno) ?? errno} ${count}`);
    second.add(`errors ${formatWhole(stats.errors)} (${names.slice(0, 4).join(', ')})`, style.error);
  }
  const path = paths.pathOf(row.node).map((node) => models.labelOf(node).text);
  return [
    first.toString(),
    second.toString(),
    new Line(width, style).add(` ${path.join(' > ')}`, style.dim).toString(),
  ];
}

export const sortableMetrics = treeColumns.flatMap(({ metric }) => (metric === undefined ? [] : [metric]));
