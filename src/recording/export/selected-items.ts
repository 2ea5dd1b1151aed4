/**
 * The events that an export is about. A stack is an event of its own in the ring buffer, right behind the one that it
 * belongs to: choosing events by name must take the stacks of the chosen ones along, and no others.
 */
import type { EventSelection, EventSource, RecordedEvent, SourceItem } from '../event-source.ts';
import type { ExportReport } from './export-format.ts';

/** CPUs that are kept apart; damaged numbers beyond it share a place. */
const cpuLimit = 1 << 16;

/** Events and gaps in order of time; a stack follows its event. */
export function* selectItems(source: EventSource, selection: EventSelection): Generator<SourceItem, void> {
  const { wantsEvent } = selection;
  if (wantsEvent === undefined) return yield* source.events(selection);
  /** By CPU, whether the last event that is no stack was wanted. */
  const wanted = new Map<string, RecordedEvent | undefined>();
  for (const item of source.events({ ...selection, wantsEvent: undefined })) {
    if (item.kind !== 'event') {
      yield item;
      continue;
    }
    const isWanted = wantsEvent(item.system, item.name);
    if (item.stack === undefined) {
      wanted.set(placeOf(item), isWanted ? item : undefined);
      if (isWanted) yield item;
    } else if (isWanted || wanted.get(placeOf(item))?.pid === item.pid) yield item;
  }
}

/** As selectItems, and counts what goes by. */
export function* countItems(
  source: EventSource,
  selection: EventSelection,
  report: ExportReport,
): Generator<SourceItem, void> {
  for (const item of selectItems(source, selection)) {
    if (item.kind === 'event') report.events += 1;
    else if (item.kind === 'damaged') report.damaged += 1;
    else {
      report.lostGaps += 1;
      report.lost += item.count ?? 0;
    }
    yield item;
  }
}

/** Buffer and CPU of an event: where the next event stands behind it. */
export function placeOf({ instance, cpu }: RecordedEvent): string {
  return `${cpu % cpuLimit} ${instance}`;
}
