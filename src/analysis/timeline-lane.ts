/**
 * One CPU or task of a Timeline: buckets of equal width over its span, and above them pairs of pairs, so that a query of any
 * width looks at a few buckets for each cell.
 */

/** What a stretch of time of a lane holds, in a query's cell. */
export interface TimelineCell {
  /** What ran mostly: the pid on a CPU's lane, the CPU on a task's; undefined when nothing is known to have run. */
  readonly ran: number | undefined;
  /** Share of the cell (0 to 1) that something is known to have run; idle tasks do not count. */
  readonly running: number;
  /** Share of the cell that a root call was open, at most 1. */
  readonly busy: number;
  /** Root calls that began, and events, about. */
  readonly began: number;
  readonly events: number;
  /** Of the root calls that began here. */
  readonly slowest: { readonly func: number; readonly time: number; readonly duration: number } | undefined;
  /** Gaps of lost events. */
  readonly gaps: number;
}

export const emptyCell: TimelineCell = {
  ran: undefined,
  running: 0,
  busy: 0,
  began: 0,
  events: 0,
  slowest: undefined,
  gaps: 0,
};

export class TimelineLane {
  /** Columns by bucket: the finest from #count on, their pairs from half of it on, and so on. */
  readonly #count: number;
  readonly #ran: Int32Array;
  readonly #ranTime: Float64Array;
  readonly #running: Float64Array;
  readonly #busy: Float64Array;
  readonly #began: Float64Array;
  readonly #events: Float64Array;
  readonly #gaps: Float64Array;
  readonly #slowFunc: Int32Array;
  readonly #slowTime: Float64Array;
  readonly #slowDuration: Float64Array;
  /** Finest buckets that changed since the pairs were made: [from, to). */
  #changedFrom = 0;
  #changedTo = 0;

  /** `count` is a power of two. */
  constructor(count: number) {
    this.#count = count;
    this.#ran = new Int32Array(2 * count);
    this.#ranTime = new Float64Array(2 * count);
    this.#running = new Float64Array(2 * count);
    this.#busy = new Float64Array(2 * count);
    this.#began = new Float64Array(2 * count);
    this.#events = new Float64Array(2 * count);
    this.#gaps = new Float64Array(2 * count);
    this.#slowFunc = new Int32Array(2 * count);
    this.#slowTime = new Float64Array(2 * count);
    this.#slowDuration = new Float64Array(2 * count).fill(-1);
  }

  /** `who` ran from `from` to `to`, counted in buckets of `width` ns, with so many events in it. */
  addRun(who: number, from: number, to: number, width: number, events: number): void {
    this.#events[this.#touch(from)]! += events;
    this.#spread(from, to, (bucket, share) => {
      const time = Math.max(share * width, 1);
      this.#running[bucket]! += time;
      this.#vote(bucket, who, time);
    });
  }

  addEvents(at: number, events: number): void {
    this.#events[this.#touch(at)]! += events;
  }

  /** A root call was open from `from` to `to`, counted in buckets. */
  addCall(func: number, from: number, to: number, width: number, time: number, duration: number): void {
    const first = this.#touch(from);
    this.#began[first]! += 1;
    if (duration > this.#slowDuration[first]!) this.#setSlowest(first, func, time, duration);
    this.#spread(from, to, (bucket, share) => {
      this.#busy[bucket]! += share * width;
    });
  }

  addGap(at: number): void {
    this.#gaps[this.#touch(at)]! += 1;
  }

  /** Buckets become twice as wide. */
  fold(): void {
    const count = this.#count;
    this.#updatePairs();
    const half = count / 2;
    for (const column of this.#columns()) {
      column.copyWithin(count, half, count);
      column.fill(column === this.#slowDuration ? -1 : 0, count + half);
    }
    this.#changedFrom = 0;
    this.#changedTo = count;
  }

  /** The stretch [from, to), counted in finest buckets of `width` ns. */
  cell(from: number, to: number, width: number): TimelineCell {
    this.#updatePairs();
    const sum = { running: 0, busy: 0, began: 0, events: 0, gaps: 0 };
    const votes = new Map<number, number>();
    let slowest = -1;
    this.#cover(from, to, (bucket, share) => {
      sum.running += this.#running[bucket]! * share;
      sum.busy += this.#busy[bucket]! * share;
      sum.began += this.#began[bucket]! * share;
      sum.events += this.#events[bucket]! * share;
      sum.gaps += this.#gaps[bucket]!;
      const time = this.#ranTime[bucket]! * share;
      if (time > 0) votes.set(this.#ran[bucket]!, (votes.get(this.#ran[bucket]!) ?? 0) + time);
      const longest = slowest < 0 ? -1 : this.#slowDuration[slowest]!;
      if (this.#slowDuration[bucket]! > longest) slowest = bucket;
    });
    const time = (to - from) * width;
    return {
      ran: [...votes].sort((a, b) => b[1] - a[1])[0]?.[0],
      running: Math.min(sum.running / time, 1),
      busy: Math.min(sum.busy / time, 1),
      began: wholeNumber(sum.began),
      events: wholeNumber(sum.events),
      gaps: sum.gaps,
      slowest: slowest < 0 ? undefined : this.#slowestOf(slowest),
    };
  }

  /** Calls `visit` with as few buckets as make up [from, to), and the share of each; those at its ends are finest ones. */
  #cover(from: number, to: number, visit: (bucket: number, share: number) => void): void {
    const count = this.#count;
    const [start, end] = [Math.max(from, 0), Math.min(to, count)];
    if (!(start < end)) return;
    const [first, last] = [Math.floor(start), Math.floor(end)];
    if (first === last) return visit(count + first, end - start);
    if (start > first) visit(count + first, first + 1 - start);
    if (end > last) visit(count + last, end - last);
    let left = count + Math.ceil(start);
    let right = count + last;
    while (left < right) {
      if ((left & 1) === 1) {
        visit(left, 1);
        left += 1;
      }
      if ((right & 1) === 1) {
        right -= 1;
        visit(right, 1);
      }
      left >>= 1;
      right >>= 1;
    }
  }

  /** Calls `add` with each finest bucket that [from, to) touches and how much of the bucket it takes. */
  #spread(from: number, to: number, add: (bucket: number, share: number) => void): void {
    const last = Math.min(Math.max(to, from), this.#count);
    let at = Math.max(from, 0);
    for (let index = Math.floor(at); index < this.#count; index += 1) {
      const end = Math.min(index + 1, last);
      add(this.#touch(index), Math.max(end - at, 0));
      if (end >= last) return;
      at = end;
    }
  }

  /** The column index of a finest bucket, which is about to change. */
  #touch(at: number): number {
    const index = Math.min(Math.max(Math.floor(at), 0), this.#count - 1);
    if (this.#changedFrom >= this.#changedTo) [this.#changedFrom, this.#changedTo] = [index, index + 1];
    else if (index < this.#changedFrom) this.#changedFrom = index;
    else if (index >= this.#changedTo) this.#changedTo = index + 1;
    return this.#count + index;
  }

  /** Majority vote in one pass: what ran more than half of the time wins, and else mostly what ran longest. */
  #vote(bucket: number, who: number, time: number): void {
    const left = this.#ranTime[bucket]! - time;
    if (this.#ran[bucket] === who) this.#ranTime[bucket]! += time;
    else if (left > 0) this.#ranTime[bucket] = left;
    else {
      this.#ran[bucket] = who;
      this.#ranTime[bucket] = Math.max(-left, 1);
    }
  }

  #updatePairs(): void {
    let from = this.#count + this.#changedFrom;
    let to = this.#count + this.#changedTo;
    if (from >= to) return;
    while (from > 1) {
      from >>= 1;
      to = (to + 1) >> 1;
      for (let bucket = from; bucket < to; bucket += 1) this.#joinPair(bucket);
    }
    this.#changedFrom = 0;
    this.#changedTo = 0;
  }

  #joinPair(bucket: number): void {
    const left = 2 * bucket;
    const right = left + 1;
    for (const column of [this.#running, this.#busy, this.#began, this.#events, this.#gaps]) {
      column[bucket] = column[left]! + column[right]!;
    }
    this.#ran[bucket] = this.#ran[left]!;
    this.#ranTime[bucket] = this.#ranTime[left]!;
    if (this.#ranTime[right]! > 0) this.#vote(bucket, this.#ran[right]!, this.#ranTime[right]!);
    const slow = this.#slowDuration[left]! >= this.#slowDuration[right]! ? left : right;
    this.#setSlowest(bucket, this.#slowFunc[slow]!, this.#slowTime[slow]!, this.#slowDuration[slow]!);
  }

  #setSlowest(bucket: number, func: number, time: number, duration: number): void {
    this.#slowFunc[bucket] = func;
    this.#slowTime[bucket] = time;
    this.#slowDuration[bucket] = duration;
  }

  #slowestOf(bucket: number): TimelineCell['slowest'] {
    const [func, time, duration] = [this.#slowFunc[bucket]!, this.#slowTime[bucket]!, this.#slowDuration[bucket]!];
    return { func, time, duration };
  }

  #columns(): readonly (Int32Array | Float64Array)[] {
    return [
      ...[this.#ran, this.#ranTime, this.#running, this.#busy, this.#began, this.#events, this.#gaps],
      ...[this.#slowFunc, this.#slowTime, this.#slowDuration],
    ];
  }
}

/** Parts of a count add up to a little more or less than a whole number. */
function wholeNumber(count: number): number {
  return Math.ceil(Math.max(count - 0.001, 0));
}
