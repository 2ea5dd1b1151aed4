/** What `kprobe`, `uprobe` and `usdt` take besides the options of all live commands, and the probes that words mean. */

import type { Argv } from 'yargs';
import { UsageError } from '../base/errors.ts';
import { splitProbeWords, unprotect } from './arguments.ts';
import { addLiveOptions, type LiveArguments, liveFilterHelp } from './live-options.ts';

export function addProbeOptions<T>(yargs: Argv<T>) {
  return addLiveOptions(yargs)
    .option('filter', {
      type: 'string',
      nargs: 1,
      describe: liveFilterHelp,
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
export interface ProbeWords {
  readonly spec: string;
  readonly args: readonly string[];
}

interface WantedKprobe extends ProbeWords {
  readonly kind: 'kprobe';
  readonly maxActive?: number | undefined;
  readonly fprobe?: boolean | undefined;
}

interface WantedProgramProbe<Kind> extends ProbeWords {
  readonly kind: Kind;
  readonly binary: string;
}

/** A probe as it was asked for. */
export type WantedProbe = WantedKprobe | WantedProgramProbe<'uprobe'> | WantedProgramProbe<'usdt'>;

/** The probe of the positional words, then those of -e; throws UsageError when there is none. */
export function listProbeWords({ spec, fetchargs = [], probe = [] }: ProbeArguments, example: string): ProbeWords[] {
  const typed = spec === undefined ? [] : [[spec, ...fetchargs.map(unprotect)]];
  const words = [...typed, ...probe.map(splitProbeWords)];
  if (words.length > 0) return words.map(([first, ...args]) => ({ spec: first!, args }));
  throw new UsageError({ attempted: 'probing', why: 'no function is given', remedy: example });
}

/** `SPEC ARG...` of a kprobe or `BINARY SPEC ARG...` of a uprobe; throws UsageError without a SPEC. */
export function readWantedProbe(kind: 'kprobe' | 'uprobe', words: readonly string[]): WantedProbe {
  const [binary = '', spec = '', ...args] = kind === 'uprobe' ? words : ['', ...words];
  if (spec === '') {
    const remedy = kind === 'kprobe' ? 'e.g. kprobe vfs_open' : 'e.g. uprobe /bin/bash readline%return';
    throw new UsageError({ attempted: `probing ${binary}`.trimEnd(), why: 'no function is given', remedy });
  }
  return kind === 'kprobe' ? { kind, spec, args } : { kind, binary, spec, args };
}
