/** `ftui replay --follow`: shows what a recorder writes while it writes it, until it ends or Ctrl-C. */

import { setTimeout as sleep } from 'node:timers/promises';
import { exitStatus } from '../base/errors.ts';
import { parseChips } from '../format/filter/filter-chips.ts';
import { openByteSource } from '../recording/files.ts';
import { ItemFilter } from '../recording/item-filter.ts';
import { GrowingRecording } from '../recording/trace-dat/growing-recording.ts';
import { TraceDat } from '../recording/trace-dat/trace-dat.ts';
import { TraceDatEvents } from '../recording/trace-dat/trace-dat-events.ts';
import { FollowedEvents } from '../session/followed-events.ts';
import { writeOut } from './byte-output.ts';
import { runningEnvironment } from './environment.ts';
import { printNotice } from './output.ts';
import { EventClock } from './print-time.ts';
import { RecordingView } from './recording-view.ts';
import { catchSignals } from './signals.ts';

const roundMs = 200;
/** After so long without new pages nothing that is held back can be preceded any more. */
const quietRounds = 5;

export interface FollowChoices {
  readonly file: string;
  readonly threshold: number;
  readonly filter?: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** false when nobody is recording to the file: it can be replayed as it is. */
export async function followRecording({ file, threshold, filter, json, quiet }: FollowChoices): Promise<boolean> {
  const growing = GrowingRecording.open(file);
  if (growing === undefined) return false;
  const stop = new AbortController();
  const signals = catchSignals(runningEnvironment().kernel, () => stop.abort());
  const view = new RecordingView({
    json,
    thresholdNs: threshold * 1000,
    symbolName: (address) => growing.symbolName(address),
  });
  let start: number | undefined;
  const chips = parseChips(filter ?? '', {
    origin: growing.origin,
    timeIsNanoseconds: true,
    get start() {
      return start;
    },
  });
  const clock = new EventClock(() => growing.origin, growing.timeIsNanoseconds);
  view.begin(clock, new ItemFilter(chips, (address) => growing.symbolName(address)?.name));
  let [quietFor, isOpen] = [0, true];
  const shown = new FollowedEvents();
  const print = (lines: readonly string[]) => {
    if (isOpen && lines.length > 0) isOpen = writeOut(Buffer.from(`${lines.join('\n')}\n`));
  };
  const show = (isQuiet: boolean) => {
    const { items, pages } = growing.readRound(isQuiet);
    quietFor = pages > 0 ? 0 : quietFor + 1;
    start ??= items[0]?.time;
    for (const item of items) shown.add(item, growing.origin);
    print(items.flatMap((item) => view.show(item).lines));
  };
  while (isOpen && !stop.signal.aborted && growing.isThere) {
    show(quietFor >= quietRounds);
    await sleep(roundMs, undefined, { signal: stop.signal }).catch(() => {});
  }
  signals.release();
  if (growing.isThere) show(true);
  else print(showRest(file, view, shown, growing.origin));
  print(view.finish().lines);
  if (!quiet)
    printNotice(growing.isThere ? `${shown.count} events; it is still being recorded` : `${shown.count} events`);
  process.exitCode = signals.exitStatus() || exitStatus.fine;
  return true;
}

/** The lines of what the finished file has behind what was shown. */
function showRest(file: string, view: RecordingView, shown: FollowedEvents, origin: bigint): string[] {
  const source = openByteSource(file);
  const events = new TraceDatEvents(new TraceDat(source, origin));
  const lines: string[] = [];
  for (const item of events.events()) {
    if (item.kind !== 'event' || shown.includes(origin + BigInt(Math.round(item.time)))) continue;
    lines.push(...view.show(item).lines);
    shown.count += 1;
  }
  source.close();
  return lines;
}
