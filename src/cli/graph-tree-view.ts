/** Views of function_graph sessions: each tree as its root returns, as indented text or as one object. */

import { exactNumber, jsonLine } from '../base/json-text.ts';
import { visibleText } from '../base/text.ts';
import type { CallNode, CallTree } from '../call-graph/call-tree.ts';
import { callTreeHeading, formatCallTree, type SymbolName } from '../call-graph/tree-text.ts';
import type { SourceItem } from '../recording/event-source.ts';
import type { ItemFilter } from '../recording/item-filter.ts';
import { GraphView } from '../session/graph-view.ts';
import { gapJson, gapText } from './event-view.ts';
import { type LiveView, nothingShown, type Shown } from './live-view.ts';
import { type EventClock, formatCpu } from './print-time.ts';

export interface GraphTreeViewOptions {
  readonly json: boolean;
  /** Trees shorter than this many nanoseconds are counted and not shown. */
  readonly thresholdNs: number;
  /** Whether a function is one that was asked for; undefined where everything was. */
  readonly isChosen?: ((func: bigint) => boolean) | undefined;
  readonly symbolName: (address: bigint) => SymbolName | undefined;
}

export class GraphTreeView implements LiveView {
  readonly #options: GraphTreeViewOptions;
  #graph: GraphView | undefined;
  #clock: EventClock | undefined;
  #filter: ItemFilter | undefined;
  /** Names of the tasks that have trees. */
  readonly #names = new Map<number, string>();
  /** Trees completed since the last call of show(). */
  #trees: CallTree[] = [];
  #shown = 0;
  leftOut = 0;

  constructor(options: GraphTreeViewOptions) {
    this.#options = options;
  }

  get hits(): number {
    return this.#graph?.calls ?? 0;
  }

  begin(clock: EventClock, filter: ItemFilter): void {
    this.#clock = clock;
    this.#filter = filter;
    this.#graph = new GraphView((tree) => this.#trees.push(tree), this.#options.isChosen);
  }

  show(item: SourceItem): Shown {
    this.#graph!.add(item);
    if (item.kind !== 'event' && !this.#filter!.acceptsGap(item)) return this.#take([]);
    if (item.kind !== 'event')
      return this.#take([this.#options.json ? gapJson(item, this.#clock!) : gapText(item, this.#clock!)]);
    // A tree is complete with an event of its own task.
    if (this.#trees.length > 0 || !this.#names.has(item.pid)) this.#names.set(item.pid, item.comm);
    return this.#trees.length === 0 ? nothingShown : this.#take([]);
  }

  finish(): Shown {
    this.#graph?.finish();
    return this.#take([]);
  }

  counts(): Readonly<Record<string, number>> {
    return { trees: this.#graph?.trees ?? 0, calls: this.hits, functions: this.#graph?.functions.size ?? 0 };
  }

  #take(before: readonly string[]): Shown {
    const { json, thresholdNs } = this.#options;
    const long = this.#trees.filter(({ root }) => thresholdNs === 0 || (root.duration ?? 0) >= thresholdNs);
    this.#trees = [];
    const trees = long.filter((tree) => this.#filter!.acceptsTree(tree, this.#nameOf(tree.pid)));
    this.leftOut += long.length - trees.length;
    const lines = trees.flatMap((tree) => (json ? [this.#json(tree)] : this.#text(tree)));
    return { lines: [...before, ...lines], events: trees.length };
  }

  #nameOf(pid: number): string {
    return this.#names.get(pid) ?? '<...>';
  }

  #text(tree: CallTree): string[] {
    const { root, pid, cpu } = tree;
    const heading = this.#shown === 0 ? [callTreeHeading] : [];
    this.#shown += 1;
    const task = `${visibleText(this.#nameOf(pid))}-${pid}`;
    const head = `${this.#clock!.textOf(root.start)}  ${task} ${formatCpu(cpu)}`;
    const { symbolName } = this.#options;
    const lines = formatCallTree(tree, { symbolName, timeIsNanoseconds: this.#clock!.isNanoseconds });
    return [...heading, head, ...lines];
  }

  #json(tree: CallTree): string {
    const { root, pid, cpu, calls, omittedCalls, incomplete } = tree;
    return jsonLine({
      type: 'tree',
      time: exactNumber(this.#clock!.timeOf(root.start)),
      cpu,
      pid,
      comm: this.#nameOf(pid),
      calls,
      ...(omittedCalls > 0 ? { omittedCalls } : {}),
      ...(incomplete ? { incomplete } : {}),
      root: this.#node(root),
    });
  }

  #node(node: CallNode): object {
    const { func, start, duration, selfTime, children, args, retval, interrupt, cut, omittedCalls } = node;
    const symbol = this.#options.symbolName(func);
    return {
      function: symbol?.name ?? `0x${func.toString(16)}`,
      ...(symbol?.module === undefined ? {} : { module: symbol.module }),
      time: exactNumber(this.#clock!.timeOf(start)),
      duration: duration ?? null,
      self: selfTime ?? null,
      ...(args === undefined ? {} : { args: args.map((word) => `0x${word.toString(16)}`) }),
      ...(retval === undefined ? {} : { retval: exactNumber(BigInt.asIntN(64, retval)) }),
      ...(interrupt ? { interrupt } : {}),
      ...(cut === undefined ? {} : { cut }),
      ...(omittedCalls > 0 ? { omittedCalls } : {}),
      ...(children.length === 0 ? {} : { children: children.map((child) => this.#node(child)) }),
    };
  }
}
