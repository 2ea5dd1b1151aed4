/**
 * What function_graph text leaves out: which function a `}` ends, whose call a line is when only the switches between
 * tasks are printed, and when it was, when no times are.
 */
import type { SwitchLine } from './text-line.ts';

/** Tasks that are kept; beyond it the one added first is forgotten, and its open calls with it. */
const taskLimit = 20_000;

interface GraphTask {
  /** Function and start of the open calls, by depth. */
  readonly funcs: (bigint | undefined)[];
  readonly starts: (number | undefined)[];
  /** Time that the task has counted up to. */
  clock: number;
}

export interface NamedTask {
  readonly comm: string;
  readonly pid: number;
}

export class GraphTasks {
  readonly #tasks = new Map<number, GraphTask>();
  readonly #byCpu = new Map<number, NamedTask>();
  readonly #cpuByPid = new Map<number, number>();
  /** Latest time given out: times never go back. */
  #latest = 0;
  #lastCpu = 0;

  /** `first` has the tasks that CPUs start with, as far as switches later in the file tell. */
  constructor(first: ReadonlyMap<number, NamedTask>) {
    for (const [cpu, task] of first) this.#byCpu.set(cpu, task);
  }

  switchTask({ cpu, to }: SwitchLine): void {
    this.#byCpu.set(cpu, to);
    this.#lastCpu = cpu;
    if (this.#cpuByPid.size >= taskLimit) this.#cpuByPid.clear();
    this.#cpuByPid.set(to.pid, cpu);
  }

  /** The task that a CPU runs, when known. */
  taskOn(cpu: number): NamedTask | undefined {
    return this.#byCpu.get(cpu);
  }

  /** The CPU of a line that does not name it: its task's, or that of the last switch. */
  guessCpu(pid: number | undefined): number {
    return (pid === undefined ? undefined : this.#cpuByPid.get(pid)) ?? this.#lastCpu;
  }

  /** A call begins; `time` is as printed, undefined when it has to be counted. Returns when it began. */
  enter(key: number, depth: number, func: bigint, time: number | undefined): number {
    const task = this.#task(key);
    task.funcs.length = Math.min(task.funcs.length, depth);
    task.starts.length = task.funcs.length;
    // A task that stands outside all calls goes on when the others have come to.
    const isOutermost = !task.starts.some((start) => start !== undefined);
    if (isOutermost) task.clock = Math.max(task.clock, this.#latest);
    const start = time ?? this.#passed(task);
    task.funcs[depth] = func;
    task.starts[depth] = start;
    return start;
  }

  /** A call ends. Returns the function it was of (undefined when its beginning was not seen), and when. */
  leave(
    key: number,
    depth: number,
    duration: number | undefined,
    time: number | undefined,
  ): { readonly func: bigint | undefined; readonly time: number } {
    const task = this.#task(key);
    const func = task.funcs[depth];
    const start = task.starts[depth];
    task.funcs.length = Math.min(task.funcs.length, depth);
    task.starts.length = task.funcs.length;
    if (time !== undefined) return { func, time };
    if (start !== undefined && duration !== undefined) task.clock = Math.max(task.clock, start + duration);
    return { func, time: this.#passed(task) };
  }

  /** When something happens that neither begins nor ends a call. */
  now(key: number): number {
    return this.#passed(this.#task(key));
  }

  #passed(task: GraphTask): number {
    this.#latest = Math.max(this.#latest, task.clock);
    task.clock = this.#latest;
    return this.#latest;
  }

  #task(key: number): GraphTask {
    const known = this.#tasks.get(key);
    if (known !== undefined) return known;
    if (this.#tasks.size >= taskLimit) this.#tasks.delete(this.#tasks.keys().next().value!);
    const task: GraphTask = { funcs: [], starts: [], clock: this.#latest };
    this.#tasks.set(key, task);
    return task;
  }
}
