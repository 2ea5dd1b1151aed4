/**
 * A recording that is still being written, read as it grows: the page files of NAME.part, from where the last round ended.
 * Times are relative to the stamp of the first page that was met.
 */
import path from 'node:path';
import { asCpuId } from '../../base/units.ts';
import { CpuMerge } from '../../ring-buffer/cpu-merge.ts';
import { readPageItems, readPageStamp, type StreamItem } from '../../ring-buffer/stream-item.ts';
import type { SourceItem } from '../event-source.ts';
import { byteSourceOf, kindOfFile, openByteSource } from '../files.ts';
import { listSegments, namePartsFolder, type PageSegment, readHeadFile } from './parts-folder.ts';
import { TraceDat } from './trace-dat.ts';
import { TraceDatEvents } from './trace-dat-events.ts';
import type { HeadShape } from './write-head.ts';

/** Pages of another CPU may come this much later, ns: the recorder reads all of them several times a second. */
const holdBack = 500_000_000;
/** CPUs of one buffer in the merge; buffers follow each other. */
const cpusPerBuffer = 65_536;

export class GrowingRecording {
  readonly folder: string;
  readonly #head: HeadShape;
  readonly #events: TraceDatEvents;
  readonly #merge = new CpuMerge();
  /** Bytes taken of each page file. */
  readonly #taken = new Map<string, number>();
  #origin: bigint | undefined;
  #newest = Number.NEGATIVE_INFINITY;

  private constructor(folder: string, head: HeadShape, events: TraceDatEvents) {
    this.folder = folder;
    this.#head = head;
    this.#events = events;
  }

  /** undefined when nobody is writing `file` (any more), or has only just begun to. */
  static open(file: string): GrowingRecording | undefined {
    const { folder } = namePartsFolder(file);
    if (kindOfFile(folder) !== 'folder') return undefined;
    const head = readHeadFile(folder);
    if (head === undefined) return undefined;
    // The head is the beginning of the final file: its tables are read from the sections.
    const tables = new TraceDat(byteSourceOf(Buffer.concat(head.pieces), path.join(folder, 'head')));
    return new GrowingRecording(folder, head, new TraceDatEvents(tables));
  }

  /** The time that event times are relative to. */
  get origin(): bigint {
    return this.#origin ?? 0n;
  }

  /** Time of the last page that was read, relative to the origin. */
  get newest(): number {
    return this.#newest;
  }

  get timeIsNanoseconds(): boolean {
    return this.#events.timeIsNanoseconds;
  }

  symbolName(address: bigint) {
    return this.#events.symbolName(address);
  }

  get isThere(): boolean {
    return kindOfFile(this.folder) === 'folder';
  }

  /** What has come since the last round and cannot be preceded by anything that has not; all of it with `isQuiet`. */
  readRound(isQuiet: boolean): { items: SourceItem[]; pages: number } {
    let pages = 0;
    for (const segment of listSegments(this.folder)) pages += this.#readSegment(segment);
    const until = isQuiet ? Number.POSITIVE_INFINITY : this.#newest - holdBack;
    return { items: this.#merge.takeUntil(until).map((item) => this.#eventOf(item)), pages };
  }

  #readSegment({ name, buffer, cpu, start, size }: PageSegment): number {
    const pageSize = this.#head.buffers[buffer]?.pageSize;
    const from = this.#taken.get(name) ?? 0;
    const whole = pageSize === undefined ? 0 : size - (size % pageSize);
    if (pageSize === undefined || whole <= from) return 0;
    const bytes = new Uint8Array(whole - from);
    const source = openByteSource(path.join(this.folder, name));
    const count = source.read(bytes, start + from);
    source.close();
    for (let at = 0; at + pageSize <= count; at += pageSize)
      this.#takePage(bytes.subarray(at, at + pageSize), buffer, cpu);
    this.#taken.set(name, from + count - (count % pageSize));
    return count / pageSize;
  }

  #takePage(page: Uint8Array, buffer: number, cpu: number): void {
    const layout = { ...this.#events.recording.pageLayout, subBufferSize: page.length };
    this.#origin ??= readPageStamp(page, layout);
    const key = asCpuId(buffer * cpusPerBuffer + cpu);
    const items = readPageItems(page, layout, key, this.#origin);
    const last = items.at(-1);
    if (last !== undefined) this.#newest = Math.max(this.#newest, last.time);
    this.#merge.push(key, items);
  }

  #eventOf(item: StreamItem): SourceItem {
    const buffer = Math.floor(item.cpu / cpusPerBuffer);
    const cpu = asCpuId(item.cpu % cpusPerBuffer);
    if (item.kind !== 'record') return { ...item, cpu };
    const place = { time: item.time, cpu, instance: this.#head.buffers[buffer]!.name };
    const event = this.#events.eventIn(item.bytes, place);
    return (
      event ?? {
        kind: 'damaged',
        cpu,
        time: item.time,
        reason: `a record of ${item.bytes.length} bytes of an unknown event`,
      }
    );
  }
}
