/** The call trees of a recording with the task that each belongs to, every trace instance for itself. */
import type { CallTree } from '../../call-graph/call-tree.ts';
import { CallTreeBuilder } from '../../call-graph/call-tree-builder.ts';
import type { RecordedEvent, SourceItem } from '../event-source.ts';

export interface TaskTree {
  readonly tree: CallTree;
  /** The task when the root was entered. */
  readonly comm: string;
  readonly tgid: number | undefined;
  readonly instance: string;
}

/** Nodes of open trees in memory at a time: about 150 bytes each. */
const limits = { nodesPerTree: 100_000, openNodes: 250_000 };

interface OpenTask {
  readonly comm: string;
  readonly tgid: number | undefined;
}

class InstanceTrees {
  readonly builder: CallTreeBuilder;
  /** Who opened the trees that are open, by the builder's own key. */
  readonly #tasks = new Map<number, OpenTask>();

  constructor(instance: string, onTree: (tree: TaskTree) => void) {
    this.builder = new CallTreeBuilder({
      ...limits,
      onTree: (tree) => {
        const key = keyOf(tree);
        const { comm = '<...>', tgid } = this.#tasks.get(key) ?? {};
        this.#tasks.delete(key);
        onTree({ tree, comm, tgid, instance });
      },
    });
  }

  add(event: RecordedEvent): void {
    const { cpu, pid, flags, time, graph, comm, tgid } = event;
    this.builder.add(cpu, pid, flags ?? 0, time, graph!);
    const key = keyOf(event);
    if (graph!.kind === 'entry' && !this.#tasks.has(key)) this.#tasks.set(key, { comm, tgid });
  }
}

/** The idle task is one per CPU, as in CallTreeBuilder. */
function keyOf({ pid, cpu }: { readonly pid: number; readonly cpu: number }): number {
  return pid === 0 ? -1 - cpu : pid;
}

export class TaskTrees {
  /** Calls that the trees do not hold because they were too large. */
  omittedCalls = 0;
  readonly #onTree: (tree: TaskTree) => void;
  readonly #instances = new Map<string, InstanceTrees>();

  /** `onTree` gets each tree as its root returns. */
  constructor(onTree: (tree: TaskTree) => void) {
    this.#onTree = (tree) => {
      this.omittedCalls += tree.tree.omittedCalls;
      onTree(tree);
    };
  }

  /** Takes any item; only records of function_graph and gaps matter. */
  add(item: SourceItem): void {
    if (item.kind !== 'event') for (const { builder } of this.#instances.values()) builder.lost(item.cpu);
    else if (item.graph !== undefined) this.#treesOf(item.instance).add(item);
  }

  /** Delivers the trees that are still open. */
  finish(): void {
    for (const { builder } of this.#instances.values()) builder.finish();
  }

  #treesOf(instance: string): InstanceTrees {
    const known = this.#instances.get(instance);
    if (known !== undefined) return known;
    const trees = new InstanceTrees(instance, this.#onTree);
    this.#instances.set(instance, trees);
    return trees;
  }
}

/** What to tell the user about calls that are in no tree. */
export function omittedCallsNotice({ omittedCalls }: TaskTrees): string[] {
  if (omittedCalls === 0) return [];
  const most = limits.nodesPerTree.toLocaleString('en');
  return [`${omittedCalls} calls are left out: of a call tree the first ${most} calls are kept`];
}
