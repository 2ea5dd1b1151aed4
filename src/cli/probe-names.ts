/** Loads what reads type information, and only for commands whose words need it. */

import type { KernelFunctions } from '../control/kprobe-target.ts';
import type { KprobeSpec } from '../control/probe-spec.ts';
import { type NameArguments, needTypes } from '../control/probe-words.ts';
import type { NamedUprobe } from '../control/uprobe-request.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import type { WantedProbe } from './probe-options.ts';

/** Undefined when no word of the probes is named as in the source. */
export async function loadKprobeNames(
  wanted: readonly Pick<WantedProbe, 'args'>[],
  kernel: KernelFiles,
  functions: KernelFunctions,
  types: ReadonlySet<string>,
): Promise<NameArguments<KprobeSpec> | undefined> {
  if (!wanted.some(({ args }) => needTypes(args))) return undefined;
  return (await import('../control/kprobe-names.ts')).openKprobeNames(kernel, functions, types);
}

/** Undefined when every probe has words and none is named; without words a well-known function shows its own arguments. */
export async function loadUprobeNames(
  wanted: readonly Pick<WantedProbe, 'args'>[],
  types: ReadonlySet<string>,
): Promise<NameArguments<NamedUprobe> | undefined> {
  if (!wanted.some(({ args }) => args.length === 0 || needTypes(args))) return undefined;
  return (await import('../control/uprobe-names.ts')).openUprobeNames(types);
}
