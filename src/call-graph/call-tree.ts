/** The shapes of a call tree: what one root call of one task did, as function_graph recorded it. */
import type { CpuId, Pid } from '../base/units.ts';

/**
 * Where a call is not whole. start: what called it was entered before the trace. end: still running when the trace
 * ended. lost: events were lost inside it, or its return was not seen.
 */
export type CallCut = 'start' | 'end' | 'lost';

export interface CallNode {
  /** Address in the function, as recorded: on kernels with ENDBR 4 bytes after the symbol of some. */
  readonly func: bigint;
  /** Depth as the kernel counts it; 0 is the outermost traced call. */
  readonly depth: number;
  /** When it was entered: ns since the stream's origin. */
  readonly start: number;
  /** ns; undefined when the return was not seen. */
  duration: number | undefined;
  /** The duration without what the called functions took (whether kept or omitted); undefined as the duration is. */
  selfTime: number | undefined;
  readonly children: readonly CallNode[];
  /** Calls somewhere below this one that are not kept in the tree: it had reached its limit. */
  omittedCalls: number;
  /** Words of the arguments, where the kernel recorded them. */
  readonly args: readonly bigint[] | undefined;
  /** The address it returns to, where the kernel recorded it. */
  readonly retaddr: bigint | undefined;
  retval: bigint | undefined;
  /** A hard interrupt or NMI began here, in the middle of its parent or as a root. */
  readonly interrupt: boolean;
  cut: CallCut | undefined;
}

export interface CallTree {
  readonly root: CallNode;
  readonly pid: Pid;
  /** Where the root was entered. */
  readonly cpu: CpuId;
  /** Calls in the tree with the root, also those that are not kept. */
  readonly calls: number;
  /** Calls that are counted in `calls` and are not in the tree. */
  readonly omittedCalls: number;
  /** A loss or a missing return somewhere in the tree. */
  readonly incomplete: boolean;
  /** Nothing called the root, as far as the trace goes: no caller of it was open in the task. */
  readonly outermost: boolean;
}
