/** `ftui kprobe SPEC [FETCHARG...]`: dynamic probes in the kernel. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { UnsupportedError, UsageError } from '../../base/errors.ts';
import { parseFetchArgSupport } from '../../control/fetch-arg.ts';
import { resolveKprobes } from '../../control/kprobe-request.ts';
import { readKernelFunctions } from '../../control/kprobe-target.ts';
import { sessionGroup } from '../../control/session-names.ts';
import type { Tracefs } from '../../tracefs/tracefs.ts';
import { splitProbeWords, unprotect } from '../arguments.ts';
import { openEnvironmentTracefs, runningEnvironment } from '../environment.ts';
import { type LiveArguments, readLiveOptions } from '../live-options.ts';
import { addProbeOptions } from '../probe-options.ts';
import { runProbes } from '../run-probes.ts';

export const command = 'kprobe [spec] [fetchargs..]';
export const describe = 'Probe a kernel function: FUNC[+OFFSET][%return] and what to record there';

export function builder(yargs: Argv) {
  return addProbeOptions(yargs)
    .positional('spec', { type: 'string', describe: 'FUNC, FUNC+OFFSET, FUNC%return, module:FUNC or 0xADDRESS' })
    .positional('fetchargs', {
      type: 'string',
      array: true,
      describe: 'What to record: [NAME=]%REG, $argN, +OFF(...):TYPE ...',
    })
    .example("$0 kprobe do_sys_openat2 'file=+0(%si):ustring'", 'Names of files as they are opened')
    .example("$0 kprobe vfs_read%return 'ret=$retval:s64'", 'What vfs_read returns');
}

interface KprobeArguments extends LiveArguments {
  readonly spec?: string | undefined;
  readonly fetchargs?: string[] | undefined;
  readonly probe?: string[] | undefined;
  readonly filter?: string | undefined;
  readonly stack: boolean;
}

export async function handler(args: ArgumentsCamelCase<KprobeArguments>): Promise<void> {
  const options = readLiveOptions(args);
  const environment = runningEnvironment();
  const tracefs = openEnvironmentTracefs(environment, options.tracefs);
  const wanted = [
    ...(args.spec === undefined ? [] : [[args.spec, ...(args.fetchargs ?? []).map(unprotect)]]),
    ...(args.probe ?? []).map(splitProbeWords),
  ];
  const title = `kprobe ${wanted.map(([spec]) => spec).join(' ')}`;
  if (wanted.length === 0)
    throw new UsageError({ attempted: 'probing', why: 'no FUNC is given', remedy: 'ftui kprobe vfs_open' });
  requireKprobes(tracefs, title);
  const support = parseFetchArgSupport(tracefs.top.readIfThere('README') ?? '');
  const functions = readKernelFunctions(tracefs);
  const taken = new Set<string>();
  const resolved = wanted.map(([spec, ...words]) =>
    resolveKprobes(functions, sessionGroup(), taken, support, { spec: spec!, args: words }),
  );
  process.exitCode = await runProbes(environment, tracefs, options, {
    title,
    probes: resolved.flatMap(({ probes }) => probes),
    notices: resolved.flatMap(({ notes }) => notes),
    filter: args.filter,
    stack: args.stack,
  });
}

function requireKprobes({ top }: Tracefs, attempted: string): void {
  if (top.exists('kprobe_events')) return;
  throw new UnsupportedError({
    attempted,
    why: 'this kernel was built without CONFIG_KPROBE_EVENTS: there is no kprobe_events',
    remedy: '`ftui doctor` shows what it can do',
  });
}
