/** Who uses a tracing directory right now: a session that needs one that is not its own disturbs nobody. */

import { errnoOf, TracefsError } from '../base/errors.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import { listEntries } from './trace-state.ts';

/** Every sign of another user, in words; empty when the directory is idle. */
export function findDirectoryUsers(directory: TraceDirectory): string[] {
  return [...findSettingsInUse(directory), ...findReaders(directory)];
}

function findSettingsInUse(directory: TraceDirectory): string[] {
  const users: string[] = [];
  const tracer = directory.read('current_tracer').trim();
  if (tracer !== 'nop') users.push(`current_tracer is ${tracer}`);
  if (directory.read('tracing_on').trim() === '0') users.push('tracing_on is 0');
  const events = listEntries(directory.readIfThere('set_event'));
  if (events.length > 0) users.push(`${countOf(events, 'event')} enabled: ${briefList(events)}`);
  for (const file of ['set_ftrace_filter', 'set_ftrace_notrace', 'set_ftrace_pid', 'set_graph_function']) {
    const entries = listEntries(directory.readIfThere(file));
    if (entries.length > 0) users.push(`${file} holds ${briefList(entries)}`);
  }
  // Not "no pid": a list whose tasks have all exited is still in force, and nobody is traced.
  if (directory.readIfThere('set_ftrace_pid')?.trim() === '') users.push('set_ftrace_pid is set, to nobody');
  return users;
}

function countOf(items: readonly string[], noun: string): string {
  return `${items.length} ${noun}${items.length === 1 ? ' is' : 's are'}`;
}

function briefList(items: readonly string[]): string {
  return items.length > 3 ? `${items.slice(0, 3).join(', ')}, …` : items.join(', ');
}

function findReaders(directory: TraceDirectory): string[] {
  const pipes = listOpenPipes(directory);
  if (pipes.length > 0) return pipes;
  try {
    directory.openStream('trace_pipe').close();
    return [];
  } catch (error) {
    return error instanceof TracefsError && error.code === 'EBUSY' ? ['trace_pipe is being read'] : [];
  }
}

/** Processes that hold trace_pipe or a trace_pipe_raw of the directory open, found in /proc/PID/fd. */
function listOpenPipes(directory: TraceDirectory): string[] {
  const isPipe = (target: string) =>
    target === `${directory.path}/trace_pipe` ||
    (target.startsWith(`${directory.path}/per_cpu/`) && /\/trace_pipe(_raw)?$/.test(target));
  const users: string[] = [];
  for (const pid of listNames(directory, '/proc').filter((name) => /^\d+$/.test(name))) {
    const held = listNames(directory, `/proc/${pid}/fd`).some((descriptor) => {
      const target = readLinkIfThere(directory, `/proc/${pid}/fd/${descriptor}`);
      return target !== undefined && isPipe(target);
    });
    if (held) users.push(`process ${pid} reads the trace`);
  }
  return users;
}

function listNames(directory: TraceDirectory, path: string): string[] {
  try {
    return directory.kernel.list(path);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}

function readLinkIfThere(directory: TraceDirectory, path: string): string | undefined {
  try {
    return directory.kernel.readLink(path);
  } catch {
    return undefined;
  }
}
