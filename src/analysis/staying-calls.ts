/**
 * Root calls that stay when the ring of KeptCalls drops them: the slowest of each function, the last ones of each error
 * number, and those that are marked.
 */
import type { CallRow } from './call-row.ts';

const slowestOfFunction = 10;
const lastOfErrno = 10;
/** Functions with slowest calls, and marks; damaged records may name any number of functions. */
const functionLimit = 4096;
const markLimit = 10_000;

interface Staying {
  row: CallRow;
  /** Lists that it is in. */
  uses: number;
}

export class StayingCalls {
  readonly #calls = new Map<number, Staying>();
  /** The ids of #calls in order. */
  readonly #ids: number[] = [];
  /** Longest first. */
  readonly #slowest = new Map<number, { id: number; duration: number }[]>();
  /** Newest first. */
  readonly #byErrno = new Map<number, number[]>();
  readonly #marks = new Set<number>();

  /** Whether a call would be one of the slowest of its function. */
  isSlow(func: number, duration: number): boolean {
    if (duration < 0) return false;
    const slowest = this.#slowest.get(func);
    if (slowest === undefined) return this.#slowest.size < functionLimit;
    return slowest.length < slowestOfFunction || duration > slowest.at(-1)!.duration;
  }

  /** A call that has ended. */
  add(row: CallRow): void {
    const { func, duration, errno } = row;
    if (duration !== undefined && this.isSlow(func, duration)) this.#addSlow(row, duration);
    if (errno !== undefined) this.addError(row, errno);
  }

  rowOf(id: number): CallRow | undefined {
    return this.#calls.get(id)?.row;
  }

  /** Takes over what has become of a call that stays. */
  refresh(row: CallRow): void {
    const staying = this.#calls.get(row.id);
    if (staying !== undefined) staying.row = row;
  }

  slowest(func: number): CallRow[] {
    return (this.#slowest.get(func) ?? []).map(({ id }) => this.rowOf(id)!);
  }

  ofErrno(errno: number): CallRow[] {
    return (this.#byErrno.get(errno) ?? []).map((id) => this.rowOf(id)!);
  }

  marked(): CallRow[] {
    return [...this.#marks].sort((a, b) => a - b).map((id) => this.rowOf(id)!);
  }

  isMarked(id: number): boolean {
    return this.#marks.has(id);
  }

  mark(row: CallRow, on: boolean): boolean {
    if (on === this.#marks.has(row.id)) return true;
    if (on && this.#marks.size >= markLimit) return false;
    if (on) {
      this.#marks.add(row.id);
      this.#keep(row);
    } else {
      this.#marks.delete(row.id);
      this.#release(row.id);
    }
    return true;
  }

  /** How many have an id under `id`, and the id at a place in their order. */
  countBefore(id: number): number {
    let from = 0;
    let to = this.#ids.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#ids[middle]! < id) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  idAt(index: number): number {
    return this.#ids[index]!;
  }

  #addSlow(row: CallRow, duration: number): void {
    const slowest = this.#slowest.get(row.func) ?? [];
    this.#slowest.set(row.func, slowest);
    const place = slowest.findIndex((other) => other.duration < duration);
    slowest.splice(place < 0 ? slowest.length : place, 0, { id: row.id, duration });
    this.#keep(row);
    if (slowest.length > slowestOfFunction) this.#release(slowest.pop()!.id);
  }

  /** One of the last calls that returned `errno`. */
  addError(row: CallRow, errno: number): void {
    const last = this.#byErrno.get(errno) ?? [];
    this.#byErrno.set(errno, last);
    last.unshift(row.id);
    this.#keep(row);
    if (last.length > lastOfErrno) this.#release(last.pop()!);
  }

  #keep(row: CallRow): void {
    const staying = this.#calls.get(row.id);
    if (staying === undefined) {
      this.#calls.set(row.id, { row, uses: 1 });
      this.#ids.splice(this.countBefore(row.id), 0, row.id);
    } else {
      staying.row = row;
      staying.uses += 1;
    }
  }

  #release(id: number): void {
    const staying = this.#calls.get(id)!;
    staying.uses -= 1;
    if (staying.uses > 0) return;
    this.#calls.delete(id);
    this.#ids.splice(this.countBefore(id), 1);
  }
}
