/**
 * The newest items of a stream, as many as fit: a ring in which each item has a sequence number for life. What a filter
 * lets through is an index that grows as items come, so that a frame costs what it shows and not what there is.
 */

export interface LogItem {
  /** ns since the stream's origin; about in order. */
  readonly time: number;
}

interface EventLogOptions<T> {
  /** Items kept at most. */
  readonly limit?: number | undefined;
  /** Bytes kept at most, by `sizeOf`. */
  readonly maxBytes?: number | undefined;
  /** About the bytes that an item keeps in memory. */
  readonly sizeOf?: ((item: T) => number) | undefined;
}

const usualLimit = 100_000;
const usualBytes = 32 << 20;
/** Where nobody says: an event with its record. */
const usualSize = 200;

export class EventLog<T extends LogItem> {
  /** Grows with every change. */
  version = 0;
  readonly #limit: number;
  readonly #maxBytes: number;
  readonly #sizeOf: (item: T) => number;
  /** By sequence number, modulo the limit. */
  readonly #items: (T | undefined)[] = [];
  #first = 0;
  #end = 0;
  #bytes = 0;

  constructor({ limit = usualLimit, maxBytes = usualBytes, sizeOf = () => usualSize }: EventLogOptions<T> = {}) {
    this.#limit = limit;
    this.#maxBytes = maxBytes;
    this.#sizeOf = sizeOf;
  }

  /** Sequence number of the oldest item that is kept: so many have been dropped. */
  get first(): number {
    return this.#first;
  }

  /** One more than the newest item's. */
  get end(): number {
    return this.#end;
  }

  get length(): number {
    return this.#end - this.#first;
  }

  add(item: T): void {
    this.version += 1;
    this.#bytes += this.#sizeOf(item);
    if (this.length === this.#limit) this.#dropFirst();
    this.#items[this.#end % this.#limit] = item;
    this.#end += 1;
    while (this.#bytes > this.#maxBytes && this.length > 1) this.#dropFirst();
  }

  /** undefined where nothing is kept under that number. */
  at(sequence: number): T | undefined {
    return sequence >= this.#first && sequence < this.#end ? this.#items[sequence % this.#limit] : undefined;
  }

  /** The first item not earlier than `time`; `end` when all are. */
  sequenceAt(time: number): number {
    let [low, high] = [this.#first, this.#end];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.at(middle)!.time < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The next item from `from` on, in steps of `step`, that passes the test, among `most` of them. */
  find(from: number, step: 1 | -1, test: (item: T) => boolean, most = Number.POSITIVE_INFINITY): number | undefined {
    let sequence = step > 0 ? Math.max(from, this.#first) : Math.min(from, this.#end - 1);
    for (let count = 0; count < most && sequence >= this.#first && sequence < this.#end; count += 1) {
      if (test(this.at(sequence)!)) return sequence;
      sequence += step;
    }
    return undefined;
  }

  /** The items that pass a test, kept up to date by LogIndex.update(). */
  index(test: (item: T) => boolean): LogIndex {
    return new LogIndex(this, (sequence) => test(this.at(sequence)!));
  }

  /** Drops all items; numbers go on. */
  clear(): void {
    this.version += 1;
    this.#items.length = 0;
    this.#first = this.#end;
    this.#bytes = 0;
  }

  #dropFirst(): void {
    const at = this.#first % this.#limit;
    this.#bytes -= this.#sizeOf(this.#items[at]!);
    this.#items[at] = undefined;
    this.#first += 1;
  }
}

/** Between two looks at the time. */
const itemsPerLook = 256;

export class LogIndex {
  readonly #log: { readonly first: number; readonly end: number };
  readonly #test: (sequence: number) => boolean;
  /** Sequence numbers of matches, ascending; those before `#dropped` are gone from the log. */
  #matches: number[] = [];
  #dropped = 0;
  /** Everything before this number has been tested. */
  #next: number;

  constructor(log: { readonly first: number; readonly end: number }, test: (sequence: number) => boolean) {
    this.#log = log;
    this.#test = test;
    this.#next = log.first;
  }

  /** Looks at items that came since, for so many milliseconds; true when all have been looked at. */
  update(budgetMs = Number.POSITIVE_INFINITY): boolean {
    const log = this.#log;
    this.#forgetDropped();
    const until = performance.now() + budgetMs;
    for (this.#next = Math.max(this.#next, log.first); this.#next < log.end; this.#next += 1) {
      if (this.#next % itemsPerLook === 0 && performance.now() > until) return false;
      if (this.#test(this.#next)) this.#matches.push(this.#next);
    }
    return true;
  }

  /** Matches found so far that are still kept. */
  get length(): number {
    return this.#matches.length - this.#dropped;
  }

  /** Share of the kept items that has been looked at, 0 to 1. */
  get share(): number {
    const { first, end } = this.#log;
    return end === first ? 1 : Math.min(1, Math.max(0, (this.#next - first) / (end - first)));
  }

  /** The sequence number of a match, counted from the oldest one; -1 where there is none. */
  sequenceAt(position: number): number {
    return position < 0 ? -1 : (this.#matches[this.#dropped + position] ?? -1);
  }

  /** How many matches come before a sequence number: the position of that one if it matches. */
  positionOf(sequence: number): number {
    let [low, high] = [this.#dropped, this.#matches.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#matches[middle]! < sequence) low = middle + 1;
      else high = middle;
    }
    return low - this.#dropped;
  }

  #forgetDropped(): void {
    const { first } = this.#log;
    while (this.#dropped < this.#matches.length && this.#matches[this.#dropped]! < first) this.#dropped += 1;
    if (this.#dropped < 4096 || this.#dropped * 2 < this.#matches.length) return;
    this.#matches = this.#matches.slice(this.#dropped);
    this.#dropped = 0;
  }
}
