/**
 * A recording in the making: the folder NAME.part/ beside the target, with the head of the final file and a row of page
 * files per buffer and CPU. A kill or a full disk at any moment loses the bytes not yet handed over and no others.
 */
import path from 'node:path';
import { BusyError, FtuiError, UsageError } from '../../base/errors.ts';
import { createByteSink, kindOfFile, makeFolder, readFreeBytes, removePath } from '../files.ts';
import { defaultFormat, type RecordingFormat, type RecordingMetadata } from '../recording-metadata.ts';
import { joinParts } from './join-parts.ts';
import { PageSegments, usualSegment } from './page-segments.ts';
import { placeBase } from './parts-base.ts';
import {
  checkTarget,
  type IsAlive,
  namePartsFolder,
  type RecordingOwner,
  refuseLivingOwner,
  writeHeadFile,
  writeOwner,
} from './parts-folder.ts';
import { type EncodedHead, encodeHead, lengthOf } from './write-head.ts';
import type { WrittenRecording } from './write-recording.ts';

export type { RecordingOwner };

export interface RecordingPartsOptions {
  readonly owner: RecordingOwner;
  /** Whether the process runs: asked when an unfinished recording lies at the target. */
  readonly isAlive: IsAlive;
  /** Replace an existing target, and an unfinished recording of a dead process. */
  readonly force?: boolean | undefined;
  readonly format?: RecordingFormat | undefined;
  /** Bytes of pages to keep at most, over all buffers and CPUs: the oldest go. */
  readonly maxBytes?: number | undefined;
}

/** A disk that has less room than this left may be full before the recording ends. */
const plentyOfRoom = 256 << 20;
/** Bytes of pages, and milliseconds, between two looks at the room there is. */
const bytesPerLook = 16 << 20;
const msPerLook = 1_000;

export class RecordingPartsWriter {
  /** NAME.part. */
  readonly folder: string;
  readonly #force: boolean;
  readonly #format: RecordingFormat;
  readonly #maxBytes: number;
  #head: EncodedHead | undefined;
  #segments: PageSegments | undefined;
  #hasSpare = false;
  #lastLook = { bytes: 0, ms: 0 };

  private constructor(folder: string, { force = false, format = defaultFormat, maxBytes }: RecordingPartsOptions) {
    this.folder = folder;
    this.#force = force;
    this.#format = format;
    this.#maxBytes = maxBytes ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Makes the folder (0700). Throws UsageError when the target exists (without force) or is no regular file, or when an
   * unfinished recording lies there; BusyError when its recorder is alive; FtuiError when the folder cannot be made.
   */
  static create(file: string, options: RecordingPartsOptions): RecordingPartsWriter {
    const { force = false } = options;
    const { target, folder } = namePartsFolder(file);
    checkTarget(target, force);
    if (kindOfFile(folder) !== 'absent') clearLeftover(folder, target, options);
    makeFolder(folder);
    try {
      writeOwner(folder, options.owner);
    } catch (error) {
      removePath(folder);
      throw error;
    }
    return new RecordingPartsWriter(folder, options);
  }

  /** Bytes of pages kept now. */
  get pageBytes(): number {
    return this.#segments?.kept ?? 0;
  }

  /** Bytes of pages dropped for maxBytes. */
  get droppedBytes(): number {
    return this.#segments?.dropped ?? 0;
  }

  /**
   * Writes the head, durably, in place of the one before. Needed before the first page, and again with what is known
   * last; the buffers stay the same. On a disk that has become full it still has room.
   */
  writeMetadata(metadata: RecordingMetadata): void {
    const head = encodeHead(metadata, this.#format);
    if (this.#hasSpare) removePath(this.#spare);
    this.#hasSpare = false;
    writeHeadFile(this.folder, head, this.#head);
    const isFirst = this.#head === undefined;
    this.#head = head;
    if (isFirst) this.#keepRoom();
    const rows = metadata.cpuCount * metadata.buffers.length;
    this.#segments ??= new PageSegments(this.folder, { maxBytes: this.#maxBytes, rows, placeBase: this.#basePlacer() });
  }

  #basePlacer(): ((pageSize: number, earlier: number) => number) | undefined {
    const { version, compression } = this.#format;
    const canHaveBase = version === 7 && compression === 'none' && this.#maxBytes === Number.POSITIVE_INFINITY;
    return canHaveBase ? (pageSize, earlier) => placeBase(this.#head!, pageSize, earlier) : undefined;
  }

  /**
   * Adds whole sub-buffers of one CPU to `metadata.buffers[bufferIndex]`, as many as there are in `bytes`. When a write
   * fails (FtuiError; `why` begins with the errno name, ENOSPC for a full disk) those that were not written are lost,
   * and the writer goes on to work: finish() makes the file of what there is.
   */
  appendPages(bufferIndex: number, cpu: number, bytes: Uint8Array): void {
    const buffer = this.#head?.buffers[bufferIndex];
    if (buffer === undefined || this.#segments === undefined) throw new RangeError(`no buffer ${bufferIndex}`);
    this.#segments.append(bufferIndex, cpu, buffer.pageSize, bytes);
    const written = this.pageBytes + this.droppedBytes;
    if (written - this.#lastLook.bytes >= bytesPerLook || performance.now() - this.#lastLook.ms >= msPerLook)
      this.#keepRoom();
  }

  /** Takes the room that the end of the recording needs before the disk is full. */
  #keepRoom(): void {
    this.#lastLook = { bytes: this.pageBytes + this.droppedBytes, ms: performance.now() };
    if (this.#hasSpare || readFreeBytes(this.folder) >= plentyOfRoom) return;
    this.#hasSpare = true;
    fillSpare(this.#spare, 2 * lengthOf(this.#head!.pieces) + usualSegment);
  }

  /** Joins the parts into the target and removes the folder. When it fails the folder stays, for `ftui restore`. */
  finish(): WrittenRecording {
    this.#segments?.close();
    return joinParts(this.folder, { force: this.#force, head: this.#head });
  }

  /** Removes the folder, the pages with it; no target is made. */
  discard(): void {
    this.#segments?.close();
    removePath(this.folder);
  }

  get #spare(): string {
    return path.join(this.folder, 'spare');
  }
}

/** Throws unless what lies there is of a dead process and may go. */
function clearLeftover(folder: string, target: string, { isAlive, force = false }: RecordingPartsOptions): void {
  const attempted = `recording to ${target}`;
  try {
    refuseLivingOwner(folder, isAlive);
  } catch (cause) {
    if (!(cause instanceof BusyError)) throw cause;
    throw new BusyError({ attempted, why: cause.why, remedy: 'choose another name', cause });
  }
  if (!force) {
    const why = `${folder} holds a recording that was not finished`;
    throw new UsageError({ attempted, why, remedy: `\`ftui restore ${target}\` finishes it; --force drops it` });
  }
  removePath(folder);
}

/** As many as getRandomValues() gives at once. */
const mostRandomBytes = 65_536;

/** Takes room on the disk that only the end of the recording gets. Without it the recording starts all the same. */
function fillSpare(file: string, size: number): void {
  const block = new Uint8Array(1 << 20);
  // Loading node:crypto for it would make every command's start longer.
  for (let at = 0; at < block.length; at += mostRandomBytes)
    globalThis.crypto.getRandomValues(block.subarray(at, at + mostRandomBytes));
  const sink = createByteSink(file);
  try {
    while (sink.length < size) sink.append(block);
  } catch (error) {
    if (!(error instanceof FtuiError)) throw error;
    removePath(file);
  } finally {
    sink.close();
  }
}
