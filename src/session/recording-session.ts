/**
 * A recording for a screen: through the same listeners as a live session, in slices of time that leave the screen its
 * share of the thread, from any place on, and while it is still being written.
 */

import type { EventSelection, EventSource, SourceItem } from '../recording/event-source.ts';
import { openByteSource } from '../recording/files.ts';
import { openRecording } from '../recording/open-recording.ts';
import { readRecordingInfo } from '../recording/recording-info.ts';
import { GrowingRecording } from '../recording/trace-dat/growing-recording.ts';
import { TraceDat } from '../recording/trace-dat/trace-dat.ts';
import { TraceDatEvents } from '../recording/trace-dat/trace-dat-events.ts';
import type { KernelSymbolName } from '../symbols/kallsyms.ts';
import { type EventStream, type StreamListener, StreamListeners, type TimeRange } from './event-stream.ts';
import { FollowedEvents } from './followed-events.ts';

export interface StepResult {
  /** Whether the end has been reached; never while a recording is followed. */
  readonly done: boolean;
  /** How far it is, 0 to 1; undefined where nobody knows how long the recording is. */
  readonly share: number | undefined;
  /** Time of the last item that was given out. */
  readonly time: number;
}

/** Items between two looks at the time. */
const itemsPerLook = 64;
/** Items handed over at once. */
const mostItems = 4_096;

export class RecordingSession implements EventStream {
  readonly path: string;
  /** Items given out since the beginning or the last seek. */
  events = 0;
  readonly #listeners = new StreamListeners();
  #source: (EventSource & { close(): void }) | undefined;
  #growing: GrowingRecording | undefined;
  #followed: FollowedEvents | undefined;
  #selection: EventSelection = {};
  #items: Iterator<SourceItem> | undefined;
  /** An item that was taken and lies beyond what was wanted. */
  #held: SourceItem | undefined;
  #from: number | undefined;
  #time = Number.NEGATIVE_INFINITY;
  #isDone = false;
  #quietRounds = 0;
  #range: TimeRange | undefined | 'unknown' = 'unknown';

  private constructor(path: string, source: (EventSource & { close(): void }) | undefined, growing?: GrowingRecording) {
    this.path = path;
    this.#source = source;
    this.#growing = growing;
    this.#followed = growing === undefined ? undefined : new FollowedEvents();
  }

  /**
   * Opens a trace.dat or a saved text trace; with `follow` also one that is being written. Throws FtuiError when it is
   * no recording or cannot be read.
   */
  static open(path: string, { follow = false }: { readonly follow?: boolean } = {}): RecordingSession {
    const growing = follow ? GrowingRecording.open(path) : undefined;
    if (growing !== undefined) return new RecordingSession(path, undefined, growing);
    return new RecordingSession(path, openRecording(path));
  }

  get origin(): bigint {
    return this.#growing?.origin ?? this.#source!.origin;
  }

  get timeIsNanoseconds(): boolean {
    return this.#source?.timeIsNanoseconds ?? true;
  }

  /** Whether it is still being written. */
  get isFollowing(): boolean {
    return this.#growing !== undefined;
  }

  /** What could not be read so far, one sentence each. */
  get problems(): readonly string[] {
    return this.#source?.problems ?? [];
  }

  /** The open file, for readers of their own; undefined while it is being written. */
  get source(): EventSource | undefined {
    return this.#source;
  }

  /** The events of a trace.dat; undefined for text traces, and while it is being written. */
  get traceDatEvents(): TraceDatEvents | undefined {
    return this.#source instanceof TraceDatEvents ? this.#source : undefined;
  }

  /** The trace.dat itself, where there is one. */
  get traceDat(): TraceDat | undefined {
    return this.traceDatEvents?.recording;
  }

  /** Times of the first and the last event; undefined where finding out means reading it all. */
  get range(): TimeRange | undefined {
    if (this.#range === 'unknown') this.#range = this.traceDat === undefined ? undefined : readRange(this.traceDat);
    return this.#range;
  }

  /** `uname -r` of the machine that it was recorded on, where it says so. */
  get kernelRelease(): string | undefined {
    const recording = this.traceDat;
    return recording === undefined ? undefined : readRecordingInfo(recording).machine?.split(' ')[2];
  }

  subscribe(listener: StreamListener): () => void {
    return this.#listeners.subscribe(listener);
  }

  symbolName(address: bigint): KernelSymbolName | undefined {
    return (this.#growing ?? this.#source!).symbolName(address);
  }

  /** Gives out what comes next, for so many milliseconds and not later than `until` (a time of the stream). */
  step(budgetMs: number, until = Number.POSITIVE_INFINITY): StepResult {
    if (this.#growing !== undefined) this.#stepGrowing(this.#growing);
    else if (!this.#isDone) this.#stepFile(performance.now() + budgetMs, until);
    return { done: this.#isDone, share: this.#share(), time: this.#time };
  }

  /** Goes on at `time` with the next step. */
  seek(time: number): void {
    this.#from = time;
    this.#restart();
  }

  /** Begins anew with these events only. */
  select(selection: EventSelection): void {
    this.#selection = selection;
    this.#from = undefined;
    this.#restart();
  }

  close(): void {
    this.#source?.close();
    this.#items = undefined;
    this.#isDone = true;
  }

  #restart(): void {
    this.#items = undefined;
    this.#held = undefined;
    this.#isDone = false;
    this.events = 0;
    this.#time = this.#from ?? Number.NEGATIVE_INFINITY;
    this.#listeners.restarted();
  }

  #stepFile(untilMs: number, until: number): void {
    this.#items ??= this.#openItems();
    let batch: SourceItem[] = [];
    for (let count = 1; ; count += 1) {
      const item = this.#held ?? this.#next();
      this.#held = undefined;
      if (item === undefined || item.time > until) {
        this.#held = item;
        break;
      }
      batch.push(item);
      if (batch.length === mostItems) {
        this.#deliver(batch);
        batch = [];
      }
      if (count % itemsPerLook === 0 && performance.now() >= untilMs) break;
    }
    if (batch.length > 0) this.#deliver(batch);
  }

  #openItems(): Iterator<SourceItem> {
    const from = Math.max(this.#from ?? Number.NEGATIVE_INFINITY, this.#selection.from ?? Number.NEGATIVE_INFINITY);
    const selection = Number.isFinite(from) ? { ...this.#selection, from } : this.#selection;
    return this.#source!.events(selection)[Symbol.iterator]();
  }

  #next(): SourceItem | undefined {
    const result = this.#items!.next();
    if (result.done !== true) return result.value;
    this.#isDone = true;
    return undefined;
  }

  #deliver(items: readonly SourceItem[]): void {
    this.events += items.length;
    this.#time = items.at(-1)!.time;
    this.#listeners.items(items);
  }

  #stepGrowing(growing: GrowingRecording): void {
    if (!growing.isThere) return this.#goOnWithFile(growing);
    const { items, pages } = growing.readRound(this.#quietRounds >= quietRoundsToEnd);
    this.#quietRounds = pages > 0 ? 0 : this.#quietRounds + 1;
    for (const item of items) this.#followed!.add(item, growing.origin);
    if (items.length > 0) this.#deliver(items);
  }

  /** The recorder has finished the file: what has not been given out is in there. */
  #goOnWithFile(growing: GrowingRecording): void {
    const source = new TraceDatEvents(new TraceDat(openByteSource(this.path), growing.origin));
    this.#growing = undefined;
    this.#source = source;
    this.#items = listRest(source, this.#followed!);
  }

  #share(): number | undefined {
    if (this.#isDone) return 1;
    const { range } = this;
    if (range === undefined || !Number.isFinite(this.#time)) return range === undefined ? undefined : 0;
    return Math.min(1, Math.max(0, (this.#time - range.from) / Math.max(1, range.to - range.from)));
  }
}

/** After so many rounds without new pages nothing that is held back can be preceded any more. */
const quietRoundsToEnd = 5;

function* listRest(source: TraceDatEvents, followed: FollowedEvents): Generator<SourceItem> {
  for (const item of source.events()) {
    if (item.kind === 'event' && !followed.includes(source.origin + BigInt(Math.round(item.time)))) yield item;
  }
}

function readRange(recording: TraceDat): TimeRange | undefined {
  const { buffers } = readRecordingInfo(recording);
  const begins = buffers.flatMap(({ begin }) => begin ?? []);
  const ends = buffers.flatMap(({ end }) => end ?? []);
  if (begins.length === 0 || ends.length === 0) return undefined;
  const relative = (times: readonly bigint[]) => times.map((time) => Number(time - recording.origin));
  return { from: Math.min(...relative(begins)), to: Math.max(...relative(ends)) };
}
