/** Totals of each function, and the callers of one (sandwich): lists with the same columns. */
import { computeSandwich, type FunctionSum, type MergedCall, sumFunctions } from '../../../src/index.ts';
import type { Models } from '../../state/models.ts';
import type { ViewContext } from '../../state/screen.ts';
import { Line } from '../../terminal/line.ts';
import { formatCount, formatDuration, formatShare } from '../../terminal/quantities.ts';
import type { GraphState } from './graph-state.ts';
import { sumTitle } from './tree-columns.ts';

export interface SumRow {
  readonly func: number;
  readonly level: number;
  readonly calls: number;
  readonly total: number;
  readonly self: number;
  /** A line between callers and callees. */
  readonly title?: string;
}

export function sumsHeading(state: GraphState, { width, style, models }: ViewContext): string {
  const line = new Line(width, style).add('  ');
  for (const [name, cells] of [
    ['TOTAL', 9],
    ['SELF', 9],
    ['SELF%', 6],
    ['CALLS', 6],
  ] as const) {
    line.cell(sumTitle(name, models), cells, 'right').add(' ');
  }
  return style.dim(line.add(state.view === 'callers' ? ' CALLERS AND CALLEES' : ' FUNCTION').toString());
}

/** Computed once for a version of the data and an order; screens ask for it at every frame. */
const kept: { key: string; models: Models | undefined; rows: readonly SumRow[] } = {
  key: '',
  models: undefined,
  rows: [],
};

export function sumRows(state: GraphState, models: Models): readonly SumRow[] {
  const { view, metric, ascending, callersOf } = state;
  const key = [view, metric, ascending, callersOf, models.paths.version].join();
  if (kept.key === key && kept.models === models) return kept.rows;
  const rows = view === 'callers' ? listSandwich(models, callersOf) : listFunctions(state, models);
  Object.assign(kept, { key, models, rows });
  return rows;
}

function listFunctions({ metric, ascending }: GraphState, { paths }: Models): SumRow[] {
  const value = (sum: FunctionSum) => {
    if (metric === 'average') return sum.total / Math.max(sum.returned, 1);
    return sum[metric] ?? 0;
  };
  const sign = ascending ? 1 : -1;
  const sums = [...sumFunctions(paths.paths)].sort((a, b) => sign * (value(a) - value(b)) || a.func - b.func);
  return sums.map(({ func, calls, total, self }) => ({ func, level: 0, calls, total, self }));
}

const deepest = 12;

function listSandwich({ paths }: Models, func: number | undefined): SumRow[] {
  if (func === undefined) return [];
  const { callers, callees } = computeSandwich(paths.paths, func);
  const rows: SumRow[] = [{ ...emptyRow, title: 'called by' }];
  const add = ({ func: of, calls, total, self, children }: MergedCall, level: number) => {
    rows.push({ func: of, level, calls, total, self });
    if (level < deepest) for (const child of children) add(child, level + 1);
  };
  for (const caller of callers.children) add(caller, 1);
  if (callers.children.length === 0) rows.push({ ...emptyRow, title: '  nothing that is traced' });
  rows.push({ ...emptyRow, title: '' });
  add({ ...callees, children: [] }, 0);
  for (const callee of callees.children) add(callee, 1);
  return rows;
}

const emptyRow: SumRow = { func: 0, level: 0, calls: 0, total: 0, self: 0 };

export function drawSums(state: GraphState, context: ViewContext, height: number): string[] {
  const { width, style, models } = context;
  const rows = sumRows(state, models);
  if (rows.length === 0)
    return [new Line(width, style).add('  b on a function of the tree shows who calls it').toString()];
  const cursor = state.view === 'callers' ? state.callers : state.functions;
  const all = Math.max(models.paths.totalOf(0), 1);
  return rows.slice(cursor.top, cursor.top + height).map((row, index) => {
    const isCursor = cursor.top + index === cursor.at;
    const line = new Line(width, style).add(isCursor ? ' >' : '  ');
    if (row.title !== undefined) return line.add(row.title, style.bold).toString();
    line.cell(formatDuration(row.total), 9, 'right').add(' ').cell(formatDuration(row.self), 9, 'right').add(' ');
    line
      .cell(formatShare(row.self / all), 6, 'right')
      .add(' ')
      .cell(formatCount(row.calls), 6, 'right')
      .add('  ');
    const { name, module } = models.nameOf(row.func);
    const isMatch = state.search !== '' && models.matches(name, state.search);
    line.add('  '.repeat(row.level)).add(name.slice(state.panX), !isCursor && isMatch ? style.match : undefined);
    if (module !== undefined) line.add(` [${module}]`, isCursor ? undefined : style.module);
    return isCursor ? line.filled(style.inverse) : line.toString();
  });
}
