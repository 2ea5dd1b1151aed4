/**
 * Two streams that are each in order of time, as one. A stream tells nothing while it has nothing, so what one of them
 * gives waits for as long as a round of the other may take to come.
 */

import type { SourceItem } from '../recording/event-source.ts';

/** A quiet session reads every 50 ms; with a clock that user space cannot read, items come a round later. */
export const holdMs = 110;

interface Batch {
  readonly arrivedMs: number;
  readonly items: readonly SourceItem[];
}

export class HalfMerge {
  readonly #batches: Batch[][];

  constructor(halves: number) {
    this.#batches = Array.from({ length: halves }, () => []);
  }

  /** Adds items of one half, which came at `now` (milliseconds). */
  push(half: number, items: readonly SourceItem[], now: number): void {
    if (items.length > 0) this.#batches[half]!.push({ arrivedMs: now, items });
  }

  /** What nothing of the other half can precede any more; with `isLast` everything. */
  take(now: number, isLast = false): SourceItem[] {
    const until = isLast ? Number.POSITIVE_INFINITY : this.#safeTime(now);
    if (until === Number.NEGATIVE_INFINITY) return [];
    return this.#batches.map((batches) => takeUntil(batches, until)).reduce(mergeByTime, []);
  }

  /** The newest time among what has waited long enough. */
  #safeTime(now: number): number {
    let safe = Number.NEGATIVE_INFINITY;
    for (const batches of this.#batches) {
      for (const { arrivedMs, items } of batches) {
        if (now - arrivedMs >= holdMs) safe = Math.max(safe, items.at(-1)!.time);
      }
    }
    return safe;
  }
}

/** Takes the items up to `time` out of `batches`. */
function takeUntil(batches: Batch[], time: number): SourceItem[] {
  const taken: SourceItem[] = [];
  while (batches.length > 0 && batches[0]!.items[0]!.time <= time) {
    const { arrivedMs, items } = batches.shift()!;
    const count = items.at(-1)!.time <= time ? items.length : items.findIndex((item) => item.time > time);
    for (let index = 0; index < count; index += 1) taken.push(items[index]!);
    if (count === items.length) continue;
    batches.unshift({ arrivedMs, items: items.slice(count) });
    break;
  }
  return taken;
}

function mergeByTime(a: readonly SourceItem[], b: readonly SourceItem[]): SourceItem[] {
  if (a.length === 0) return [...b];
  if (b.length === 0) return [...a];
  const merged: SourceItem[] = [];
  for (let [i, j] = [0, 0]; i < a.length || j < b.length; ) {
    const fromA = j >= b.length || (i < a.length && a[i]!.time <= b[j]!.time);
    merged.push(fromA ? a[i++]! : b[j++]!);
  }
  return merged;
}
