/** The rows of KeptCalls: a root call, or a gap of lost events. */
import type { CallTree } from '../call-graph/call-tree.ts';
import { errorNumberOfHalves } from './error-counts.ts';

/** cut: it has ended, and when is not known. */
type CallState = 'running' | 'returned' | 'cut';

export interface CallRow {
  readonly kind: 'call';
  /** Grows from row to row. */
  readonly id: number;
  /** Of the FunctionTable. */
  readonly func: number;
  /** When and where it began. ns since the origin. */
  readonly time: number;
  readonly cpu: number;
  readonly pid: number;
  readonly comm: string;
  readonly state: CallState;
  /** False when its callers were not seen. */
  readonly outermost: boolean;
  /** ns; undefined unless it returned. */
  readonly duration: number | undefined;
  /** With the root; 0 while it is running. */
  readonly calls: number;
  readonly retval: bigint | undefined;
  /** The error number in the returned value. */
  readonly errno: number | undefined;
  /** Where it is held. */
  readonly tree: CallTree | undefined;
}

export interface GapRow {
  readonly kind: 'gap';
  readonly id: number;
  readonly time: number;
  readonly cpu: number;
  /** undefined when it is not known how many. */
  readonly count: number | undefined;
}

export type KeptRow = CallRow | GapRow;

export interface CallEnd {
  /** -1 when it is not known. */
  readonly duration: number;
  readonly calls: number;
  /** The returned word's unsigned halves; `retHigh` is -1 without one. */
  readonly retHigh: number;
  readonly retLow: number;
}

export function endedRow(row: CallRow, { duration, calls, retHigh, retLow }: CallEnd): CallRow {
  const hasValue = retHigh >= 0;
  return {
    ...row,
    state: duration < 0 ? 'cut' : 'returned',
    duration: duration < 0 ? undefined : duration,
    calls,
    retval: hasValue ? (BigInt(retHigh) << 32n) | BigInt(retLow) : undefined,
    errno: (hasValue && errorNumberOfHalves(retHigh, retLow)) || undefined,
  };
}
