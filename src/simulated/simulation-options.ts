/** How a simulated kernel is set up: what is mounted, who asks, what is missing, what plays back. */

import type { WriteMode } from '../tracefs/kernel-files.ts';
import type { FixtureTree } from './fixture-tree.ts';

/** A page as one read of trace_pipe_raw returns it, and when it arrives after tracing became live, in milliseconds. */
export interface PlaybackPage {
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

/** Text that trace_pipe gives, and when. */
export interface PlaybackText {
  readonly atMs: number;
  readonly text: string;
}

export interface Playback {
  /** The pages of each CPU, in order; index = CPU number. */
  readonly cpus: readonly (readonly PlaybackPage[])[];
  readonly text?: readonly PlaybackText[];
}

export interface SimulatedKernelOptions {
  /** Where tracefs is mounted: at /sys/kernel/tracing (default), under debugfs alone, or nowhere. */
  readonly mount?: 'tracefs' | 'debugfs' | 'none';
  /** Every write to tracefs fails with EROFS. */
  readonly readOnly?: boolean;
  /** Anyone but 0 (default) gets EACCES for all of tracefs, and zeros from /proc/kallsyms. */
  readonly uid?: number;
  /** Files of the tracing directory this kernel lacks, e.g. `kprobe_events`, `events/sched`; instances lack them too. */
  readonly withoutFiles?: readonly string[];
  /** Tracers this kernel lacks, e.g. `function_graph` (its options disappear with it). */
  readonly withoutTracers?: readonly string[];
  /** More files, by absolute path: e.g. `/proc/1234/comm`. They replace those of the fixture. */
  readonly files?: Readonly<Record<string, string>>;
  /** Symbolic links, by absolute path: e.g. `/proc/1234/fd/3`. */
  readonly links?: Readonly<Record<string, string>>;
  /** Whether a uprobe's binary is there, or a folder in its place; default: every one is there. */
  readonly hasBinary?: (path: string) => boolean | 'folder';
  readonly playback?: Playback;
  /** Milliseconds from any start; default: the real clock. */
  readonly clock?: () => number;
  /** More files captured from the same kernel, laid over the fixture (the demo's symbols and command lines). */
  readonly overlay?: FixtureTree;
}

/** One change asked of the kernel, refused ones (with `code`) included. A write without words is logged as one of ''. */
export interface LoggedWrite {
  readonly path: string;
  readonly value: string;
  readonly mode: WriteMode | 'mkdir' | 'rmdir';
  readonly code?: string;
}

/** Which calls of a fault fail: the first `after` go through, then `times` (default: all) fail. */
export interface FaultRange {
  readonly after?: number;
  readonly times?: number;
}
