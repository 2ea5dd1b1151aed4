/**
 * Names of the tasks in a report, and what stands for them in its lines. A name that is known is never replaced.
 *
 * The names are those that libtraceevent 1.8.4 finds (event-parse.c). It has them in a list, to which events add whatever
 * they tell, until the first name is asked for; then it sorts them. A task may be there twice from then on, and which of its
 * names a search by halves meets first depends on how many tasks are known.
 */
import type { TaskName } from '../trace-dat/recorded-names.ts';
import { formatTask } from './line-head.ts';

const unknown = '<...>';
/** Names that events may add before one is asked for; no recording has shown so many. */
const mostUnsorted = 100_000;

export class TaskTable {
  /** Grows when a task that was shown is to be shown otherwise. */
  age = 0;
  /** By pid once `isSorted`, of one pid the newest first; before that in the order in which they came. */
  #names: TaskName[];
  #isSorted = false;
  #hasTwins = false;
  readonly #pids = new Set<number>();
  readonly #latencyFormat: boolean;
  readonly #texts = new Map<number, Uint8Array>();

  constructor(names: readonly TaskName[], latencyFormat: boolean) {
    this.#names = [...names];
    this.#latencyFormat = latencyFormat;
  }

  nameOf(pid: number): string {
    if (pid === 0) return '<idle>';
    if (!this.#isSorted) this.#sort();
    const { index, isFound } = this.#search(pid);
    return isFound ? this.#names[index]!.comm : unknown;
  }

  /** The task's part of a line, with the blank behind it. */
  textOf(pid: number): Uint8Array {
    const known = this.#texts.get(pid);
    if (known !== undefined) return known;
    const text = formatTask(this.nameOf(pid), pid, this.#latencyFormat);
    this.#texts.set(pid, text);
    return text;
  }

  /** A scheduler event names a task. True when no later one can name it. */
  learn(pid: number, comm: () => string): boolean {
    if (!this.#isSorted) {
      if (this.#names.length < mostUnsorted) this.#names.push({ pid, comm: comm() });
      return false;
    }
    if (pid === 0 || this.#pids.has(pid)) return true;
    this.#names.splice(this.#search(pid).index, 0, { pid, comm: comm() });
    this.#pids.add(pid);
    const isShown = this.#texts.delete(pid);
    if (this.#hasTwins) this.#texts.clear();
    if (isShown || this.#hasTwins) this.age += 1;
    return true;
  }

  #sort(): void {
    this.#names = this.#names.reverse().sort((one, other) => one.pid - other.pid);
    for (const { pid } of this.#names) this.#pids.add(pid);
    this.#hasTwins = this.#pids.size < this.#names.length;
    this.#isSorted = true;
  }

  /** As the C library's bsearch goes; where the pid is not there, `index` is its place. */
  #search(pid: number): { index: number; isFound: boolean } {
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const index = (low + high) >>> 1;
      const difference = pid - this.#names[index]!.pid;
      if (difference === 0) return { index, isFound: true };
      if (difference < 0) high = index;
      else low = index + 1;
    }
    return { index: low, isFound: false };
  }
}
