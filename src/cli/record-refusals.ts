/** Options of `trace-cmd record` that ftui does not have, each with what to do instead. Never ignored. */

import { UsageError } from '../base/errors.ts';
import type { RecordOptionShape } from './record-words.ts';

interface RefusedOption extends RecordOptionShape {
  readonly why: string;
  readonly remedy: string;
}

const noNetwork = {
  why: 'ftui does not send recordings over a network',
  remedy: 'record to a file and copy that, or use trace-cmd',
} as const;
const noGuests = {
  why: 'ftui does not record guests together with their host',
  remedy: 'record in each on its own, or use trace-cmd',
} as const;
const alwaysRestores = {
  why: 'ftui puts back whatever it has changed',
  remedy: 'set tracing up by hand (--dry-run prints the writes) and record into that instance with -B',
} as const;
const noProfile = {
  why: 'ftui has no profile of trace-cmd’s kind',
  remedy: 'record the events (-p function_graph --max-graph-depth 1 -e sched -T) and evaluate the file afterwards',
} as const;
const functionTrace = {
  why: 'it is for the latency tracers, which ftui does not record',
  remedy: '-O nofunction-trace sets the option of that name',
} as const;

export const refusedOptions: readonly RefusedOption[] = [
  { name: 'N', value: 'required', ...noNetwork },
  { name: 'V', value: 'required', ...noNetwork },
  { name: 't', value: 'none', ...noNetwork },
  { name: 'A', value: 'required', ...noGuests },
  { name: 'name', value: 'required', ...noGuests },
  { name: 'proxy', value: 'required', ...noGuests },
  { name: 'nofifos', value: 'none', ...noGuests },
  { name: 'tsync-interval', value: 'required', ...noGuests },
  { name: 'k', value: 'none', ...alwaysRestores },
  { name: 'K', value: 'none', ...alwaysRestores },
  { name: 'profile', value: 'none', ...noProfile },
  { name: 'G', value: 'none', ...noProfile },
  { name: 'S', value: 'none', ...noProfile },
  { name: 'H', value: 'required', ...noProfile },
  { name: 'by-comm', value: 'none', ...noProfile },
  { name: 'd', value: 'none', ...functionTrace },
  { name: 'D', value: 'none', ...functionTrace },
  {
    name: 'r',
    value: 'required',
    why: 'ftui does not change its own priority',
    remedy: 'start it with one: chrt -f PRIORITY ftui record ...',
  },
  {
    name: 'temp',
    value: 'required',
    why: 'ftui collects the pages beside the file, so that nothing has to be copied over disks at the end',
    remedy: 'record to a file on that disk (-o) and move it',
  },
  {
    name: 'subbuf-size',
    value: 'required',
    why: 'ftui does not change the size of sub-buffers',
    remedy: 'write buffer_subbuf_size_kb of an instance and record into that with -B',
  },
  {
    name: 'proc-map',
    value: 'none',
    why: 'ftui does not store maps of processes',
    remedy: 'save /proc/PID/maps beside the recording',
  },
  {
    name: 'tsc2nsec',
    value: 'none',
    why: 'ftui does not convert cycles to nanoseconds',
    remedy: 'use a clock that counts nanoseconds: -C mono_raw',
  },
  {
    name: 'daemonize',
    value: 'none',
    why: 'ftui stays in the foreground',
    remedy: 'setsid ftui record ... & and end it with kill -INT',
  },
  { name: 'fork', value: 'none', why: 'it belongs to trace-cmd start', remedy: 'leave it out' },
  { name: 'debug', value: 'none', why: 'it is of trace-cmd’s own code', remedy: 'FTUI_DEBUG=1 shows where errors are' },
  { name: 'notimeout', value: 'none', ...noGuests },
];

/** Throws UsageError when the option is one of those. */
export function refuseOption(name: string): void {
  const refused = refusedOptions.find((option) => option.name === name);
  if (refused === undefined) return;
  const { why, remedy } = refused;
  throw new UsageError({ attempted: `using ${name.length === 1 ? '-' : '--'}${name}`, why, remedy });
}
