/** Which frames of merged stacks a flame graph draws, and where: widths are shares of the whole, callers above. */
import type { StackWeight } from './export-format.ts';
import { computeTotals, type StackNode } from './stack-tree.ts';

export interface DrawnFrame {
  readonly node: StackNode;
  readonly total: number;
  /** Shares of the whole, 0 to 1. */
  readonly left: number;
  readonly width: number;
  /** 0 is the frame of everything. */
  readonly row: number;
}

interface FlameGraphLayout {
  /** Each frame before what it called. */
  readonly frames: readonly DrawnFrame[];
  readonly total: number;
  readonly rows: number;
  /** Frames that are too narrow or too deep, or beyond what a browser shows with ease. */
  readonly omitted: number;
}

/** A tenth of a pixel on a usual screen. */
const narrowest = 1 / 12_000;
const frameLimit = 20_000;
const rowLimit = 400;

export function layOutFlameGraph(root: StackNode, weight: StackWeight): FlameGraphLayout {
  const totals = computeTotals(root, weight);
  const total = totals.get(root)!;
  const least = leastTotal(totals, total);
  const frames: DrawnFrame[] = [];
  const open = [{ node: root, left: 0, row: 0 }];
  let rows = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, left, row } = next;
    const own = totals.get(node)!;
    frames.push({ node, total: own, left: left / total, width: own / total, row });
    rows = Math.max(rows, row + 1);
    if (row + 1 >= rowLimit) continue;
    const children = [...node.children.values()]
      .filter((child) => totals.get(child)! >= least)
      .sort(largestFirst(totals));
    let at = left;
    const placed = children.map((child) => {
      const place = { node: child, left: at, row: row + 1 };
      at += totals.get(child)!;
      return place;
    });
    open.push(...placed.reverse());
  }
  return { frames, total, rows, omitted: totals.size - frames.length };
}

/** The smallest total that is drawn, so that there are not too many. */
function leastTotal(totals: ReadonlyMap<StackNode, number>, total: number): number {
  const least = Math.max(total * narrowest, Number.MIN_VALUE);
  const wide = [...totals.values()].filter((value) => value >= least);
  if (wide.length <= frameLimit) return least;
  return Float64Array.from(wide).sort()[wide.length - frameLimit]! * (1 + Number.EPSILON);
}

/** Equal ones by name, so that the same events always give the same picture. */
function largestFirst(totals: ReadonlyMap<StackNode, number>): (a: StackNode, b: StackNode) => number {
  return (a, b) => totals.get(b)! - totals.get(a)! || (a.name < b.name ? -1 : 1);
}
