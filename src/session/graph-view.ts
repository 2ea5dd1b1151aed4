/** function_graph records of a session as call trees. */

import { UnsupportedError } from '../base/errors.ts';
import type { CallTree } from '../call-graph/call-tree.ts';
import { CallTreeBuilder } from '../call-graph/call-tree-builder.ts';
import { GraphRecordReader } from '../call-graph/graph-record.ts';
import type { EventCatalogue } from '../capture/event-catalogue.ts';
import { readCommonFlags, readCommonPid } from '../format/common-header.ts';
import type { EventFormat } from '../format/event-format.ts';
import type { StreamItem } from '../ring-buffer/stream-item.ts';

export class GraphView {
  /** Addresses of the functions seen, for the summary's count. */
  readonly functions = new Set<bigint>();
  /** Trees that nobody asked for. */
  #unasked = 0;
  readonly #builder: CallTreeBuilder;
  readonly #reader: GraphRecordReader;
  readonly #catalogue: EventCatalogue;

  /**
   * `onTree` gets each tree as its root returns. `isChosen` tells the functions that were asked for: the kernel may take
   * a task for being inside one when it is not (docs/kernel-notes.md), and an outermost call of another function is that.
   */
  constructor(
    catalogue: EventCatalogue,
    onTree: (tree: CallTree) => void,
    isChosen?: ((func: bigint) => boolean) | undefined,
  ) {
    this.#catalogue = catalogue;
    this.#builder = new CallTreeBuilder({
      onTree: (tree) => {
        if (!tree.outermost || isChosen === undefined || isChosen(tree.root.func)) onTree(tree);
        else this.#unasked += 1;
      },
    });
    this.#reader = new GraphRecordReader(
      {
        entry: requireFormat(catalogue, 'funcgraph_entry'),
        exit: requireFormat(catalogue, 'funcgraph_exit'),
        retaddrEntry: findFormat(catalogue, 'fgraph_retaddr_entry'),
      },
      catalogue.abi,
    );
  }

  get calls(): number {
    return this.#builder.calls;
  }

  get trees(): number {
    return this.#builder.trees - this.#unasked;
  }

  /** Takes one item; records of other events are not for trees. */
  add(item: StreamItem): void {
    if (item.kind !== 'record') return this.#builder.lost(item.cpu);
    const record = this.#reader.read(item.bytes);
    if (record === undefined) return;
    if (record.kind === 'entry') this.functions.add(record.func);
    const { header } = this.#catalogue;
    const flags = readCommonFlags(header, item.bytes);
    this.#builder.add(item.cpu, readCommonPid(header, item.bytes), flags, item.time, record);
  }

  /** Delivers the trees that are still open. */
  finish(): void {
    this.#builder.finish();
  }
}

function findFormat({ formats }: EventCatalogue, name: string): EventFormat | undefined {
  return [...formats.values()].find((format) => format.system === 'ftrace' && format.name === name);
}

function requireFormat(catalogue: EventCatalogue, name: string): EventFormat {
  const format = findFormat(catalogue, name);
  if (format !== undefined) return format;
  throw new UnsupportedError({
    attempted: 'reading call trees',
    why: `this kernel has no event ftrace:${name}`,
    remedy: 'it comes with CONFIG_FUNCTION_GRAPH_TRACER',
  });
}
