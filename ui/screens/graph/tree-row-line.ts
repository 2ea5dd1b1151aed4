/**
 * A row of the tree view as a line. What the line shows is gathered first: from one frame to the next most rows show the
 * same, and to find that out costs a tenth of putting the line together.
 */
import { durationMark, type PathSums } from '../../../src/index.ts';
import type { PathReader } from '../../state/path-reader.ts';
import type { ViewContext } from '../../state/screen.ts';
import { Line } from '../../terminal/line.ts';
import { formatCount, formatShare } from '../../terminal/quantities.ts';
import type { Paint, Style } from '../../terminal/style.ts';
import type { GraphState } from './graph-state.ts';
import { formatCell, shownColumns } from './tree-columns.ts';
import type { TreeRow } from './tree-rows.ts';

/** All that a line shows besides the row itself. Each is compared by identity: what it consists of must not change. */
interface RowFacts extends PathSums {
  readonly width: number;
  readonly style: Style;
  readonly hiddenColumns: ReadonlySet<string>;
  readonly panX: number;
  readonly isCursor: boolean;
  /** What shares are of; 0 shows times. */
  readonly whole: number;
  /** With `calls`, what the rates depend on. */
  readonly second: number;
  readonly name: string;
  readonly module: string | undefined;
  readonly paintName: Paint | undefined;
  readonly cut: number;
  /** Calls that run in this row and in none below it. */
  readonly running: number;
  /** Of all time, at the end of the hot path. */
  readonly hotShare: number | undefined;
}

/** The last line of each row, for as long as there is the row. */
const drawn = new WeakMap<TreeRow, { readonly facts: RowFacts; readonly line: string }>();

export function treeRowLine(row: TreeRow, isCursor: boolean, state: GraphState, context: ViewContext): string {
  const facts = gatherFacts(row, isCursor, state, context);
  const before = drawn.get(row);
  if (before !== undefined && areSame(facts, before.facts)) return before.line;
  const line = drawLine(row, facts, context.models.paths);
  drawn.set(row, { facts, line });
  return line;
}

function areSame(facts: RowFacts, others: RowFacts): boolean {
  for (const name in facts) {
    if (facts[name as keyof RowFacts] !== others[name as keyof RowFacts]) return false;
  }
  return true;
}

function gatherFacts(row: TreeRow, isCursor: boolean, state: GraphState, context: ViewContext): RowFacts {
  const { width, style, models } = context;
  const { paths } = models;
  const sums = row.rest === undefined ? paths.sums(row.node) : restSums(row.rest);
  const isHotEnd = row.isHot && !paths.hasChildren(row.node);
  return {
    ...sums,
    width,
    style,
    hiddenColumns: state.hiddenColumns,
    panX: state.panX,
    isCursor,
    whole: wholeOf(row, state, paths),
    second: paths.second,
    ...nameFacts(row, state, context),
    cut: row.rest === undefined ? paths.cutOf(row.node) : 0,
    running: row.rest === undefined ? runningHere(row, models) : 0,
    hotShare: isHotEnd ? sums.total / Math.max(paths.totalOf(0), 1) : undefined,
  };
}

function nameFacts(
  { node, rest }: TreeRow,
  { search }: GraphState,
  { style, models }: ViewContext,
): Pick<RowFacts, 'name' | 'module' | 'paintName'> {
  if (rest !== undefined) {
    return { name: `${style.glyphs.more} ${rest.count} more under 1%`, module: undefined, paintName: style.dim };
  }
  const { text, module } = models.labelOf(node);
  const isMatch = search !== '' && models.matches(text, search);
  return { name: text, module, paintName: isMatch ? style.match : paintOfName(node, module, models.paths, style) };
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

/** `paths` is for the rates, which do not change without the facts. */
function drawLine(row: TreeRow, facts: RowFacts, paths: PathReader): string {
  const { width, style, isCursor, whole, hotShare } = facts;
  const paintIf = (paint: Paint): Paint => (isCursor ? style.plain : paint);
  const line = new Line(width, style).add(row.isHot ? '=' : ' ', paintIf(style.warning)).add(isCursor ? '>' : ' ');
  const rates = () => (row.rest === undefined ? paths.ratesOf(row.node) : []);
  for (const column of shownColumns(width, facts.hiddenColumns)) {
    const text = formatCell(column, facts, { style, whole, rates });
    const isError = column.name === 'ERR';
    line.cell(text, column.width, 'right', paintIf(isError ? style.error : paintOfTime(column.metric, facts)));
    line.add(' ');
  }
  line.add(durationMark(facts.max ?? 0), paintIf(style.warning));
  drawBranch(line, row, paintIf(style.dim), style);
  drawName(line, row, facts);
  if (hotShare !== undefined) line.right(`${formatShare(hotShare)} `, paintIf(style.dim));
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

function drawName(line: Line, { rest }: TreeRow, { name, module, cut, running, ...facts }: RowFacts): void {
  const { style, panX } = facts;
  const paintIf = (paint: Paint | undefined) => (facts.isCursor ? undefined : paint);
  line.add(rest === undefined ? name.slice(panX) : name, paintIf(facts.paintName));
  if (module !== undefined) line.add(` [${module}]`, paintIf(style.module));
  if (cut > 0) line.add(` ${formatCount(cut)}?`, paintIf(style.dim));
  if (running > 0) line.add(` ${running} running`, paintIf(style.good));
}

function paintOfTime(metric: string | undefined, { style, max, total }: RowFacts): Paint {
  if (metric === 'calls') return style.plain;
  const time = (metric === 'max' || metric === 'average' ? max : total) ?? 0;
  if (time >= 100_000_000) return style.error;
  if (time >= 10_000_000) return style.warning;
  return time >= 1_000_000 ? style.good : style.plain;
}
