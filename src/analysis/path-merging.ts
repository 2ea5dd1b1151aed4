/**
 * Makes room in PathNodes that are full: the leaves with the smallest totals become one node of their parent that stands
 * for "... N more". A function whose callees are all in such a node counts as a leaf again.
 */
import { mergedKey, type PathNodes } from './path-nodes.ts';

const roundLimit = 64;

/** Frees about a fifth of the nodes, if so many have no open calls; answers whether any became free. */
export function mergeSmallLeaves(nodes: PathNodes): boolean {
  const before = nodes.count;
  const wanted = Math.max(Math.floor(nodes.limit / 5), 1);
  for (let round = 0; round < roundLimit && before - nodes.count < wanted; round += 1) {
    const leaves = chooseSmallest(nodes, listLeaves(nodes), wanted);
    if (leaves.length === 0) break;
    mergeLeaves(nodes, leaves);
  }
  return nodes.count < before;
}

function listLeaves(nodes: PathNodes): number[] {
  const leaves: number[] = [];
  for (let node = 1; node < nodes.end; node += 1) {
    if (!nodes.isAlive(node) || nodes.key[node] === mergedKey || nodes.running(node) > 0) continue;
    const child = nodes.firstChild[node]!;
    if (child < 0 || (nodes.key[child] === mergedKey && nodes.nextSibling[child]! < 0)) leaves.push(node);
  }
  return leaves;
}

/** So many leaves, none of them with a larger total than one that is left out. */
function chooseSmallest(nodes: PathNodes, leaves: readonly number[], wanted: number): readonly number[] {
  if (leaves.length <= wanted) return leaves;
  const totals = Float64Array.from(leaves, (leaf) => nodes.total[leaf]!).sort();
  const largest = totals[wanted - 1]!;
  return leaves.filter((leaf) => nodes.total[leaf]! <= largest).slice(0, wanted);
}

function mergeLeaves(nodes: PathNodes, leaves: readonly number[]): void {
  const gone = new Set<number>();
  /** The node for merged leaves by parent. */
  const targets = new Map<number, number>();
  for (const leaf of leaves) {
    absorbChild(nodes, leaf, gone);
    const parent = nodes.parent[leaf]!;
    const target = targets.get(parent) ?? findMerged(nodes, parent);
    if (target < 0) {
      // The first one of a parent becomes that node itself.
      nodes.key[leaf] = mergedKey;
      targets.set(parent, leaf);
    } else {
      targets.set(parent, target);
      nodes.mergeInto(target, leaf);
      nodes.merged[target]! += nodes.merged[leaf]!;
      gone.add(leaf);
    }
  }
  nodes.removeAll(gone);
}

/** Counts a leaf as merged, with its child for merged ones: their totals lie in its own, their self times do not. */
function absorbChild(nodes: PathNodes, leaf: number, gone: Set<number>): void {
  const child = nodes.firstChild[leaf]!;
  nodes.merged[leaf] = 1;
  if (child < 0) return;
  nodes.self[leaf]! += nodes.self[child]!;
  nodes.merged[leaf]! += nodes.merged[child]!;
  gone.add(child);
}

/** By a walk over the children: the hash is behind while leaves are being merged. */
function findMerged(nodes: PathNodes, parent: number): number {
  for (let child = nodes.firstChild[parent]!; child >= 0; child = nodes.nextSibling[child]!) {
    if (nodes.key[child] === mergedKey) return child;
  }
  return -1;
}
