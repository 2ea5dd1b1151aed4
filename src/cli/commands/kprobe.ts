/** `ftui kprobe SPEC [FETCHARG...]`: dynamic probes in the kernel. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { UsageError } from '../../base/errors.ts';
import { positiveWhole } from '../live-options.ts';
import { addProbeOptions, listProbeWords, type ProbeArguments } from '../probe-options.ts';
import { runProbeCommand } from '../run-probes.ts';

export const command = 'kprobe [spec] [fetchargs..]';
export const describe = 'Probe a kernel function: FUNC[+OFFSET][%return] and what to record there';

export function builder(yargs: Argv) {
  return addProbeOptions(yargs)
    .positional('spec', {
      type: 'string',
      describe: 'FUNC (or a glob), FUNC+OFFSET, FUNC%return, module:FUNC or 0xADDRESS',
    })
    .positional('fetchargs', {
      type: 'string',
      array: true,
      describe: 'What to record: an argument by name, MEMBER->PATH:TYPE, $retval, [NAME=]%REG, +OFF(...):TYPE ...',
    })
    .option('maxactive', {
      type: 'number',
      nargs: 1,
      describe: 'For %return: how many calls can be under way at once; further ones are missed, and said',
    })
    .option('fprobe', {
      type: 'boolean',
      default: false,
      describe: 'Probe by the hook of the function tracer, which costs less (Linux 6.5 and later)',
    })
    .example('$0 kprobe do_sys_openat2 filename:string', 'Names of files as they are opened')
    .example("$0 kprobe do_sys_openat2 dfd 'how->flags'", 'Arguments and members of what they point to')
    .example("$0 kprobe vfs_read%return '$retval'", 'What vfs_read returns')
    .example("$0 kprobe 'vfs_*' -d 5", 'Every function that begins so')
    .example(
      "$0 kprobe do_sys_openat2%return '$retval' filename:string",
      'What came of each open (Linux 6.9 and later)',
    );
}

interface KprobeArguments extends ProbeArguments {
  readonly maxactive?: number | undefined;
  readonly fprobe: boolean;
}

/** KRETPROBE_MAXACTIVE_MAX of the kernel. */
const mostActive = 4096;

export async function handler(args: ArgumentsCamelCase<KprobeArguments>): Promise<void> {
  const words = listProbeWords(args, 'ftui kprobe vfs_open');
  const { fprobe } = args;
  const maxActive = positiveWhole(args.maxactive, '--maxactive');
  if (maxActive !== undefined && (maxActive > mostActive || fprobe)) {
    const why = fprobe ? 'an fprobe needs no --maxactive' : `the kernel takes up to ${mostActive}`;
    throw new UsageError({ attempted: 'reading --maxactive', why });
  }
  const title = `kprobe ${words.map(({ spec }) => spec).join(' ')}`;
  const wanted = words.map((probe) => ({ kind: 'kprobe' as const, ...probe, maxActive, fprobe }));
  process.exitCode = await runProbeCommand(args, title, wanted);
}
