/** `ftui vars FUNC` and `ftui vars BINARY FUNC`: the variables that a probe there can name. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { exitStatus } from '../../base/errors.ts';
import { parseFetchArgSupport } from '../../control/fetch-arg.ts';
import { readKernelFunctions } from '../../control/kprobe-target.ts';
import { parseKprobeSpec } from '../../control/probe-spec.ts';
import type { ProbeScope } from '../../symbols/c-types/fetch-arg.ts';
import type { Tracefs } from '../../tracefs/tracefs.ts';
import { openEnvironmentTracefs, runningEnvironment } from '../environment.ts';
import { printNotice } from '../output.ts';
import { withSource } from '../probe-names.ts';

export const command = 'vars <target> [function]';
export const describe = 'Show the arguments and variables that a probe on a function can name';

export function builder(yargs: Argv) {
  return yargs
    .positional('target', {
      type: 'string',
      demandOption: true,
      describe: 'A kernel function, or a program or library',
    })
    .positional('function', {
      type: 'string',
      describe: 'The place in the program: SYMBOL[+OFFSET][%return] or FILE:LINE',
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object a function' })
    .option('force', { type: 'boolean', default: false, describe: 'Take places that could harm the traced program' })
    .option('tracefs', { type: 'string', nargs: 1, describe: 'Folder of tracefs, instead of looking for it' })
    .example('$0 vars do_sys_openat2', 'Arguments of a kernel function')
    .example('$0 vars vfs_read%return', 'What it returns')
    .example('$0 vars ./prog main.c:42', 'Variables at a line of the source')
    .example('$0 vars libc getenv', 'Arguments of a function of a library');
}

interface VarsArguments {
  readonly target: string;
  readonly function?: string | undefined;
  readonly json: boolean;
  readonly force: boolean;
  readonly tracefs?: string | undefined;
}

interface NamedScope {
  readonly name: string;
  readonly scope: ProbeScope;
}

export async function handler(args: ArgumentsCamelCase<VarsArguments>): Promise<void> {
  const tracefs = openEnvironmentTracefs(runningEnvironment(), args.tracefs);
  const { types } = parseFetchArgSupport(tracefs.top.readIfThere('README') ?? '');
  const { formatVariables, formatVariablesJson, listVariableRows } = await import('../probe-variables.ts');
  const scopes =
    args.function === undefined
      ? [await findInKernel(tracefs, args.target, types)]
      : await findInProgram(tracefs, args.target, args.function, args.force, types);
  const lines = scopes.flatMap(({ name, scope }) => {
    const rows = listVariableRows(scope);
    if (args.json) return [formatVariablesJson(name, rows)];
    if (rows.length === 0) printNotice(`${name} has no variables`);
    return scopes.length > 1 ? [`${name}:`, ...formatVariables(rows)] : formatVariables(rows);
  });
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = exitStatus.fine;
}

async function findInKernel(tracefs: Tracefs, text: string, types: ReadonlySet<string>): Promise<NamedScope> {
  const [{ requireKprobeScope }, { KernelTypes }, { resolveKprobes }] = await Promise.all([
    import('../../control/kprobe-names.ts'),
    import('../../control/kprobe-types.ts'),
    import('../../control/kprobe-request.ts'),
  ]);
  const functions = readKernelFunctions(tracefs);
  const spec = parseKprobeSpec(text);
  const support = { types, numberedArguments: true, namedArguments: true };
  // Refuses what cannot be probed at all, with the nearest names.
  resolveKprobes(functions, 'vars', new Set(), support, { spec: text, args: [] });
  return { name: text, scope: requireKprobeScope(new KernelTypes(tracefs.kernel), functions, spec, types) };
}

async function findInProgram(
  { kernel }: Tracefs,
  binary: string,
  spec: string,
  force: boolean,
  types: ReadonlySet<string>,
): Promise<NamedScope[]> {
  const [{ ProgramTypes, requireUprobeScope }, { listUprobePlaces }] = await Promise.all([
    import('../../control/uprobe-names.ts'),
    import('../../control/uprobe-request.ts'),
  ]);
  const { places, notes } = await withSource([spec], (source) => {
    return listUprobePlaces(kernel, { binary, spec, force, source });
  });
  for (const note of notes) printNotice(note);
  const known = new ProgramTypes(types);
  return places.map((place) => ({ name: place.label, scope: requireUprobeScope(known, place) }));
}
