/** A tree of call paths as an icicle of terminal cells: callers above, each as wide as its share of the time. */
import type { CallPaths } from './call-paths.ts';
import { childrenOf, kindOf } from './path-stats.ts';

export interface IcicleCell {
  /** -1: several that are too narrow, or leaves merged before. */
  readonly node: number;
  /** Whole cells. */
  readonly x: number;
  readonly width: number;
  /** How many nodes a cell without one stands for. */
  readonly merged: number;
}

interface IcicleLayout {
  readonly rows: readonly (readonly IcicleCell[])[];
  /** There are more rows. */
  readonly isCut: boolean;
}

/**
 * `node` in the first row, what it calls below; time that a function takes for itself stays empty below it. Largest first
 * from the left, nothing narrower than a cell.
 */
export function layoutIcicle(paths: CallPaths, node: number, width: number, rowLimit = 64): IcicleLayout {
  const rows: IcicleCell[][] = [];
  let row: IcicleCell[] = width < 1 ? [] : [{ node, x: 0, width: Math.floor(width), merged: 0 }];
  while (row.length > 0 && rows.length < rowLimit) {
    rows.push(row);
    row = row.flatMap((cell) => (cell.node < 0 ? [] : layoutChildren(paths, cell)));
  }
  return { rows, isCut: row.length > 0 };
}

function layoutChildren(paths: CallPaths, { node, x, width }: IcicleCell): IcicleCell[] {
  const { total } = paths.nodes;
  const children = childrenOf(paths, node).filter((child) => total[child]! > 0);
  const all = children.reduce((sum, child) => sum + total[child]!, 0);
  // Interrupts and rounding may make the children longer than their caller.
  const perCell = Math.max(total[node]!, all) / width;
  const isWide = (child: number) => kindOf(paths, child) !== 'more' && total[child]! >= perCell;
  const wide = children.filter(isWide).sort((a, b) => total[b]! - total[a]!);
  const cells: IcicleCell[] = [];
  let used = 0;
  for (const child of wide) {
    const from = Math.round(used / perCell);
    used += total[child]!;
    const end = Math.min(Math.max(Math.round(used / perCell), from + 1), width);
    if (end > from) cells.push({ node: child, x: x + from, width: end - from, merged: 0 });
  }
  const narrow = children.length - wide.length;
  const from = Math.round(used / perCell);
  const end = Math.min(Math.round(all / perCell), width);
  if (narrow > 0 && end > from) cells.push({ node: -1, x: x + from, width: end - from, merged: narrow });
  return cells;
}
