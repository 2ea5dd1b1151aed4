/** What a session wants from the kernel, as plain data. Nothing here depends on the kernel that will run it. */

import type { CpuId, Pid } from '../base/units.ts';

/** A task to trace: its id, or the traced command, whose id is known once it has been forked. */
export type PidReference = Pid | typeof commandPid;
/** Stands for the traced command's pid where it is not known yet (`--dry-run`); a shell variable there. */
export const commandPid = '$CMD';

export type Tracer = 'nop' | 'function' | 'function_graph';

/**
 * Functions for set_ftrace_filter or set_ftrace_notrace: names, with their line numbers in
 * available_filter_functions.
 */
export interface FunctionSelection {
  readonly names: readonly string[];
  /** 1-based lines of available_filter_functions, in the order of `names`. */
  readonly indexes: readonly number[];
}

export interface PlannedEvent {
  readonly system: string;
  readonly event: string;
  readonly filter?: string | undefined;
  readonly triggers?: readonly string[] | undefined;
  /** Not recorded itself: it is here for its triggers. */
  readonly triggersOnly?: boolean | undefined;
}

/**
 * A dynamic probe: one line of kprobe_events, uprobe_events or dynamic_events (fprobes, event and tracepoint probes).
 */
export interface ProbeDefinition {
  readonly file: 'kprobe_events' | 'uprobe_events' | 'dynamic_events';
  readonly group: string;
  readonly event: string;
  /** The whole line, e.g. `p:ftui_12/open do_sys_openat2 +0(%si):ustring`. */
  readonly line: string;
  /** Never hit: it is here to raise a counter in a program, and no filter is for it. */
  readonly isCounter?: boolean | undefined;
}

export interface TracePlan {
  /** The instance to trace in; undefined is the top level. */
  readonly instance: string | undefined;
  /** The instance is the session's own: created and removed with it. Else its settings are restored. */
  readonly ownsInstance: boolean;
  readonly tracer: Tracer;
  /** Names and globs for set_graph_function and set_graph_notrace (top level only). */
  readonly graphFunctions: readonly string[];
  readonly graphNotrace: readonly string[];
  readonly filterFunctions?: FunctionSelection | undefined;
  readonly notraceFunctions?: FunctionSelection | undefined;
  /** 0 is unlimited. */
  readonly maxGraphDepth?: number | undefined;
  readonly events: readonly PlannedEvent[];
  readonly probes: readonly ProbeDefinition[];
  /** Filter for the events of all probes. */
  readonly probeFilter?: string | undefined;
  /** Options of trace_options by name. */
  readonly options: Readonly<Record<string, boolean>>;
  readonly clock: string;
  readonly bufferSizeKb?: number | undefined;
  /** The CPUs to trace; undefined traces all. */
  readonly cpus?: readonly CpuId[] | undefined;
  /** The tasks to trace, with their children; empty traces all. */
  readonly pids: readonly PidReference[];
  /** The traced tasks without their children. */
  readonly withoutChildren?: boolean | undefined;
  /** Tasks never to trace: ftui's own threads. */
  readonly excludedPids: readonly Pid[];
}

/** A plan that traces nothing, for `{ ...emptyPlan, … }`. */
export const emptyPlan: TracePlan = {
  instance: undefined,
  ownsInstance: false,
  tracer: 'nop',
  graphFunctions: [],
  graphNotrace: [],
  events: [],
  probes: [],
  options: {},
  clock: 'mono',
  pids: [],
  excludedPids: [],
};
