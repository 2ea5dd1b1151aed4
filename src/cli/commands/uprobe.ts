/** `ftui uprobe BINARY SYMBOL [FETCHARG...]`: dynamic probes in programs and libraries. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { addProbeOptions, listProbeWords, type ProbeArguments } from '../probe-options.ts';
import { runProbeCommand } from '../run-probes.ts';

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
  const { binary } = args;
  const words = listProbeWords(args, 'ftui uprobe /bin/bash readline%return');
  const title = `uprobe ${binary} ${words.map(({ spec }) => spec).join(' ')}`;
  const wanted = words.map((probe) => ({ kind: 'uprobe' as const, binary, ...probe }));
  process.exitCode = await runProbeCommand(args, title, wanted);
}
