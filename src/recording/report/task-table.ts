/**
 * Names of the tasks in a report, and what stands for them in its lines.
 *
 * The names are those that libtraceevent 1.8.4 finds (event-parse.c). It has them in a list, to which events add whatever
 * they tell, until the first name is asked for; then it sorts them, and adds only tasks that have no name yet. A task that is
 * there several times then is found by a search by halves, so that it depends on the other tasks under which name.
 */
import type { TaskName } from '../trace-dat/recorded-names.ts';
import { formatTask } from './line-head.ts';

const unknown = '<...>';
/** Names that events may add before one is asked for; no recording has shown so many. */
const mostUnsorted = 10_000;

/** A task that has several names, the newest first. */
interface Twin {
  readonly pid: number;
  readonly comms: readonly string[];
  /** Names of tasks with lower pids. */
  before: number;
}

export class TaskTable {
  /** Grows when a task that was shown is to be shown otherwise. */
  age = 0;
  /** Until the first name is asked for; in the order in which they came. */
  #unsorted: TaskName[] | undefined;
  readonly #names = new Map<number, string>();
  #twins: readonly Twin[] = [];
  #count = 0;
  readonly #latencyFormat: boolean;
  readonly #texts = new Map<number, Uint8Array>();

  constructor(names: readonly TaskName[], latencyFormat: boolean) {
    this.#unsorted = [...names];
    this.#latencyFormat = latencyFormat;
  }

  nameOf(pid: number): string {
    if (pid === 0) return '<idle>';
    if (this.#unsorted !== undefined) this.#sort(this.#unsorted);
    return this.#names.get(pid) ?? unknown;
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
    if (this.#unsorted !== undefined) {
      if (this.#unsorted.length < mostUnsorted) this.#unsorted.push({ pid, comm: comm() });
      return false;
    }
    if (pid === 0 || this.#names.has(pid)) return true;
    this.#setName(pid, comm());
    this.#count += 1;
    for (const twin of this.#twins) {
      if (pid < twin.pid) twin.before += 1;
      this.#setName(twin.pid, foundName(twin, this.#count));
    }
    return true;
  }

  #sort(unsorted: readonly TaskName[]): void {
    this.#unsorted = undefined;
    this.#count = unsorted.length;
    const byPid = Map.groupBy(unsorted.toReversed(), ({ pid }) => pid);
    let before = 0;
    const tasks = [...byPid]
      .sort(([one], [other]) => one - other)
      .map(([pid, names]): Twin => {
        const task = { pid, comms: names.map(({ comm }) => comm), before };
        before += names.length;
        return task;
      });
    for (const task of tasks) this.#names.set(task.pid, foundName(task, this.#count));
    this.#twins = tasks.filter(({ pid, comms }) => pid !== 0 && comms.length > 1);
  }

  #setName(pid: number, comm: string): void {
    if (this.#names.get(pid) === comm) return;
    this.#names.set(pid, comm);
    if (this.#texts.delete(pid)) this.age += 1;
  }
}

/** Which of the names the C library's bsearch meets first among `count` names in the order of their pids. */
function foundName({ comms, before }: Twin, count: number): string {
  let low = 0;
  let high = count;
  for (;;) {
    const index = (low + high) >>> 1;
    if (index < before) low = index + 1;
    else if (index >= before + comms.length) high = index;
    else return comms[index - before]!;
  }
}
