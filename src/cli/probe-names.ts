/** Loads what reads type information, and only for commands whose words need it. */

import type { KernelFunctions } from '../control/kprobe-target.ts';
import type { KprobeSpec } from '../control/probe-spec.ts';
import { type NameArguments, needTypes } from '../control/probe-words.ts';
import type { NamedUprobe } from '../control/uprobe-request.ts';
import { UnknownSymbolError } from '../symbols/uprobe-refusals.ts';
import type { SourceKnowledge } from '../symbols/uprobe-target.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import type { ProbeWords } from './probe-options.ts';

/** Undefined when no word of the probes is named as in the source; a bare return probe shows its value by its type. */
export async function loadKprobeNames(
  wanted: readonly ProbeWords[],
  kernel: KernelFiles,
  functions: KernelFunctions,
  types: ReadonlySet<string>,
): Promise<NameArguments<KprobeSpec> | undefined> {
  const isNeeded = wanted.some(({ spec, args }) => (args.length === 0 ? spec.endsWith('%return') : needTypes(args)));
  if (!isNeeded) return undefined;
  return (await import('../control/kprobe-names.ts')).openKprobeNames(kernel, functions, types);
}

/** Undefined when every probe has words and none is named; without words a well-known function shows its own arguments. */
export async function loadUprobeNames(
  wanted: readonly ProbeWords[],
  types: ReadonlySet<string>,
): Promise<NameArguments<NamedUprobe> | undefined> {
  if (!wanted.some(({ args }) => args.length === 0 || needTypes(args))) return undefined;
  return (await import('../control/uprobe-names.ts')).openUprobeNames(types);
}

/** What resolves probes of programs, given what debug information knows of lines where that is needed. */
type ResolveWith<T> = (source: SourceKnowledge | undefined) => T;

/** Runs `resolve`, with debug information where a line is asked for or a name is not among the symbols. */
export async function withSource<T>(specs: readonly string[], resolve: ResolveWith<T>): Promise<T> {
  const load = async () => (await import('../control/uprobe-lines.ts')).sourceKnowledge;
  if (specs.some((spec) => /[^:]:\d+$/.test(spec))) return resolve(await load());
  try {
    return resolve(undefined);
  } catch (error) {
    if (error instanceof UnknownSymbolError) return resolve(await load());
    throw error;
  }
}
