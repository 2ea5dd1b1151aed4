/** `ftui event SYSTEM:EVENT...`: trace events. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { UsageError } from '../../base/errors.ts';
import { readEventList, selectEvents } from '../../control/event-list.ts';
import { planEvents } from '../../control/session-plans.ts';
import { type AskedFilter, readAskedFilter } from '../../format/filter/filter-language.ts';
import { listCpus } from '../../tracefs/trace-directory.ts';
import type { Tracefs } from '../../tracefs/tracefs.ts';
import { unprotect } from '../arguments.ts';
import { type Environment, openEnvironmentTracefs, runningEnvironment } from '../environment.ts';
import { EventView } from '../event-view.ts';
import {
  addLiveOptions,
  type LiveArguments,
  type LiveOptions,
  liveFilterHelp,
  readLiveOptions,
} from '../live-options.ts';
import { readSymbols } from '../read-symbols.ts';
import { refuseHaltingTexts } from '../resolve-probes.ts';
import { runLive } from '../run-live.ts';
import { runProbes } from '../run-probes.ts';

export const command = 'event <events..>';
export const describe = 'Show trace events with their fields';

export function builder(yargs: Argv) {
  return addLiveOptions(yargs)
    .positional('events', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'SYSTEM:EVENT, SYSTEM: or EVENT; globs work. NAME=FIELD[:TYPE] and the like: fields of your own',
    })
    .option('filter', {
      type: 'string',
      nargs: 1,
      describe: liveFilterHelp,
    })
    .option('trigger', { type: 'string', array: true, nargs: 1, describe: 'A trigger for each of the events' })
    .option('stack', { type: 'boolean', default: false, describe: 'Show the kernel stack of each event' })
    .option('raw', {
      type: 'boolean',
      default: false,
      describe: 'Take fields from the arguments of the tracepoint itself (Linux 6.5 and later)',
    })
    .example("$0 event sched:sched_switch --filter 'prev_prio < 100'", 'Switches away from real-time tasks')
    .example("$0 event sys_enter_openat 'file=filename:string'", 'Names of files, which the event has addresses of')
    .example("$0 event --raw sched_switch 'prev->pid' 'next->comm:string'", 'What the tracepoint is called with');
}

interface EventArguments extends LiveArguments {
  readonly events: string[];
  readonly filter?: string | undefined;
  readonly trigger?: string[] | undefined;
  readonly stack: boolean;
  readonly raw: boolean;
}

export async function handler(args: ArgumentsCamelCase<EventArguments>): Promise<void> {
  const options = readLiveOptions(args);
  const environment = runningEnvironment();
  const tracefs = openEnvironmentTracefs(environment, options.tracefs);
  const { trigger: triggers, stack, raw } = args;
  const asked = args.filter === undefined ? undefined : readAskedFilter(args.filter);
  const filter = asked?.kind === 'kernel' ? asked.filter : undefined;
  const words = args.events.map(unprotect);
  // Patterns of events have no `=`; behind the tracepoint of --raw every word is an argument.
  const fields = raw ? words.slice(1) : words.filter((word) => /^[A-Za-z_]\w*=|^[$+@\\-]/.test(word));
  if (raw || fields.length > 0) {
    const patterns = raw ? words.slice(0, 1) : words.filter((word) => !fields.includes(word));
    process.exitCode = await showDerived(args, options, environment, tracefs, { patterns, fields, asked });
    return;
  }
  const events = selectEvents(readEventList(tracefs.top), args.events).map((event) => ({ ...event, filter, triggers }));
  if (filter !== undefined && !options.force) {
    const { checkEventFilters } = await import('../../control/check-filters.ts');
    checkEventFilters(tracefs.top, events);
  }
  const symbolName = stack ? readSymbols(tracefs.kernel).symbolName : () => undefined;
  process.exitCode = await runLive(environment, tracefs, options, {
    title: `event ${args.events.join(' ')}`,
    noun: 'event',
    screen: { id: 'events', wanted: { events, stack } },
    view: new EventView({ json: options.json, probes: [], symbolName, stack }),
    probes: [],
    chips: asked?.kind === 'chips' ? { text: args.filter, nameOf: (address) => symbolName(address)?.name } : undefined,
    notices: [],
    makePlan: (common) => planEvents(common, listCpus(tracefs.top).length, { events, stack }),
  });
}

interface DerivedWords {
  readonly patterns: readonly string[];
  readonly fields: readonly string[];
  readonly asked: AskedFilter | undefined;
}

async function showDerived(
  args: EventArguments,
  options: LiveOptions,
  environment: Environment,
  tracefs: Tracefs,
  { patterns, fields, asked }: DerivedWords,
): Promise<number> {
  const { trigger, stack, raw } = args;
  const filter = asked?.kind === 'kernel' ? asked.filter : undefined;
  const attempted = `event ${args.events.join(' ')}`;
  if (patterns.length === 0)
    throw new UsageError({ attempted, why: 'no event is named', remedy: 'SYSTEM:EVENT first' });
  if (trigger !== undefined) {
    const why = 'triggers are for the events of the kernel, not for those with fields of your own';
    throw new UsageError({ attempted, why, remedy: 'leave out --trigger or the fields' });
  }
  const { resolveDerivedEvents } = await import('../event-fields.ts');
  const { force } = options;
  const derived = resolveDerivedEvents(tracefs, { patterns, fields, filter, raw, force });
  if (!force) refuseHaltingTexts(tracefs, derived.probes);
  const chips = asked?.kind === 'chips' ? { filter: args.filter } : {};
  return runProbes(environment, tracefs, options, { title: attempted, notices: [], stack, ...derived, ...chips });
}
