/**
 * The page files of a recording in the making. Each CPU of each buffer has a row of files of bounded size, so that the
 * oldest pages can go one file at a time when the recording has a largest size.
 */
import path from 'node:path';
import { type ByteSink, createByteSink, removePath } from '../files.ts';
import { nameSegment } from './parts-folder.ts';

/** Bytes of a page file: also what joining needs on a full disk. */
export const usualSegment = 8 << 20;
const smallestSegment = 64 << 10;

interface Segment {
  readonly sink: ByteSink;
  /** The base grows without end. */
  readonly isBase: boolean;
  /** When it was last added to, counted in calls: about the order of time over all CPUs. */
  touched: number;
}

interface Row {
  readonly buffer: number;
  readonly cpu: number;
  /** From the oldest to the one that is being written. */
  readonly segments: Segment[];
  sequence: number;
  /** Bytes of pages. */
  bytes: number;
}

interface SegmentsOptions {
  readonly maxBytes: number;
  /** How many CPUs of buffers there will be: with a largest size each must have several files in it. */
  readonly rows: number;
  /** Where the pages of the base begin that has so many bytes of earlier pages; undefined for no base (parts-base.ts). */
  readonly placeBase?: ((pageSize: number, earlier: number) => number) | undefined;
}

export class PageSegments {
  readonly #folder: string;
  readonly #segmentSize: number;
  readonly #maxBytes: number;
  /** undefined where there is to be no base, or is one. */
  #placeBase: SegmentsOptions['placeBase'];
  readonly #rows = new Map<string, Row>();
  /** Those that are written to, one of each row. */
  readonly #open = new Set<ByteSink>();
  #calls = 0;
  #kept = 0;
  #dropped = 0;

  constructor(folder: string, { maxBytes, rows, placeBase }: SegmentsOptions) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#placeBase = placeBase;
    this.#segmentSize = Math.max(smallestSegment, Math.min(usualSegment, maxBytes / (4 * Math.max(rows, 1))));
  }

  /** Bytes of pages kept. */
  get kept(): number {
    return this.#kept;
  }

  /** Bytes of pages dropped for the largest size. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds sub-buffers; when a write fails, the file keeps whole ones only. */
  append(buffer: number, cpu: number, pageSize: number, bytes: Uint8Array): void {
    const row = this.#rowOf(buffer, cpu);
    const whole = bytes.length - (bytes.length % pageSize);
    for (let at = 0; at < whole; ) {
      const segment = this.#segmentFor(row, pageSize);
      const room = segment.isBase ? whole : Math.max(this.#segmentSize - segment.sink.length, pageSize);
      const end = Math.min(at + room - (room % pageSize), whole);
      appendOrCut(segment.sink, bytes.subarray(at, end));
      row.bytes += end - at;
      this.#kept += end - at;
      at = end;
      this.#dropDownTo(this.#maxBytes, segment);
    }
  }

  close(): void {
    for (const sink of [...this.#open]) this.#close(sink);
  }

  #rowOf(buffer: number, cpu: number): Row {
    const key = `${buffer}.${cpu}`;
    const row = this.#rows.get(key) ?? { buffer, cpu, segments: [], sequence: 0, bytes: 0 };
    this.#rows.set(key, row);
    return row;
  }

  #segmentFor(row: Row, pageSize: number): Segment {
    this.#calls += 1;
    const last = row.segments.at(-1);
    if (last !== undefined && (last.isBase || last.sink.length + pageSize <= this.#segmentSize)) {
      last.touched = this.#calls;
      return last;
    }
    if (last !== undefined) this.#close(last.sink);
    const start = last === undefined ? 0 : (this.#placeBase?.(pageSize, row.bytes) ?? 0);
    const sink = createByteSink(path.join(this.#folder, nameSegment(row.buffer, row.cpu, row.sequence, start)));
    if (start > 0) this.#placeBase = undefined;
    sink.skipTo(start);
    row.sequence += 1;
    this.#open.add(sink);
    const segment = { sink, isBase: start > 0, touched: this.#calls };
    row.segments.push(segment);
    return segment;
  }

  /** Drops the files that were added to longest ago, never `writing`. */
  #dropDownTo(maxBytes: number, writing: Segment): void {
    while (this.#kept > maxBytes) {
      const oldest = [...this.#rows.values()]
        .filter(({ segments }) => segments[0] !== undefined && segments[0] !== writing)
        .reduce<Row | undefined>((old, row) => (old && touchedOf(old) <= touchedOf(row) ? old : row), undefined);
      const segment = oldest?.segments.shift();
      if (segment === undefined) return;
      this.#kept -= segment.sink.length;
      this.#dropped += segment.sink.length;
      this.#close(segment.sink);
      removePath(segment.sink.name);
    }
  }

  #close(sink: ByteSink): void {
    if (this.#open.delete(sink)) sink.close();
  }
}

function touchedOf({ segments }: Row): number {
  return segments[0]?.touched ?? 0;
}

function appendOrCut(sink: ByteSink, bytes: Uint8Array): void {
  const { length } = sink;
  try {
    sink.append(bytes);
  } catch (error) {
    sink.truncate(length);
    throw error;
  }
}
