/**
 * What the main thread and the recorder's thread tell each other: calls of RecordOutput's methods with their answers as
 * messages, and how far it is in shared memory, because the recorder's thread never returns to its event loop.
 */

import {
  BusyError,
  type ErrorParts,
  FtuiError,
  NotPermittedError,
  UnsupportedError,
  UsageError,
} from '../base/errors.ts';
import { type RecordOutput, type RecordProgress, type RecordSource, WriteError } from './record-output.ts';

export type RecordMethod =
  | 'create'
  | 'storeSymbols'
  | 'readSymbols'
  | 'writeMetadata'
  | 'open'
  | 'appendPages'
  | 'hold'
  | 'drain'
  | 'counts'
  | 'finish'
  | 'discard';

export interface RecordCall<M extends RecordMethod = RecordMethod> {
  readonly method: M;
  readonly args: CallArguments<M>;
}

/** `open` gets no time from outside, the recorder's thread has its own clock, but the time between two rounds. */
export type CallArguments<M extends RecordMethod> = M extends 'open'
  ? [sources: readonly RecordSource[], roundMs: number]
  : Parameters<RecordOutput[M]>;
export type CallResult<M extends RecordMethod> = ReturnType<RecordOutput[M]>;

export type RecordAnswer =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'error'; readonly error: PackedError }
  /** No answer: reading or writing failed, and reading has ended. */
  | { readonly kind: 'failure'; readonly error: PackedError };

/** Words of the shared memory. */
export const controlWord = { wanted: 0, state: 1, words: 2 } as const;
/** What the main thread wants: to go on, to answer a call, to let go of the kernel's files at once. */
export const wanted = { rounds: 0, answer: 1, release: 2 } as const;
/** What the recorder's thread does. */
export const state = { working: 0, released: 1 } as const;

/** Shared memory of one recorder. */
export interface RecordShared {
  readonly control: Int32Array;
  /** The fields of RecordProgress, in its order. */
  readonly numbers: Float64Array;
}

export function createShared(): RecordShared {
  return {
    control: new Int32Array(new SharedArrayBuffer(4 * controlWord.words)),
    numbers: new Float64Array(new SharedArrayBuffer(8 * 5)),
  };
}

export function storeProgress({ numbers }: RecordShared, progress: RecordProgress): void {
  const { bytes, keptBytes, lost, unwritten, records } = progress;
  numbers.set([bytes, keptBytes, lost, unwritten, records]);
}

export function loadProgress({ numbers }: RecordShared): RecordProgress {
  const [bytes = 0, keptBytes = 0, lost = 0, unwritten = 0, records = 0] = numbers;
  return { bytes, keptBytes, lost, unwritten, records };
}

/** An error as a message can carry it: its class gets lost on the way, and with it the exit status. */
interface PackedError {
  readonly kind: string;
  readonly parts: Omit<ErrorParts, 'cause'>;
}

const kinds: readonly (readonly [kind: string, type: new (parts: ErrorParts) => FtuiError])[] = [
  ['usage', UsageError],
  ['unsupported', UnsupportedError],
  ['not-permitted', NotPermittedError],
  ['busy', BusyError],
  ['write', WriteError],
  ['other', FtuiError],
];

export function packError(error: unknown): PackedError {
  if (error instanceof FtuiError) {
    const { attempted, why, remedy } = error;
    return { kind: kinds.find(([, type]) => error instanceof type)![0], parts: { attempted, why, remedy } };
  }
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'other', parts: { attempted: 'recording', why, remedy: 'please report this' } };
}

export function unpackError({ kind, parts }: PackedError): FtuiError {
  const type = kinds.find(([name]) => name === kind)?.[1] ?? FtuiError;
  return new type(parts);
}
