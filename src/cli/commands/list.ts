/** `ftui list WHAT`: everything that can be traced, probed or set. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { exitStatus, UsageError } from '../../base/errors.ts';
import { jsonLine } from '../../base/json-text.ts';
import { visibleText } from '../../base/text.ts';
import { openEnvironmentTracefs, runningEnvironment } from '../environment.ts';
import * as list from '../list-rows.ts';
import { openStandardOutput } from '../output.ts';

export const command = 'list <what> [words..]';
export const describe =
  'List what there is: functions, events, usdt BINARY, symbols BINARY, lines BINARY FUNCTION, probes, tracers, options, recipes';

const kinds = ['functions', 'events', 'usdt', 'symbols', 'lines', 'probes', 'tracers', 'options', 'recipes'] as const;
type Kind = (typeof kinds)[number];

export function builder(yargs: Argv) {
  return yargs
    .positional('what', { choices: kinds, demandOption: true, describe: 'What to list' })
    .positional('words', {
      type: 'string',
      array: true,
      describe: 'A pattern (`vfs_*`, `sched:*`); for usdt, symbols and lines a program or library before it',
    })
    .option('verbose', {
      alias: 'v',
      type: 'boolean',
      default: false,
      describe: 'Also prototypes, fields, sites, addresses, values, writes',
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object a line' })
    .option('tracefs', { type: 'string', nargs: 1, describe: 'Folder of tracefs, instead of looking for it' })
    .example("$0 list functions 'tcp_*' -v", 'Kernel functions with their prototypes')
    .example('$0 list events sched: -v', 'Events with their fields')
    .example('$0 list usdt libstdc++', 'Static probes of a library')
    .example('$0 list lines ./prog main', 'Lines of a function that can be probed')
    .example('$0 list recipes', 'Questions, and the commands that answer them');
}

interface ListArguments {
  readonly what: Kind;
  readonly words?: readonly string[] | undefined;
  readonly verbose: boolean;
  readonly json: boolean;
  readonly tracefs?: string | undefined;
}

export async function handler(args: ArgumentsCamelCase<ListArguments>): Promise<void> {
  const rows = await readRows(args);
  const output = openStandardOutput(() => {});
  output.lines(
    args.json ? rows.map(({ json }) => jsonLine(json)) : rows.flatMap((row) => formatRow(row, args.verbose)),
  );
  await output.drained();
  process.exitCode = exitStatus.fine;
}

function formatRow({ text, lines = [], details }: list.ListRow, verbose: boolean): string[] {
  const below = verbose ? [...lines, ...details] : lines;
  return [visibleText(text), ...below.map((line) => `  ${visibleText(line)}`)];
}

async function readRows({ what, words = [], verbose, tracefs }: ListArguments): Promise<readonly list.ListRow[]> {
  const ofBinary = what === 'usdt' || what === 'symbols' || what === 'lines';
  const [binary, glob] = ofBinary ? words : [undefined, words[0]];
  const attempted = `listing ${what}`;
  if (ofBinary && binary === undefined) {
    throw new UsageError({ attempted, why: 'no program or library is given', remedy: `e.g. ftui list ${what} libc` });
  }
  if (words.length > (ofBinary ? 2 : 1)) {
    const why = `'${words.at(-1)}' is one word too many`;
    throw new UsageError({ attempted, why, remedy: 'quote a pattern: the shell replaces it by names of files' });
  }
  const request = { glob, verbose };
  if (what === 'usdt') return list.listStaticProbes(binary!, request);
  if (what === 'recipes') return list.listRecipes(request);
  if (what === 'symbols') return list.listProgramSymbols(binary!, request);
  if (what === 'lines') {
    if (glob !== undefined) return list.listProgramLines(binary!, glob);
    throw new UsageError({ attempted, why: 'no function is given', remedy: `e.g. ftui list lines ${binary} main` });
  }
  const inKernel = { ...request, tracefs: openEnvironmentTracefs(runningEnvironment(), tracefs) };
  switch (what) {
    case 'functions':
      return list.listFunctions(inKernel);
    case 'events':
      return list.listEvents(inKernel);
    case 'probes':
      return list.listProbes(inKernel);
    case 'tracers':
      return list.listTracers(inKernel);
    case 'options':
      return list.listOptions(inKernel);
  }
}
