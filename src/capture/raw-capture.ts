/**
 * Sub-buffers out of per_cpu/cpuN/trace_pipe_raw of a live kernel, merged over CPUs by time.
 *
 * Reads never block: the files are opened O_NONBLOCK and read in rounds that the caller starts from a timer. One read
 * gives one sub-buffer, including a partly filled one; a round therefore leaves a CPU after a few that are well under
 * full, or it would chase the events of its own reading.
 */

import { errnoOf } from '../base/errors.ts';
import type { CpuId } from '../base/units.ts';
import { CpuMerge } from '../ring-buffer/cpu-merge.ts';
import type { PageLayout } from '../ring-buffer/page-layout.ts';
import { readPageItems, readPageStamp, type StreamItem } from '../ring-buffer/stream-item.ts';
import type { KernelStream } from '../tracefs/kernel-files.ts';
import { listCpus, type TraceDirectory } from '../tracefs/trace-directory.ts';

/** Sub-buffers read from one CPU in one round before the others and the event loop get their turn. */
const pagesPerRound = 256;
/** A sub-buffer with less than this share of its data used was probably still being filled. */
const wellFilled = 0.75;
/** So many of those in a row end a CPU's turn in a round. */
const partialPagesPerRound = 3;

interface CpuStream {
  readonly cpu: CpuId;
  readonly stream: KernelStream;
  /** Time of the newest item read from this CPU. */
  newest: number;
  /** Whether the last round may have left something unread. */
  behind: boolean;
  /** Whether the last round ended because there was too much. */
  overloaded: boolean;
}

export class RawCapture {
  readonly #directory: TraceDirectory;
  readonly #layout: PageLayout;
  readonly #merge = new CpuMerge();
  readonly #page: Uint8Array;
  readonly #traceNow: () => bigint | undefined;
  #streams: CpuStream[] = [];
  #origin: bigint | undefined;
  /** Items up to this time cannot be preceded by anything still unread. */
  #safeUntil = Number.NEGATIVE_INFINITY;
  #newest = Number.NEGATIVE_INFINITY;

  /**
   * `traceNow` tells the trace clock's time (ns) where user space can read it: then items need not wait for the next
   * round to be safe.
   */
  constructor(directory: TraceDirectory, layout: PageLayout, traceNow: () => bigint | undefined = () => undefined) {
    this.#directory = directory;
    this.#traceNow = traceNow;
    this.#layout = layout;
    this.#page = new Uint8Array(layout.subBufferSize);
  }

  /** The stamp that item times are relative to: a whole second shortly before the first event; 0n before any event. */
  get origin(): bigint {
    return this.#origin ?? 0n;
  }

  /** Whether the last round could not read all there was on some CPU. */
  get overloaded(): boolean {
    return this.#streams.some(({ overloaded }) => overloaded);
  }

  /** Time of the newest item read so far, -Infinity before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** Opens every CPU's stream; from now on the kernel answers EBUSY to a change of tracer and to rmdir of the instance. */
  open(): void {
    try {
      for (const cpu of listCpus(this.#directory)) this.#openCpu(cpu);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #openCpu(cpu: CpuId): void {
    const stream = this.#directory.openStream(`per_cpu/cpu${cpu}/trace_pipe_raw`);
    this.#streams.push({ cpu, stream, newest: Number.NEGATIVE_INFINITY, behind: false, overloaded: false });
  }

  close(): void {
    for (const { stream } of this.#streams) stream.close();
    this.#streams = [];
  }

  /**
   * One round over all CPUs. Returns, in order, the items that nothing unread can precede: those that were there when
   * the round before this one ended, or, where the clock tells, when this one began.
   */
  readRound(): StreamItem[] {
    const begun = this.#traceNow();
    this.#safeUntil = this.#newest;
    for (const stream of this.#streams) this.#readCpu(stream, partialPagesPerRound);
    if (begun !== undefined && this.#origin !== undefined) {
      this.#safeUntil = Math.max(this.#safeUntil, Number(begun - commitDelay - this.#origin));
    }
    for (const { behind, newest } of this.#streams) {
      if (behind) this.#safeUntil = Math.min(this.#safeUntil, newest);
    }
    return this.#merge.takeUntil(this.#safeUntil);
  }

  /** Reads on until every CPU is empty and returns the rest in order. Tracing must be off, or this may not end. */
  *drain(): Generator<StreamItem[]> {
    for (let more = true; more; ) {
      for (const stream of this.#streams) this.#readCpu(stream, Number.POSITIVE_INFINITY);
      const behind = this.#streams.filter((stream) => stream.behind);
      more = behind.length > 0;
      yield this.#merge.takeUntil(Math.min(Number.POSITIVE_INFINITY, ...behind.map(({ newest }) => newest)));
    }
    yield this.#merge.takeAll();
  }

  /** Reads sub-buffers until none is left, or enough for a round, or `partialPages` in a row were hardly filled. */
  #readCpu(from: CpuStream, partialPages: number): void {
    from.behind = true;
    from.overloaded = false;
    for (let count = 0, partial = 0; partial < partialPages; count += 1) {
      if (count === pagesPerRound) {
        from.overloaded = true;
        return;
      }
      const length = readPage(from.stream, this.#page);
      if (length <= 0) {
        from.behind = false;
        return;
      }
      partial = this.#take(from, this.#page.subarray(0, length)) < wellFilled ? partial + 1 : 0;
    }
  }

  /** Queues the items of a sub-buffer and tells which share of it was used. */
  #take(from: CpuStream, page: Uint8Array): number {
    this.#origin ??= chooseOrigin(readPageStamp(page, this.#layout));
    const items = readPageItems(page, this.#layout, from.cpu, this.#origin);
    this.#merge.push(from.cpu, items);
    const last = items.at(-1);
    if (last === undefined) return 0;
    from.newest = last.time;
    this.#newest = Math.max(this.#newest, last.time);
    const { data, commit, longSize, littleEndian, subBufferSize } = this.#layout;
    const low = commit + (littleEndian || longSize === 4 ? 0 : 4);
    const used = new DataView(page.buffer, page.byteOffset).getUint32(low, littleEndian) & 0x7ffffff;
    return used / (subBufferSize - data);
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

/** A record may become readable this much later than its time stamp (ns): an interrupt in between. */
const commitDelay = 1_000_000n;
const second = 1_000_000_000n;

/** Whole seconds keep the arithmetic of printing simple; ten of them leave room for CPUs whose first event is older. */
function chooseOrigin(stamp: bigint): bigint {
  const origin = (stamp / second - 10n) * second;
  return origin < 0n ? 0n : origin;
}
