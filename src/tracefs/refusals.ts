/**
 * What a refusal means where the kernel's error_log says nothing: the errno alone misleads (a filter's syntax error may
 * be EPERM, a symbol that is not unique EADDRNOTAVAIL).
 */

import type { KernelOperation } from '../base/errors.ts';

export interface Refusal {
  readonly operation: KernelOperation;
  /** Path of the file. */
  readonly file: string;
  /** The errno's name. */
  readonly code: string;
}

export interface Diagnosis {
  readonly why: string;
  readonly remedy?: string | undefined;
}

interface Rule extends Diagnosis {
  readonly file: RegExp;
  readonly codes: readonly string[];
}

/** The first that fits counts: files before errnos that mean the same everywhere. */
const rules: readonly Rule[] = [
  {
    file: /\/(?:filter|trigger)$/,
    codes: ['EINVAL', 'EPERM', 'ENOENT'],
    why: 'the kernel does not understand the expression',
    remedy: 'fields and their types are in the event’s format file; texts need quotes',
  },
  {
    file: /\/set_graph_(?:function|notrace)$|\/set_ftrace_(?:filter|notrace)$/,
    codes: ['EINVAL', 'ENOENT'],
    why: 'one of these functions cannot be traced',
    remedy: 'see available_filter_functions',
  },
  {
    file: /\/current_tracer$/,
    codes: ['EBUSY'],
    why: 'someone reads the trace, and the tracer cannot change meanwhile',
    remedy: 'end that reader',
  },
  {
    file: /\/current_tracer$/,
    codes: ['EINVAL'],
    why: 'the tracer cannot be used here',
    remedy: 'see available_tracers',
  },
  { file: /\/trace_clock$/, codes: ['EINVAL'], why: 'this kernel has no such clock', remedy: 'see trace_clock' },
  { file: /\/trace_pipe$/, codes: ['EBUSY'], why: 'someone else reads it, and it has one reader at a time' },
  {
    file: /\/buffer_size_kb$/,
    codes: ['ENOMEM'],
    why: 'there is not enough memory',
    remedy: 'ask for less (--buffer-size)',
  },
  {
    file: /\/[ku]probe_events$/,
    codes: ['EADDRNOTAVAIL'],
    why: 'several functions have this name, and the kernel cannot tell which is meant',
    remedy: 'probe one by its address',
  },
  { file: /\/kprobe_events$/, codes: ['EILSEQ'], why: 'no instruction begins at this offset' },
  {
    file: /\/uprobe_events$/,
    codes: ['EINVAL'],
    why: 'the kernel takes no such probe (another one at the same place with other needs, or a limit)',
    remedy: 'dmesg may say more',
  },
  {
    file: /\/dynamic_events$/,
    codes: ['EINVAL'],
    why: 'the kernel takes no such probe: it may have been built without event probes or fprobes, whatever its README says',
    remedy: 'event probes need CONFIG_EPROBE_EVENTS, fprobes and tracepoint probes CONFIG_FPROBE_EVENTS',
  },
  { file: /\/(?:[ku]probe|dynamic)_events$/, codes: ['EBUSY'], why: 'the probe is in use' },
  { file: /\/instances\/[^/]+$/, codes: ['EEXIST'], why: 'there is an instance of this name' },
  { file: /\/instances\/[^/]+$/, codes: ['EBUSY'], why: 'someone uses the instance' },
  {
    file: /\/(?:enable|set_event)$/,
    codes: ['EINVAL'],
    why: 'the event cannot be enabled',
    remedy: 'dmesg may say why',
  },
  { file: /./, codes: ['EROFS'], why: 'tracefs is mounted read-only', remedy: 'mount -o remount,rw the tracefs' },
  { file: /./, codes: ['EACCES', 'EPERM'], why: 'this user may not do that', remedy: 'run ftui as root' },
  { file: /./, codes: ['ENOENT', 'ENODEV'], why: 'this kernel has no such file' },
  { file: /./, codes: ['ENOMEM'], why: 'the kernel is out of memory' },
];

/** Why the kernel refused, as far as file and errno tell; undefined for what is not known here. */
export function diagnoseRefusal({ file, code }: Refusal): Diagnosis | undefined {
  const rule = rules.find((candidate) => candidate.codes.includes(code) && candidate.file.test(file));
  return rule === undefined ? undefined : { why: rule.why, remedy: rule.remedy };
}
