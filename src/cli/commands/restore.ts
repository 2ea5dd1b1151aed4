/** `ftui restore FILE`: finishes a recording whose recorder was killed. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
export const command = 'restore <file>';
export const describe = 'Finish a recording whose recorder was killed, from the parts in FILE.part';

export function builder(yargs: Argv) {
  return yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'The file that was to be recorded' })
    .option('output', {
      alias: 'o',
      type: 'string',
      nargs: 1,
      describe: 'Write this file instead, on another disk when this one is full',
    })
    .option('force', { type: 'boolean', default: false, describe: 'Replace a file that exists' })
    .example('$0 restore trace.dat', 'After kill -9 of ftui record');
}

interface RestoreArguments {
  readonly file: string;
  readonly output?: string | undefined;
  readonly force: boolean;
}

export async function handler({ file, output, force }: ArgumentsCamelCase<RestoreArguments>): Promise<void> {
  const { runRestore } = await import('../run-restore.ts');
  process.exitCode = runRestore(file, { output, force });
}
