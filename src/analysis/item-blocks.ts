/**
 * Where the items of a recording lie, by their numbers: every thousandth or so by its time, so that any of many millions
 * can be read again from there (session/recorded-log.ts) and none has to be kept.
 */

/** Items [start, end), which are those at times [from, to). */
export interface ItemBlock {
  readonly start: number;
  readonly end: number;
  /** -Infinity of the first block, unless items are those from a time on. */
  readonly from: number;
  /** Infinity of the last block. */
  readonly to: number;
}

const itemsPerBlock = 1024;

export class ItemBlocks {
  /** Items so far. */
  length = 0;
  readonly #starts: number[] = [0];
  readonly #times: number[];
  #nextStart = itemsPerBlock;
  /** The latest time so far: a block begins with a time that no item before it has. */
  #time = Number.NEGATIVE_INFINITY;

  /** `from`: items before that time are none of these. */
  constructor(from = Number.NEGATIVE_INFINITY) {
    this.#times = [from];
  }

  /** Takes the next item; about in order of time. */
  add(time: number): void {
    if (time > this.#time) {
      if (this.length >= this.#nextStart) {
        this.#starts.push(this.length);
        this.#times.push(time);
        this.#nextStart = this.length + itemsPerBlock;
      }
      this.#time = time;
    }
    this.length += 1;
  }

  /** The block of an item that is there. */
  blockOf(item: number): ItemBlock {
    return this.#block(lastAtMost(this.#starts, item));
  }

  /** The block in which items at `time` begin. */
  blockAt(time: number): ItemBlock {
    return this.#block(lastAtMost(this.#times, time));
  }

  #block(index: number): ItemBlock {
    return {
      start: this.#starts[index]!,
      end: this.#starts[index + 1] ?? this.length,
      from: this.#times[index]!,
      to: this.#times[index + 1] ?? Number.POSITIVE_INFINITY,
    };
  }
}

/** The index of the last of ascending values that is not larger; 0 when all are. */
function lastAtMost(values: readonly number[], value: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (values[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
