/** What `kprobe` and `uprobe` take besides the options of all live commands, and how it becomes wanted probes. */

import type { Argv } from 'yargs';
import { UnsupportedError, UsageError } from '../base/errors.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { splitProbeWords, unprotect } from './arguments.ts';
import { addLiveOptions, type LiveArguments } from './live-options.ts';

export function addProbeOptions<T>(yargs: Argv<T>) {
  return addLiveOptions(yargs)
    .option('filter', {
      type: 'string',
      nargs: 1,
      describe: 'Only hits for which this is true, in the kernel’s filter language',
    })
    .option('stack', { type: 'boolean', default: false, describe: 'Show the kernel stack of each hit' })
    .option('probe', {
      alias: 'e',
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'A further probe with its arguments, in one word: SPEC ARG...',
    });
}

export interface ProbeArguments extends LiveArguments {
  readonly spec?: string | undefined;
  readonly fetchargs?: readonly string[] | undefined;
  readonly probe?: readonly string[] | undefined;
  readonly filter?: string | undefined;
  readonly stack: boolean;
}

/** A SPEC and its fetch args, as they were typed. */
export interface WantedProbe {
  readonly spec: string;
  readonly args: readonly string[];
}

/** The probe of the positional words, then those of -e; throws UsageError when there is none. */
export function listWantedProbes({ spec, fetchargs = [], probe = [] }: ProbeArguments, example: string): WantedProbe[] {
  const typed = spec === undefined ? [] : [[spec, ...fetchargs.map(unprotect)]];
  const wanted = [...typed, ...probe.map(splitProbeWords)];
  if (wanted.length > 0) return wanted.map(([first, ...args]) => ({ spec: first!, args }));
  throw new UsageError({ attempted: 'probing', why: 'no function is given', remedy: example });
}

/** Throws UnsupportedError where the kernel has no such probes. */
export function requireProbeFile({ top }: Tracefs, kind: 'kprobe' | 'uprobe', attempted: string): void {
  if (top.exists(`${kind}_events`)) return;
  throw new UnsupportedError({
    attempted,
    why: `this kernel was built without CONFIG_${kind.toUpperCase()}_EVENTS: there is no ${kind}_events`,
    remedy: '`ftui doctor` shows what it can do',
  });
}
