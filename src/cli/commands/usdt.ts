/** `ftui usdt BINARY [PROVIDER:]NAME [ARG...]`: static probes that a program was built with. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { parseFetchArgSupport } from '../../control/fetch-arg.ts';
import { sessionGroup } from '../../control/session-names.ts';
import { openEnvironmentTracefs, runningEnvironment } from '../environment.ts';
import { readLiveOptions } from '../live-options.ts';
import { addProbeOptions, listWantedProbes, type ProbeArguments, requireProbeFile } from '../probe-options.ts';
import { runProbes } from '../run-probes.ts';

export const command = 'usdt <binary> [spec] [fetchargs..]';
export const describe = 'Probe a static probe (USDT) of a program or library: [PROVIDER:]NAME';

export function builder(yargs: Argv) {
  return addProbeOptions(yargs)
    .positional('binary', { type: 'string', demandOption: true, describe: 'Path, program in $PATH, or library' })
    .positional('spec', { type: 'string', describe: 'NAME or PROVIDER:NAME, globs as well' })
    .positional('fetchargs', {
      type: 'string',
      array: true,
      describe: 'What to record: arg0, arg1:string, NAME=arg2 ...; all arguments when left out',
    })
    .example('$0 usdt libstdc++ throw', 'Every exception that a C++ program throws')
    .example('$0 usdt ./server request__start arg0:string', 'An argument that is a text');
}

interface UsdtArguments extends ProbeArguments {
  readonly binary: string;
}

export async function handler(args: ArgumentsCamelCase<UsdtArguments>): Promise<void> {
  const options = readLiveOptions(args);
  const { binary } = args;
  const { force, pids } = options;
  const wanted = listWantedProbes(args, `ftui usdt ${binary} '*'`);
  const title = `usdt ${binary} ${wanted.map(({ spec }) => spec).join(' ')}`;
  const environment = runningEnvironment();
  const tracefs = openEnvironmentTracefs(environment, options.tracefs);
  requireProbeFile(tracefs, 'uprobe', title);
  const support = parseFetchArgSupport(tracefs.top.readIfThere('README') ?? '');
  const taken = new Set<string>();
  const { resolveUsdt } = await import('../../control/usdt-request.ts');
  const resolved = wanted.map((probe) =>
    resolveUsdt(tracefs.kernel, sessionGroup(), taken, support, { ...probe, binary, force, pids }),
  );
  process.exitCode = await runProbes(environment, tracefs, options, {
    title,
    probes: resolved.flatMap(({ probes }) => probes),
    notices: resolved.flatMap(({ notes }) => notes),
    filter: args.filter,
    stack: args.stack,
  });
}
