/**
 * How often each event comes: totals, a rate, and a minute of counts by second for a sparkline. Fed by every event that
 * comes or by counts; each costs the same little, whatever there is already.
 */

/** Something whose text is made when it is asked for. */
export interface TextSource {
  readonly text: string;
}

const second = 1e9;

export class EventRateRow {
  readonly name: string;
  total = 0;
  /** Time of the last event, ns since the stream's origin. */
  lastTime = Number.NEGATIVE_INFINITY;
  readonly #counts: Float64Array;
  /** The whole second that the newest count is of. */
  #newest = Number.NEGATIVE_INFINITY;
  #last: TextSource | undefined;
  #text: string | undefined;
  readonly #now: () => number;

  /** `now` tells the whole second that it is. */
  constructor(name: string, seconds: number, now: () => number) {
    this.name = name;
    // One more for the second that is not over.
    this.#counts = new Float64Array(seconds + 1);
    this.#now = now;
  }

  /** Events in the last whole second. */
  get rate(): number {
    return this.#countAt(this.#now() - 1);
  }

  /** Events in the second that is not over yet. */
  get current(): number {
    return this.#countAt(this.#now());
  }

  /** The last event's text; '' where only counts came. Made when it is read, once. */
  get lastText(): string {
    this.#text ??= this.#last?.text ?? '';
    return this.#text;
  }

  /** Counts by whole second, oldest first; the last one is of the second before the one that is not over. */
  history(): number[] {
    const now = this.#now();
    const length = this.#counts.length - 1;
    return Array.from({ length }, (_, index) => this.#countAt(now - length + index));
  }

  /** Takes `count` events at `time`; for the feed's use. */
  take(time: number, count: number, source: TextSource | undefined): void {
    this.total += count;
    this.lastTime = Math.max(this.lastTime, time);
    if (source !== undefined) {
      this.#last = source;
      this.#text = undefined;
    }
    const at = Math.floor(time / second);
    const size = this.#counts.length;
    if (at > this.#newest) this.#turnTo(at);
    if (at > this.#newest - size) this.#counts[modulo(at, size)]! += count;
  }

  /** Empties the seconds between the newest one and `at`. */
  #turnTo(at: number): void {
    const size = this.#counts.length;
    const first = Math.max(this.#newest + 1, at - size + 1);
    if (first === at - size + 1) this.#counts.fill(0);
    else for (let each = first; each <= at; each += 1) this.#counts[modulo(each, size)] = 0;
    this.#newest = at;
  }

  #countAt(at: number): number {
    const size = this.#counts.length;
    return at > this.#newest || at <= this.#newest - size ? 0 : this.#counts[modulo(at, size)]!;
  }
}

export class EventRates {
  /** Grows with every change. */
  version = 0;
  total = 0;
  /** Events that were lost. */
  lostTotal = 0;
  readonly #seconds: number;
  readonly #rows = new Map<string, EventRateRow>();
  #sorted: readonly EventRateRow[] | undefined;
  #now = Number.NEGATIVE_INFINITY;

  /** Keeps counts of so many seconds. */
  constructor(seconds = 60) {
    this.#seconds = seconds;
  }

  /** Takes one event; `source` is kept until the next one of that name comes. Times in ns since the stream's origin. */
  add(name: string, time: number, source?: TextSource): void {
    this.count(name, time, 1, source);
  }

  /** Takes `count` events at once. */
  count(name: string, time: number, count: number, source?: TextSource): void {
    this.version += 1;
    this.total += count;
    if (time > this.#now) this.#now = time;
    let row = this.#rows.get(name);
    if (row === undefined) {
      row = new EventRateRow(name, this.#seconds, () => Math.floor(this.#now / second));
      this.#rows.set(name, row);
      this.#sorted = undefined;
    }
    row.take(time, count, source);
  }

  /** Takes a gap. */
  lost(count: number, time: number): void {
    this.version += 1;
    this.lostTotal += count;
    this.advance(time);
  }

  /** Tells that it is `time` now, although nothing may have come. */
  advance(time: number): void {
    if (Math.floor(time / second) > Math.floor(this.#now / second)) this.version += 1;
    if (time > this.#now) this.#now = time;
  }

  /** By name; the same objects each time, which change as events come. */
  rows(): readonly EventRateRow[] {
    this.#sorted ??= [...this.#rows.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return this.#sorted;
  }

  row(name: string): EventRateRow | undefined {
    return this.#rows.get(name);
  }

  /** Forgets everything but that there are such events. */
  reset(): void {
    const names = [...this.#rows.keys()];
    this.#rows.clear();
    this.#sorted = undefined;
    [this.total, this.lostTotal] = [0, 0];
    for (const name of names) this.count(name, this.#now, 0);
    this.version += 1;
  }
}

function modulo(value: number, size: number): number {
  return ((value % size) + size) % size;
}
