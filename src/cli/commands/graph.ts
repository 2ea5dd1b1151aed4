/** `ftui graph FUNC...`: function_graph trees. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { UsageError } from '../../base/errors.ts';
import { selectFunctions } from '../../control/function-list.ts';
import { describeMove } from '../../control/moved-functions.ts';
import {
  chooseFunctions,
  planGraph,
  readFunctionList,
  refuseEverything,
  requireOption,
  requireTracer,
} from '../../control/session-plans.ts';
import { listCpus } from '../../tracefs/trace-directory.ts';
import type { Environment } from '../environment.ts';
import { openEnvironmentTracefs, runningEnvironment } from '../environment.ts';
import { GraphTreeView } from '../graph-tree-view.ts';
import {
  addLiveOptions,
  chipFilterHelp,
  type LiveArguments,
  positive,
  positiveWhole,
  readLiveOptions,
} from '../live-options.ts';
import { readSymbols } from '../read-symbols.ts';
import { runLive } from '../run-live.ts';

export const command = 'graph [functions..]';
export const describe = 'Show what functions call, as trees with durations';

const group = 'Call trees:';

export function builder(yargs: Argv) {
  return addLiveOptions(yargs)
    .positional('functions', {
      type: 'string',
      array: true,
      describe: 'Kernel functions; globs and [module]:function work',
    })
    .option('depth', { type: 'number', nargs: 1, group, describe: 'Follow calls only this deep' })
    .option('notrace', {
      type: 'string',
      array: true,
      nargs: 1,
      group,
      describe: 'Leave out these functions and what they call',
    })
    .option('threshold', {
      type: 'number',
      nargs: 1,
      group,
      describe: 'Show only trees that took at least this many microseconds',
    })
    .option('filter', { type: 'string', nargs: 1, group, describe: chipFilterHelp })
    .option('args', { type: 'boolean', default: false, group, describe: 'Show arguments (Linux 6.15 and later)' })
    .option('retval', {
      type: 'boolean',
      default: false,
      group,
      describe: 'Show return values where the kernel records them',
    })
    .example('$0 graph do_sys_open -- ls /', 'What opening files involves while ls runs')
    .example('$0 graph vfs_read --depth 3 -d 5s', 'Three levels of vfs_read, for five seconds');
}

export interface GraphArguments extends LiveArguments {
  readonly functions?: string[] | undefined;
  readonly filter?: string | undefined;
  readonly depth?: number | undefined;
  readonly notrace?: string[] | undefined;
  readonly threshold?: number | undefined;
  readonly args: boolean;
  readonly retval: boolean;
}

export async function handler(args: ArgumentsCamelCase<GraphArguments>): Promise<void> {
  process.exitCode = await runGraph(runningEnvironment(), args);
}

/** Runs a graph session in `environment`; returns the exit status. */
export async function runGraph(environment: Environment, args: GraphArguments): Promise<number> {
  const options = readLiveOptions(args);
  const patterns = args.functions ?? [];
  const title = ['graph', ...patterns].join(' ');
  const depth = positiveWhole(args.depth, '--depth');
  const tracefs = openEnvironmentTracefs(environment, options.tracefs);
  const { top } = tracefs;
  if (options.instance !== undefined) {
    throw new UsageError({
      attempted: `starting '${title}' in the instance ${options.instance}`,
      why: 'set_graph_function exists only in the top level',
      remedy: 'leave out --instance',
    });
  }
  if (options.output !== undefined && args.threshold !== undefined) {
    throw new UsageError({
      attempted: 'using --threshold with -o',
      why: 'a recording holds all trees: the kernel cannot leave short ones out and keep their calls',
      remedy: 'leave out --threshold',
    });
  }
  requireTracer(top, 'function_graph', title);
  refuseEverything('graph', patterns, options.force);
  const list = readFunctionList(top, title);
  const chosen = chooseFunctions(list, patterns);
  const notrace = chooseFunctions(list, args.notrace ?? []).names;
  const roots = selectFunctions(list, chosen.names).names;
  const flags = chooseTracerOptions(top, args);
  const symbols = readSymbols(tracefs.kernel);
  const notices = chosen.moved.map(describeMove);
  if (symbols.hidden)
    notices.push('/proc/kallsyms hides addresses (kernel.kptr_restrict): showing the text that the kernel formats');
  return runLive(environment, tracefs, options, {
    title,
    noun: 'tree',
    view: new GraphTreeView({
      json: options.json,
      thresholdNs: (positive(args.threshold, '--threshold') ?? 0) * 1000,
      symbolName: symbols.symbolName,
      isChosen: roots.length === 0 ? undefined : symbols.insideOf(roots),
    }),
    // The screen has filters for what --threshold leaves out.
    screen:
      args.threshold === undefined
        ? {
            id: 'graph',
            wanted: { graph: patterns, graphNotrace: args.notrace ?? [], depth, args: args.args, retval: args.retval },
          }
        : undefined,
    probes: [],
    chips: { text: args.filter, nameOf: (address) => symbols.symbolName(address)?.name },
    textPipe: symbols.hidden,
    notices,
    makePlan: (common) =>
      planGraph(common, listCpus(top).length, { functions: chosen.names, notrace, depth, options: flags }),
  });
}

function chooseTracerOptions(top: Parameters<typeof requireOption>[0], args: GraphArguments): Record<string, boolean> {
  const flags: Record<string, boolean> = {};
  if (args.args) {
    requireOption(top, 'funcgraph-args', '--args', 'Linux 6.15 or later with CONFIG_FUNCTION_TRACE_ARGS');
    flags['funcgraph-args'] = true;
  }
  if (args.retval) {
    requireOption(top, 'funcgraph-retval', '--retval', 'Linux 6.5 or later with CONFIG_FUNCTION_GRAPH_RETVAL');
    flags['funcgraph-retval'] = true;
  }
  return flags;
}
