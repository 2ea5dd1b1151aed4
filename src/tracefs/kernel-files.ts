/**
 * The primitives through which ftui touches the kernel's files (tracefs, /proc, /sys). There are two implementations:
 * the running kernel (running-kernel.ts) and the simulated one (src/simulated). Paths are absolute. All calls are
 * synchronous, so that a signal handler never sees a half-applied plan, and throw Node system errors
 * (`code` holds the errno name).
 */

/** How a file is opened for writing: `overwrite` = O_WRONLY, `append` adds O_APPEND, `truncate` adds O_TRUNC. */
export type WriteMode = 'overwrite' | 'append' | 'truncate';

/** A file opened O_RDONLY|O_NONBLOCK, such as trace_pipe_raw: one read gives what is there now. */
export interface KernelStream {
  /** Fills `into` from its start; the number of bytes, 0 at the end of the file, -1 when nothing is there yet (EAGAIN). */
  read(into: Uint8Array): number;
  /** The same for one after the other of `into` in one call, up to the first that is not filled: the bytes of all. */
  readMany(into: readonly Uint8Array[]): number;
  /** Fills `into` with the start of a text that the kernel makes anew for each reading, such as stats; its bytes. */
  readAgain(into: Uint8Array): number;
  close(): void;
}

export interface KernelFiles {
  /** Which kernel this is, for the line that tells the user: e.g. `running kernel 6.12.95`. */
  readonly description: string;
  readText(path: string): string;
  readBytes(path: string): Uint8Array;
  /** Up to `length` bytes from `position`, for /proc/PID/mem. */
  readAt(path: string, position: number, length: number): Uint8Array;
  /**
   * Opens the file once and issues one write(2) for each of `words`, writing the rest again after a short count.
   * A kernel that ends a word early (set_ftrace_filter) therefore still gets them all; what it collects takes effect
   * when the file is closed, before this returns.
   */
  write(path: string, words: readonly string[], mode: WriteMode): void;
  /** CLOCK_MONOTONIC in ns, which the trace clock `mono` counts too; undefined where the two do not belong together. */
  monotonicNow(): bigint | undefined;
  /** Names in a folder, unsorted. */
  list(path: string): string[];
  exists(path: string): boolean;
  readLink(path: string): string;
  mkdir(path: string): void;
  rmdir(path: string): void;
  openStream(path: string): KernelStream;
}
