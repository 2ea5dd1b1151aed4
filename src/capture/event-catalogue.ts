/** The formats of the events that a session can meet, by the id in their records. */

import os from 'node:os';
import { TracefsError } from '../base/errors.ts';
import { type CommonHeader, commonHeaderOf } from '../format/common-header.ts';
import { type EventFormat, parseEventFormat } from '../format/event-format.ts';
import type { KernelAbi } from '../format/kernel-abi.ts';
import { type PageLayout, parseHeaderPage } from '../ring-buffer/page-layout.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';

export interface EventCatalogue {
  readonly layout: PageLayout;
  readonly abi: KernelAbi;
  readonly header: CommonHeader;
  readonly formats: ReadonlyMap<number, EventFormat>;
}

/** Names one event: its folder below events/. */
export interface EventName {
  readonly system: string;
  readonly event: string;
}

/** Reads header_page and the formats of `events`; one of events/ftrace that this kernel lacks is left out. */
export function readEventCatalogue(top: TraceDirectory, events: readonly EventName[]): EventCatalogue {
  const layout = parseHeaderPage(top.read('events/header_page'), { littleEndian: os.endianness() === 'LE' });
  const formats = new Map<number, EventFormat>();
  for (const { system, event } of events) {
    const file = `events/${system}/${event}/format`;
    if (system === 'ftrace' && !top.exists(file)) continue;
    const format = parseEventFormat(system, top.read(file));
    formats.set(format.id, format);
  }
  const [anyFormat] = formats.values();
  if (anyFormat === undefined) {
    throw new TracefsError({ operation: 'list', file: `${top.path}/events/ftrace`, code: 'ENOENT' });
  }
  const abi = { littleEndian: layout.littleEndian, longSize: layout.longSize };
  return { layout, abi, header: commonHeaderOf(anyFormat, abi), formats };
}
