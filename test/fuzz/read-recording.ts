/** Reads a recording in every way there is, and says what came of it. Anything but an FtuiError is thrown on. */
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { FtuiError } from '../../src/base/errors.ts';
import type { EventSource } from '../../src/recording/event-source.ts';
import { byteSourceOf } from '../../src/recording/files.ts';
import { readRecordingInfo } from '../../src/recording/recording-info.ts';
import { Report } from '../../src/recording/report/report.ts';
import {
  formatBanner,
  formatEventFormats,
  formatEventNames,
  formatProducer,
  formatStatistics,
  formatUname,
} from '../../src/recording/report/report-extras.ts';
import { plainReport, type ReportOptions } from '../../src/recording/report/report-options.ts';
import { openPageStreams } from '../../src/recording/trace-dat/page-streams.ts';
import { TraceDat } from '../../src/recording/trace-dat/trace-dat.ts';
import { TraceDatEvents } from '../../src/recording/trace-dat/trace-dat-events.ts';
import { writeRecording } from '../../src/recording/trace-dat/write-recording.ts';
import { memorySink } from './memory-sink.ts';

export interface Reading {
  /** Why nothing could be read. */
  readonly refused: string | undefined;
  /** undefined where this way of reading does not look at events. */
  readonly events: number | undefined;
  readonly lost: number;
  readonly damaged: number;
  readonly problems: number;
  /** Bytes of all that was printed. */
  readonly printed: number;
}

/** Which of the many ways of reading are taken; by number, so that a case can be repeated. */
export function readEverything(bytes: Uint8Array, name: string, way = 0): Reading {
  const refusals: string[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof FtuiError)) throw error;
      refusals.push(error.message);
      return undefined;
    }
  };
  const source = byteSourceOf(bytes, name);
  const events = attempt(() => new TraceDatEvents(new TraceDat(source)));
  // Compiling what prints the events costs most: a case takes them from here or from there.
  const looksAtEvents = way % 2 === 1;
  const read = events && looksAtEvents ? attempt(() => readEvents(events)) : undefined;
  const printed = (events && attempt(() => (looksAtEvents ? readHead(events) : printAll(events, way >> 1)))) ?? 0;
  const notes: string[] = [];
  attempt(() => drainStreams(bytes, name, notes));
  if ((way >> 4) % 4 === 1) attempt(() => convert(bytes, name));
  return {
    refused: refusals[0],
    events: events === undefined ? 0 : read?.events,
    lost: read?.lost ?? 0,
    damaged: read?.damaged ?? 0,
    problems: (events?.problems.length ?? 0) + notes.length,
    printed: printed + (read?.printed ?? 0),
  };
}

/** All of every event of any source. */
export function readEvents(source: EventSource): { events: number; lost: number; damaged: number; printed: number } {
  const count = { events: 0, lost: 0, damaged: 0, printed: 0 };
  for (const item of source.events()) {
    if (item.kind !== 'event') {
      count[item.kind === 'lost' ? 'lost' : 'damaged'] += 1;
      continue;
    }
    count.events += 1;
    count.printed += item.text.length + item.comm.length + item.name.length;
    const graph = item.graph;
    const address = graph?.func ?? item.call?.func ?? item.stack?.frames[0];
    if (typeof address === 'bigint') source.symbolName(address);
    if (!Number.isFinite(item.time)) throw new RangeError(`the time of an event is ${item.time}`);
    void [item.fields, item.flags, item.preemptCount, item.pid, item.tgid, item.system, item.format];
  }
  return count;
}

const layouts: readonly Partial<ReportOptions>[] = [
  {},
  { raw: true },
  { latencyFormat: true, nanoseconds: true },
  { timeDifference: true, hideSoftInterrupts: true },
  { selection: { cpus: new Set([0, 1]), from: 1000, to: 1e12 } },
];

function printAll(events: TraceDatEvents, way: number): number {
  let printed = readHead(events);
  const { recording } = events;
  const out = new ByteWriter();
  const flush = () => {
    printed += out.length;
    out.clear();
    return printed < 1e9;
  };
  new Report(recording, { ...plainReport, ...layouts[way % layouts.length] }).write(out, flush);
  return printed;
}

function readHead({ recording }: TraceDatEvents): number {
  let printed = 0;
  readRecordingInfo(recording);
  for (const block of recording.layout.latencyText?.blocks() ?? []) printed += block.length;
  const extras = [formatBanner, formatStatistics, formatUname, formatProducer, formatEventNames, formatEventFormats];
  for (const format of extras) printed += format(recording).length;
  return printed;
}

function drainStreams(bytes: Uint8Array, name: string, notes: string[]): void {
  const streams = openPageStreams(byteSourceOf(bytes, name), (why) => notes.push(why));
  for (const buffer of streams.buffers) {
    for (const cpu of buffer.cpus) for (const page of cpu.pages()) void page.length;
    for (const block of buffer.text?.() ?? []) void block.length;
  }
}

function convert(bytes: Uint8Array, name: string): void {
  const streams = openPageStreams(byteSourceOf(bytes, name), () => {});
  const version = bytes.length % 2 === 0 ? 6 : 7;
  writeRecording(memorySink(), streams, { version, compression: 'none' });
}
