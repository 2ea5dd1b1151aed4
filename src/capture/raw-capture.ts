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
import { SkippedRecords } from './skipped-records.ts';

/** Sub-buffers read from one CPU in one round before the others and the event loop get their turn. */
const pagesPerRound = 256;
/** A sub-buffer with less than this share of its data used was probably still being filled. */
const wellFilled = 0.75;
/** So many of those in a row end a CPU's turn in a round. */
const partialPagesPerRound = 3;

/** What item times are relative to, once the first page is there; several captures may share one. */
export interface TimeOrigin {
  value: bigint | undefined;
}

export interface RawCaptureOptions {
  readonly origin?: TimeOrigin | undefined;
  /** Gets each sub-buffer as it is read, with the number of its records; `page` is used again afterwards. */
  readonly onPage?: ((cpu: CpuId, page: Uint8Array, records: number) => void) | undefined;
}

/** How much one round may do. */
export interface RoundLimits {
  /** Records made items; what comes beyond is counted (takeSkipped) and leaves a lost item. */
  readonly records: number;
  /** The time (performance.now) after which reading goes on in the next round. */
  readonly untilMs: number;
}

const noLimits: RoundLimits = { records: Number.POSITIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };

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
  readonly #origin: TimeOrigin;
  readonly #onPage: RawCaptureOptions['onPage'];
  readonly #skipped: SkippedRecords;
  #streams: CpuStream[] = [];
  /** The stream that the next round begins with. */
  #firstStream = 0;
  #limits = noLimits;
  /** Records made items in this round. */
  #taken = 0;
  /** Items up to this time cannot be preceded by anything still unread. */
  #safeUntil = Number.NEGATIVE_INFINITY;
  #newest = Number.NEGATIVE_INFINITY;

  /**
   * `traceNow` tells the trace clock's time (ns) where user space can read it: then items need not wait for the next
   * round to be safe.
   */
  constructor(
    directory: TraceDirectory,
    layout: PageLayout,
    traceNow: () => bigint | undefined = () => undefined,
    { origin = { value: undefined }, onPage }: RawCaptureOptions = {},
  ) {
    this.#directory = directory;
    this.#traceNow = traceNow;
    this.#layout = layout;
    this.#page = new Uint8Array(layout.subBufferSize);
    this.#origin = origin;
    this.#onPage = onPage;
    this.#skipped = new SkippedRecords(layout);
  }

  /** The stamp that item times are relative to: a whole second shortly before the first event; 0n before any event. */
  get origin(): bigint {
    return this.#origin.value ?? 0n;
  }

  /** Whether the last round could not read all there was on some CPU. */
  get overloaded(): boolean {
    return this.#streams.some(({ overloaded }) => overloaded);
  }

  /** Whether the last round may have left something unread. */
  get isBehind(): boolean {
    return this.#streams.some(({ behind }) => behind);
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
  readRound(limits = noLimits): StreamItem[] {
    const begun = this.#traceNow();
    this.#safeUntil = this.#newest;
    this.#limits = limits;
    this.#taken = 0;
    for (const stream of this.#takeTurns()) this.#readCpu(stream, partialPagesPerRound);
    this.#limits = noLimits;
    if (begun !== undefined && this.#origin.value !== undefined) {
      this.#safeUntil = Math.max(this.#safeUntil, Number(begun - commitDelay - this.#origin.value));
    }
    for (const { behind, newest } of this.#streams) {
      if (behind) this.#safeUntil = Math.min(this.#safeUntil, newest);
    }
    return this.#merge.takeUntil(this.#safeUntil);
  }

  /** Records that were counted instead of made items since the last call, by event id. */
  takeSkipped(): ReadonlyMap<number, number> {
    return this.#skipped.take();
  }

  /** The streams, each round from another one on: where a round ends early, no CPU is always the last. */
  #takeTurns(): CpuStream[] {
    if (this.#limits === noLimits) return this.#streams;
    this.#firstStream = (this.#firstStream + 1) % Math.max(this.#streams.length, 1);
    return [...this.#streams.slice(this.#firstStream), ...this.#streams.slice(0, this.#firstStream)];
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
      if (count === pagesPerRound || performance.now() > this.#limits.untilMs) {
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

  /** The page with zeros where the kernel gave less. */
  #wholePage(page: Uint8Array): Uint8Array {
    return this.#page.fill(0, page.length);
  }

  /** Queues the items of a sub-buffer and tells which share of it was used. */
  #take(from: CpuStream, page: Uint8Array): number {
    this.#origin.value ??= chooseOrigin(readPageStamp(page, this.#layout));
    const isOver = this.#taken >= this.#limits.records;
    const items = isOver
      ? this.#skipped.count(page, from.cpu, this.#origin.value)
      : readPageItems(page, this.#layout, from.cpu, this.#origin.value);
    if (!isOver) this.#taken += items.length;
    this.#onPage?.(from.cpu, this.#wholePage(page), isOver ? this.#skipped.lastCount : countRecords(items));
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

function countRecords(items: readonly StreamItem[]): number {
  return items.reduce((count, { kind }) => (kind === 'record' ? count + 1 : count), 0);
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
