/** What each function did on all paths together. A function that calls itself is in its total once, by the outermost call. */
import type { CallPaths } from './call-paths.ts';

export interface FunctionSum {
  /** Of the FunctionTable. */
  readonly func: number;
  calls: number;
  returned: number;
  cut: number;
  errors: number;
  /** ns */
  total: number;
  self: number;
  max: number;
}

/** In no order; the nodes for merged leaves are in no function. Costs a walk over all nodes. */
export function sumFunctions({ nodes }: CallPaths): FunctionSum[] {
  const sums = new Map<number, FunctionSum>();
  const onPath = new Map<number, number>();
  walkNodes(
    nodes.firstChild,
    nodes.nextSibling,
    (node) => {
      if (nodes.key[node]! < 0) return;
      const func = nodes.key[node]! >> 1;
      const above = onPath.get(func) ?? 0;
      onPath.set(func, above + 1);
      const sum = sums.get(func) ?? newSum(func);
      sums.set(func, sum);
      sum.calls += nodes.calls[node]!;
      sum.returned += nodes.returned[node]!;
      sum.cut += nodes.cut[node]!;
      sum.errors += nodes.errors[node]!;
      sum.self += nodes.self[node]!;
      sum.max = Math.max(sum.max, nodes.max[node]!);
      if (above === 0) sum.total += nodes.total[node]!;
    },
    (node) => {
      if (nodes.key[node]! >= 0) onPath.set(nodes.key[node]! >> 1, onPath.get(nodes.key[node]! >> 1)! - 1);
    },
  );
  return [...sums.values()];
}

function newSum(func: number): FunctionSum {
  return { func, calls: 0, returned: 0, cut: 0, errors: 0, total: 0, self: 0, max: 0 };
}

/** All nodes below node 0, callers first; no recursion, paths may be thousands of calls long. */
function walkNodes(
  firstChild: Int32Array,
  nextSibling: Int32Array,
  enter: (node: number) => void,
  leave: (node: number) => void,
): void {
  const open: number[] = [];
  let node = firstChild[0]!;
  while (node >= 0 || open.length > 0) {
    if (node >= 0) {
      enter(node);
      open.push(node);
      node = firstChild[node]!;
    } else {
      const done = open.pop()!;
      leave(done);
      node = nextSibling[done]!;
    }
  }
}
