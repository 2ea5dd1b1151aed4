/**
 * Whole sub-buffers, undecoded, out of per_cpu/cpuN/trace_pipe_raw of any number of tracing directories: what the recorder
 * writes to disk (kernel/trace/trace.c, tracing_buffers_read). Only a sub-buffer's header is looked at: what was lost
 * before it.
 *
 * One read gives one sub-buffer, including a partly filled one, and that one takes a whole sub-buffer of the file. So a
 * CPU gives as many as its `stats` say are full, all in one call; what is less than that waits until half a second has
 * passed: a kill must not cost more than a second of data.
 */

import { errnoOf } from '../base/errors.ts';
import type { CpuId } from '../base/units.ts';
import type { PageLayout } from '../ring-buffer/page-layout.ts';
import { lostUnknown, SubBufferCursor } from '../ring-buffer/sub-buffer.ts';
import type { KernelStream } from '../tracefs/kernel-files.ts';
import { listCpus, type TraceDirectory } from '../tracefs/trace-directory.ts';
import { parseWaitingBytes } from './buffer-stats.ts';

/** A tracing directory to record, and the bytes of its sub-buffers. */
interface PageBuffer {
  readonly directory: TraceDirectory;
  readonly subBufferSize: number;
}

/** Takes whole sub-buffers of one CPU, as many as there are in `pages`, which is used again afterwards. */
interface PageSink {
  appendPages(bufferIndex: number, cpu: CpuId, pages: Uint8Array): void;
}

/** What came from one CPU so far. */
export interface CpuPageCounts {
  readonly bufferIndex: number;
  readonly cpu: CpuId;
  readonly bytes: number;
  /** Lost events as the sub-buffers tell; a mark without a count stands for one at least. */
  readonly lost: number;
}

/** Bytes handed to the sink at once. */
const batchBytes = 1 << 20;
/** Bytes read from one CPU in one round before the others get their turn. */
const bytesPerTurn = 8 << 20;
/** While so many were read others came: they are asked for in the same turn. */
const manyPages = 16;
/** Data waits in the kernel this long at most. */
const longestWaitMs = 500;
/** Sub-buffers taken then: large records leave much of each unused, so that those waiting need not make a full one. */
const waitingPages = 3;

interface CpuSource {
  readonly bufferIndex: number;
  readonly cpu: CpuId;
  readonly stream: KernelStream;
  readonly stats: KernelStream;
  readonly size: number;
  lastTurn: number;
  bytes: number;
  lost: number;
}

export class PageCapture {
  readonly #buffers: readonly PageBuffer[];
  readonly #layout: PageLayout;
  readonly #sink: PageSink;
  readonly #cursor: SubBufferCursor;
  readonly #batch: Uint8Array;
  readonly #view: DataView;
  /** The sub-buffers of the batch, by their size. */
  readonly #places = new Map<number, readonly Uint8Array[]>();
  readonly #sources: CpuSource[] = [];
  #closed = false;

  /** `layout` is that of events/header_page. */
  constructor(buffers: readonly PageBuffer[], layout: PageLayout, sink: PageSink) {
    this.#buffers = buffers;
    this.#layout = layout;
    this.#sink = sink;
    // The size of a layout bounds what the cursor takes for a sub-buffer: here that of the largest.
    const largest = Math.max(layout.subBufferSize, ...buffers.map(({ subBufferSize }) => subBufferSize));
    this.#cursor = new SubBufferCursor({ ...layout, subBufferSize: largest }, 0n);
    this.#batch = new Uint8Array(Math.max(batchBytes, largest));
    this.#view = new DataView(this.#batch.buffer);
  }

  /** Opens all streams: from now on the kernel answers EBUSY to a change of tracer and to rmdir of an instance. */
  open(now: number): void {
    try {
      for (const [bufferIndex, { directory, subBufferSize: size }] of this.#buffers.entries()) {
        for (const cpu of listCpus(directory)) {
          const [stream, stats] = openBoth(directory, cpu);
          this.#sources.push({ bufferIndex, cpu, stream, stats, size, lastTurn: now, bytes: 0, lost: 0 });
        }
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The counts stay. Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { stream, stats } of this.#sources) {
      stream.close();
      stats.close();
    }
  }

  /**
   * One round over all CPUs; `now` in ms of any clock. Tells the bytes read, and whether a CPU had as many as it may give in
   * a turn: then the next round should not wait. Throws what the sink throws.
   */
  readRound(now: number): { bytes: number; isBehind: boolean } {
    const turns = this.#sources.map((source) => this.#takeTurn(source, now));
    return { bytes: turns.reduce((sum, bytes) => sum + bytes, 0), isBehind: Math.max(...turns) >= bytesPerTurn };
  }

  /** Reads until every CPU is empty. Tracing must be off, or this may not end. */
  drain(): void {
    for (const source of this.#sources) {
      while (this.#read(source, Number.POSITIVE_INFINITY) > 0);
    }
  }

  counts(): CpuPageCounts[] {
    return this.#sources.map(({ bufferIndex, cpu, bytes, lost }) => ({ bufferIndex, cpu, bytes, lost }));
  }

  #takeTurn(source: CpuSource, now: number): number {
    const isDue = now - source.lastTurn >= longestWaitMs;
    let count = this.#countFull(source) || (isDue ? waitingPages : 0);
    if (count > 0) source.lastTurn = now;
    let bytes = 0;
    while (count > 0 && bytes < bytesPerTurn) {
      bytes += this.#read(source, Math.min(count, Math.ceil((bytesPerTurn - bytes) / source.size)));
      count = count >= manyPages ? this.#countFull(source) : 0;
    }
    return bytes;
  }

  /** Full sub-buffers that wait, as far as is certain. */
  #countFull(source: CpuSource): number {
    return Math.floor(readWaitingBytes(source.stats) / (source.size - this.#layout.data));
  }

  /** Reads `count` sub-buffers, or as many as there are, and hands them over; returns their bytes. */
  #read(source: CpuSource, count: number): number {
    const places = this.#placesOf(source.size);
    let bytes = 0;
    for (let missing = count; missing > 0; ) {
      const wanted = Math.min(missing, places.length);
      const length = readPages(source.stream, wanted < places.length ? places.slice(0, wanted) : places);
      if (length <= 0) break;
      const filled = Math.ceil(length / source.size) * source.size;
      this.#batch.fill(0, length, filled);
      for (let at = 0; at < filled; at += source.size) this.#noteLost(source, at);
      this.#sink.appendPages(source.bufferIndex, source.cpu, this.#batch.subarray(0, filled));
      source.bytes += filled;
      bytes += filled;
      if (filled < wanted * source.size) break;
      missing -= wanted;
    }
    return bytes;
  }

  #placesOf(size: number): readonly Uint8Array[] {
    let places = this.#places.get(size);
    if (places === undefined) {
      const count = Math.floor(this.#batch.length / size);
      places = Array.from({ length: count }, (_, index) => this.#batch.subarray(index * size, (index + 1) * size));
      this.#places.set(size, places);
    }
    return places;
  }

  #noteLost(source: CpuSource, at: number): void {
    this.#cursor.open(this.#view, at);
    const { lost } = this.#cursor;
    source.lost += lost === lostUnknown ? 1 : lost;
  }
}

/** A CPU that goes offline answers ENODEV; it has nothing more to say. */
function readPages(stream: KernelStream, into: readonly Uint8Array[]): number {
  try {
    return stream.readMany(into);
  } catch (error) {
    if (errnoOf(error) === 'ENODEV') return 0;
    throw error;
  }
}

function openBoth(directory: TraceDirectory, cpu: CpuId): [stream: KernelStream, stats: KernelStream] {
  const stream = directory.openStream(`per_cpu/cpu${cpu}/trace_pipe_raw`);
  try {
    return [stream, directory.openStream(`per_cpu/cpu${cpu}/stats`)];
  } catch (error) {
    stream.close();
    throw error;
  }
}

/** A CPU's stats have some 200 bytes. */
const statsText = Buffer.alloc(1024);

function readWaitingBytes(stats: KernelStream): number {
  return parseWaitingBytes(statsText.toString('latin1', 0, stats.readAgain(statsText)));
}
