/** Options about the file of a recording, which `record` and, with -o, every live command take. */

import type { Argv } from 'yargs';
import { UsageError } from '../base/errors.ts';
import { parseSizeKb } from '../base/quantities.ts';
import type { RecordingFormat } from '../recording/recording-metadata.ts';

export interface RecordingOptions {
  /** Bytes of pages to keep at most; the oldest go. */
  readonly maxBytes: number | undefined;
  readonly format: RecordingFormat;
  /** Lift kernel.kptr_restrict while the symbols are read. */
  readonly kallsyms: boolean;
}

const group = 'Recording:';

export function addRecordingOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('output', {
      alias: 'o',
      type: 'string',
      nargs: 1,
      group,
      describe: 'Record to this trace.dat file and show only the summary',
    })
    .option('max-size', {
      type: 'string',
      nargs: 1,
      group,
      describe: 'Keep only the newest of this size in the recording (500M, 4G)',
    })
    .option('compression', {
      type: 'string',
      nargs: 1,
      group,
      describe: 'Compress the recording: zlib, zstd, none',
    })
    .option('kallsyms', {
      type: 'boolean',
      default: false,
      group,
      describe: 'Set kernel.kptr_restrict to 0 while the symbols are read for the recording',
    });
}

interface RecordingArguments {
  readonly output?: string | undefined;
  readonly maxSize?: string | undefined;
  readonly compression?: string | undefined;
  readonly kallsyms: boolean;
}

/** Throws UsageError for a bad value, and for options of a recording where none is made. */
export function readRecordingOptions({ output, maxSize, compression, kallsyms }: RecordingArguments): RecordingOptions {
  const given = [
    ...(maxSize === undefined ? [] : ['--max-size']),
    ...(compression === undefined ? [] : ['--compression']),
    ...(kallsyms ? ['--kallsyms'] : []),
  ];
  if (output === undefined && given.length > 0) {
    throw new UsageError({ attempted: `using ${given[0]}`, why: 'nothing is recorded', remedy: 'give a file with -o' });
  }
  return {
    maxBytes: maxSize === undefined ? undefined : parseSizeKb(maxSize) * 1024,
    format: { version: 7, compression: readCompression(compression ?? 'none') },
    kallsyms,
  };
}

/** `any` is what trace-cmd calls its own choice. */
export function readCompression(name: string): RecordingFormat['compression'] {
  if (name === 'none' || name === 'zlib' || name === 'zstd') return name;
  if (name === 'any') return 'zstd';
  throw new UsageError({
    attempted: `compressing with '${name}'`,
    why: 'ftui does not know it',
    remedy: 'zlib, zstd, none, or any',
  });
}
