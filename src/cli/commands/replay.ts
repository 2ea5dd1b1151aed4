/** `ftui replay FILE`: shows a recording as the live command showed it. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ArgumentsCamelCase, Argv } from 'yargs';
import { exitStatus, UsageError } from '../../base/errors.ts';
import { jsonLine } from '../../base/json-text.ts';
import { visibleText } from '../../base/text.ts';
import { parseChips } from '../../format/filter/filter-chips.ts';
import type { EventSource } from '../../recording/event-source.ts';
import { ItemFilter } from '../../recording/item-filter.ts';
import { openRecording } from '../../recording/open-recording.ts';
import { sourceClock } from '../../recording/source-clock.ts';
import { writeOut } from '../byte-output.ts';
import { runningEnvironment } from '../environment.ts';
import { addSelectionOptions, readSelection, type SelectionArguments } from '../export-selection.ts';
import { followRecording } from '../follow-recording.ts';
import { chipFilterHelp, positive } from '../live-options.ts';
import { printNotice } from '../output.ts';
import { EventClock } from '../print-time.ts';
import { RecordingView } from '../recording-view.ts';
import { canOpenUi } from '../wants-ui.ts';

export const command = 'replay [file]';
export const describe = 'Show a recording as the live command showed it: call trees and events';

export function builder(yargs: Argv) {
  return addSelectionOptions(yargs)
    .positional('file', { type: 'string', default: 'trace.dat', describe: 'A trace.dat, or a saved text trace' })
    .option('speed', {
      type: 'number',
      nargs: 1,
      describe: 'Wait between events as they came: 1 as fast as it was, 0.1 ten times slower; without it, no waiting',
    })
    .option('follow', {
      alias: 'f',
      type: 'boolean',
      default: false,
      describe: 'Go on while the file is still being recorded; Ctrl-C ends',
    })
    .option('threshold', { type: 'number', nargs: 1, default: 0, describe: 'Only trees of this many microseconds' })
    .option('filter', { type: 'string', nargs: 1, group: 'Which events:', describe: chipFilterHelp })
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object a line' })
    .option('plain', { type: 'boolean', default: false, describe: 'Print text even on a terminal' })
    .option('ascii', { type: 'boolean', default: false, describe: 'Draw the screen with ASCII characters only' })
    .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'No summary' });
}

interface ReplayArguments extends SelectionArguments {
  readonly file: string;
  readonly speed?: number | undefined;
  readonly follow: boolean;
  readonly threshold: number;
  readonly filter?: string | undefined;
  readonly json: boolean;
  readonly plain: boolean;
  readonly ascii: boolean;
  readonly quiet: boolean;
}

export async function handler(args: ArgumentsCamelCase<ReplayArguments>): Promise<void> {
  // Several names are one choice on the command line, and each a filter of its own on the screen.
  const isPlain = args.plain || args.json || args.quiet || args.speed !== undefined || args.instance !== undefined;
  if (!isPlain && isSingle(args.comm) && isSingle(args.event) && canOpenUi()) return openScreen(args);
  const { file, json, quiet } = args;
  const speed = positive(args.speed, '--speed');
  if (args.follow && (await followRecording(args))) return;
  const source = openRecording(file);
  try {
    if (speed !== undefined && !source.timeIsNanoseconds) {
      throw new UsageError({ attempted: 'reading --speed', why: 'the clock of this recording does not count time' });
    }
    const counts = await replay(source, args, speed);
    if (counts === undefined) return;
    if (json) writeOut(Buffer.from(`${jsonLine({ type: 'replay', ...counts, problems: source.problems })}\n`));
    else if (!quiet) printNotice(formatCounts(counts));
    for (const problem of source.problems) printNotice(visibleText(problem));
    process.exitCode = source.problems.length === 0 ? exitStatus.fine : exitStatus.failed;
  } finally {
    source.close();
  }
}

/** In a terminal; what the options leave out of it are filters of the screen. */
async function openScreen(args: ReplayArguments): Promise<void> {
  const { openUi } = await import('../open-ui.ts');
  const { file, follow, ascii } = args;
  const filters = chipsOf(args);
  if (filters !== '') checkChips(filters, follow ? undefined : file);
  process.exitCode = await openUi(runningEnvironment(), {
    screen: 'graph',
    file,
    follow,
    ascii,
    filters,
  });
}

/** What is wrong is said here, with the exit status that it has. A file that is still being written tells no clock. */
function checkChips(filters: string, file: string | undefined): void {
  if (file === undefined) return void parseChips(filters);
  const source = openRecording(file);
  try {
    parseChips(filters, sourceClock(source));
  } finally {
    source.close();
  }
}

function isSingle(names: readonly string[] | undefined): boolean {
  return names === undefined || names.length <= 1;
}

function chipsOf({ from, until, cpu, pid, comm, event, threshold, filter }: ReplayArguments): string {
  return [
    ...(from === undefined && until === undefined ? [] : [`time:${from ?? ''}-${until ?? ''}`]),
    ...(cpu === undefined ? [] : [`cpu:${cpu}`]),
    ...(pid === undefined ? [] : [`pid:${pid.join(',')}`]),
    ...(comm?.length === 1 ? [`task:"${comm[0]}"`] : []),
    ...(event?.length === 1 ? [`event:${event[0]}`] : []),
    ...(threshold > 0 ? [`dur:>=${threshold}us`] : []),
    ...(filter === undefined ? [] : [filter]),
  ].join(' ');
}

const flushSize = 1 << 16;

/** Prints everything; undefined when the reader has gone away. */
async function replay(
  source: EventSource,
  args: ReplayArguments,
  speed: number | undefined,
): Promise<Readonly<Record<string, number>> | undefined> {
  const view = new RecordingView({
    json: args.json,
    thresholdNs: args.threshold * 1000,
    symbolName: (address) => source.symbolName(address),
  });
  const chips = parseChips(args.filter ?? '', sourceClock(source));
  const clock = new EventClock(() => source.origin, source.timeIsNanoseconds);
  view.begin(clock, new ItemFilter(chips, (address) => source.symbolName(address)?.name));
  const pace = new Pace(speed);
  let text = '';
  let lost = 0;
  for (const item of source.events(readSelection(args, source))) {
    const wait = pace.waitFor(item.time);
    if (wait > 0) {
      if (text !== '' && !writeOut(Buffer.from(text))) return undefined;
      text = '';
      await sleep(wait);
    }
    if (item.kind === 'lost') lost += item.count ?? 1;
    const { lines } = view.show(item);
    if (lines.length > 0) text += `${lines.join('\n')}\n`;
    if (text.length < flushSize) continue;
    if (!writeOut(Buffer.from(text))) return undefined;
    text = '';
  }
  const { lines } = view.finish();
  if (lines.length > 0) text += `${lines.join('\n')}\n`;
  if (!writeOut(Buffer.from(text))) return undefined;
  return { ...view.counts(), lost, ...(chips.length === 0 ? {} : { leftOut: view.leftOut }) };
}

/** How long to wait before an event, so that it comes as it came then. */
class Pace {
  readonly #speed: number | undefined;
  #firstTime: number | undefined;
  #begun = 0;

  constructor(speed: number | undefined) {
    this.#speed = speed;
  }

  /** Milliseconds; waits too short to notice are saved up. */
  waitFor(time: number): number {
    if (this.#speed === undefined) return 0;
    if (this.#firstTime === undefined) {
      this.#firstTime = time;
      this.#begun = performance.now();
    }
    const wait = (time - this.#firstTime) / 1e6 / this.#speed - (performance.now() - this.#begun);
    return wait < 5 ? 0 : wait;
  }
}

function formatCounts({
  trees,
  calls,
  functions,
  events = 0,
  lost = 0,
  leftOut,
}: Readonly<Record<string, number>>): string {
  const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
  const graph =
    trees === undefined
      ? []
      : [plural(trees, 'tree'), `${plural(calls ?? 0, 'call')} of ${plural(functions ?? 0, 'function')}`];
  const filtered = leftOut === undefined ? [] : [`${leftOut} left out by --filter`];
  return [...graph, plural(events, 'event'), lost === 0 ? '0 lost' : `${lost} LOST`, ...filtered].join(', ');
}
