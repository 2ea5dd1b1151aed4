/**
 * The open calls of one task as columns of numbers. Which records open and close them is the rule of
 * call-graph/task-stack.ts; here they only are pushed and popped.
 */

import { PendingCalls } from './pending-calls.ts';

/** Bits of OpenCalls.marks. */
export const openMark = { interrupt: 1, lost: 2 } as const;

/** Deeper than the kernel's own return stack can ever be; damaged records must not grow ours for ever. */
export const depthLimit = 4096;

export class OpenCalls {
  /** The pid; of an idle task -1 - cpu. */
  readonly key: number;
  readonly pid: number;
  /** Open calls; 0 while the task is in none. */
  size = 0;
  func = new Int32Array(16);
  depth = new Int32Array(16);
  /** The node of each call in CallPaths; -1 when it is not counted. */
  node = new Int32Array(16);
  start = new Float64Array(16);
  flags = new Uint8Array(16);
  marks = new Uint8Array(16);
  /** ns that the calls directly below took. */
  childTime = new Float64Array(16);
  /** ns that interrupts anywhere below took. */
  interruptTime = new Float64Array(16);
  /** Where the task was seen last, and when. */
  lastCpu = 0;
  lastTime = 0;
  /** Of the tree that is open: a loss or a missing return in it; nothing called its root; its calls; its group's node. */
  incomplete = false;
  outermost = false;
  calls = 0;
  group = 0;
  rootCpu = 0;
  /** What the listener for roots named the one that is open, or was last. */
  rootHandle = 0;
  /** The tree is of a root that nobody asked for. */
  isUnasked = false;
  /** The calls of the open tree, when they are counted as it ends. */
  readonly pending = new PendingCalls();
  /** Number of losses when the task's last outermost call ended; -1 when none has. */
  endedAfterLosses = -1;

  constructor(key: number, pid: number) {
    this.key = key;
    this.pid = pid;
  }

  /** Calls that there is room for without growing. */
  get capacity(): number {
    return this.func.length;
  }

  push(func: number, depth: number, node: number, start: number, flags: number, marks: number): void {
    const at = this.size;
    if (at === this.func.length) this.#grow();
    this.func[at] = func;
    this.depth[at] = depth;
    this.node[at] = node;
    this.start[at] = start;
    this.flags[at] = flags;
    this.marks[at] = marks;
    this.childTime[at] = 0;
    this.interruptTime[at] = 0;
    this.size = at + 1;
  }

  #grow(): void {
    const length = this.func.length * 2;
    this.func = copied(this.func, new Int32Array(length));
    this.depth = copied(this.depth, new Int32Array(length));
    this.node = copied(this.node, new Int32Array(length));
    this.start = copied(this.start, new Float64Array(length));
    this.flags = copied(this.flags, new Uint8Array(length));
    this.marks = copied(this.marks, new Uint8Array(length));
    this.childTime = copied(this.childTime, new Float64Array(length));
    this.interruptTime = copied(this.interruptTime, new Float64Array(length));
  }
}

function copied<T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
