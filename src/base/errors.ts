/**
 * The error classes and the exit status each one ends a command with. The message reads
 * `what was attempted: why`, and `remedy` says what to do; src/cli prints both as
 * `ftui: what was attempted: why (what to do)`.
 */

export const exitStatus = {
  fine: 0,
  failed: 1,
  usage: 2,
  unsupported: 3,
  notPermitted: 4,
  busy: 5,
} as const;
export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

export interface ErrorParts {
  /** What was attempted and on what, e.g. `tracing do_sys_open`. */
  readonly attempted: string;
  /** Why it did not work. */
  readonly why: string;
  /** What the user can do about it. */
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
}

/** Any failure that ftui can explain; subclasses own the exit status. */
export class FtuiError extends Error {
  readonly exitStatus: ExitStatus = exitStatus.failed;
  readonly attempted: string;
  readonly why: string;
  readonly remedy: string | undefined;

  constructor({ attempted, why, remedy, cause }: ErrorParts) {
    super(`${attempted}: ${why}`, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.attempted = attempted;
    this.why = why;
    this.remedy = remedy;
  }
}

/** Wrong use of the command line, or a name that is not there. */
export class UsageError extends FtuiError {
  override readonly exitStatus = exitStatus.usage;
}

/** The running kernel lacks what is needed; the remedy names the option or version that has it. */
export class UnsupportedError extends FtuiError {
  override readonly exitStatus = exitStatus.unsupported;
}

/** The user may not do this: not root, a read-only mount, lockdown. */
export class NotPermittedError extends FtuiError {
  override readonly exitStatus = exitStatus.notPermitted;
}

/** Someone else is tracing, and going on would disturb them. */
export class BusyError extends FtuiError {
  override readonly exitStatus = exitStatus.busy;
}

export type KernelOperation = 'read' | 'write' | 'append' | 'truncate' | 'list' | 'mkdir' | 'rmdir' | 'open';

interface TracefsErrorParts {
  readonly operation: KernelOperation;
  readonly file: string;
  readonly value?: string | undefined;
  /** The errno name as Node reports it, e.g. EINVAL. */
  readonly code: string;
  /** What error_log said about this very write, with its caret line; undefined when it said nothing new. */
  readonly kernelMessage?: string | undefined;
  /** Our own reading of the errno, for when the kernel said nothing. */
  readonly diagnosis?: string | undefined;
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
}

/** The kernel refused an operation on one of its files. */
export class TracefsError extends FtuiError {
  override readonly exitStatus: ExitStatus;
  readonly operation: KernelOperation;
  readonly file: string;
  readonly value: string | undefined;
  readonly code: string;
  readonly kernelMessage: string | undefined;

  constructor(parts: TracefsErrorParts) {
    const { operation, file, value, code, kernelMessage, diagnosis, remedy, cause } = parts;
    const what = value === undefined ? `${operation} ${file}` : `${operation} '${value.trimEnd()}' to ${file}`;
    const meaning = kernelMessage === undefined ? diagnosis : `\n${kernelMessage}`;
    const why = [code, meaning].filter((part) => part !== undefined).join(kernelMessage === undefined ? ': ' : '');
    super({ attempted: what, why, remedy, cause });
    this.operation = operation;
    this.file = file;
    this.value = value;
    this.code = code;
    this.kernelMessage = kernelMessage;
    this.exitStatus = statusOf(parts);
  }
}

/** EPERM is no lack of permission in the files that parse an expression: a filter's syntax error may be EPERM, too. */
function statusOf({ code, file }: TracefsErrorParts): ExitStatus {
  if (code === 'EACCES' || code === 'EROFS') return exitStatus.notPermitted;
  if (/\/(?:filter|trigger)$/.test(file)) return exitStatus.usage;
  return code === 'EPERM' ? exitStatus.notPermitted : exitStatus.failed;
}

/** The errno name of a Node system error, or undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** An error of any kind as one that says what was attempted. */
export function asFtuiError(attempted: string, error: unknown): FtuiError {
  if (error instanceof FtuiError) return error;
  return new FtuiError({ attempted, why: error instanceof Error ? error.message : String(error), cause: error });
}
