/**
 * Trees of root calls by the ids of their rows, as many as a limit of nodes allows. The oldest go first; those of calls
 * that stay may take half of the room.
 */
import type { CallTree } from '../call-graph/call-tree.ts';

export class KeptTrees {
  readonly #isStaying: (id: number) => boolean;
  readonly #newest: TreeQueue;
  readonly #staying: TreeQueue;

  constructor(nodeLimit: number, isStaying: (id: number) => boolean) {
    this.#isStaying = isStaying;
    this.#newest = new TreeQueue(nodeLimit / 2);
    this.#staying = new TreeQueue(nodeLimit / 2);
  }

  add(id: number, tree: CallTree): void {
    this.#newest.add(id, tree);
    for (let old = this.#newest.oldestBeyond(); old !== undefined; old = this.#newest.oldestBeyond()) this.leave(old);
  }

  of(id: number): CallTree | undefined {
    return this.#newest.trees.get(id) ?? this.#staying.trees.get(id);
  }

  /** A call is not among the newest any more: its tree goes, unless it stays. */
  leave(id: number): void {
    const tree = this.#newest.remove(id);
    if (tree === undefined || !this.#isStaying(id)) return;
    this.#staying.add(id, tree);
    if (this.#staying.oldestBeyond() === undefined) return;
    for (const other of [...this.#staying.trees.keys()]) if (!this.#isStaying(other)) this.#staying.remove(other);
    for (let old = this.#staying.oldestBeyond(); old !== undefined; old = this.#staying.oldestBeyond()) {
      this.#staying.remove(old);
    }
  }
}

class TreeQueue {
  /** In the order they came. */
  readonly trees = new Map<number, CallTree>();
  readonly #limit: number;
  #nodes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(id: number, tree: CallTree): void {
    this.remove(id);
    this.trees.set(id, tree);
    this.#nodes += nodesOf(tree);
  }

  /** The id of the oldest tree when there are too many nodes. */
  oldestBeyond(): number | undefined {
    return this.#nodes > this.#limit ? this.trees.keys().next().value : undefined;
  }

  remove(id: number): CallTree | undefined {
    const tree = this.trees.get(id);
    if (tree === undefined) return undefined;
    this.#nodes -= nodesOf(tree);
    this.trees.delete(id);
    return tree;
  }
}

function nodesOf({ calls, omittedCalls }: CallTree): number {
  return calls - omittedCalls;
}
