/** `ftui report`: a recording as text, byte for byte as `trace-cmd report` prints it, or as JSON. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { exitStatus, UsageError } from '../../base/errors.ts';
import { visibleText } from '../../base/text.ts';
import { parseChips } from '../../format/filter/filter-chips.ts';
import type { EventSelection, EventSource } from '../../recording/event-source.ts';
import { newExportReport } from '../../recording/export/export-format.ts';
import { jsonLines } from '../../recording/export/json-lines.ts';
import { openByteSource } from '../../recording/files.ts';
import { ItemFilter } from '../../recording/item-filter.ts';
import { openRecording } from '../../recording/open-recording.ts';
import {
  compileEventExpression,
  formatBanner,
  formatEventFormats,
  formatEventNames,
  formatProducer,
  formatStatistics,
  formatUname,
} from '../../recording/report/report-extras.ts';
import type { ReportRequest } from '../../recording/report/report-request.ts';
import { sourceClock } from '../../recording/source-clock.ts';
import { TraceDat } from '../../recording/trace-dat/trace-dat.ts';
import { TraceDatEvents } from '../../recording/trace-dat/trace-dat-events.ts';
import { ChunkThread } from '../../session/chunk-thread.ts';
import { writeReport } from '../../session/write-report.ts';
import { writeOut } from '../byte-output.ts';
import { readSelection } from '../export-selection.ts';
import { chipFilterHelp } from '../live-options.ts';
import { printNotice } from '../output.ts';

export const command = 'report [file]';
export const describe = 'Print a recording as trace-cmd report does, with its flags';

const selectionGroup = 'Which events:';
const layoutGroup = 'Layout:';
const contentGroup = 'What else the file says:';
const flag = (group: string, describe: string) => ({ type: 'boolean', default: false, group, describe }) as const;
const word = (group: string, describe: string) => ({ type: 'string', nargs: 1, group, describe }) as const;
const words = (group: string, describe: string) => ({ ...word(group, describe), array: true }) as const;

export function builder(yargs: Argv) {
  return yargs
    .positional('file', { type: 'string', describe: 'The recording; trace.dat without it' })
    .option('i', { type: 'string', nargs: 1, describe: 'The recording' })
    .option('F', words(selectionGroup, 'Only events that pass: EVENTS[:EXPRESSION]'))
    .option('exclude', words(selectionGroup, 'Not those events; -v makes every -F behind it this'))
    .option('from', word(selectionGroup, 'Only from this time on: seconds as shown (12.5), or since the start (+1.5)'))
    .option('to', word(selectionGroup, 'Only before this time'))
    .option('cpu', word(selectionGroup, 'Only on these CPUs (e.g. 0-3,8)'))
    .option('pid', words(selectionGroup, 'Only of these tasks (PID,PID...)'))
    .option('comm', words(selectionGroup, 'Only of tasks of this name'))
    .option('instance', word(selectionGroup, 'Only this trace instance'))
    .option('filter', word(selectionGroup, chipFilterHelp))
    .option('I', flag(selectionGroup, 'Not what happened in hard interrupts'))
    .option('S', flag(selectionGroup, 'Not what happened in soft interrupts'))
    .option('l', flag(layoutGroup, 'Latency format'))
    .option('t', flag(layoutGroup, 'Times with nanoseconds'))
    .option('R', flag(layoutGroup, 'Raw fields'))
    .option('ts-diff', flag(layoutGroup, 'Time since the line before'))
    .option('json', flag(layoutGroup, 'One JSON object a line'))
    .option('stat', flag(contentGroup, 'The buffers’ statistics'))
    .option('uname', flag(contentGroup, 'The machine it was made on'))
    .option('producer', flag(contentGroup, 'The program that made it'))
    .option('E', flag(contentGroup, 'The events that it has formats of'))
    .option('events', flag(contentGroup, 'The formats of all events'))
    .option(
      'event',
      word(contentGroup, 'The formats of these events: SYSTEM:EVENT or a part of either, as regular expressions'),
    )
    .example('$0 report -F "sched_switch:next_pid==42"', 'Switches to task 42 in trace.dat')
    .example('$0 report big.dat --from +60 --to +61', 'The second a minute after the start');
}

export interface ReportArguments {
  readonly file?: string | undefined;
  readonly i?: string | undefined;
  readonly F?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly cpu?: string | undefined;
  readonly pid?: readonly string[] | undefined;
  readonly comm?: readonly string[] | undefined;
  readonly instance?: string | undefined;
  readonly filter?: string | undefined;
  readonly I: boolean;
  readonly S: boolean;
  readonly l: boolean;
  readonly t: boolean;
  readonly R: boolean;
  readonly tsDiff: boolean;
  readonly json: boolean;
  readonly stat: boolean;
  readonly uname: boolean;
  readonly producer: boolean;
  readonly E: boolean;
  readonly events: boolean;
  readonly event?: string | undefined;
}

export async function handler(args: ArgumentsCamelCase<ReportArguments>): Promise<void> {
  const path = chooseFile(args);
  const problems = args.json ? await printJson(path, args) : await printReport(path, args);
  for (const problem of problems) printNotice(visibleText(problem));
  process.exitCode = problems.length === 0 ? exitStatus.fine : exitStatus.failed;
}

function chooseFile({ file, i }: ReportArguments): string {
  if (file === undefined || i === undefined) return file ?? i ?? 'trace.dat';
  throw new UsageError({
    attempted: `reading ${i} and ${file}`,
    why: 'one recording is reported at a time',
    remedy: 'leave one out',
  });
}

async function printReport(path: string, args: ReportArguments): Promise<readonly string[]> {
  const source = openByteSource(path);
  const chunks = wantsExtra(args) ? undefined : ChunkThread.start(source);
  const recording = new TraceDat(source);
  const extra = formatExtra(recording, args);
  const { latencyText } = recording.layout;
  if (extra !== undefined) {
    writeOut(Buffer.from(extra));
    return recording.problems;
  }
  if (latencyText !== undefined) {
    writeOut(Buffer.from(formatBanner(recording)));
    for (const block of latencyText.blocks()) if (!writeOut(block)) return [];
    writeOut(Buffer.from('\n'));
    return recording.problems;
  }
  return writeReport(recording, readRequest(recording, args), writeOut, { head: formatBanner(recording), chunks });
}

function readRequest(recording: TraceDat, args: ReportArguments): ReportRequest {
  return {
    layout: {
      latencyFormat: args.l,
      nanoseconds: args.t,
      raw: args.R,
      timeDifference: args.tsDiff,
      hideHardInterrupts: args.I,
      hideSoftInterrupts: args.S,
    },
    selection: readReportSelection(new TraceDatEvents(recording), args),
    filters: args.F,
    exclusions: args.exclude,
    chips: args.filter,
  };
}

function wantsExtra({ stat, uname, producer, E, events, event }: ReportArguments): boolean {
  return stat || uname || producer || E || events || event !== undefined;
}

/** What is asked for instead of the events. As in trace-cmd, the later of these wins. */
function formatExtra(
  recording: TraceDat,
  { stat, uname, producer, E, events, event }: ReportArguments,
): string | undefined {
  if (events) return formatEventFormats(recording);
  if (event !== undefined) return formatEventFormats(recording, readExpression(event));
  if (E) return formatEventNames(recording);
  if (producer) return formatBanner(recording) + formatProducer(recording);
  if (uname) return formatBanner(recording) + formatUname(recording) + formatProducer(recording);
  return stat ? formatBanner(recording) + formatStatistics(recording) : undefined;
}

function readExpression(words: string): (system: string, name: string) => boolean {
  const matches = compileEventExpression(words);
  if (matches !== undefined) return matches;
  throw new UsageError({ attempted: `reading --event '${words}'`, why: 'it is no regular expression' });
}

function readReportSelection(source: EventSource, args: ReportArguments): EventSelection {
  const { from, to: until, cpu, pid, comm, instance } = args;
  return readSelection({ from, until, cpu, pid, comm, instance }, source);
}

async function printJson(path: string, args: ReportArguments): Promise<readonly string[]> {
  const source = openRecording(path);
  try {
    const report = newExportReport();
    const selection = readReportSelection(source, args);
    const chips = parseChips(args.filter ?? '', sourceClock(source));
    const filter = new ItemFilter(chips, (address) => source.symbolName(address)?.name);
    for (const block of jsonLines.write(source, { selection, title: path, filter }, report))
      if (!writeOut(block)) return [];
    return source.problems;
  } finally {
    source.close();
  }
}
