/** Everything in tracefs that is not at its default, in the top level and in each instance. */

import { bareMask, formatCpuMask } from '../base/cpu-list.ts';
import { listCpus, type TraceDirectory } from '../tracefs/trace-directory.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { parseEventList } from './event-list.ts';
import { listEntries, settingValue } from './trace-state.ts';

/** A setting that somebody has changed, or an object that somebody has created. */
interface Deviation {
  readonly setting: string;
  readonly value: string;
}

export interface DirectoryStatus {
  /** The instance's name, undefined for the top level. */
  readonly instance: string | undefined;
  readonly deviations: readonly Deviation[];
}

const scalarDefaults: readonly (readonly [file: string, isDefault: (value: string) => boolean])[] = [
  ['current_tracer', (value) => value === 'nop'],
  ['tracing_on', (value) => value === '1'],
  ['trace_clock', (value) => value === 'local' || value === 'global'],
  ['max_graph_depth', (value) => value === '0'],
  ['tracing_thresh', (value) => value === '0'],
  ['buffer_percent', (value) => value === '50'],
];

const lists = [
  'set_event',
  'set_event_pid',
  'set_event_notrace_pid',
  'set_ftrace_filter',
  'set_ftrace_notrace',
  'set_ftrace_pid',
  'set_ftrace_notrace_pid',
  'set_graph_function',
  'set_graph_notrace',
];

/** Dynamic events of everybody; they exist once, for all instances. */
const definitions = ['kprobe_events', 'uprobe_events', 'synthetic_events'];

/** Options that are on in a fresh kernel; all others are off. */
const optionsOn = new Set(
  `print-parent context-info overwrite record-cmd irq-info markers annotate sleep-time graph-time trace_printk hash-ptr
   funcgraph-cpu funcgraph-overhead funcgraph-duration funcgraph-irqs function-trace`.split(/\s+/),
);
/** Where trace_printk and trace_marker go by default: the top level (and on Linux 6.17 and later copies of it). */
const optionsOnAtTop = new Set(['trace_printk_dest', 'copy_trace_marker']);

/** What each directory holds that a fresh kernel would not; directories without any are listed too. */
export function readStatus(tracefs: Tracefs): DirectoryStatus[] {
  const events = parseEventList(tracefs.top.readIfThere('available_events') ?? '');
  return tracefs.directories().map((directory) => ({
    instance: directory.instance,
    deviations: [
      ...readScalars(directory),
      ...readLists(directory),
      ...readCpuMask(directory),
      ...readOptions(directory),
      ...readEventSettings(directory, events),
      ...(directory.instance === undefined ? readDefinitions(directory) : []),
    ],
  }));
}

function readScalars(directory: TraceDirectory): Deviation[] {
  return scalarDefaults.flatMap(([file, isDefault]) => {
    const text = directory.readIfThere(file);
    const value = text === undefined ? undefined : settingValue(text);
    return value === undefined || isDefault(value) ? [] : [{ setting: file, value }];
  });
}

function readLists(directory: TraceDirectory): Deviation[] {
  return lists.flatMap((file) => {
    const entries = listEntries(directory.readIfThere(file));
    return entries.length === 0 ? [] : [{ setting: file, value: brief(entries) }];
  });
}

function brief(entries: readonly string[]): string {
  const more = entries.length - 5;
  return more > 0 ? `${entries.slice(0, 5).join(' ')} … and ${more} more` : entries.join(' ');
}

/** By default every possible CPU is in the mask. */
function readCpuMask(directory: TraceDirectory): Deviation[] {
  const value = directory.readIfThere('tracing_cpumask')?.trim();
  if (value === undefined || bareMask(value) === bareMask(formatCpuMask(listCpus(directory)))) return [];
  return [{ setting: 'tracing_cpumask', value }];
}

function readOptions(directory: TraceDirectory): Deviation[] {
  const text = directory.readIfThere('trace_options') ?? '';
  return text.split('\n').flatMap((line) => {
    const off = line.startsWith('no');
    const name = off ? line.slice(2) : line;
    if (name === '' || name.startsWith('test_nop')) return [];
    const onByDefault = optionsOn.has(name) || (directory.instance === undefined && optionsOnAtTop.has(name));
    return off !== onByDefault ? [] : [{ setting: `options/${name}`, value: off ? '0' : '1' }];
  });
}

/** Filters and triggers of single events. */
function readEventSettings(directory: TraceDirectory, events: readonly string[]): Deviation[] {
  return events.flatMap((event) => {
    const folder = `events/${event.replace(':', '/')}`;
    const filter = directory.readIfThere(`${folder}/filter`)?.trim() ?? 'none';
    const triggers = listEntries(directory.readIfThere(`${folder}/trigger`));
    return [
      ...(filter === 'none' || filter === '' ? [] : [{ setting: `${folder}/filter`, value: filter }]),
      ...triggers.map((value) => ({ setting: `${folder}/trigger`, value })),
    ];
  });
}

function readDefinitions(top: TraceDirectory): Deviation[] {
  const known = definitions.flatMap((file) =>
    listEntries(top.readIfThere(file)).map((line) => ({ setting: file, value: line })),
  );
  return [...known, ...listOtherDefinitions(top).map((value) => ({ setting: 'dynamic_events', value }))];
}

/** Event probes, fprobes and tracepoint probes: dynamic_events lists every kind, and these nowhere else. */
export function listOtherDefinitions(top: TraceDirectory): string[] {
  return listEntries(top.readIfThere('dynamic_events')).filter((line) => /^[eft]\d*:/.test(line));
}
