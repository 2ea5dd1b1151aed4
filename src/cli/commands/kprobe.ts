/** `ftui kprobe SPEC [FETCHARG...]`: dynamic probes in the kernel. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { parseFetchArgSupport } from '../../control/fetch-arg.ts';
import { resolveKprobes } from '../../control/kprobe-request.ts';
import { readKernelFunctions } from '../../control/kprobe-target.ts';
import { sessionGroup } from '../../control/session-names.ts';
import { openEnvironmentTracefs, runningEnvironment } from '../environment.ts';
import { readLiveOptions } from '../live-options.ts';
import { loadKprobeNames } from '../probe-names.ts';
import { addProbeOptions, listWantedProbes, type ProbeArguments, requireProbeFile } from '../probe-options.ts';
import { runProbes } from '../run-probes.ts';

export const command = 'kprobe [spec] [fetchargs..]';
export const describe = 'Probe a kernel function: FUNC[+OFFSET][%return] and what to record there';

export function builder(yargs: Argv) {
  return addProbeOptions(yargs)
    .positional('spec', { type: 'string', describe: 'FUNC, FUNC+OFFSET, FUNC%return, module:FUNC or 0xADDRESS' })
    .positional('fetchargs', {
      type: 'string',
      array: true,
      describe: 'What to record: an argument by name, MEMBER->PATH:TYPE, $retval, [NAME=]%REG, +OFF(...):TYPE ...',
    })
    .example('$0 kprobe do_sys_openat2 filename:string', 'Names of files as they are opened')
    .example("$0 kprobe do_sys_openat2 dfd 'how->flags'", 'Arguments and members of what they point to')
    .example("$0 kprobe vfs_read%return '$retval'", 'What vfs_read returns');
}

export async function handler(args: ArgumentsCamelCase<ProbeArguments>): Promise<void> {
  const options = readLiveOptions(args);
  const wanted = listWantedProbes(args, 'ftui kprobe vfs_open');
  const title = `kprobe ${wanted.map(({ spec }) => spec).join(' ')}`;
  const environment = runningEnvironment();
  const tracefs = openEnvironmentTracefs(environment, options.tracefs);
  requireProbeFile(tracefs, 'kprobe', title);
  const support = parseFetchArgSupport(tracefs.top.readIfThere('README') ?? '');
  const functions = readKernelFunctions(tracefs);
  const taken = new Set<string>();
  const names = await loadKprobeNames(wanted, tracefs.kernel, functions, support.types);
  const resolved = wanted.map((probe) => resolveKprobes(functions, sessionGroup(), taken, support, probe, names));
  process.exitCode = await runProbes(environment, tracefs, options, {
    title,
    probes: resolved.flatMap(({ probes }) => probes),
    notices: resolved.flatMap(({ notes }) => notes),
    filter: args.filter,
    stack: args.stack,
  });
}
