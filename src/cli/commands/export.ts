/** `ftui export FILE --to FORMAT`: a recording in the form that another program reads. */

import { basename } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { ArgumentsCamelCase, Argv } from 'yargs';
import { exitStatus, UsageError } from '../../base/errors.ts';
import { isEventTime } from '../../base/event-time.ts';
import { visibleText } from '../../base/text.ts';
import { type ExportFormat, type ExportReport, newExportReport } from '../../recording/export/export-format.ts';
import {
  exportFormats,
  findExportFormat,
  formatOfFileName,
  nearestFormatNames,
} from '../../recording/export/export-formats.ts';
import { openRecording } from '../../recording/open-recording.ts';
import { checkExportTarget, writeExport } from '../export-output.ts';
import { addSelectionOptions, readSelection, type SelectionArguments } from '../export-selection.ts';
import { printNotice } from '../output.ts';

export const command = 'export <file>';
export const describe = 'Turn a recording into what other programs read: Perfetto, flame graphs, CSV ...';

export function builder(yargs: Argv) {
  return addSelectionOptions(yargs)
    .positional('file', { type: 'string', demandOption: true, describe: 'A trace.dat, or a saved text trace' })
    .option('to', {
      type: 'string',
      array: true,
      nargs: 1,
      describe: `${exportFormats.map(({ name }) => name).join(', ')}; without it the ending of -o decides. A time: as --until`,
    })
    .option('output', {
      alias: 'o',
      type: 'string',
      nargs: 1,
      describe: 'Write this file, instead of standard output',
    })
    .option('force', { type: 'boolean', default: false, describe: 'Replace the file that is there' })
    .option('weight', {
      type: 'string',
      nargs: 1,
      choices: ['time', 'count'],
      describe: 'What stacks are weighed by: ns in them, or how often they were seen',
    })
    .option('fields', {
      type: 'string',
      nargs: 1,
      describe: 'Columns of a CSV table for these fields (NAME,NAME...), or for all of the first event',
    })
    .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'No notes' })
    .example('$0 export trace.dat --to perfetto -o trace.json', 'Open trace.json in ui.perfetto.dev')
    .example('$0 export trace.dat -o flames.svg', 'Where the time of function_graph went')
    .example('$0 export trace.dat --to csv -e sched:sched_switch --fields all', 'A table of one event');
}

export interface ExportArguments extends SelectionArguments {
  readonly file: string;
  readonly to?: readonly string[] | undefined;
  readonly output?: string | undefined;
  readonly force: boolean;
  readonly weight?: string | undefined;
  readonly fields?: string | undefined;
  readonly quiet: boolean;
}

export async function handler(args: ArgumentsCamelCase<ExportArguments>): Promise<void> {
  const { output: path, force, weight, fields, quiet, file } = args;
  const { format, until } = chooseFormat(args);
  const target = { path, force };
  checkExportTarget(target);
  keepHeapSmall();
  const source = openRecording(file);
  try {
    const report = newExportReport();
    const options = {
      selection: readSelection({ ...args, until }, source),
      title: basename(file),
      weight: weight as 'time' | 'count' | undefined,
      fields: readFieldNames(fields),
    };
    await writeExport(format.write(source, options, report), target);
    const failures = describeFailures(report, source.problems);
    const notes = quiet ? [] : describeNotes(report);
    for (const text of [...notes, ...failures]) printNotice(visibleText(text));
    process.exitCode = failures.length === 0 ? exitStatus.fine : exitStatus.failed;
  } finally {
    source.close();
  }
}

/**
 * V8 gives short-lived objects ever more room when some of them live on for a while, as the calls of open trees do: half of
 * all memory. Staying small costs an export 3 % of its time.
 */
function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

function readFieldNames(words: string | undefined): readonly string[] | 'all' | undefined {
  return words === undefined || words === 'all' ? words : words.split(',');
}

/** --to names the format, and --to with a time says until when, as it does elsewhere. */
function chooseFormat({ to = [], until, output }: ExportArguments): {
  format: ExportFormat;
  until: string | undefined;
} {
  const names = to.filter((word) => !isEventTime(word));
  const times = [...to.filter(isEventTime), ...(until === undefined ? [] : [until])];
  if (names.length > 1 || times.length > 1) {
    throw new UsageError({ attempted: 'reading --to', why: 'it takes one format, and one time at most' });
  }
  const [name] = names;
  const format = name === undefined ? formatOfFileName(output ?? '') : findExportFormat(name);
  if (format !== undefined) return { format, until: times[0] };
  const near = name === undefined ? [] : nearestFormatNames(name);
  throw new UsageError({
    attempted: 'exporting',
    why: name === undefined ? 'it is not said to which format' : `there is no format '${name}'`,
    remedy: `--to ${near.length > 0 ? near.join(' or ') : exportFormats.map((format) => format.name).join(', ')}`,
  });
}

function describeNotes({ lost, lostGaps, notices }: ExportReport): string[] {
  if (lostGaps === 0) return [...notices];
  const count = lost === 0 ? 'an unknown number of events' : `${lost} events`;
  return [...notices, `${count} were lost while recording, in ${lostGaps} ${lostGaps === 1 ? 'place' : 'places'}`];
}

const mostProblems = 20;

/** What makes the result less than what was asked for. */
function describeFailures({ events, damaged }: ExportReport, problems: readonly string[]): string[] {
  const failures = problems.slice(0, mostProblems);
  if (problems.length > mostProblems) failures.push(`and ${problems.length - mostProblems} more such problems`);
  if (damaged > 0) failures.push(`unreadable data was left out in ${damaged} ${damaged === 1 ? 'place' : 'places'}`);
  if (events === 0) failures.push('there is no such event in the recording: nothing but the frame was written');
  return failures;
}
