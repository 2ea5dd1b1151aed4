/**
 * Whole sub-buffers, undecoded, out of per_cpu/cpuN/trace_pipe_raw of any number of tracing directories: what the recorder
 * writes to disk (kernel/trace/trace.c, tracing_buffers_read). Only a sub-buffer's header is looked at: how full it is,
 * and what was lost before it.
 *
 * One read gives one sub-buffer, including a partly filled one, and that one takes a whole sub-buffer of the file. So a
 * CPU on which little happens is left alone until its `stats` say that a sub-buffer is nearly full, or half a second has
 * passed: a kill must not cost more than a second of data.
 */

import { errnoOf } from '../base/errors.ts';
import type { CpuId } from '../base/units.ts';
import type { PageLayout } from '../ring-buffer/page-layout.ts';
import { lostUnknown, SubBufferCursor } from '../ring-buffer/sub-buffer.ts';
import type { KernelStream } from '../tracefs/kernel-files.ts';
import { listCpus, type TraceDirectory } from '../tracefs/trace-directory.ts';

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
/** A sub-buffer with less than this share of its data used was probably still being filled. */
const wellFilled = 0.75;
/** So many of those in a row make a look at the stats worth its while. */
const partialPagesInRow = 3;
/** Data waits in the kernel this long at most. */
const longestWaitMs = 500;

interface CpuSource {
  readonly bufferIndex: number;
  readonly cpu: CpuId;
  readonly directory: TraceDirectory;
  readonly stream: KernelStream;
  readonly size: number;
  /** Whether the last turn met a well filled sub-buffer: then the next one comes with the next round. */
  busy: boolean;
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
          const stream = directory.openStream(`per_cpu/cpu${cpu}/trace_pipe_raw`);
          const source = { bufferIndex, cpu, directory, stream, size, busy: false, lastTurn: now, bytes: 0, lost: 0 };
          this.#sources.push(source);
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
    for (const { stream } of this.#sources) stream.close();
  }

  /** One round over all CPUs; `now` in ms of any clock. Returns the bytes read. Throws what the sink throws. */
  readRound(now: number): number {
    let bytes = 0;
    for (const source of this.#sources) {
      if (source.busy || this.#isDue(source, now)) bytes += this.#readCpu(source, now, bytesPerTurn);
    }
    return bytes;
  }

  /** Reads until every CPU is empty. Tracing must be off, or this may not end. */
  drain(): void {
    for (const source of this.#sources) {
      while (this.#readCpu(source, source.lastTurn, Number.POSITIVE_INFINITY) > 0);
    }
  }

  counts(): CpuPageCounts[] {
    return this.#sources.map(({ bufferIndex, cpu, bytes, lost }) => ({ bufferIndex, cpu, bytes, lost }));
  }

  #isDue(source: CpuSource, now: number): boolean {
    if (now - source.lastTurn >= longestWaitMs) return true;
    return readWaitingBytes(source) >= wellFilled * this.#dataSize(source);
  }

  #dataSize({ size }: CpuSource): number {
    return size - this.#layout.data;
  }

  /** Reads sub-buffers until none is left, or hardly anything, or `limit` bytes; returns the bytes read. */
  #readCpu(source: CpuSource, now: number, limit: number): number {
    const { size, stream } = source;
    source.busy = false;
    source.lastTurn = now;
    let read = 0;
    let filled = 0;
    for (let partial = 0; read < limit; ) {
      if (filled + size > this.#batch.length) filled = this.#handOver(source, filled);
      const length = readPage(stream, this.#batch.subarray(filled, filled + size));
      if (length <= 0) break;
      const isPartial = this.#look(source, filled, length) < wellFilled;
      filled += size;
      read += size;
      if (!isPartial) {
        partial = 0;
        source.busy = true;
      } else if (limit !== Number.POSITIVE_INFINITY) {
        partial += 1;
        // Records of half a sub-buffer leave them all "hardly filled": the kernel's own count tells what is left.
        if (partial >= partialPagesInRow && readWaitingBytes(source) < this.#dataSize(source)) break;
      }
    }
    this.#handOver(source, filled);
    return read;
  }

  /** The share of a sub-buffer that is used; notes what was lost before it. */
  #look(source: CpuSource, at: number, length: number): number {
    if (length < source.size) this.#batch.fill(0, at + length, at + source.size);
    this.#cursor.open(this.#view, at);
    const { lost, usedBytes } = this.#cursor;
    source.lost += lost === lostUnknown ? 1 : lost;
    return usedBytes / this.#dataSize(source);
  }

  #handOver(source: CpuSource, filled: number): 0 {
    if (filled > 0) {
      this.#sink.appendPages(source.bufferIndex, source.cpu, this.#batch.subarray(0, filled));
      source.bytes += filled;
    }
    return 0;
  }
}

/** A CPU that goes offline answers ENODEV; it has nothing more to say. */
function readPage(stream: KernelStream, into: Uint8Array): number {
  try {
    return stream.read(into);
  } catch (error) {
    if (errnoOf(error) === 'ENODEV') return 0;
    throw error;
  }
}

/** Bytes that wait in a CPU's buffer, as its stats say; 0 where they do not. */
function readWaitingBytes({ directory, cpu }: CpuSource): number {
  const text = directory.readIfThere(`per_cpu/cpu${cpu}/stats`) ?? '';
  return Number(/^bytes: (\d+)/m.exec(text)?.[1] ?? 0);
}
