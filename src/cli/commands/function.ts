/** `ftui function FUNC...`: who calls functions. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { describeMove } from '../../control/moved-functions.ts';
import {
  chooseFunctions,
  planFunction,
  readFunctionList,
  refuseEverything,
  requireTracer,
} from '../../control/session-plans.ts';
import { listCpus } from '../../tracefs/trace-directory.ts';
import { openEnvironmentTracefs, runningEnvironment } from '../environment.ts';
import { EventView } from '../event-view.ts';
import { addLiveOptions, chipFilterHelp, type LiveArguments, readLiveOptions } from '../live-options.ts';
import { readSymbols } from '../read-symbols.ts';
import { runLive } from '../run-live.ts';

export const command = 'function [functions..]';
export const describe = 'Show each call of functions and who called them';

export function builder(yargs: Argv) {
  return addLiveOptions(yargs)
    .positional('functions', {
      type: 'string',
      array: true,
      describe: 'Kernel functions; globs and [module]:function work',
    })
    .option('notrace', { type: 'string', array: true, nargs: 1, describe: 'Leave out these functions' })
    .option('filter', { type: 'string', nargs: 1, describe: chipFilterHelp })
    .option('stack', { type: 'boolean', default: false, describe: 'Show the call stack of each call' })
    .example("$0 function 'vfs_*' -d 2s", 'Calls into the virtual file system');
}

interface FunctionArguments extends LiveArguments {
  readonly functions?: string[] | undefined;
  readonly filter?: string | undefined;
  readonly notrace?: string[] | undefined;
  readonly stack: boolean;
}

export async function handler(args: ArgumentsCamelCase<FunctionArguments>): Promise<void> {
  const options = readLiveOptions(args);
  const patterns = args.functions ?? [];
  const title = ['function', ...patterns].join(' ');
  const environment = runningEnvironment();
  const tracefs = openEnvironmentTracefs(environment, options.tracefs);
  requireTracer(tracefs.top, 'function', title);
  refuseEverything('function', patterns, options.force);
  const list = readFunctionList(tracefs.top, title);
  const { names: functions, moved } = chooseFunctions(list, patterns);
  const { names: notrace } = chooseFunctions(list, args.notrace ?? []);
  const symbols = readSymbols(tracefs.kernel);
  process.exitCode = await runLive(environment, tracefs, options, {
    title,
    noun: 'call',
    view: new EventView({ json: options.json, probes: [], symbolName: symbols.symbolName, stack: args.stack }),
    screen: notrace.length > 0 ? undefined : { id: 'log', wanted: { functions: patterns, stack: args.stack } },
    probes: [],
    chips: { text: args.filter, nameOf: (address) => symbols.symbolName(address)?.name },
    textPipe: symbols.hidden,
    notices: moved.map(describeMove),
    makePlan: (common) =>
      planFunction(common, listCpus(tracefs.top).length, { functions, notrace, list, stack: args.stack }),
  });
}
