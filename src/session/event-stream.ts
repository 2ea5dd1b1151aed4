/** What a live session and a recording are alike to a screen: items in order of time, and names for addresses. */

import type { SourceItem } from '../recording/event-source.ts';
import type { KernelSymbolName } from '../symbols/kallsyms.ts';

export interface StreamListener {
  /** The next items, in order of time. */
  items(batch: readonly SourceItem[]): void;
  /**
   * Records that came and were only counted, by event name, because more came than can be shown; a lost item
   * (`skipped`) lies in the stream for each gap. `time` is that of the newest item.
   */
  skipped?(counts: ReadonlyMap<string, number>, time: number): void;
  /** What comes now does not go on from what came before: calls that are open will not be seen to end. */
  restarted?(): void;
}

export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface EventStream {
  /** Times of items are relative to this stamp of the trace clock, for the whole life of the stream. */
  readonly origin: bigint;
  readonly timeIsNanoseconds: boolean;
  /** Times of the first and the last item, where they are known before all is read. */
  readonly range?: TimeRange | undefined;
  /** Returns what ends the subscription. */
  subscribe(listener: StreamListener): () => void;
  symbolName(address: bigint): KernelSymbolName | undefined;
  /**
   * Whether a tree of this function was asked for: the kernel may take a task for being inside a chosen function when it
   * is not (docs/kernel-notes.md), and gives its calls then. Recordings do not tell what was asked for.
   */
  isAskedFor?(root: bigint): boolean;
}

/** The listeners of a stream. */
export class StreamListeners {
  readonly #listeners = new Set<StreamListener>();

  subscribe(listener: StreamListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  items(batch: readonly SourceItem[]): void {
    for (const listener of this.#listeners) listener.items(batch);
  }

  skipped(counts: ReadonlyMap<string, number>, time: number): void {
    for (const listener of this.#listeners) listener.skipped?.(counts, time);
  }

  restarted(): void {
    for (const listener of this.#listeners) listener.restarted?.();
  }
}
