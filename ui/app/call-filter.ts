/** The calls that pass the filters, kept up to date as calls come, end and are dropped: work is only for what is new. */
import type { CallRow, GapRow, KeptCalls } from '../../src/index.ts';
import type { CallList } from '../state/models.ts';

export class FilteredCalls implements CallList {
  readonly #calls: KeptCalls;
  readonly #accepts: (row: CallRow) => boolean;
  /** Ids in order; those before #first have been dropped. */
  #ids: number[] = [];
  #first = 0;
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
    return this.#ids.length - this.#first;
  }

  rowAt(index: number): CallRow | GapRow {
    this.#update();
    return this.#calls.rowOf(this.#ids[this.#first + index]!)!;
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

  #dropOld(): void {
    while (this.#first < this.#ids.length && this.#calls.indexOf(this.#ids[this.#first]!) < 0) this.#first += 1;
    if (this.#first < 10_000) return;
    this.#ids = this.#ids.slice(this.#first);
    this.#first = 0;
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
    while (at > this.#first && this.#ids[at - 1]! > id) at -= 1;
    this.#ids.splice(at, 0, id);
  }
}
