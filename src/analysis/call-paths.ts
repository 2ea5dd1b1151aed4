/**
 * Calls merged by call path, fed record by record: as many calls as one likes in memory that is bounded. Calls are opened
 * and closed by the rules of call-graph/call-tree-builder.ts and task-stack.ts; a call whose return was not seen, or that
 * was open while events were lost, is counted as cut and is in no time.
 */
import { traceFlag } from '../format/common-header.ts';
import type { CallGroups, SplitBy } from './call-groups.ts';
import { errorNumberOfHalves } from './error-counts.ts';
import { type OpenCalls, openMark } from './open-calls.ts';
import { OpenTasks } from './open-tasks.ts';
import { PathCounter } from './path-counter.ts';
import type { PathNodes } from './path-nodes.ts';

const interruptFlags = traceFlag.hardInterrupt | traceFlag.nonMaskableInterrupt;
/** A root call that has ended. */
export interface EndedRoot {
  /** What began() answered. */
  readonly handle: number;
  readonly func: number;
  /** When and where it began. */
  readonly time: number;
  readonly cpu: number;
  readonly pid: number;
  /** ns; -1 when it is not known. */
  readonly duration: number;
  /** With the root. */
  readonly calls: number;
  /** The returned word's unsigned halves; `retHigh` is -1 when none was recorded. */
  readonly retHigh: number;
  readonly retLow: number;
}

/** Is told of root calls. */
export interface RootListener {
  /** `outermost` is false when the callers of the root were not seen. Answers what the call is to be named by. */
  began(func: number, cpu: number, pid: number, time: number, outermost: boolean): number;
  ended(root: EndedRoot): void;
}

export interface CallPathsOptions {
  /** One level of groups above the roots. Default none. */
  readonly splitBy?: SplitBy;
  /** Names of tasks, for splitBy comm. */
  readonly commOf?: (pid: number) => string;
  /** Most nodes. Default 100,000: 40 MB. */
  readonly nodeLimit?: number;
  readonly roots?: RootListener;
  /**
   * Tells the functions that were asked for. The kernel may take a task for being inside one when it is not
   * (docs/kernel-notes.md): an outermost call of another function is that, and left out with all below it.
   */
  readonly isChosen?: ((func: number) => boolean) | undefined;
}

/** Root functions that are listed; damaged records may name any number. */
const rootFunctionLimit = 64;

export class CallPaths {
  /** Grows with every change of the figures. */
  version = 0;
  /** Entries seen so far. */
  calls = 0;
  /** Exits whose entry was not seen. */
  droppedExits = 0;
  /** Root calls left out because nobody asked for them. */
  unaskedRoots = 0;
  /** Of the latest record. */
  lastTime = 0;

  readonly #counter: PathCounter;
  readonly #roots: RootListener | undefined;
  readonly #isChosen: ((func: number) => boolean) | undefined;
  readonly #tasks = new OpenTasks();
  readonly #rootFunctions = new Set<number>();
  #losses = 0;

  constructor(options: CallPathsOptions = {}) {
    const { splitBy = 'none', commOf = () => '<...>', nodeLimit = 100_000, roots, isChosen } = options;
    this.#counter = new PathCounter(splitBy, commOf, nodeLimit);
    this.#roots = roots;
    this.#isChosen = isChosen;
  }

  /** The tree of paths; node 0 stands for all root calls. */
  get nodes(): PathNodes {
    return this.#counter.nodes;
  }

  get groups(): CallGroups {
    return this.#counter.groups;
  }

  /** Grows when nodes were merged: numbers of nodes may mean other paths from then on. */
  get merges(): number {
    return this.#counter.merges;
  }

  /** Calls that are in no node: no room, or too deep. */
  get omittedCalls(): number {
    return this.#counter.omittedCalls;
  }

  /** A call begins. `flags` is common_flags, `time` ns since the origin, `func` of a FunctionTable. In order of time. */
  enter(cpu: number, pid: number, flags: number, time: number, func: number, depth: number): void {
    this.version += 1;
    this.calls += 1;
    this.lastTime = time;
    const task = this.#tasks.take(cpu, pid);
    if (task.size > 0 && task.depth[task.size - 1]! >= depth) this.#makeWayFor(task, func, depth);
    task.lastCpu = cpu;
    task.lastTime = time;
    if (task.size === 0) this.#enterRoot(task, cpu, flags, time, func, depth);
    else this.#enterCall(task, flags, time, func, depth);
  }

  /**
   * A call returns. `duration` in ns, or -1 where the kernel recorded none; the returned word as two unsigned halves,
   * `retHigh` -1 where there is none.
   */
  exit(
    cpu: number,
    pid: number,
    time: number,
    func: number,
    depth: number,
    duration = -1,
    retHigh = -1,
    retLow = 0,
  ): void {
    this.version += 1;
    this.lastTime = time;
    const task = this.#tasks.find(cpu, pid);
    if (task === undefined || task.size === 0) {
      this.droppedExits += 1;
      return;
    }
    task.lastCpu = cpu;
    task.lastTime = time;
    if (task.depth[task.size - 1]! > depth) this.#closeFrom(task, depth + 1);
    if (task.size === 0 || task.depth[task.size - 1] !== depth || !this.#findReturning(task, func, depth)) {
      this.droppedExits += 1;
      return;
    }
    this.#return(task, time, duration, retHigh, retLow);
  }

  /** Events of `cpu` were lost here: what was open in the tasks seen on it last is left out of the times. */
  lost(cpu: number): void {
    this.version += 1;
    this.#losses += 1;
    for (const task of this.#tasks.open()) {
      if (task.lastCpu !== cpu) continue;
      task.incomplete = true;
      for (let at = 0; at < task.size; at += 1) task.marks[at]! |= openMark.lost;
    }
  }

  /** A root call of `func` that has ended returned an error number, as a return probe tells. */
  countRootError(func: number, errno: number): void {
    this.version += 1;
    this.#counter.countRootError(func, errno);
  }

  /** The trace is over: what is open is cut. */
  finish(): void {
    this.version += 1;
    for (const task of this.#tasks.open()) this.#closeFrom(task, Number.NEGATIVE_INFINITY);
  }

  /** The functions of root calls that were met, in the order they came. */
  rootFunctions(): readonly number[] {
    return [...this.#rootFunctions];
  }

  /** The open calls of the tasks that are in one. */
  openTasks(): readonly OpenCalls[] {
    return this.#tasks.open();
  }

  /** Ends what cannot be open any more when a call of `func` begins at `depth`. See TaskStack.nests(). */
  #makeWayFor(task: OpenCalls, func: number, depth: number): void {
    this.#closeFrom(task, depth + 1);
    const top = task.size - 1;
    if (top < 0 || task.depth[top] !== depth) return;
    if (task.func[top] === func || task.incomplete) this.#closeFrom(task, depth);
  }

  #enterRoot(task: OpenCalls, cpu: number, flags: number, time: number, func: number, depth: number): void {
    task.outermost = depth <= 0 || (depth === 1 && task.endedAfterLosses === this.#losses);
    task.incomplete = false;
    task.calls = 1;
    task.rootCpu = cpu;
    if (task.outermost && this.#rootFunctions.size < rootFunctionLimit) this.#rootFunctions.add(func);
    task.isUnasked = task.outermost && this.#isChosen !== undefined && !this.#isChosen(func);
    const isInterrupt = (flags & interruptFlags) !== 0;
    const key = func * 2 + (isInterrupt ? 1 : 0);
    const node = task.isUnasked ? -1 : this.#counter.beginRoot(task, cpu, time, key);
    task.push(func, depth, node, time, flags, isInterrupt ? openMark.interrupt : 0);
    if (task.isUnasked) this.unaskedRoots += 1;
    else task.rootHandle = this.#roots?.began(func, cpu, task.pid, time, task.outermost) ?? 0;
    this.#tasks.opened(task, (quiet) => this.#closeFrom(quiet, Number.NEGATIVE_INFINITY));
  }

  #enterCall(task: OpenCalls, flags: number, time: number, func: number, depth: number): void {
    const top = task.size - 1;
    task.calls += 1;
    const isInterrupt = task.depth[top] === depth || (flags & interruptFlags & ~task.flags[top]!) !== 0;
    if (!this.#tasks.hasRoom(task)) {
      this.#counter.omittedCalls += 1;
      return;
    }
    const key = func * 2 + (isInterrupt ? 1 : 0);
    const node = task.isUnasked ? -1 : this.#counter.begin(task, time, task.node[top]!, key);
    task.push(func, depth, node, time, flags, isInterrupt ? openMark.interrupt : 0);
  }

  /** Brings the call that returns to the top; false, with the innermost one cut, when none fits. */
  #findReturning(task: OpenCalls, func: number, depth: number): boolean {
    let at = task.size - 1;
    while (at >= 0 && task.depth[at] === depth && task.func[at] !== func) at -= 1;
    if (at < 0 || task.depth[at] !== depth) {
      this.#cut(task);
      task.incomplete = true;
      return false;
    }
    while (task.size - 1 > at) {
      this.#cut(task);
      task.incomplete = true;
    }
    return true;
  }

  /** Ends every open call at `depth` and deeper, whose returns were not seen. */
  #closeFrom(task: OpenCalls, depth: number): void {
    while (task.size > 0 && task.depth[task.size - 1]! >= depth) {
      task.incomplete = true;
      this.#cut(task);
    }
  }

  /** Ends the innermost call without a time. */
  #cut(task: OpenCalls): void {
    const at = task.size - 1;
    task.size = at;
    if (!task.isUnasked) this.#counter.cut(task, task.node[at]!);
    if (at === 0) this.#endRoot(task, -1, -1, 0);
  }

  /** The innermost call returns. */
  #return(task: OpenCalls, time: number, recorded: number, retHigh: number, retLow: number): void {
    const at = task.size - 1;
    const duration = recorded >= 0 ? recorded : Math.max(time - task.start[at]!, 0);
    const marks = task.marks[at]!;
    const interrupt = Math.min(task.interruptTime[at]!, duration);
    const isCounted = (marks & openMark.lost) === 0;
    const errno = retHigh < 0 ? 0 : errorNumberOfHalves(retHigh, retLow);
    if (!task.isUnasked) {
      if (isCounted) this.#counter.return(task, duration, interrupt, errno);
      else this.#counter.cut(task, task.node[at]!);
    }
    task.size = at;
    if (at > 0) {
      task.childTime[at - 1]! += duration;
      task.interruptTime[at - 1]! += (marks & openMark.interrupt) === 0 ? interrupt : duration;
    } else this.#endRoot(task, isCounted ? duration : -1, retHigh, retLow);
  }

  /** The root of a task's calls has ended; `duration` is -1 when it is not known. */
  #endRoot(task: OpenCalls, duration: number, retHigh: number, retLow: number): void {
    // See CallTreeBuilder: from about 6.13 on an interrupt right behind an outermost call begins at depth 1.
    if (task.outermost) task.endedAfterLosses = this.#losses;
    this.#tasks.closed();
    if (task.isUnasked) return;
    this.#counter.endRoot(task, duration, retHigh, retLow);
    this.#roots?.ended({
      handle: task.rootHandle,
      func: task.func[0]!,
      time: task.start[0]!,
      cpu: task.rootCpu,
      pid: task.pid,
      duration,
      calls: task.calls,
      retHigh,
      retLow,
    });
  }
}
