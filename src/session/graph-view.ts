/** Events of the function_graph tracer as call trees, of a live session or of a recording. */

import type { CallTree } from '../call-graph/call-tree.ts';
import { CallTreeBuilder } from '../call-graph/call-tree-builder.ts';
import type { SourceItem } from '../recording/event-source.ts';

export class GraphView {
  /** Addresses of the functions seen, for the summary's count. */
  readonly functions = new Set<bigint>();
  /** Trees that nobody asked for. */
  #unasked = 0;
  readonly #builder: CallTreeBuilder;

  /**
   * `onTree` gets each tree as its root returns. `isChosen` tells the functions that were asked for: the kernel may take
   * a task for being inside one when it is not (docs/kernel-notes.md), and an outermost call of another function is that.
   */
  constructor(onTree: (tree: CallTree) => void, isChosen?: ((func: bigint) => boolean) | undefined) {
    this.#builder = new CallTreeBuilder({
      onTree: (tree) => {
        if (!tree.outermost || isChosen === undefined || isChosen(tree.root.func)) onTree(tree);
        else this.#unasked += 1;
      },
    });
  }

  get calls(): number {
    return this.#builder.calls;
  }

  get trees(): number {
    return this.#builder.trees - this.#unasked;
  }

  /** Takes one item; events of other kinds are not for trees. */
  add(item: SourceItem): void {
    if (item.kind !== 'event') return this.#builder.lost(item.cpu);
    const { graph } = item;
    if (graph === undefined) return;
    if (graph.kind === 'entry') this.functions.add(graph.func);
    this.#builder.add(item.cpu, item.pid, item.flags ?? 0, item.time, graph);
  }

  /** Delivers the trees that are still open. */
  finish(): void {
    this.#builder.finish();
  }
}
