/**
 * The nodes of CallPaths: a tree and its figures as columns of numbers, children found by hash. What a node stands for is
 * its `key` under its parent: a function (twice its number, plus 1 as an interrupt), a group, or many small merged leaves.
 */
import { bucketCount, bucketOf } from './duration-histogram.ts';
import { ErrorCounts } from './error-counts.ts';

/** The key of a node that stands for merged leaves. */
export const mergedKey = -1;
/** Groups have the keys from here downwards. */
export const firstGroupKey = -2;
/** Of a node that is not used. */
const freeKey = -0x8000_0000;

/** Seconds in a node's ring of calls; a power of two, more than are shown. */
const rateSlots = 16;
const rateSeconds = 10;

export class PathNodes {
  /** Nodes in use, with node 0. */
  count = 1;
  /** One more than the highest number of a node in use. */
  end = 1;
  readonly limit: number;
  readonly errorNumbers = new ErrorCounts();
  #capacity = 0;
  #free: number[] = [];
  #slots = new Int32Array(256);

  key = new Int32Array();
  parent = new Int32Array();
  firstChild = new Int32Array();
  nextSibling = new Int32Array();
  /** The child that was entered last: the next is often the same. */
  #lastChild = new Int32Array();
  /** Entered, whatever became of them; returned with a known duration; ended without one. The rest is running. */
  calls = new Uint32Array();
  returned = new Uint32Array();
  cut = new Uint32Array();
  /** Returned an error number. */
  errors = new Uint32Array();
  /** Leaves that a node for merged ones stands for. */
  merged = new Uint32Array();
  /** ns. `interrupt` is what interrupts anywhere below took. */
  total = new Float64Array();
  self = new Float64Array();
  interrupt = new Float64Array();
  min = new Float64Array();
  max = new Float64Array();
  /** Of the longest call: when it began, and where it returned. */
  maxTime = new Float64Array();
  maxCpu = new Int32Array();
  maxPid = new Int32Array();
  #histogram = new Uint32Array();
  #rates = new Uint32Array();
  /** The last second counted in a node's rates. */
  #second = new Float64Array();

  constructor(limit: number) {
    this.limit = limit;
    this.#grow();
    this.#clear(0, -1, freeKey);
  }

  /** The child of `parent` with `key`; -1 when there is none. */
  find(parent: number, key: number): number {
    const last = this.#lastChild[parent]!;
    if (last >= 0 && this.key[last] === key) return last;
    const found = this.#slots[this.#slotOf(parent, key)]! - 1;
    if (found >= 0) this.#lastChild[parent] = found;
    return found;
  }

  /** A new child, which must not be there yet; -1 when the limit is reached. */
  add(parent: number, key: number): number {
    if (this.count >= this.limit) return -1;
    const node = this.#free.pop() ?? this.end;
    if (node === this.end) {
      if (node === this.#capacity) this.#grow();
      this.end += 1;
    }
    this.count += 1;
    this.#clear(node, parent, key);
    this.nextSibling[node] = this.firstChild[parent]!;
    this.firstChild[parent] = node;
    this.#lastChild[parent] = node;
    if (this.#slots.length < 2 * this.count) this.#rehash();
    else this.#slots[this.#slotOf(parent, key)] = node + 1;
    return node;
  }

  /** Takes nodes away, whose children must go with them. Costs a pass over all nodes. */
  removeAll(gone: Iterable<number>): void {
    for (const node of gone) {
      this.key[node] = freeKey;
      this.errorNumbers.remove(node);
      this.#free.push(node);
      this.count -= 1;
    }
    this.firstChild.fill(-1);
    for (let node = this.end - 1; node > 0; node -= 1) {
      if (!this.isAlive(node)) continue;
      const parent = this.parent[node]!;
      this.nextSibling[node] = this.firstChild[parent]!;
      this.firstChild[parent] = node;
    }
    this.#rehash();
  }

  isAlive(node: number): boolean {
    return node === 0 || (node > 0 && node < this.end && this.key[node] !== freeKey);
  }

  running(node: number): number {
    return this.calls[node]! - this.returned[node]! - this.cut[node]!;
  }

  /** A call is entered in `second` (whole seconds since the origin). */
  countEnter(node: number, second: number): void {
    this.calls[node]! += 1;
    if (this.#second[node] !== second) this.#turnRates(node, second);
    this.#rates[node * rateSlots + (second & (rateSlots - 1))]! += 1;
  }

  countReturn(node: number, duration: number, self: number, interrupt: number): void {
    this.returned[node]! += 1;
    this.total[node]! += duration;
    this.self[node]! += self;
    this.interrupt[node]! += interrupt;
    if (duration < this.min[node]!) this.min[node] = duration;
    this.#histogram[node * bucketCount + bucketOf(duration)]! += 1;
  }

  countError(node: number, errno: number): void {
    this.errors[node]! += 1;
    this.errorNumbers.add(node, errno);
  }

  setMax(node: number, duration: number, start: number, cpu: number, pid: number): void {
    this.max[node] = duration;
    this.maxTime[node] = start;
    this.maxCpu[node] = cpu;
    this.maxPid[node] = pid;
  }

  histogramOf(node: number): Uint32Array {
    return this.#histogram.subarray(node * bucketCount, (node + 1) * bucketCount);
  }

  /** Calls in each of the whole seconds before the one of `second`, oldest first. */
  ratesOf(node: number, second: number): number[] {
    const rates: number[] = [];
    const last = this.#second[node]!;
    for (let at = second - rateSeconds; at < second; at += 1) {
      const isKept = at <= last && at > last - rateSlots;
      rates.push(isKept ? this.#rates[node * rateSlots + (at & (rateSlots - 1))]! : 0);
    }
    return rates;
  }

  /** Adds the figures of `from` to those of `to`, but for rates when they are of other times. */
  mergeInto(to: number, from: number): void {
    for (const column of [this.calls, this.returned, this.cut, this.errors, this.total, this.self, this.interrupt]) {
      column[to]! += column[from]!;
    }
    this.errorNumbers.mergeInto(to, from);
    this.min[to] = Math.min(this.min[to]!, this.min[from]!);
    if (this.returned[from]! > 0 && this.max[from]! >= this.max[to]!)
      this.setMax(to, this.max[from]!, this.maxTime[from]!, this.maxCpu[from]!, this.maxPid[from]!);
    for (let bucket = 0; bucket < bucketCount; bucket += 1) {
      this.#histogram[to * bucketCount + bucket]! += this.#histogram[from * bucketCount + bucket]!;
    }
    if (this.#second[from]! > this.#second[to]!) this.#turnRates(to, this.#second[from]!);
    for (let at = this.#second[from]!; at > this.#second[from]! - rateSlots; at -= 1) {
      const slot = at & (rateSlots - 1);
      if (at > this.#second[to]! - rateSlots)
        this.#rates[to * rateSlots + slot]! += this.#rates[from * rateSlots + slot]!;
    }
  }

  /** Forgets the seconds between the last one counted and `second`. */
  #turnRates(node: number, second: number): void {
    const last = this.#second[node]!;
    if (second < last) return;
    const from = node * rateSlots;
    if (second - last >= rateSlots) this.#rates.fill(0, from, from + rateSlots);
    else for (let at = last + 1; at <= second; at += 1) this.#rates[from + (at & (rateSlots - 1))] = 0;
    this.#second[node] = second;
  }

  /** The slot of the child's number plus 1, or the empty one where it belongs. */
  #slotOf(parent: number, key: number): number {
    const mask = this.#slots.length - 1;
    const mixed = Math.imul(parent, 0x9e3779b1) ^ Math.imul(key, 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    for (let found = this.#slots[slot]!; found !== 0; found = this.#slots[slot]!) {
      if (this.parent[found - 1] === parent && this.key[found - 1] === key) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #rehash(): void {
    let size = this.#slots.length;
    while (size < 4 * this.count) size *= 2;
    this.#slots = new Int32Array(size);
    this.#lastChild.fill(-1);
    for (let node = 1; node < this.end; node += 1) {
      if (this.isAlive(node)) this.#slots[this.#slotOf(this.parent[node]!, this.key[node]!)] = node + 1;
    }
  }

  #clear(node: number, parent: number, key: number): void {
    this.key[node] = key;
    this.parent[node] = parent;
    for (const links of [this.firstChild, this.nextSibling, this.#lastChild]) links[node] = -1;
    for (const column of [this.calls, this.returned, this.cut, this.errors, this.merged]) column[node] = 0;
    for (const column of [this.total, this.self, this.interrupt, this.max, this.maxTime]) column[node] = 0;
    this.min[node] = Number.POSITIVE_INFINITY;
    this.#histogram.fill(0, node * bucketCount, (node + 1) * bucketCount);
    this.#rates.fill(0, node * rateSlots, (node + 1) * rateSlots);
    this.#second[node] = Number.NEGATIVE_INFINITY;
  }

  #grow(): void {
    const rows = Math.min(Math.max(this.#capacity * 2, 64), this.limit);
    this.#capacity = rows;
    this.key = grown(this.key, rows);
    this.parent = grown(this.parent, rows);
    this.firstChild = grown(this.firstChild, rows);
    this.nextSibling = grown(this.nextSibling, rows);
    this.#lastChild = grown(this.#lastChild, rows);
    this.calls = grown(this.calls, rows);
    this.returned = grown(this.returned, rows);
    this.cut = grown(this.cut, rows);
    this.errors = grown(this.errors, rows);
    this.merged = grown(this.merged, rows);
    this.total = grown(this.total, rows);
    this.self = grown(this.self, rows);
    this.interrupt = grown(this.interrupt, rows);
    this.min = grown(this.min, rows);
    this.max = grown(this.max, rows);
    this.maxTime = grown(this.maxTime, rows);
    this.maxCpu = grown(this.maxCpu, rows);
    this.maxPid = grown(this.maxPid, rows);
    this.#histogram = grown(this.#histogram, rows * bucketCount);
    this.#rates = grown(this.#rates, rows * rateSlots);
    this.#second = grown(this.#second, rows);
  }
}

type Column = Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** A longer copy of a column. */
function grown<T extends Column>(column: T, length: number): T {
  const copy = new (column.constructor as new (length: number) => T)(length);
  copy.set(column);
  return copy;
}
