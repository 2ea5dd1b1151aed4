/** `ftui demo`: the main job on the simulated kernel, which plays a recording of a real one. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { printNotice } from '../output.ts';
import { recordedCommand, simulatedEnvironment } from '../simulated-environment.ts';
import { type GraphArguments, builder as graphBuilder, runGraph } from './graph.ts';

export const command = 'demo';
export const describe = 'Show `graph do_sys_open -- ls /` from the bundled recording of a real kernel';

export function builder(yargs: Argv) {
  return graphBuilder(yargs);
}

export async function handler(args: ArgumentsCamelCase<GraphArguments>): Promise<void> {
  process.exitCode = await runDemo(args);
}

/** Plays the recording through an ordinary graph session; returns the exit status. */
export async function runDemo(args: GraphArguments): Promise<number> {
  const asked = args.ui && args['--']?.length ? args['--'] : undefined;
  const environment = simulatedEnvironment({ runsCommands: asked !== undefined });
  try {
    const { functions, argv } = recordedCommand;
    if (!args.quiet) printNotice(`source: ${environment.kernel.description}, playing its recording of ls /`);
    const ofRunningKernel = {
      tracefs: undefined,
      pid: undefined,
      cpu: undefined,
      user: undefined,
      instance: undefined,
    };
    return await runGraph(environment, {
      ...args,
      ...ofRunningKernel,
      functions: [...functions],
      '--': asked ?? argv,
    });
  } finally {
    environment.dispose();
  }
}
