/**
 * What this kernel and this user can do, probed by files and options, never by the version: yes, no with what would
 * make it yes, or could not tell.
 */

import { errnoOf } from '../base/errors.ts';
import type { KernelFiles } from './kernel-files.ts';
import { isMountedReadOnly } from './mounts.ts';
import { readSysctl } from './processes.ts';
import type { Tracefs } from './tracefs.ts';

type Answer = 'yes' | 'no' | 'unknown';

export interface Feature {
  /** Stable key, e.g. `tracer:function_graph`. */
  readonly key: string;
  readonly title: string;
  readonly answer: Answer;
  /** For no and unknown: what would make it yes. */
  readonly remedy?: string | undefined;
}

interface TracerNeed {
  readonly name: string;
  readonly remedy: string;
}

const tracers: readonly TracerNeed[] = [
  { name: 'function', remedy: 'a kernel with CONFIG_FUNCTION_TRACER' },
  { name: 'function_graph', remedy: 'a kernel with CONFIG_FUNCTION_GRAPH_TRACER' },
  { name: 'irqsoff', remedy: 'a kernel with CONFIG_IRQSOFF_TRACER' },
  { name: 'preemptoff', remedy: 'a kernel with CONFIG_PREEMPT_TRACER' },
  { name: 'wakeup', remedy: 'a kernel with CONFIG_SCHED_TRACER' },
  { name: 'hwlat', remedy: 'a kernel with CONFIG_HWLAT_TRACER' },
  { name: 'osnoise', remedy: 'Linux 5.14 or later with CONFIG_OSNOISE_TRACER' },
  { name: 'timerlat', remedy: 'Linux 5.14 or later with CONFIG_TIMERLAT_TRACER' },
  { name: 'mmiotrace', remedy: 'a kernel with CONFIG_MMIOTRACE' },
  { name: 'blk', remedy: 'a kernel with CONFIG_BLK_DEV_IO_TRACE' },
];

const options: readonly (readonly [name: string, remedy: string])[] = [
  ['event-fork', 'Linux 4.7 or later'],
  ['function-fork', 'Linux 4.13 or later with CONFIG_FUNCTION_TRACER'],
  ['stacktrace', 'a kernel with CONFIG_STACKTRACE'],
  ['userstacktrace', 'a kernel with CONFIG_USER_STACKTRACE_SUPPORT'],
  ['func_stack_trace', 'a kernel with CONFIG_FUNCTION_TRACER'],
  ['func-args', 'Linux 6.15 or later with CONFIG_FUNCTION_TRACE_ARGS'],
  ['funcgraph-args', 'Linux 6.15 or later with CONFIG_FUNCTION_TRACE_ARGS'],
  ['funcgraph-retval', 'Linux 6.5 or later with CONFIG_FUNCTION_GRAPH_RETVAL'],
  ['funcgraph-retaddr', 'Linux 6.13 or later with CONFIG_FUNCTION_GRAPH_RETADDR'],
];

const files: readonly (readonly [file: string, title: string, remedy: string])[] = [
  ['kprobe_events', 'kprobes', 'a kernel with CONFIG_KPROBE_EVENTS'],
  ['uprobe_events', 'uprobes', 'a kernel with CONFIG_UPROBE_EVENTS'],
  ['synthetic_events', 'synthetic events', 'Linux 4.17 or later with CONFIG_SYNTH_EVENTS'],
  ['dynamic_events', 'dynamic_events', 'Linux 5.0 or later'],
  ['user_events_data', 'user events', 'Linux 6.4 or later with CONFIG_USER_EVENTS'],
  ['error_log', 'explanations of refusals (error_log)', 'Linux 5.2 or later'],
  ['set_event_notrace_pid', 'leaving tasks out of events', 'Linux 5.7 or later'],
];

/** Words of README that tell a feature of dynamic events or triggers. */
const readmeSigns: readonly (readonly [key: string, title: string, sign: RegExp, remedy: string])[] = [
  ['hist', 'histograms (hist triggers)', /\bhist:/, 'Linux 4.7 or later with CONFIG_HIST_TRIGGERS'],
  ['eprobe', 'event probes', /\be\[:/, 'Linux 5.15 or later'],
  ['fprobe', 'function probes (fprobe)', /\bf\[/, 'Linux 6.4 or later with CONFIG_FPROBE_EVENTS'],
  ['tprobe', 'raw tracepoint probes', /\bt\[:/, 'Linux 6.4 or later with CONFIG_FPROBE_EVENTS'],
  ['btf-args', 'arguments by name in probes', /<argname>/, 'Linux 6.6 or later with CONFIG_PROBE_EVENTS_BTF_ARGS'],
  ['arg-n', 'numbered arguments ($argN)', /\$arg<N>/, 'Linux 4.20 or later on this architecture'],
  ['type-ustring', 'fetch-arg type ustring', /\bustring\b/, 'Linux 5.2 or later'],
  ['type-symstr', 'fetch-arg type symstr', /\bsymstr\b/, 'Linux 6.1 or later'],
  ['type-char', 'fetch-arg type char', /\bchar\b, string/, 'Linux 6.4 or later'],
  ['type-array', 'fetch-arg arrays', /array-size/, 'Linux 4.20 or later'],
];

/** All features of the tracefs, in the order in which `doctor` shows them. */
export function probeFeatures(tracefs: Tracefs): Feature[] {
  const { top, kernel } = tracefs;
  const readme = top.readIfThere('README');
  const has = (file: string) => (canList(kernel, top.path) ? top.exists(file) : undefined);
  const available = top.readIfThere('available_tracers')?.trim().split(' ');
  return [
    ...tracers.map(({ name, remedy }) =>
      feature(`tracer:${name}`, `tracer ${name}`, available?.includes(name), remedy),
    ),
    feature(
      'graph-in-instance',
      'tracer function_graph in an instance',
      probeInstanceGraph(tracefs),
      'Linux 6.11 or later',
    ),
    ...options.map(([name, remedy]) => {
      const known = canList(kernel, `${top.path}/options`) ? top.exists(`options/${name}`) : undefined;
      return feature(`option:${name}`, `option ${name}`, known, remedy);
    }),
    ...files.map(([file, title, remedy]) => feature(`file:${file}`, title, has(file), remedy)),
    feature('instances', 'instances', has('instances'), 'a kernel with CONFIG_TRACING, 3.10 or later'),
    ...readmeSigns.map(([key, title, sign, remedy]) =>
      feature(key, title, readme === undefined ? undefined : sign.test(readme), remedy),
    ),
    feature(
      'btf',
      'kernel types (BTF)',
      kernel.exists('/sys/kernel/btf/vmlinux'),
      'a kernel with CONFIG_DEBUG_INFO_BTF',
    ),
    feature('kallsyms', 'addresses in /proc/kallsyms', probeKallsyms(kernel), 'root, and kernel.kptr_restrict below 2'),
  ];
}

function feature(key: string, title: string, present: boolean | undefined, remedy: string): Feature {
  if (present === true) return { key, title, answer: 'yes' };
  return { key, title, answer: present === undefined ? 'unknown' : 'no', remedy };
}

function canList(kernel: KernelFiles, path: string): boolean {
  try {
    kernel.list(path);
    return true;
  } catch {
    return false;
  }
}

/** An instance lists its own tracers; without one there is nothing to ask that would leave no trace. */
function probeInstanceGraph(tracefs: Tracefs): boolean | undefined {
  const graphAtAll = tracefs.top.readIfThere('available_tracers')?.includes('function_graph');
  if (graphAtAll === false) return false;
  for (const name of tracefs.instanceNames()) {
    const available = tracefs.instance(name).readIfThere('available_tracers');
    if (available !== undefined) return available.includes('function_graph');
  }
  return undefined;
}

/** Addresses are zeros for those who may not see them. */
function probeKallsyms(kernel: KernelFiles): boolean | undefined {
  try {
    const { text } = readStart(kernel, '/proc/kallsyms');
    return /^(?!0+ )[0-9a-f]+ /m.test(text);
  } catch {
    return undefined;
  }
}

/** The first page of a long file. */
function readStart(kernel: KernelFiles, path: string): { text: string } {
  const stream = kernel.openStream(path);
  try {
    const bytes = new Uint8Array(4096);
    const length = Math.max(0, stream.read(bytes));
    return { text: Buffer.from(bytes.subarray(0, length)).toString('latin1') };
  } finally {
    stream.close();
  }
}

/** Why the user cannot trace although the kernel might; undefined when access is fine. */
export function findAccessProblem(tracefs: Tracefs): { readonly why: string; readonly remedy: string } | undefined {
  const { kernel, root, top } = tracefs;
  const lockdown = readLockdown(kernel);
  if (lockdown === 'confidentiality') {
    return { why: 'the kernel is locked down (confidentiality)', remedy: 'boot without lockdown=confidentiality' };
  }
  try {
    top.kernel.readText(`${root}/current_tracer`);
  } catch (error) {
    const code = errnoOf(error) ?? 'unknown error';
    return { why: `${root} may not be read (${code})`, remedy: 'run ftui as root' };
  }
  if (isMountedReadOnly(kernel, root)) {
    return { why: `${root} is mounted read-only`, remedy: `mount -o remount,rw ${root}` };
  }
  return undefined;
}

/** The active word of /sys/kernel/security/lockdown, undefined where it cannot be read. */
export function readLockdown(kernel: KernelFiles): string | undefined {
  try {
    return /\[(\w+)\]/.exec(kernel.readText('/sys/kernel/security/lockdown'))?.[1];
  } catch {
    return undefined;
  }
}

/** kernel.panic_on_warn: a probe that makes the kernel warn would then halt the machine. */
export function panicsOnWarning(kernel: KernelFiles): boolean {
  return readSysctl(kernel, 'kernel/panic_on_warn') === 1;
}
