/** Options that `kprobe` and `uprobe` add to those of all live commands. */

import type { Argv } from 'yargs';
import { addLiveOptions } from './live-options.ts';

export function addProbeOptions<T>(yargs: Argv<T>) {
  return addLiveOptions(yargs)
    .option('filter', { type: 'string', describe: 'Only hits for which this is true, in the kernel’s filter language' })
    .option('stack', { type: 'boolean', default: false, describe: 'Show the kernel stack of each hit' })
    .option('probe', {
      alias: 'e',
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'A further probe with its arguments, in one word: SPEC ARG...',
    });
}
