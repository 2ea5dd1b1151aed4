/** The events of an interactive session on their way to its listeners: two halves made one stream, and counted. */

import type { SourceItem } from '../recording/event-source.ts';
import { type StreamListener, StreamListeners } from './event-stream.ts';
import { HalfMerge } from './half-merge.ts';
import { RateWindow } from './session-status.ts';
import { type HalfName, halfNames } from './wanted-traces.ts';

/** A name is looked up again for a task that has not been seen for so long. */
const namesForMs = 1_000;

export class SessionFeed {
  /** Events that came, those included that were only counted. */
  events = 0;
  skipped = 0;
  readonly window = new RateWindow();
  readonly #listeners = new StreamListeners();
  readonly #merge = new HalfMerge(halfNames.length);
  /** Tasks whose names were looked up lately: a record has the pid only, and the task may be gone when it is shown. */
  readonly #named = new Set<number>();
  #namedAt = 0;
  #newest = 0;
  #isMerging = false;

  subscribe(listener: StreamListener): () => void {
    return this.#listeners.subscribe(listener);
  }

  /** Takes items of one half; with `isAlone` they need not wait for the other. */
  add(half: HalfName, items: readonly SourceItem[], isAlone: boolean): void {
    const now = performance.now();
    this.#learnNames(items, now);
    if (isAlone && !this.#isMerging) return this.#deliver(items);
    this.#isMerging = true;
    this.#merge.push(halfNames.indexOf(half), items, now);
  }

  addSkipped(counts: ReadonlyMap<string, number>): void {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    this.events += total;
    this.skipped += total;
    this.#listeners.skipped(counts, this.#newest);
  }

  /** Delivers what has waited long enough; with `isLast` everything. */
  flush(isLast = false): void {
    if (!this.#isMerging) return;
    const items = this.#merge.take(performance.now(), isLast);
    if (isLast) this.#isMerging = false;
    if (items.length > 0) this.#deliver(items);
  }

  /** Tells listeners that events are missing now. */
  restarted(): void {
    this.#listeners.restarted();
  }

  #deliver(items: readonly SourceItem[]): void {
    for (const { kind } of items) if (kind === 'event') this.events += 1;
    this.#newest = items.at(-1)?.time ?? this.#newest;
    this.#listeners.items(items);
  }

  #learnNames(items: readonly SourceItem[], now: number): void {
    if (now - this.#namedAt > namesForMs) {
      this.#named.clear();
      this.#namedAt = now;
    }
    for (const item of items) {
      if (item.kind !== 'event' || this.#named.has(item.pid)) continue;
      this.#named.add(item.pid);
      void item.comm;
    }
  }
}
