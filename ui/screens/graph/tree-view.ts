/** The tree view: calls merged by path, with their sums, drawn as lines. */
import { durationMark, errorName, type PathSums } from '../../../src/index.ts';
import { settle } from '../../state/list-cursor.ts';
import type { PathReader } from '../../state/path-reader.ts';
import type { ViewContext } from '../../state/screen.ts';
import { Line } from '../../terminal/line.ts';
import { formatCount, formatDuration, formatShare, formatStamp, formatWhole } from '../../terminal/quantities.ts';
import type { Paint, Style } from '../../terminal/style.ts';
import type { GraphState } from './graph-state.ts';
import { formatCell, shownColumns, sumTitle, treeColumns } from './tree-columns.ts';
import type { TreeRow } from './tree-rows.ts';

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
  return rows.map((row, index) => drawTreeRow(row, top + index === at, state, context));
}

function drawTreeRow(row: TreeRow, isCursor: boolean, state: GraphState, context: ViewContext): string {
  const { width, style, models } = context;
  const { paths } = models;
  const paintIf = (paint: Paint): Paint => (isCursor ? style.plain : paint);
  const line = new Line(width, style).add(row.isHot ? '=' : ' ', paintIf(style.warning)).add(isCursor ? '>' : ' ');
  const stats = row.rest === undefined ? paths.sums(row.node) : restSums(row.rest);
  const whole = wholeOf(row, state, paths);
  const rates = () => (row.rest === undefined ? paths.ratesOf(row.node) : []);
  for (const column of shownColumns(width, state.hiddenColumns)) {
    const text = formatCell(column, stats, { style, whole, rates });
    const isError = column.name === 'ERR';
    line.cell(text, column.width, 'right', paintIf(isError ? style.error : paintOfTime(column.metric, stats, style)));
    line.add(' ');
  }
  line.add(durationMark(stats.max ?? 0), paintIf(style.warning));
  drawBranch(line, row, paintIf(style.dim), style);
  drawName(line, row, isCursor, state, context);
  if (row.isHot && !paths.hasChildren(row.node)) {
    line.right(`${formatShare(stats.total / Math.max(paths.totalOf(0), 1))} `, paintIf(style.dim));
  }
  return isCursor ? line.filled(style.inverse) : line.toString();
}

function drawBranch(
  line: Line,
  { trunks, indent, isLast, isChain, foldable, isOpen }: TreeRow,
  paint: Paint,
  style: Style,
) {
  const { trunk, branch, lastBranch, folded, open } = style.glyphs;
  for (const goesOn of trunks) line.add(goesOn ? trunk : '  ', paint);
  if (isChain) line.add(isLast ? '  ' : trunk, paint);
  else if (indent > 0) line.add(isLast ? lastBranch : branch, paint);
  line.add(foldable ? `${isOpen ? open : folded} ` : indent > 0 ? ' ' : '  ', paint);
}

function drawName(
  line: Line,
  row: TreeRow,
  isCursor: boolean,
  state: GraphState,
  { style, models }: ViewContext,
): void {
  const { paths } = models;
  if (row.rest !== undefined) {
    line.add(`${style.glyphs.more} ${row.rest.count} more under 1%`, isCursor ? undefined : style.dim);
    return;
  }
  const name = models.labelOf(row.node);
  const isMatch = state.search !== '' && models.matches(name.text, state.search);
  const paint = isCursor ? undefined : isMatch ? style.match : paintOfName(row.node, name.module, paths, style);
  line.add(name.text.slice(state.panX), paint);
  if (name.module !== undefined) line.add(` [${name.module}]`, isCursor ? undefined : style.module);
  const cut = paths.cutOf(row.node);
  if (cut > 0) line.add(` ${formatCount(cut)}?`, isCursor ? undefined : style.dim);
  const running = runningHere(row, models);
  if (running > 0) line.add(` ${running} running`, isCursor ? undefined : style.good);
}

/** Calls that run in this row and in none below it; of a recording that is read at once nothing runs. */
function runningHere({ node, isOpen }: TreeRow, { paths, transport }: ViewContext['models']): number {
  if (transport?.speed === 0) return 0;
  const running = paths.runningOf(node);
  if (running === 0 || !isOpen) return running;
  return paths.children(node).reduce((left, child) => left - paths.runningOf(child), running);
}

function paintOfName(node: number, module: string | undefined, paths: PathReader, style: Style): Paint | undefined {
  if (paths.isInterrupt(node)) return style.interrupt;
  if (paths.kindOf(node) === 'group') return style.bold;
  return module === undefined ? undefined : style.module;
}

function paintOfTime(metric: string | undefined, stats: PathSums, style: Style): Paint {
  if (metric === 'calls') return style.plain;
  const time = (metric === 'max' || metric === 'average' ? stats.max : stats.total) ?? 0;
  if (time >= 100_000_000) return style.error;
  if (time >= 10_000_000) return style.warning;
  return time >= 1_000_000 ? style.good : style.plain;
}

function wholeOf(row: TreeRow, { percent }: GraphState, paths: PathReader): number {
  if (percent === 'absolute') return 0;
  const parent = row.rest === undefined ? paths.parentOf(row.node) : row.node;
  const of = percent === 'of root' || parent < 0 ? 0 : parent;
  return Math.max(paths.totalOf(of), 1);
}

function restSums({ calls, total, self }: NonNullable<TreeRow['rest']>): PathSums {
  const average = calls === 0 ? undefined : total / calls;
  return { calls, returned: calls, total, self, average, max: undefined, errors: 0 };
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
