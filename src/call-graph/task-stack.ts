/**
 * The open calls of one task, which always belong to one tree: frames are pushed by entries and popped by exits, and what
 * does not fit is put right by the depth that each record carries.
 */

import type { CpuId, Pid } from '../base/units.ts';
import { traceFlag } from '../format/common-header.ts';
import type { CallCut, CallNode, CallTree } from './call-tree.ts';
import type { GraphEntry, GraphExit } from './graph-record.ts';

const interruptFlags = traceFlag.hardInterrupt | traceFlag.nonMaskableInterrupt;

type BuiltNode = CallNode & { readonly children: CallNode[] };

interface Frame {
  readonly func: bigint;
  readonly depth: number;
  readonly start: number;
  readonly flags: number;
  /** The call itself, or undefined when the tree was full. */
  readonly node: BuiltNode | undefined;
  /** ns that the calls directly below took. */
  childTime: number;
}

/** Deeper than the kernel's own return stack can ever be; damaged records must not grow ours for ever. */
const depthLimit = 4096;

export interface RootPlace {
  readonly pid: Pid;
  readonly cpu: CpuId;
  /** See CallTree. */
  readonly outermost: boolean;
}

export class TaskStack {
  readonly pid: Pid;
  readonly cpu: CpuId;
  readonly outermost: boolean;
  /** Where the task was seen last, and when. */
  lastCpu: CpuId;
  lastTime: number;
  /** Nodes kept so far in the tree that is open. */
  keptNodes = 0;
  #frames: Frame[] = [];
  #calls = 0;
  #omitted = 0;
  #incomplete = false;

  constructor({ pid, cpu, outermost }: RootPlace, time: number) {
    this.pid = pid;
    this.cpu = cpu;
    this.outermost = outermost;
    this.lastCpu = cpu;
    this.lastTime = time;
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0;
  }

  /**
   * Whether a call that begins at the depth of an open one belongs beneath it. The kernel gives the depth free before it
   * writes the exit record: an interrupt in between begins at the same depth, and the exit comes behind it. A second
   * call of the same function, or a loss, says that the exit is missing instead.
   */
  nests({ func, depth }: GraphEntry): boolean {
    const open = this.#frames.at(-1);
    return open?.depth === depth && open.func !== func && !this.#incomplete;
  }

  /** Ends what cannot be open any more when `entry` begins. */
  makeWayFor(entry: GraphEntry): void {
    this.closeFrom(entry.depth + 1);
    if (!this.nests(entry)) this.closeFrom(entry.depth);
  }

  /** Pushes a call, after makeWayFor(). `keep` says whether the tree may still grow, `cut` marks a root. */
  enter(entry: GraphEntry, time: number, flags: number, keep: boolean, cut: CallCut | undefined): void {
    const parent = this.#frames.at(-1);
    this.#calls += 1;
    const node = keep && (parent === undefined || parent.node) ? newNode(entry, time, flags, parent, cut) : undefined;
    if (node) {
      this.keptNodes += 1;
      parent?.node?.children.push(node);
    } else this.#omit();
    if (this.#frames.length >= depthLimit) return;
    const { func, depth } = entry;
    this.#frames.push({ func, depth, start: time, flags, node, childTime: 0 });
  }

  /** Ends every open call at `depth` and deeper, whose returns were not seen. */
  closeFrom(depth: number): void {
    while (this.#frames.length > 0 && this.#frames.at(-1)!.depth >= depth) this.#drop('lost');
  }

  /** Ends the call that `exit` returns from; false when no open call fits it. */
  leave(exit: GraphExit, time: number): boolean {
    this.closeFrom(exit.depth + 1);
    if (this.#frames.at(-1)?.depth !== exit.depth) return false;
    // Several frames may have this depth, see nests().
    const isReturning = ({ func, depth }: Frame) => depth === exit.depth && func === exit.func;
    if (!this.#frames.some(isReturning)) {
      this.#drop('lost');
      return false;
    }
    while (!isReturning(this.#frames.at(-1)!)) this.#drop('lost');
    const frame = this.#frames.pop()!;
    const duration = exit.duration ?? time - frame.start;
    const parent = this.#frames.at(-1);
    if (parent) parent.childTime += duration;
    if (frame.node) {
      frame.node.duration = duration;
      frame.node.selfTime = Math.max(duration - frame.childTime, 0);
      frame.node.retval = exit.retval;
    }
    return true;
  }

  /** Marks the innermost open call: events of this task may have been lost in it. */
  markLost(): void {
    this.#incomplete = true;
    const innermost = this.#frames.findLast(({ node }) => node !== undefined);
    if (innermost?.node) innermost.node.cut = 'lost';
  }

  /** Ends all open calls as still running. */
  closeAll(): void {
    while (this.#frames.length > 0) this.#drop('end');
  }

  /** The finished tree; `root` is what treeRoot() returned while it was open. */
  finishedTree(root: CallNode): CallTree {
    const { pid, cpu, outermost } = this;
    return { root, pid, cpu, calls: this.#calls, omittedCalls: this.#omitted, incomplete: this.#incomplete, outermost };
  }

  /** The outermost open call; undefined when none is open or even the root is not kept. */
  treeRoot(): CallNode | undefined {
    return this.#frames[0]?.node;
  }

  #drop(cut: CallCut): void {
    const { node } = this.#frames.pop()!;
    if (cut === 'lost') this.#incomplete = true;
    if (node) node.cut = node.cut === 'lost' ? 'lost' : cut;
  }

  #omit(): void {
    this.#omitted += 1;
    const innermost = this.#frames.findLast(({ node }) => node !== undefined);
    if (innermost?.node) innermost.node.omittedCalls += 1;
  }
}

function newNode(
  entry: GraphEntry,
  start: number,
  flags: number,
  parent: Frame | undefined,
  cut: CallCut | undefined,
): BuiltNode {
  return {
    func: entry.func,
    depth: entry.depth,
    start,
    duration: undefined,
    selfTime: undefined,
    children: [],
    omittedCalls: 0,
    args: entry.args,
    retaddr: entry.retaddr,
    retval: undefined,
    interrupt: parent?.depth === entry.depth || (flags & interruptFlags & ~(parent?.flags ?? 0)) !== 0,
    cut,
  };
}
