/** The calls that pass the filters, kept up to date as calls come, end and are dropped: work is only for what is new. */
import type { CallRow, GapRow, KeptCalls } from '../../src/index.ts';
import type { CallList } from '../state/models.ts';

export class FilteredCalls implements CallList {
  readonly #calls: KeptCalls;
  readonly #accepts: (row: CallRow) => boolean;
  /** Ids in order of time. */
  #ids: number[] = [];
  /** Ids of calls that were running when they were looked at. */
  #running: number[] = [];
  #seen = -1;
  #version = -1;

  constructor(calls: KeptCalls, accepts: (row: CallRow) => boolean) {
    this.#calls = calls;
    this.#accepts = accepts;
  }

  get length(): number {
    this.#update();
    return this.#ids.length;
  }

  rowAt(index: number): CallRow | GapRow {
    this.#update();
    return this.#calls.rowOf(this.#ids[index]!)!;
  }

  indexOf(id: number): number {
    this.#update();
    let [low, high] = [0, this.#ids.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ids[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #update(): void {
    if (this.#version === this.#calls.version) return;
    this.#version = this.#calls.version;
    this.#dropOld();
    this.#lookAgain();
    const { length } = this.#calls;
    let at = length;
    while (at > 0 && this.#calls.rowAt(at - 1)!.id > this.#seen) at -= 1;
    for (; at < length; at += 1) this.#look(this.#calls.rowAt(at)!);
  }

  /** Of the calls older than the latest ones, only a few are kept, now these, now those. */
  #dropOld(): void {
    const { firstOfLatest } = this.#calls;
    let older = 0;
    while (older < this.#ids.length && this.#ids[older]! < firstOfLatest) older += 1;
    const kept = this.#ids.slice(0, older).filter((id) => this.#calls.rowOf(id) !== undefined);
    if (kept.length < older) this.#ids = [...kept, ...this.#ids.slice(older)];
  }

  #look(row: CallRow | GapRow): void {
    this.#seen = row.id;
    if (row.kind === 'gap' || this.#accepts(row)) this.#ids.push(row.id);
    else if (row.state === 'running') this.#running.push(row.id);
  }

  /** Calls that have ended since may pass now. */
  #lookAgain(): void {
    this.#running = this.#running.filter((id) => {
      const row = this.#calls.rowOf(id);
      if (row === undefined || row.kind === 'gap') return false;
      if (row.state === 'running') return true;
      if (this.#accepts(row)) this.#insert(id);
      return false;
    });
  }

  #insert(id: number): void {
    let at = this.#ids.length;
    while (at > 0 && this.#ids[at - 1]! > id) at -= 1;
    this.#ids.splice(at, 0, id);
  }
}
