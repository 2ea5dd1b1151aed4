/**
 * Entries and exits of the function_graph tracer to call trees, one at a time for each task, delivered when the root
 * returns. The idle task is one per CPU. Memory is bounded: by nodes in a tree, nodes in all open trees, and open trees.
 */
import type { CpuId, Pid } from '../base/units.ts';
import type { CallCut, CallNode, CallTree } from './call-tree.ts';
import type { GraphEntry, GraphExit, GraphRecord } from './graph-record.ts';
import { type RootPlace, TaskStack } from './task-stack.ts';

export interface CallTreeOptions {
  /** Called when a root returned, was cut, or finish() ended it. */
  readonly onTree: (tree: CallTree) => void;
  /** Nodes kept of one tree; more are counted as omitted. Default 100,000. */
  readonly nodesPerTree?: number;
  /** Nodes kept of all open trees together. Default 1,000,000. */
  readonly openNodes?: number;
  /** Trees open at a time; beyond it the one quiet for longest ends as still running. Default 10,000. */
  readonly openTrees?: number;
}

export class CallTreeBuilder {
  /** Trees delivered so far. */
  trees = 0;
  /** Entries seen so far. */
  calls = 0;
  /** Exits whose entry was not seen: entered before the trace, or lost. */
  droppedExits = 0;

  readonly #onTree: (tree: CallTree) => void;
  readonly #nodesPerTree: number;
  readonly #openNodesLimit: number;
  readonly #openTreesLimit: number;
  /** By pid; the idle tasks by -1 - cpu. A task is here while it has a tree open. */
  readonly #open = new Map<number, TaskStack>();
  /** Tasks, named as in #open, whose last outermost call has ended. */
  readonly #ended = new Set<number>();
  #openNodes = 0;
  #losses = 0;

  constructor({ onTree, nodesPerTree = 100_000, openNodes = 1_000_000, openTrees = 10_000 }: CallTreeOptions) {
    this.#onTree = onTree;
    this.#nodesPerTree = nodesPerTree;
    this.#openNodesLimit = openNodes;
    this.#openTreesLimit = openTrees;
  }

  /** One record, in order of time. `flags` is common_flags, `time` ns since the stream's origin. */
  add(cpu: CpuId, pid: Pid, flags: number, time: number, record: GraphRecord): void {
    const key = pid === 0 ? -1 - cpu : pid;
    const stack = this.#open.get(key);
    if (stack) {
      stack.lastCpu = cpu;
      stack.lastTime = time;
    }
    if (record.kind === 'exit') this.#exit(key, stack, time, record);
    else this.#enter(key, stack ?? this.#newStack(key, { pid, cpu }, time, record), flags, time, record);
  }

  /** Events of `cpu` were lost here: the trees of the tasks seen on it last are marked. */
  lost(cpu: CpuId): void {
    this.#losses += 1;
    this.#ended.clear();
    for (const stack of this.#open.values()) if (stack.lastCpu === cpu) stack.markLost();
  }

  /** The trace is over: delivers what is open, marked as still running, in the order it began. */
  finish(): void {
    for (const key of [...this.#open.keys()]) this.#end(key);
  }

  #enter(key: number, current: TaskStack, flags: number, time: number, entry: GraphEntry): void {
    this.calls += 1;
    let stack = current;
    const root = stack.treeRoot();
    const wasOpen = !stack.isEmpty;
    stack.makeWayFor(entry);
    if (wasOpen && stack.isEmpty) {
      this.#deliver(key, stack, root);
      stack = this.#newStack(key, { pid: stack.pid, cpu: stack.lastCpu }, time, entry);
    }
    const isRoot = stack.isEmpty;
    const kept = stack.keptNodes;
    const keep = isRoot || (kept < this.#nodesPerTree && this.#openNodes < this.#openNodesLimit);
    stack.enter(entry, time, flags, keep, isRoot ? this.#rootCut(stack) : undefined);
    this.#openNodes += stack.keptNodes - kept;
    if (!isRoot) return;
    this.#open.set(key, stack);
    if (this.#open.size > this.#openTreesLimit) this.#endQuietest();
  }

  /**
   * The stack for a root. From about 6.13 on the kernel writes the exit record before it gives the depth free: an
   * interrupt in between begins one deeper than the outermost call that has just ended, and nothing called it.
   */
  #newStack(key: number, place: Pick<RootPlace, 'pid' | 'cpu'>, time: number, { depth }: GraphEntry): TaskStack {
    return new TaskStack({ ...place, outermost: depth <= 0 || (depth === 1 && this.#ended.has(key)) }, time);
  }

  /** A root that is not the outermost call has callers that we have not seen entering. */
  #rootCut({ outermost }: TaskStack): CallCut | undefined {
    if (outermost) return undefined;
    return this.#losses > 0 ? 'lost' : 'start';
  }

  #exit(key: number, stack: TaskStack | undefined, time: number, exit: GraphExit): void {
    if (!stack) {
      this.droppedExits += 1;
      return;
    }
    const root = stack.treeRoot();
    if (!stack.leave(exit, time)) this.droppedExits += 1;
    if (stack.isEmpty) this.#deliver(key, stack, root);
  }

  #end(key: number): void {
    const stack = this.#open.get(key)!;
    const root = stack.treeRoot();
    stack.closeAll();
    this.#deliver(key, stack, root);
  }

  /** Hands over the tree of a stack that has just become empty; `root` is what it stood on. */
  #deliver(key: number, stack: TaskStack, root: CallNode | undefined): void {
    this.#open.delete(key);
    this.#openNodes -= stack.keptNodes;
    if (stack.outermost && this.#ended.size < this.#openTreesLimit) this.#ended.add(key);
    if (!root) return;
    this.trees += 1;
    this.#onTree(stack.finishedTree(root));
  }

  /** Tasks that end inside a call never return from it; the tenth quiet for longest makes room. */
  #endQuietest(): void {
    const byTime = [...this.#open].sort(([, a], [, b]) => a.lastTime - b.lastTime);
    for (const [key] of byTime.slice(0, Math.ceil(byTime.length / 10))) this.#end(key);
  }
}
