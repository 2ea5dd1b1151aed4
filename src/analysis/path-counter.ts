/**
 * Counts calls in the nodes of CallPaths as they begin and end: finds their nodes, makes room for new ones, adds up times.
 * Where the value of a root decides on the group, calls are written down and counted when the root has returned.
 */
import { CallGroups, callersNotSeen, type GroupKey, type SplitBy } from './call-groups.ts';
import { errorNumberOfHalves } from './error-counts.ts';
import type { OpenCalls } from './open-calls.ts';
import { mergeSmallLeaves } from './path-merging.ts';
import { firstGroupKey, PathNodes } from './path-nodes.ts';
import { countReturned, type ReturnedCall } from './pending-calls.ts';

const nanosecondsPerSecond = 1e9;
/** Calls without room before leaves are looked for again. */
const mergePause = 10_000;

export class PathCounter {
  readonly nodes: PathNodes;
  readonly groups: CallGroups;
  /** How often leaves were merged. */
  merges = 0;
  /** Calls that are in no node. */
  omittedCalls = 0;
  readonly #commOf: (pid: number) => string;
  readonly #isDeferred: boolean;
  /** The whole second of the latest entry, and its limits in ns. */
  #second = 0;
  #secondStart = 0;
  #secondEnd = 0;
  /** Calls without room to let pass, since nothing could be merged. */
  #callsToPause = 0;

  constructor(splitBy: SplitBy, commOf: (pid: number) => string, nodeLimit: number) {
    this.nodes = new PathNodes(Math.max(nodeLimit, 2));
    this.groups = new CallGroups(splitBy);
    this.#commOf = commOf;
    this.#isDeferred = splitBy === 'errno';
  }

  /** A root of `task` begins; returns its node, -1 when it has none yet or at all. */
  beginRoot(task: OpenCalls, cpu: number, time: number, key: number): number {
    const { nodes } = this;
    this.#turnSecond(time);
    nodes.countEnter(0, this.#second);
    const group = this.#isDeferred
      ? 0
      : task.outermost
        ? this.#groupNode(this.#groupKey(cpu, task))
        : this.#unseenNode();
    task.group = Math.max(group, 0);
    if (task.group > 0) nodes.countEnter(task.group, this.#second);
    return this.begin(task, time, group, key);
  }

  /** A call below the node `above` begins; returns its node, -1 when it has none yet or at all. */
  begin(task: OpenCalls, time: number, above: number, key: number): number {
    if (!(time >= this.#secondStart && time < this.#secondEnd)) this.#turnSecond(time);
    if (this.#isDeferred) {
      task.pending.enter(key, this.#second);
      return -1;
    }
    const node = above < 0 ? -1 : this.#childOf(above, key);
    if (node < 0) this.omittedCalls += 1;
    else this.nodes.countEnter(node, this.#second);
    return node;
  }

  /** A call of `task` ends without a time. */
  cut(task: OpenCalls, node: number): void {
    if (this.#isDeferred) task.pending.cut();
    else if (node >= 0) this.nodes.cut[node]! += 1;
  }

  /** The innermost call of `task` returns after `duration` ns, of which interrupts took `interrupt`. */
  return(task: OpenCalls, duration: number, interrupt: number, errno: number): void {
    const at = task.size - 1;
    const node = task.node[at]!;
    const self = Math.max(duration - task.childTime[at]!, 0);
    const { nodes } = this;
    if (this.#isDeferred) task.pending.return(returnedCall(task, duration, self, interrupt, errno));
    else if (node >= 0) {
      nodes.countReturn(node, duration, self, interrupt);
      if (duration > nodes.max[node]! || nodes.returned[node] === 1) {
        nodes.setMax(node, duration, task.start[at]!, task.lastCpu, task.pid);
      }
      if (errno !== 0) nodes.countError(node, errno);
    }
    if (at > 0) return;
    const root = returnedCall(task, duration, 0, interrupt, errno);
    countReturned(nodes, 0, root);
    if (task.group > 0) countReturned(nodes, task.group, root);
  }

  /** The root of a task's calls has ended; `duration` is -1 when it is not known. */
  endRoot(task: OpenCalls, duration: number, retHigh: number, retLow: number): void {
    const { nodes } = this;
    if (duration < 0) {
      nodes.cut[0]! += 1;
      if (task.group > 0) nodes.cut[task.group]! += 1;
    }
    if (this.#isDeferred) this.#countPending(task, duration, retHigh < 0 ? 0 : errorNumberOfHalves(retHigh, retLow));
  }

  /** A root call of `func` returned an error number after all. Below groups its own node is not looked for. */
  countRootError(func: number, errno: number): void {
    const root = this.nodes.find(0, func * 2);
    this.nodes.countError(0, errno);
    if (root > 0) this.nodes.countError(root, errno);
  }

  /** Counts the calls of a tree whose root has ended, in the group of its error number. */
  #countPending(task: OpenCalls, duration: number, errno: number): void {
    const { pending, lastCpu: cpu, pid } = task;
    const { nodes } = this;
    const group = pending.isFull ? -1 : this.#groupNode(errno);
    if (group < 0) this.omittedCalls += task.calls;
    else {
      nodes.countEnter(group, this.#second);
      this.omittedCalls += pending.countBelow(group, nodes, (parent, key) => this.#childOf(parent, key));
      if (duration < 0) nodes.cut[group]! += 1;
      else countReturned(nodes, group, { start: task.start[0]!, duration, self: 0, interrupt: 0, errno, cpu, pid });
    }
    pending.clear();
  }

  /** The child with a key, made if there is room for it; else -1. */
  #childOf(parent: number, key: number): number {
    const { nodes } = this;
    const known = nodes.find(parent, key);
    if (known >= 0) return known;
    if (nodes.count >= nodes.limit && !this.#makeRoom(parent)) return -1;
    return nodes.add(parent, key);
  }

  #makeRoom(parent: number): boolean {
    if (this.#callsToPause > 0) {
      this.#callsToPause -= 1;
      return false;
    }
    this.merges += 1;
    // A running call is never merged; the parent of a root may be a group in which nothing runs yet.
    this.nodes.calls[parent]! += 1;
    const found = mergeSmallLeaves(this.nodes);
    this.nodes.calls[parent]! -= 1;
    if (!found) this.#callsToPause = mergePause;
    return found;
  }

  /** The node above a root; -1 when there is no room for it. */
  #groupNode(key: GroupKey): number {
    const { groups } = this;
    return groups.by === 'none' ? 0 : this.#childOf(0, firstGroupKey - groups.numberOf(key));
  }

  /** The node above roots that somebody called; -1 when there is no room for it. */
  #unseenNode(): number {
    return this.#childOf(0, firstGroupKey - this.groups.numberOf(callersNotSeen));
  }

  #groupKey(cpu: number, task: OpenCalls): GroupKey {
    const { by } = this.groups;
    if (by === 'task') return task.key;
    return by === 'comm' ? this.#commOf(task.pid) : cpu;
  }

  #turnSecond(time: number): void {
    this.#second = Math.floor(time / nanosecondsPerSecond);
    this.#secondStart = this.#second * nanosecondsPerSecond;
    this.#secondEnd = this.#secondStart + nanosecondsPerSecond;
  }
}

/** The innermost call of a task. */
function returnedCall(task: OpenCalls, duration: number, self: number, interrupt: number, errno: number): ReturnedCall {
  const { lastCpu: cpu, pid } = task;
  return { start: task.start[task.size - 1]!, duration, self, interrupt, errno, cpu, pid };
}
