/** `ftui start` (npm start): the main job on the best source there is, and says which. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { runningEnvironment } from '../environment.ts';
import { printNotice } from '../output.ts';
import { recordedCommand } from '../simulated-environment.ts';
import { runDemo } from './demo.ts';
import { diagnose } from './doctor.ts';
import { type GraphArguments, builder as graphBuilder, runGraph } from './graph.ts';

export const command = 'start';
export const describe = 'Show `graph do_sys_open -- ls /` on this kernel, or from the recording where it cannot';

export function builder(yargs: Argv) {
  return graphBuilder(yargs);
}

export async function handler(args: ArgumentsCamelCase<GraphArguments>): Promise<void> {
  const environment = runningEnvironment();
  const { problem, commands } = diagnose(environment, args.tracefs);
  if (problem === null && commands.graph) {
    const { functions, argv } = recordedCommand;
    printNotice(`source: ${environment.kernel.description}, live`);
    process.exitCode = await runGraph(environment, { ...args, functions: [...functions], '--': argv });
    return;
  }
  printNotice(
    `this kernel cannot show it live: ${problem ?? 'it has no tracer function_graph (CONFIG_FUNCTION_GRAPH_TRACER)'}`,
  );
  process.exitCode = await runDemo(args);
}
