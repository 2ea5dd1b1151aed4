/** Who uses the top level of tracefs right now: `graph` needs it for itself and disturbs nobody. */

import { errnoOf, TracefsError } from '../base/errors.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import { listEntries } from './trace-state.ts';

/** Every sign of another user, in words; empty when the top level is idle. */
export function findTopLevelUsers(top: TraceDirectory): string[] {
  return [...findSettingsInUse(top), ...findReaders(top)];
}

function findSettingsInUse(top: TraceDirectory): string[] {
  const users: string[] = [];
  const tracer = top.read('current_tracer').trim();
  if (tracer !== 'nop') users.push(`current_tracer is ${tracer}`);
  if (top.read('tracing_on').trim() === '0') users.push('tracing_on is 0');
  const events = listEntries(top.readIfThere('set_event'));
  if (events.length > 0) users.push(`${countOf(events, 'event')} enabled: ${briefList(events)}`);
  for (const file of ['set_ftrace_filter', 'set_ftrace_notrace', 'set_ftrace_pid', 'set_graph_function']) {
    const entries = listEntries(top.readIfThere(file));
    if (entries.length > 0) users.push(`${file} holds ${briefList(entries)}`);
  }
  return users;
}

function countOf(items: readonly string[], noun: string): string {
  return `${items.length} ${noun}${items.length === 1 ? ' is' : 's are'}`;
}

function briefList(items: readonly string[]): string {
  return items.length > 3 ? `${items.slice(0, 3).join(', ')}, …` : items.join(', ');
}

function findReaders(top: TraceDirectory): string[] {
  const pipes = listOpenPipes(top);
  if (pipes.length > 0) return pipes;
  try {
    top.openStream('trace_pipe').close();
    return [];
  } catch (error) {
    return error instanceof TracefsError && error.code === 'EBUSY' ? ['trace_pipe is being read'] : [];
  }
}

/** Processes that hold trace_pipe or a trace_pipe_raw of the top level open, found in /proc/PID/fd. */
function listOpenPipes(top: TraceDirectory): string[] {
  const isPipe = (target: string) =>
    target === `${top.path}/trace_pipe` ||
    (target.startsWith(`${top.path}/per_cpu/`) && /\/trace_pipe(_raw)?$/.test(target));
  const users: string[] = [];
  for (const pid of listNames(top, '/proc').filter((name) => /^\d+$/.test(name))) {
    const held = listNames(top, `/proc/${pid}/fd`).some((descriptor) => {
      const target = readLinkIfThere(top, `/proc/${pid}/fd/${descriptor}`);
      return target !== undefined && isPipe(target);
    });
    if (held) users.push(`process ${pid} reads the trace`);
  }
  return users;
}

function listNames(top: TraceDirectory, path: string): string[] {
  try {
    return top.kernel.list(path);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}

function readLinkIfThere(top: TraceDirectory, path: string): string | undefined {
  try {
    return top.kernel.readLink(path);
  } catch {
    return undefined;
  }
}
