/** The flame view: the subtree as an icicle, each call path as wide as its share of the time. */
import { type IcicleCell, layoutIcicle } from '../../../src/index.ts';
import type { Models } from '../../state/models.ts';
import type { ViewContext } from '../../state/screen.ts';
import { fit, Line } from '../../terminal/line.ts';
import { formatDuration, formatShare } from '../../terminal/quantities.ts';
import type { Style } from '../../terminal/style.ts';
import type { GraphState } from './graph-state.ts';

/** The width that cursor movement is computed for; only the drawing knows the real one. */
const nominalWidth = 200;
const mostRows = 64;

function rootOf({ tree }: GraphState, { paths }: Models): number {
  return tree.zoom === '' ? 0 : (paths.find(tree.zoom) ?? 0);
}

/** The paths that the cursor can be on, from the top row down and from left to right. */
export function flameCells(state: GraphState, models: Models): readonly number[] {
  const rows = layoutIcicle(models.paths.paths, rootOf(state, models), nominalWidth, mostRows).rows;
  return rows.flatMap((row) => row.filter(({ node }) => node > 0).map(({ node }) => node));
}

export function flameNode(state: GraphState, models: Models): number | undefined {
  return flameCells(state, models)[state.flame.at];
}

export function drawFlame(state: GraphState, context: ViewContext, height: number): string[] {
  const { width, style, models } = context;
  const root = rootOf(state, models);
  const rows = layoutIcicle(models.paths.paths, root, width, Math.max(1, height - 1)).rows;
  const chosen = flameNode(state, models);
  const lines = rows.map((row) => drawRow(row, chosen, context));
  return [...lines.slice(0, height - 1), flameStatus(chosen, root, models, width, style)];
}

function drawRow(
  row: readonly IcicleCell[],
  chosen: number | undefined,
  { width, style, models }: ViewContext,
): string {
  const line = new Line(width, style);
  for (const cell of row) {
    line.to(cell.x);
    const name = cell.node < 0 ? style.glyphs.more : cell.node === 0 ? 'all' : models.labelOf(cell.node).text;
    const text =
      cell.width < 3 ? style.glyphs.divider : `${style.glyphs.divider}${fit(name, cell.width - 1, style.glyphs.more)}`;
    const paint = cell.node === chosen ? style.inverse : paintOf(cell, models, style);
    line.cell(text, cell.width, 'left', paint);
  }
  return line.toString();
}

function paintOf({ node }: IcicleCell, { paths }: Models, style: Style) {
  if (node <= 0) return style.dim;
  const total = paths.totalOf(node);
  if (total > 0 && paths.selfOf(node) >= total / 2) return style.warning;
  return paths.isInterrupt(node) ? style.interrupt : undefined;
}

function flameStatus(chosen: number | undefined, root: number, models: Models, width: number, style: Style) {
  const line = new Line(width, style);
  if (chosen === undefined) return line.toString();
  const { paths } = models;
  const share = paths.totalOf(chosen) / Math.max(paths.totalOf(root), 1);
  line
    .add(` ${models.labelOf(chosen).text}`, style.bold)
    .add(`  ${formatDuration(paths.totalOf(chosen))}  ${formatShare(share)}`);
  return line.add('   j k move  Enter zooms in  0 zooms out', style.dim).toString();
}
