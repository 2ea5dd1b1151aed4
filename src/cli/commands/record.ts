/** `ftui record`: a trace.dat, with trace-cmd's own options. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { runningEnvironment } from '../environment.ts';
import { addRecordOptions } from '../record-options.ts';

export const command = 'record [command..]';
export const describe = 'Record tracers and events to a trace.dat file, with trace-cmd’s own options';

export function builder(yargs: Argv) {
  return addRecordOptions(yargs)
    .positional('command', {
      type: 'string',
      array: true,
      describe: 'Record while this runs; options of ftui come before it, its own behind it',
    })
    .example('$0 record -p function_graph -g do_sys_openat2 -e sched ls', 'Call trees and scheduling while ls runs')
    .example('$0 record -e sched -B block -e block --duration 10', 'Two buffers, for ten seconds');
}

interface RecordArguments {
  /** All words behind `record`, as they were typed (protectRecordWords). */
  readonly '--'?: readonly string[] | undefined;
}

export async function handler(args: ArgumentsCamelCase<RecordArguments>): Promise<void> {
  const { runRecord } = await import('../record-command.ts');
  process.exitCode = await runRecord(runningEnvironment(), args['--'] ?? []);
}
