/**
 * The options of `ftui record`: letters and their long names mean what they mean to `trace-cmd record`
 * (trace-cmd-record(1)); ours have long names only. What trace-cmd has and ftui does not is refused with what to do
 * instead (record-refusals.ts).
 */

import type { Argv } from 'yargs';
import { refusedOptions } from './record-refusals.ts';
import type { RecordOptionShape } from './record-words.ts';

interface RecordOption extends RecordOptionShape {
  readonly describe: string;
  readonly group: string;
  /** May be given several times. */
  readonly repeatable?: boolean;
}

const what = 'What to record:';
const buffers = 'Buffers:';
const whom = 'Tasks and CPUs:';
const file = 'Recording:';
const other = 'Other:';

const required = { value: 'required' } as const;
const flag = { value: 'none' } as const;
const list = { value: 'required', repeatable: true } as const;

/** In the order in which help shows them. */
export const recordOptions: readonly RecordOption[] = [
  { name: 'tracer', letter: 'p', ...required, group: what, describe: 'Tracer: function, function_graph or nop' },
  { name: 'event', letter: 'e', ...list, group: what, describe: 'Events: SYSTEM:EVENT, SYSTEM, EVENT (globs) or all' },
  { name: 'filter', letter: 'f', ...list, group: what, describe: 'Filter of the -e before it' },
  { name: 'trigger', letter: 'R', ...list, group: what, describe: 'Trigger of the -e before it' },
  { name: 'except', letter: 'v', ...flag, group: what, describe: 'Leave out the events of every -e after it' },
  { name: 'ignore-missing', letter: 'i', ...flag, group: what, describe: 'Go on where an event is not there' },
  { name: 'function', letter: 'l', ...list, group: what, describe: 'Only these functions (a glob, or a regex)' },
  { name: 'notrace', letter: 'n', ...list, group: what, describe: 'None of these functions' },
  { name: 'graph-function', letter: 'g', ...list, group: what, describe: 'function_graph: these and what they call' },
  { name: 'max-graph-depth', ...required, group: what, describe: 'function_graph: follow calls only this deep' },
  { name: 'depth', ...required, group: what, describe: 'The same as --max-graph-depth' },
  { name: 'module', ...required, group: what, describe: 'Only functions of this module, in -l and -n after it' },
  { name: 'args', ...flag, group: what, describe: 'Record arguments of functions (Linux 6.15 and later)' },
  { name: 'retval', ...flag, group: what, describe: 'Record return values where the kernel can' },
  { name: 'kprobe', ...list, group: what, describe: 'A probe as of `ftui kprobe`, in one word: SPEC FETCHARG...' },
  { name: 'uprobe', ...list, group: what, describe: 'A probe as of `ftui uprobe`: BINARY SPEC FETCHARG...' },
  { name: 'stack', letter: 'T', ...flag, group: what, describe: 'Record the kernel stack of each event' },
  { name: 'func-stack', ...flag, group: what, describe: 'Record the stack of each function (needs -l)' },
  { name: 'option', letter: 'O', ...list, group: what, describe: 'A trace option; with no in front it is off' },
  { name: 'buffer', letter: 'B', ...list, group: buffers, describe: 'What follows goes to this instance' },
  { name: 'instance', ...required, group: buffers, describe: 'Instance of what stands before any -B' },
  { name: 'buffer-size', letter: 'b', ...required, group: buffers, describe: 'Buffer of each CPU in KiB (or 4M, 1G)' },
  { name: 'clock', letter: 'C', ...required, group: buffers, describe: 'Trace clock (mono or global by default)' },
  { name: 'cmdlines-size', ...required, group: buffers, describe: 'Names of tasks that the kernel remembers' },
  { name: 'only-command', letter: 'F', ...flag, group: whom, describe: 'Trace the command only' },
  { name: 'task', letter: 'P', ...list, group: whom, describe: 'Trace only these tasks (PID,PID...)' },
  { name: 'children', letter: 'c', ...flag, group: whom, describe: 'With -F or -P: trace their children too' },
  { name: 'pid', ...list, group: whom, describe: 'Trace only these processes, their threads and children' },
  { name: 'cpumask', letter: 'M', ...required, group: whom, describe: 'Trace on these CPUs: hexadecimal mask, or -1' },
  { name: 'cpu', ...required, group: whom, describe: 'Trace on these CPUs (e.g. 0-3,8)' },
  { name: 'no-filter', ...flag, group: whom, describe: 'Trace ftui’s own threads as well' },
  { name: 'user', ...required, group: whom, describe: 'Run the command as this user' },
  { name: 'duration', ...required, group: whom, describe: 'End after this time (5, 500ms, 2m)' },
  { name: 'max-rate', ...required, group: whom, describe: 'End when more events a second come in' },
  { name: 'output', letter: 'o', ...required, group: file, describe: 'The file (trace.dat by default)' },
  { name: 'm', ...required, group: file, describe: 'Keep only the newest: KiB for each CPU' },
  { name: 'max-size', ...required, group: file, describe: 'Keep only the newest of this size in all (500M, 4G)' },
  { name: 'all-formats', letter: 'a', ...flag, group: file, describe: 'Store the formats of all events' },
  { name: 'compression', ...required, group: file, describe: 'zlib, zstd, any or none' },
  { name: 'file-version', ...required, group: file, describe: 'Version of the file: 7 or 6' },
  { name: 'kallsyms', ...flag, group: file, describe: 'Set kernel.kptr_restrict to 0 while symbols are read' },
  { name: 'date', ...flag, group: file, describe: 'Store wall-clock time, for stamps in it' },
  { name: 'ts-offset', ...required, group: file, describe: 'Add this many ns to every stamp' },
  { name: 'interval', letter: 's', ...required, group: other, describe: 'Microseconds between two rounds of reading' },
  { name: 'force', ...flag, group: other, describe: 'Replace a file that exists, go on where ftui would refuse' },
  { name: 'dry-run', ...flag, group: other, describe: 'Print the writes as shell lines and do nothing' },
  { name: 'tracefs', ...required, group: other, describe: 'Folder of tracefs, instead of looking for it' },
  { name: 'json', ...flag, group: other, describe: 'Print the summary as a JSON object' },
  { name: 'quiet', letter: 'q', ...flag, group: other, describe: 'No notes and no summary' },
  { name: 'verbose', value: 'optional', group: other, describe: 'Say more on stderr' },
];

/** So it is anyway: all goes to stderr, nothing is spliced, files are opened O_NONBLOCK. */
const alreadySo: readonly RecordOptionShape[] = ['stderr', 'nosplice', 'poll'].map((name) => ({ name, value: 'none' }));

/** Every option that the parser takes. */
export const recordShapes: readonly RecordOptionShape[] = [...recordOptions, ...alreadySo, ...refusedOptions];

/** For help, documents and completion; the words themselves never reach yargs. */
export function addRecordOptions<T>(yargs: Argv<T>) {
  for (const { name, letter, value, describe, group, repeatable } of recordOptions) {
    yargs.option(name, {
      ...(letter === undefined ? {} : { alias: letter }),
      type: value === 'required' ? 'string' : 'boolean',
      ...(repeatable === true ? { array: true } : {}),
      group,
      describe,
    });
  }
  return yargs;
}
