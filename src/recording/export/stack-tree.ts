/**
 * Stacks merged by the names on them: what folded stacks and flame graphs show. Memory depends on how many different
 * stacks there are, never on how many events, and has a limit.
 */
import type { CallNode } from '../../call-graph/call-tree.ts';
import type { StackWeight } from './export-format.ts';

/** What a frame stands for; flame graphs colour by it. */
export type FrameKind = 'task' | 'kernel' | 'module' | 'user' | 'rest';

export interface StackNode {
  readonly name: string;
  readonly kind: FrameKind;
  readonly depth: number;
  /** By name; empty and shared until a frame has its first. */
  children: ReadonlyMap<string, StackNode>;
  /** ns in this very frame, without what it called. */
  time: number;
  /** Calls of it with exactly these callers, or samples that found it innermost. */
  count: number;
}

const nodeLimit = 400_000;
const noChildren: ReadonlyMap<string, StackNode> = new Map();
/** Deeper frames are merged into the last one. */
const depthLimit = 1024;
const omittedName = '[calls not kept]';

export class StackTree {
  readonly root: StackNode = newNode('all', 'rest', 0);
  /** Stacks that share a frame with others because the tree was full. */
  merged = 0;
  #nodes = 1;

  /** The frame `name` below `parent`; `parent` itself when the tree is full. */
  child(parent: StackNode, name: string, kind: FrameKind): StackNode {
    const known = parent.children.get(name);
    if (known !== undefined) return known;
    if (this.#nodes >= nodeLimit || parent.depth >= depthLimit) {
      this.merged += 1;
      return parent;
    }
    this.#nodes += 1;
    const node = newNode(name, kind, parent.depth + 1);
    if (parent.children === noChildren) parent.children = new Map();
    (parent.children as Map<string, StackNode>).set(name, node);
    return node;
  }

  /** Adds the calls below `root` with their self times, under the frame `parent`. */
  addCalls(parent: StackNode, root: CallNode, labelOf: (address: bigint) => string): void {
    const open: { readonly call: CallNode; readonly parent: StackNode }[] = [{ call: root, parent }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { call } = next;
      const label = labelOf(call.func);
      const node = this.child(next.parent, label, kernelKind(label));
      node.count += 1;
      node.time += call.selfTime ?? 0;
      if (call.omittedCalls > 0) this.#addOmitted(node, call);
      for (const child of call.children) open.push({ call: child, parent: node });
    }
  }

  /** Calls that the call tree did not keep took what neither the call itself nor its other calls did. */
  #addOmitted(node: StackNode, call: CallNode): void {
    const omitted = this.child(node, omittedName, 'rest');
    omitted.count += call.omittedCalls;
    if (call.duration === undefined) return;
    const known = call.children.reduce((sum, { duration = 0 }) => sum + duration, call.selfTime ?? 0);
    omitted.time += Math.max(call.duration - known, 0);
  }
}

function newNode(name: string, kind: FrameKind, depth: number): StackNode {
  return { name, kind, depth, children: noChildren, time: 0, count: 0 };
}

/** Functions of modules are labelled `name [module]`. */
export function kernelKind(label: string): FrameKind {
  return label.endsWith(']') ? 'module' : 'kernel';
}

export function weightOf(node: StackNode, weight: StackWeight): number {
  return weight === 'time' ? node.time : node.count;
}

/** Children in an order that does not depend on that of the events. */
export function sortedChildren({ children }: StackNode): StackNode[] {
  return [...children.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Weight of each frame with all above it. */
export function computeTotals(root: StackNode, weight: StackWeight): ReadonlyMap<StackNode, number> {
  const order: StackNode[] = [root];
  for (let index = 0; index < order.length; index += 1)
    for (const child of order[index]!.children.values()) order.push(child);
  const totals = new Map<StackNode, number>();
  for (const node of order.reverse()) {
    let total = weightOf(node, weight);
    for (const child of node.children.values()) total += totals.get(child)!;
    totals.set(node, total);
  }
  return totals;
}
