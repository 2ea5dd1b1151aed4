/**
 * The writing half of a recording: from the kernel's pages to the parts of the file. All calls block; it runs in a thread
 * of its own (record-worker.ts), or in the main one where the kernel is simulated.
 */

import { errnoOf, FtuiError } from '../base/errors.ts';
import { type CpuPageCounts, PageCapture } from '../capture/page-capture.ts';
import { hidesAddresses, readKallsyms } from '../control/kallsyms-access.ts';
import type { RecordingFormat } from '../recording/recording-metadata.ts';
import type { RecordingOwner } from '../recording/trace-dat/parts-folder.ts';
import { RecordingPartsWriter } from '../recording/trace-dat/recording-parts.ts';
import type { WrittenRecording } from '../recording/trace-dat/write-recording.ts';
import { type PageLayout, parseHeaderPage } from '../ring-buffer/page-layout.ts';
import { SubBufferCursor } from '../ring-buffer/sub-buffer.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import { isAlive, readBootId, readStartTime } from '../tracefs/processes.ts';
import { TraceDirectory } from '../tracefs/trace-directory.ts';
import type { HeadMetadata } from './record-metadata.ts';

/** Where a recording goes, and in which form. */
export interface RecordTarget {
  readonly path: string;
  /** Replace what is there. */
  readonly force: boolean;
  readonly format: RecordingFormat;
  /** Bytes of pages to keep at most; the oldest go. */
  readonly maxBytes: number | undefined;
  readonly owner: RecordingOwner;
}

/** A tracing directory whose pages are recorded, in the order of the metadata's buffers. */
export interface RecordSource {
  /** Absolute path. */
  readonly path: string;
  readonly instance: string | undefined;
  readonly subBufferSize: number;
}

/** How far a recording is. */
export interface RecordProgress {
  /** Bytes of pages written. */
  readonly bytes: number;
  /** Bytes kept, less than `bytes` where only the newest are kept. */
  readonly keptBytes: number;
  /** Lost events as far as the pages tell. */
  readonly lost: number;
  /** Events read from the kernel that the disk did not take. */
  readonly unwritten: number;
  /** Events written, where they are counted one by one; else 0. */
  readonly records: number;
}

/** Whole sub-buffers of one CPU that somebody else has read. */
export interface ReadPages {
  readonly bufferIndex: number;
  readonly cpu: number;
  readonly bytes: Uint8Array;
  readonly subBufferSize: number;
}

export interface FinishedRecording extends WrittenRecording {
  readonly path: string;
}

export class RecordOutput {
  readonly #kernel: KernelFiles;
  readonly #countsRecords: boolean;
  #records = 0;
  #target: RecordTarget | undefined;
  #parts: RecordingPartsWriter | undefined;
  #kallsyms: Uint8Array = new Uint8Array(0);
  #layout: PageLayout | undefined;
  #capture: PageCapture | undefined;
  /** Bytes of pages handed over. */
  #bytes = 0;
  /** Events read from the kernel that the disk did not take. */
  #unwritten = 0;

  /** `countsRecords`: for a kernel whose stats do not tell how many events were read. */
  constructor(kernel: KernelFiles, { countsRecords = false }: { readonly countsRecords?: boolean } = {}) {
    this.#kernel = kernel;
    this.#countsRecords = countsRecords;
  }

  /** Makes the folder of the parts; throws when the file may not be made. */
  create(target: RecordTarget): { readonly folder: string } {
    const { path, force, format, maxBytes, owner } = target;
    this.#target = target;
    [this.#bytes, this.#unwritten, this.#records] = [0, 0, 0];
    this.#parts = RecordingPartsWriter.create(path, {
      owner,
      isAlive: (other) => isRunning(this.#kernel, other),
      force,
      format,
      maxBytes,
    });
    return { folder: this.#parts.folder };
  }

  /** /proc/kallsyms for all heads to come. */
  storeSymbols(kallsyms: Uint8Array): void {
    this.#kallsyms = kallsyms;
  }

  /** The same, read here; tells whether the kernel hides the addresses. */
  readSymbols(): { readonly isHidden: boolean } {
    this.#kallsyms = readKallsyms(this.#kernel);
    return { isHidden: hidesAddresses(this.#kallsyms) };
  }

  writeMetadata(metadata: HeadMetadata): void {
    const { littleEndian } = metadata;
    this.#layout = parseHeaderPage(new TextDecoder().decode(metadata.headerPage), { littleEndian });
    this.#writing(() => this.#parts!.writeMetadata({ ...metadata, kallsyms: this.#kallsyms }));
  }

  /** Opens the pages' streams. */
  open(sources: readonly RecordSource[], now: number): void {
    const buffers = sources.map(({ path, instance, subBufferSize }) => ({
      directory: new TraceDirectory(this.#kernel, path, instance),
      subBufferSize,
    }));
    this.#capture = new PageCapture(buffers, this.#layout!, {
      appendPages: (bufferIndex, cpu, pages) => this.#append(bufferIndex, cpu, pages, sources[bufferIndex]!),
    });
    this.#capture.open(now);
  }

  /** Adds pages that come from elsewhere than open(); throws WriteError when the file takes no more. */
  appendPages(all: readonly ReadPages[]): void {
    for (const pages of all) this.#append(pages.bufferIndex, pages.cpu, pages.bytes, pages);
  }

  #append(
    bufferIndex: number,
    cpu: number,
    pages: Uint8Array,
    { subBufferSize }: Pick<RecordSource, 'subBufferSize'>,
  ): void {
    const parts = this.#parts!;
    const before = parts.pageBytes + parts.droppedBytes;
    try {
      this.#writing(() => parts.appendPages(bufferIndex, cpu, pages));
      this.#bytes += pages.length;
      if (this.#countsRecords) this.#records += countRecords(pages, { ...this.#layout!, subBufferSize });
    } catch (error) {
      const written = parts.pageBytes + parts.droppedBytes - before;
      this.#bytes += written;
      this.#unwritten += countRecords(pages.subarray(written), { ...this.#layout!, subBufferSize });
      throw error;
    }
  }

  /** One round over all CPUs; tells whether more is waiting. Throws WriteError when the file takes no more. */
  round(now: number): { readonly isBehind: boolean } {
    return this.#capture!.readRound(now);
  }

  progress(): RecordProgress {
    const lost = this.counts().reduce((sum, cpu) => sum + cpu.lost, 0);
    const keptBytes = this.#parts?.pageBytes ?? 0;
    return { bytes: this.#bytes, keptBytes, lost, unwritten: this.#unwritten, records: this.#records };
  }

  counts(): CpuPageCounts[] {
    return this.#capture?.counts() ?? [];
  }

  /** Nothing to do here: whoever calls round() does not until drain(). */
  hold(): void {}

  /** Reads all that is left, tracing being off. */
  drain(): void {
    this.#capture!.drain();
  }

  /** Lets go of the kernel's files. */
  release(): void {
    this.#capture?.close();
  }

  /** Makes the file of the parts. */
  finish(): FinishedRecording {
    return { path: this.#target!.path, ...this.#parts!.finish() };
  }

  discard(): void {
    this.#parts?.discard();
    this.#parts = undefined;
  }

  /** Tells refusals of the disk from those of the kernel. */
  #writing(work: () => void): void {
    try {
      work();
    } catch (cause) {
      const why = cause instanceof FtuiError ? cause.why : (errnoOf(cause) ?? String(cause));
      throw new WriteError({ attempted: `writing ${this.#target!.path}`, why, cause });
    }
  }
}

function countRecords(pages: Uint8Array, layout: PageLayout): number {
  const cursor = new SubBufferCursor(layout, 0n);
  const view = new DataView(pages.buffer, pages.byteOffset, pages.byteLength);
  let records = 0;
  for (let at = 0; at < pages.length; at += layout.subBufferSize) {
    cursor.open(view, at);
    while (cursor.next()) records += 1;
  }
  return records;
}

/** The owner of a recording in the making, as /proc tells it. */
export function readOwner(kernel: KernelFiles, pid: number): RecordingOwner {
  return { pid, startTime: readStartTime(kernel, pid) ?? '', bootId: readBootId(kernel) };
}

/** Whether the process that makes a recording still runs; a pid alone may be another process's by now. */
export function isRunning(kernel: KernelFiles, { pid, startTime, bootId }: RecordingOwner): boolean {
  return bootId === readBootId(kernel) && isAlive(kernel, pid) && readStartTime(kernel, pid) === startTime;
}

/** The disk took no more: `why` begins with the errno name. */
export class WriteError extends FtuiError {}
