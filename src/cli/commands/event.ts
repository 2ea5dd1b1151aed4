/** `ftui event SYSTEM:EVENT...`: trace events. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { readEventList, selectEvents } from '../../control/event-list.ts';
import { planEvents } from '../../control/session-plans.ts';
import { listCpus } from '../../tracefs/trace-directory.ts';
import { openEnvironmentTracefs, runningEnvironment } from '../environment.ts';
import { EventView } from '../event-view.ts';
import { addLiveOptions, type LiveArguments, readLiveOptions } from '../live-options.ts';
import { readSymbols } from '../read-symbols.ts';
import { runLive } from '../run-live.ts';

export const command = 'event <events..>';
export const describe = 'Show trace events with their fields';

export function builder(yargs: Argv) {
  return addLiveOptions(yargs)
    .positional('events', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'SYSTEM:EVENT, SYSTEM: or EVENT; globs work',
    })
    .option('filter', {
      type: 'string',
      nargs: 1,
      describe: 'Only events for which this is true, in the kernel’s filter language',
    })
    .option('trigger', { type: 'string', array: true, nargs: 1, describe: 'A trigger for each of the events' })
    .option('stack', { type: 'boolean', default: false, describe: 'Show the kernel stack of each event' })
    .example("$0 event sched:sched_switch --filter 'prev_prio < 100'", 'Switches away from real-time tasks');
}

interface EventArguments extends LiveArguments {
  readonly events: string[];
  readonly filter?: string | undefined;
  readonly trigger?: string[] | undefined;
  readonly stack: boolean;
}

export async function handler(args: ArgumentsCamelCase<EventArguments>): Promise<void> {
  const options = readLiveOptions(args);
  const environment = runningEnvironment();
  const tracefs = openEnvironmentTracefs(environment, options.tracefs);
  const { filter, trigger: triggers, stack } = args;
  const events = selectEvents(readEventList(tracefs.top), args.events).map((event) => ({ ...event, filter, triggers }));
  const symbolName = stack ? readSymbols(tracefs.kernel).symbolName : () => undefined;
  process.exitCode = await runLive(environment, tracefs, options, {
    title: `event ${args.events.join(' ')}`,
    noun: 'event',
    view: new EventView({ json: options.json, probes: [], symbolName, stack }),
    probes: [],
    notices: [],
    makePlan: (common) => planEvents(common, listCpus(tracefs.top).length, { events, stack }),
  });
}
