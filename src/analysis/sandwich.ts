/** A function on all paths together: who calls it, and what it calls, each as a tree. */
import type { CallPaths } from './call-paths.ts';
import { funcOf } from './path-stats.ts';

export interface MergedCall {
  /** Of the FunctionTable; -1 for merged leaves. */
  readonly func: number;
  /** Among callers: calls of the chosen function that came this way; ns they took. */
  readonly calls: number;
  readonly total: number;
  readonly self: number;
  /** Largest total first. */
  readonly children: readonly MergedCall[];
}

interface Sandwich {
  /** The chosen function over its callers, theirs below. */
  readonly callers: MergedCall;
  /** The chosen function over what it calls. */
  readonly callees: MergedCall;
  /** More paths than are shown lead there. */
  readonly isPartial: boolean;
}

/** Nodes of both trees together, and steps to make them. */
const nodeLimit = 50_000;
const stepLimit = 2_000_000;

interface Growing {
  readonly func: number;
  calls: number;
  total: number;
  self: number;
  readonly children: Growing[];
  readonly byFunc: Map<number, Growing>;
}

/** Costs a walk over the paths through the function. A call of the function by itself is in its total once. */
export function computeSandwich(paths: CallPaths, func: number): Sandwich {
  const budget = { nodes: nodeLimit, steps: stepLimit };
  const callers = grow(func);
  const callees = grow(func);
  const { nodes } = paths;
  for (let node = 1; node < nodes.end; node += 1) {
    if (!nodes.isAlive(node) || funcOf(paths, node) !== func) continue;
    const isOutermost = !hasAbove(paths, node, func, budget);
    addCallers(paths, node, isOutermost, callers, budget);
    if (isOutermost) addCallees(paths, node, callees, budget);
  }
  const isPartial = budget.nodes <= 0 || budget.steps <= 0;
  return { callers: sorted(callers), callees: sorted(callees), isPartial };
}

interface Budget {
  nodes: number;
  steps: number;
}

function hasAbove(paths: CallPaths, node: number, func: number, budget: Budget): boolean {
  for (let at = paths.nodes.parent[node]!; at > 0 && budget.steps > 0; at = paths.nodes.parent[at]!) {
    budget.steps -= 1;
    if (funcOf(paths, at) === func) return true;
  }
  return false;
}

/** Adds a node's calls to the chosen function and to each of its callers upwards. */
function addCallers(paths: CallPaths, node: number, isOutermost: boolean, top: Growing, budget: Budget): void {
  const { nodes } = paths;
  let into: Growing | undefined = top;
  for (let at = node; at > 0 && into !== undefined && budget.steps > 0; ) {
    budget.steps -= 1;
    into.calls += nodes.calls[node]!;
    into.self += nodes.self[node]!;
    if (isOutermost) into.total += nodes.total[node]!;
    at = nodes.parent[at]!;
    const caller = at > 0 ? funcOf(paths, at) : -1;
    into = caller < 0 ? undefined : childOf(into, caller, budget);
  }
}

/** Adds the tree below `node`. */
function addCallees(paths: CallPaths, node: number, top: Growing, budget: Budget): void {
  const { nodes } = paths;
  const open: { node: number; into: Growing }[] = [{ node, into: top }];
  for (let next = open.pop(); next !== undefined && budget.steps > 0; next = open.pop()) {
    budget.steps -= 1;
    const { into } = next;
    into.calls += nodes.calls[next.node]!;
    into.total += nodes.total[next.node]!;
    into.self += nodes.self[next.node]!;
    for (let child = nodes.firstChild[next.node]!; child >= 0; child = nodes.nextSibling[child]!) {
      const below = childOf(into, funcOf(paths, child), budget);
      if (below !== undefined) open.push({ node: child, into: below });
    }
  }
}

function childOf(parent: Growing, func: number, budget: Budget): Growing | undefined {
  const known = parent.byFunc.get(func);
  if (known !== undefined || budget.nodes <= 0) return known;
  budget.nodes -= 1;
  const child = grow(func);
  parent.byFunc.set(func, child);
  parent.children.push(child);
  return child;
}

function grow(func: number): Growing {
  return { func, calls: 0, total: 0, self: 0, children: [], byFunc: new Map() };
}

function sorted(top: Growing): MergedCall {
  const open = [top];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    next.children.sort((a, b) => b.total - a.total || b.calls - a.calls);
    open.push(...next.children);
  }
  return top;
}
