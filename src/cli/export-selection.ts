/** Which events of a recording are wanted: the words of --from, --to, --cpu, --pid, --comm, --event, --instance. */

import type { Argv } from 'yargs';
import { parseCpuList } from '../base/cpu-list.ts';
import { UsageError } from '../base/errors.ts';
import { parseEventTime } from '../base/event-time.ts';
import { compileGlob } from '../base/glob.ts';
import type { EventSelection, EventSource } from '../recording/event-source.ts';
import { readStart } from '../recording/source-clock.ts';

export interface SelectionArguments {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly cpu?: string | undefined;
  readonly pid?: readonly string[] | undefined;
  readonly comm?: readonly string[] | undefined;
  readonly event?: readonly string[] | undefined;
  readonly instance?: string | undefined;
}

const group = 'Which events:';

export function addSelectionOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('from', {
      type: 'string',
      nargs: 1,
      group,
      describe: 'Only from this time on: seconds as a report shows them (12.5), or since the start (+1.5)',
    })
    .option('until', { type: 'string', nargs: 1, group, describe: 'Only before this time' })
    .option('cpu', { type: 'string', nargs: 1, group, describe: 'Only on these CPUs (e.g. 0-3,8)' })
    .option('pid', {
      alias: 'p',
      type: 'string',
      array: true,
      nargs: 1,
      group,
      describe: 'Only of these tasks (PID,PID...)',
    })
    .option('comm', { type: 'string', array: true, nargs: 1, group, describe: 'Only of tasks of this name' })
    .option('event', {
      alias: 'e',
      type: 'string',
      array: true,
      nargs: 1,
      group,
      describe: 'Only these events, with their stacks: SYSTEM:EVENT, SYSTEM: or EVENT; globs work',
    })
    .option('instance', { type: 'string', nargs: 1, group, describe: 'Only this trace instance' });
}

/** Throws UsageError. */
export function readSelection(args: SelectionArguments, source: EventSource): EventSelection {
  const { from, until, cpu, pid = [], comm = [], event = [], instance } = args;
  const isRelative = (word: string | undefined) => word?.startsWith('+') === true;
  const start = isRelative(from) || isRelative(until) ? readStart(source) : 0;
  const pids = pid.flatMap((word) => word.split(',')).map(parseTaskId);
  return {
    from: from === undefined ? undefined : parseEventTime(from, source, start),
    to: until === undefined ? undefined : parseEventTime(until, source, start),
    cpus: cpu === undefined ? undefined : new Set(parseCpuList(cpu)),
    pids: pids.length === 0 ? undefined : new Set(pids),
    comms: comm.length === 0 ? undefined : new Set(comm),
    wantsEvent: event.length === 0 ? undefined : compileEventPatterns(event),
    instance,
  };
}

/** The idle task is pid 0. */
function parseTaskId(word: string): number {
  if (/^\d{1,10}$/.test(word)) return Number(word);
  throw new UsageError({ attempted: `reading the pid '${word}'`, why: 'it is no number' });
}

/** A predicate for events; where the system is not known, the event's name decides. */
export function compileEventPatterns(
  patterns: readonly string[],
): (system: string | undefined, name: string) => boolean {
  const matchers = patterns.map((pattern) => {
    const colon = pattern.indexOf(':');
    const system = compileGlob(colon < 0 ? '*' : pattern.slice(0, colon) || '*');
    const event = compileGlob((colon < 0 ? pattern : pattern.slice(colon + 1)) || '*');
    return (itsSystem: string | undefined, name: string) =>
      (itsSystem === undefined || system(itsSystem)) && event(name);
  });
  // A recording has few kinds of events and very many events.
  const answers = new Map<string, boolean>();
  return (system, name) => {
    const key = `${system ?? ''}:${name}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = matchers.some((matches) => matches(system, name));
    if (answers.size < 100_000) answers.set(key, answer);
    return answer;
  };
}
