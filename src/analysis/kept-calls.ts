/**
 * Single root calls in the order they began, with gaps of lost events between them. The newest are kept in a ring; of those
 * that the ring drops, the slowest of each function, the last ones of each error number, and marked ones stay.
 */
import type { CallTree } from '../call-graph/call-tree.ts';
import type { EndedRoot, RootListener } from './call-paths.ts';
import { CallRing } from './call-ring.ts';
import { type CallRow, endedRow, type KeptRow } from './call-row.ts';
import { errorNumberOfHalves } from './error-counts.ts';
import { KeptTrees } from './kept-trees.ts';
import { StayingCalls } from './staying-calls.ts';

interface KeptCallsOptions {
  /** Rows in the ring. Default 100,000. */
  readonly limit?: number;
  /** Nodes of trees held. Default 400,000: some 64 MB. */
  readonly treeNodes?: number;
  readonly commOf?: (pid: number) => string;
}

export class KeptCalls implements RootListener {
  /** Grows with every change. */
  version = 0;
  readonly #ring: CallRing;
  readonly #staying = new StayingCalls();
  readonly #trees: KeptTrees;
  readonly #commOf: (pid: number) => string;
  /** Calls that were still running when the ring dropped them. */
  readonly #running = new Map<number, CallRow>();

  constructor({ limit = 100_000, treeNodes = 400_000, commOf = () => '<...>' }: KeptCallsOptions = {}) {
    this.#ring = new CallRing(limit);
    this.#trees = new KeptTrees(treeNodes, (id) => this.#staying.rowOf(id) !== undefined);
    this.#commOf = commOf;
  }

  began(func: number, cpu: number, pid: number, time: number, outermost: boolean): number {
    this.version += 1;
    this.#makeRoom();
    return this.#ring.begin({ func, cpu, pid, time, outermost, comm: this.#commOf(pid) });
  }

  ended(end: EndedRoot): void {
    this.version += 1;
    const { handle, func, duration, retHigh, retLow } = end;
    const old = this.#running.get(handle);
    if (old === undefined) this.#ring.end(handle, end);
    const isError = retHigh >= 0 && errorNumberOfHalves(retHigh, retLow) !== 0;
    const isSlow = this.#staying.isSlow(func, duration);
    if (old === undefined && !isError && !isSlow) return;
    const row = old === undefined ? this.#ring.callOf(handle) : endedRow(old, end);
    this.#running.delete(handle);
    this.#staying.refresh(row);
    if (isError || isSlow) this.#staying.add(row);
  }

  /** What a call returned that ended just before `time`; its error number or 0, undefined when there is no such call. */
  tellReturn(pid: number, func: number, time: number, retHigh: number, retLow: number): number | undefined {
    const id = this.#ring.findEnded(pid, func, time);
    if (id === undefined) return undefined;
    this.version += 1;
    this.#ring.setReturn(id, retHigh, retLow);
    const row = this.#ring.callOf(id);
    this.#staying.refresh(row);
    if (row.errno !== undefined) this.#staying.addError(row, row.errno);
    return row.errno ?? 0;
  }

  /** Events were lost; `count` is -1 when it is not known how many. */
  lost(cpu: number, time: number, count: number): void {
    this.version += 1;
    this.#makeRoom();
    this.#ring.addGap(cpu, time, count);
  }

  /** Rows that rowAt() gives. */
  get length(): number {
    return this.#staying.countBefore(this.#ring.first) + this.#ring.length;
  }

  /** Rows that are gone for good. */
  get dropped(): number {
    return this.#ring.first - this.#staying.countBefore(this.#ring.first);
  }

  /** All rows from this id on are there; of older ones, those that stay. */
  get firstOfLatest(): number {
    return this.#ring.first;
  }

  /** The row at a place in the order of time, from 0; undefined beyond the end. Places move when old rows go. */
  rowAt(index: number): KeptRow | undefined {
    const older = this.#staying.countBefore(this.#ring.first);
    return index < older ? this.rowOf(this.#staying.idAt(index)) : this.rowOf(this.#ring.first + index - older);
  }

  /** A row by its id; undefined when it is gone. */
  rowOf(id: number): KeptRow | undefined {
    const row = this.#ring.holds(id) ? this.#ring.rowOf(id) : this.#staying.rowOf(id);
    return row?.kind === 'call' ? this.#withTree(row) : row;
  }

  /** The place of a row, or where it would be. */
  indexOf(id: number): number {
    const { first } = this.#ring;
    return id < first ? this.#staying.countBefore(id) : this.#staying.countBefore(first) + id - first;
  }

  /** The nearest place behind `from` in a direction whose row passes; -1 when none does. */
  find(from: number, step: 1 | -1, test: (row: KeptRow) => boolean): number {
    const { length } = this;
    for (let index = from + step; index >= 0 && index < length; index += step) {
      const row = this.rowAt(index);
      if (row !== undefined && test(row)) return index;
    }
    return -1;
  }

  /** Of a root function, longest first. */
  slowest(func: number): CallRow[] {
    return this.#staying.slowest(func).map((row) => this.#withTree(row));
  }

  /** The last calls that returned an error number, newest first. */
  ofErrno(errno: number): CallRow[] {
    return this.#staying.ofErrno(errno).map((row) => this.#withTree(row));
  }

  marked(): CallRow[] {
    return this.#staying.marked().map((row) => this.#withTree(row));
  }

  isMarked(id: number): boolean {
    return this.#staying.isMarked(id);
  }

  /** Marks a call, which stays then, or takes the mark away; false when it cannot be marked. */
  mark(id: number, on: boolean): boolean {
    this.version += 1;
    const row = this.rowOf(id);
    return row?.kind === 'call' && this.#staying.mark(row, on);
  }

  /** The tree of a call, when it has ended: from a CallTreeBuilder that got the same records. */
  attachTree(tree: CallTree): void {
    const id = this.#ring.findCall(tree.pid, tree.root.start);
    if (id === undefined) return;
    this.version += 1;
    this.#trees.add(id, tree);
  }

  #makeRoom(): void {
    const row = this.#ring.dropOldest();
    if (row === undefined || row.kind !== 'call') return;
    if (row.state === 'running') this.#running.set(row.id, row);
    this.#staying.refresh(row);
    this.#trees.leave(row.id);
  }

  #withTree(row: CallRow): CallRow {
    const tree = this.#trees.of(row.id);
    return tree === undefined ? row : { ...row, tree };
  }
}
