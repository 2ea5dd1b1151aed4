/** `ftui convert IN OUT`: a trace.dat in another version or compression. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { exitStatus, UsageError } from '../../base/errors.ts';
import { visibleText } from '../../base/text.ts';
import { openByteSource } from '../../recording/files.ts';
import { convertRecording } from '../../recording/trace-dat/convert-recording.ts';
import { openPageStreams } from '../../recording/trace-dat/page-streams.ts';
import { printNotice } from '../output.ts';

export const command = 'convert <file> <output>';
export const describe = 'Write a recording in another version or compression of trace.dat';

export function builder(yargs: Argv) {
  return yargs
    .positional('file', { type: 'string', demandOption: true, describe: 'The recording' })
    .positional('output', { type: 'string', demandOption: true, describe: 'The file to write' })
    .option('file-version', {
      type: 'number',
      nargs: 1,
      default: 7,
      describe: '7, or 6 for trace-cmd before 3.0',
    })
    .option('compress', {
      type: 'string',
      nargs: 1,
      choices: ['none', 'zlib', 'zstd'] as const,
      default: 'none' as const,
      describe: 'How the data is compressed; version 6 knows none',
    })
    .option('force', { type: 'boolean', default: false, describe: 'Replace the file that is there' })
    .example('$0 convert trace.dat small.dat --compress zstd', 'A tenth of the size, as a rule');
}

interface ConvertArguments {
  readonly file: string;
  readonly output: string;
  readonly fileVersion: number;
  readonly compress: 'none' | 'zlib' | 'zstd';
  readonly force: boolean;
}

export function handler(args: ArgumentsCamelCase<ConvertArguments>): void {
  const { file, output, fileVersion: version, compress: compression, force } = args;
  if (version !== 6 && version !== 7) {
    throw new UsageError({ attempted: 'reading --file-version', why: 'trace.dat has the versions 6 and 7' });
  }
  const problems: string[] = [];
  const source = openByteSource(file);
  try {
    const streams = openPageStreams(source, (why) => problems.push(why));
    const written = convertRecording(streams, output, { version, compression }, { force });
    for (const problem of new Set([...problems, ...written.problems])) printNotice(visibleText(problem));
  } finally {
    source.close();
  }
  process.exitCode = problems.length === 0 ? exitStatus.fine : exitStatus.failed;
}
