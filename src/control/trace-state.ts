/** The settings that a plan would touch, as they are before it. */

import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import type { TracePlan } from './trace-plan.ts';

/** Contents by file name relative to the tracing directory; undefined where the kernel has no such file. */
export type TraceState = ReadonlyMap<string, string | undefined>;

/** Names, relative to a tracing directory, of every file whose content decides what the plan writes. */
function listTouchedFiles(plan: TracePlan): string[] {
  return [
    'tracing_on',
    'trace_clock',
    'buffer_size_kb',
    'tracing_cpumask',
    'current_tracer',
    'max_graph_depth',
    'tracing_thresh',
    'set_graph_function',
    'set_graph_notrace',
    'set_ftrace_filter',
    'set_ftrace_notrace',
    'set_ftrace_pid',
    'set_ftrace_notrace_pid',
    'set_event_pid',
    'set_event_notrace_pid',
    'options/event-fork',
    'options/function-fork',
    ...Object.keys(plan.options).map((name) => `options/${name}`),
    ...(plan.ownsInstance ? [] : plan.events.flatMap(({ system, event }) => eventFiles(`events/${system}/${event}`))),
  ];
}

function eventFiles(folder: string): string[] {
  return [`${folder}/enable`, `${folder}/filter`];
}

/** Reads what the plan would touch in `directory`. */
export function readState(directory: TraceDirectory, plan: TracePlan): TraceState {
  return new Map(listTouchedFiles(plan).map((file) => [file, directory.readIfThere(file)]));
}

/**
 * The value of a setting in the form in which it can be written back: the bracketed word of trace_clock and the like,
 * the size behind `7 (expanded: 1408)`, the 0 of a softly enabled event (`0*`), else the text without its last newline.
 */
export function settingValue(text: string): string {
  const bracketed = /^(?:\S+ )*\[(\w[\w-]*)\](?: \S+)*\n?$/.exec(text);
  const expanded = /^\d+ \(expanded: (\d+)\)/.exec(text);
  return expanded?.[1] ?? bracketed?.[1] ?? text.replace(/\n$/, '').replace(/^([01])\*$/, '$1');
}

/** The entries of a list file such as set_ftrace_pid or set_graph_function; its `#### … ####` and `no pid` are none. */
export function listEntries(text: string | undefined): string[] {
  if (text === undefined) return [];
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#') && line !== 'no pid');
}
