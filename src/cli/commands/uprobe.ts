/** `ftui uprobe BINARY SYMBOL [FETCHARG...]`: dynamic probes in programs and libraries. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { UnsupportedError, UsageError } from '../../base/errors.ts';
import { parseFetchArgSupport } from '../../control/fetch-arg.ts';
import { sessionGroup } from '../../control/session-names.ts';
import { resolveUprobes } from '../../control/uprobe-request.ts';
import type { Tracefs } from '../../tracefs/tracefs.ts';
import { splitProbeWords, unprotect } from '../arguments.ts';
import { openEnvironmentTracefs, runningEnvironment } from '../environment.ts';
import { type LiveArguments, readLiveOptions } from '../live-options.ts';
import { addProbeOptions } from '../probe-options.ts';
import { runProbes } from '../run-probes.ts';

export const command = 'uprobe <binary> [spec] [fetchargs..]';
export const describe = 'Probe a function of a program or library: SYMBOL[+OFFSET][%return]';

export function builder(yargs: Argv) {
  return addProbeOptions(yargs)
    .positional('binary', { type: 'string', demandOption: true, describe: 'Path, program in $PATH, or library (libc)' })
    .positional('spec', {
      type: 'string',
      describe: 'SYMBOL (or a glob), SYMBOL+OFFSET, SYMBOL%return, 0xADDRESS or @0xFILEOFFSET',
    })
    .positional('fetchargs', {
      type: 'string',
      array: true,
      describe: 'What to record: [NAME=]%REG, $retval, +OFF(...):TYPE ...',
    })
    .example('$0 uprobe /bin/bash readline%return', 'Every line typed into any bash')
    .example("$0 uprobe libc getenv 'name=+0(%di):string'", 'Which variables programs ask for');
}

interface UprobeArguments extends LiveArguments {
  readonly binary: string;
  readonly spec?: string | undefined;
  readonly fetchargs?: string[] | undefined;
  readonly probe?: string[] | undefined;
  readonly filter?: string | undefined;
  readonly stack: boolean;
}

export async function handler(args: ArgumentsCamelCase<UprobeArguments>): Promise<void> {
  const options = readLiveOptions(args);
  const { binary } = args;
  const wanted = [
    ...(args.spec === undefined ? [] : [[args.spec, ...(args.fetchargs ?? []).map(unprotect)]]),
    ...(args.probe ?? []).map(splitProbeWords),
  ];
  const title = `uprobe ${binary} ${wanted.map(([spec]) => spec).join(' ')}`;
  if (wanted.length === 0) {
    throw new UsageError({
      attempted: `probing ${binary}`,
      why: 'no SYMBOL is given',
      remedy: 'ftui uprobe /bin/bash readline%return',
    });
  }
  const environment = runningEnvironment();
  const tracefs = openEnvironmentTracefs(environment, options.tracefs);
  requireUprobes(tracefs, title);
  const support = parseFetchArgSupport(tracefs.top.readIfThere('README') ?? '');
  const taken = new Set<string>();
  const resolved = wanted.map(([spec, ...words]) =>
    resolveUprobes(tracefs.kernel, sessionGroup(), taken, support, {
      binary,
      spec: spec!,
      args: words,
      force: options.force,
    }),
  );
  process.exitCode = await runProbes(environment, tracefs, options, {
    title,
    probes: resolved.flatMap(({ probes }) => probes),
    notices: resolved.flatMap(({ notes }) => notes),
    filter: args.filter,
    stack: args.stack,
  });
}

function requireUprobes({ top }: Tracefs, attempted: string): void {
  if (top.exists('uprobe_events')) return;
  throw new UnsupportedError({
    attempted,
    why: 'this kernel was built without CONFIG_UPROBE_EVENTS: there is no uprobe_events',
    remedy: '`ftui doctor` shows what it can do',
  });
}
