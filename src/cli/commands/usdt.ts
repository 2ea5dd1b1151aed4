/** `ftui usdt BINARY [PROVIDER:]NAME [ARG...]`: static probes that a program was built with. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { addProbeOptions, listProbeWords, type ProbeArguments } from '../probe-options.ts';
import { runProbeCommand } from '../run-probes.ts';

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
  const { binary } = args;
  const words = listProbeWords(args, `ftui usdt ${binary} '*'`);
  const title = `usdt ${binary} ${words.map(({ spec }) => spec).join(' ')}`;
  const wanted = words.map((probe) => ({ kind: 'usdt' as const, binary, ...probe }));
  process.exitCode = await runProbeCommand(args, title, wanted);
}
