/** The models of one graph screen, fed together: calls by path, single calls, and the timeline. */
import type { SplitBy } from './call-groups.ts';
import { CallPaths } from './call-paths.ts';
import { FunctionTable } from './function-table.ts';
import { KeptCalls } from './kept-calls.ts';
import { Timeline, type TimelineOptions } from './timeline.ts';

interface GraphModelOptions {
  readonly splitBy?: SplitBy;
  readonly commOf?: (pid: number) => string;
  /** Most nodes of the call paths. */
  readonly nodeLimit?: number;
  /** Most single calls. */
  readonly callLimit?: number;
  readonly timeline?: TimelineOptions;
  /** Tells the functions that were asked for, see CallPaths. */
  readonly isChosen?: ((func: number) => boolean) | undefined;
  /** Numbers of functions, to share them with other models of the same trace. */
  readonly functions?: FunctionTable;
}

export class GraphModel {
  readonly functions: FunctionTable;
  readonly paths: CallPaths;
  readonly calls: KeptCalls;
  readonly timeline: Timeline;

  constructor(options: GraphModelOptions = {}) {
    const { splitBy, commOf, nodeLimit, callLimit, timeline, functions = new FunctionTable() } = options;
    const names = commOf === undefined ? {} : { commOf };
    this.functions = functions;
    this.calls = new KeptCalls({ ...names, ...(callLimit === undefined ? {} : { limit: callLimit }) });
    this.timeline = new Timeline(timeline);
    this.paths = new CallPaths({
      ...names,
      isChosen: options.isChosen,
      ...(splitBy === undefined ? {} : { splitBy }),
      ...(nodeLimit === undefined ? {} : { nodeLimit }),
      roots: {
        began: (func, cpu, pid, time, outermost) => this.calls.began(func, cpu, pid, time, outermost),
        ended: (root) => {
          this.calls.ended(root);
          const { cpu, pid, func, time, duration } = root;
          if (duration >= 0) this.timeline.call(cpu, pid, func, time, duration);
        },
      },
    });
  }

  /** The functions of the root calls. */
  rootFunctions(): readonly number[] {
    return this.paths.rootFunctions();
  }

  functionOf(high: number, low: number): number {
    return this.functions.idOf(high, low);
  }

  enter(cpu: number, pid: number, flags: number, time: number, func: number, depth: number): void {
    this.paths.enter(cpu, pid, flags, time, func, depth);
  }

  exit(
    cpu: number,
    pid: number,
    time: number,
    func: number,
    depth: number,
    duration: number,
    retHigh: number,
    retLow: number,
  ): void {
    this.paths.exit(cpu, pid, time, func, depth, duration, retHigh, retLow);
  }

  lost(cpu: number, time: number, count: number): void {
    this.paths.lost(cpu);
    this.calls.lost(cpu, time, count);
    this.timeline.lost(cpu, time);
  }

  event(cpu: number, pid: number, time: number): void {
    this.timeline.event(cpu, pid, time);
  }

  taskSwitch(cpu: number, time: number, previousPid: number, nextPid: number): void {
    this.timeline.taskSwitch(cpu, time, previousPid, nextPid);
  }

  /**
   * A return probe tells, at `time`, what a root call of `func` in a task returned: the one that ended just before. The
   * probe's record comes behind the exit's (seen on 6.1, 6.12, 7.2). False when there is none.
   */
  tellReturn(pid: number, func: number, time: number, retHigh: number, retLow: number): boolean {
    const errno = this.calls.tellReturn(pid, func, time, retHigh, retLow);
    if (errno === undefined) return false;
    if (errno !== 0) this.paths.countRootError(func, errno);
    return true;
  }

  /** The trace is over. */
  finish(): void {
    this.paths.finish();
  }
}
