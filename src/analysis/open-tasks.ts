/** The tasks that calls are open in, and what is known of others; bounded, as damaged records may name any task. */
import { depthLimit, OpenCalls } from './open-calls.ts';

/** Tasks that may be inside a call at a time; beyond it those quiet for longest end. As CallTreeBuilder has it. */
const openLimit = 10_000;
const knownLimit = 2 * openLimit;
/** Open calls that there is room for in all tasks together. */
const callLimit = 1_000_000;
const recentMask = 255;

export class OpenTasks {
  readonly #byKey = new Map<number, OpenCalls>();
  /** The last task by the low bits of the CPU: records come in runs of one. */
  readonly #recent: (OpenCalls | undefined)[] = new Array(recentMask + 1).fill(undefined);
  #openCount = 0;
  #room = 0;

  /** The task of a record; idle tasks are one per CPU. */
  find(cpu: number, pid: number): OpenCalls | undefined {
    const key = pid === 0 ? -1 - cpu : pid;
    const recent = this.#recent[cpu & recentMask];
    if (recent !== undefined && recent.key === key) return recent;
    const task = this.#byKey.get(key);
    if (task !== undefined) this.#recent[cpu & recentMask] = task;
    return task;
  }

  take(cpu: number, pid: number): OpenCalls {
    return this.find(cpu, pid) ?? this.#add(cpu, pid);
  }

  /** Tasks that have open calls. */
  open(): readonly OpenCalls[] {
    return [...this.#byKey.values()].filter(({ size }) => size > 0);
  }

  /** A root was pushed; `end` ends all calls of a task when too many are in one. */
  opened(task: OpenCalls, end: (task: OpenCalls) => void): void {
    this.#openCount += 1;
    if (this.#openCount <= openLimit) return;
    const quiet = this.open()
      .filter((other) => other !== task)
      .sort((a, b) => a.lastTime - b.lastTime);
    for (const other of quiet.slice(0, Math.ceil(quiet.length / 10))) end(other);
  }

  closed(): void {
    this.#openCount -= 1;
  }

  /** Whether another call can be pushed; damaged records must not take the memory. */
  hasRoom(task: OpenCalls): boolean {
    const { size, capacity } = task;
    if (size < capacity) return true;
    if (size >= depthLimit || this.#room + capacity > callLimit) return false;
    this.#room += capacity;
    return true;
  }

  #add(cpu: number, pid: number): OpenCalls {
    if (this.#byKey.size >= knownLimit) this.#forgetClosed();
    const task = new OpenCalls(pid === 0 ? -1 - cpu : pid, pid);
    this.#byKey.set(task.key, task);
    this.#room += task.capacity;
    this.#recent[cpu & recentMask] = task;
    return task;
  }

  #forgetClosed(): void {
    for (const [key, { size, capacity }] of this.#byKey) {
      if (size > 0) continue;
      this.#byKey.delete(key);
      this.#room -= capacity;
    }
    this.#recent.fill(undefined);
  }
}
