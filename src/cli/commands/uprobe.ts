/** `ftui uprobe BINARY SYMBOL [FETCHARG...]`: dynamic probes in programs and libraries. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { parseFetchArgSupport } from '../../control/fetch-arg.ts';
import { sessionGroup } from '../../control/session-names.ts';
import { resolveUprobes } from '../../control/uprobe-request.ts';
import { openEnvironmentTracefs, runningEnvironment } from '../environment.ts';
import { readLiveOptions } from '../live-options.ts';
import { loadUprobeNames, withSource } from '../probe-names.ts';
import { addProbeOptions, listWantedProbes, type ProbeArguments, requireProbeFile } from '../probe-options.ts';
import { runProbes } from '../run-probes.ts';

export const command = 'uprobe <binary> [spec] [fetchargs..]';
export const describe = 'Probe a function of a program or library: SYMBOL[+OFFSET][%return], FILE:LINE';

export function builder(yargs: Argv) {
  return addProbeOptions(yargs)
    .positional('binary', { type: 'string', demandOption: true, describe: 'Path, program in $PATH, or library (libc)' })
    .positional('spec', {
      type: 'string',
      describe: 'SYMBOL (or a glob), SYMBOL+OFFSET, SYMBOL%return, FILE:LINE, SYMBOL:LINES, 0xADDRESS or @0xFILEOFFSET',
    })
    .positional('fetchargs', {
      type: 'string',
      array: true,
      describe: 'What to record: an argument by name, MEMBER->PATH:TYPE, $retval, [NAME=]%REG, +OFF(...):TYPE ...',
    })
    .example('$0 uprobe /bin/bash readline%return', 'Every line typed into any bash')
    .example('$0 uprobe ./prog main.c:42 total', 'A variable at a line of the source')
    .example('$0 uprobe libc getenv name:string', 'Which variables programs ask for');
}

interface UprobeArguments extends ProbeArguments {
  readonly binary: string;
}

export async function handler(args: ArgumentsCamelCase<UprobeArguments>): Promise<void> {
  const options = readLiveOptions(args);
  const { binary } = args;
  const { force, pids } = options;
  const wanted = listWantedProbes(args, 'ftui uprobe /bin/bash readline%return');
  const title = `uprobe ${binary} ${wanted.map(({ spec }) => spec).join(' ')}`;
  const environment = runningEnvironment();
  const tracefs = openEnvironmentTracefs(environment, options.tracefs);
  requireProbeFile(tracefs, 'uprobe', title);
  const support = parseFetchArgSupport(tracefs.top.readIfThere('README') ?? '');
  const names = await loadUprobeNames(wanted, support.types);
  const specs = wanted.map(({ spec }) => spec);
  const resolved = await withSource(specs, (source) => {
    const taken = new Set<string>();
    return wanted.map((probe) =>
      resolveUprobes(tracefs.kernel, sessionGroup(), taken, support, { ...probe, binary, force, source, pids }, names),
    );
  });
  process.exitCode = await runProbes(environment, tracefs, options, {
    title,
    probes: resolved.flatMap(({ probes }) => probes),
    notices: resolved.flatMap(({ notes }) => notes),
    filter: args.filter,
    stack: args.stack,
  });
}
