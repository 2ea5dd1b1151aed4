/** The data of one session, read in rounds and handed to its consumer, with the count of what was lost on the way. */

import { setTimeout as sleep } from 'node:timers/promises';
import { readThreadMs } from '../base/thread-time.ts';
import {
  type BufferStats,
  countArrived,
  countLossCauses,
  countLost,
  type LossCauses,
  readBufferStats,
} from '../capture/buffer-stats.ts';
import type { EventCatalogue } from '../capture/event-catalogue.ts';
import { RawCapture, type RawCaptureOptions } from '../capture/raw-capture.ts';
import { TextCapture } from '../capture/text-capture.ts';
import type { StreamItem } from '../ring-buffer/stream-item.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import { DecodeBudget } from './decode-budget.ts';

/** Takes the data; each returns false when it wants no more. */
export interface DataSink {
  /** Items in order of time. */
  items(items: readonly StreamItem[]): boolean;
  /** Lines of trace_pipe. */
  lines(lines: readonly string[]): boolean;
  /** Resolves when the output can take more. */
  drained(): Promise<void>;
  /** Records that came and were not made items, by event id; only where reading has a budget. */
  skipped?(counts: ReadonlyMap<number, number>): void;
}

/** How a screen wants its data read. */
export interface CaptureOptions extends RawCaptureOptions {
  /** Milliseconds that one round may take for making items and handing them over; beyond that records are counted. */
  readonly budgetMs?: number | undefined;
}

/** How long one portion of the drained data waits for the output. */
const drainPatienceMs = 100;

export class SessionCapture {
  /** Records or lines read so far. */
  total = 0;
  /** Whether the sink still takes data; what comes after is only counted. */
  wantsMore = true;
  readonly #directory: TraceDirectory;
  readonly #sink: DataSink;
  readonly #raw: RawCapture | undefined;
  readonly #text: TextCapture | undefined;
  readonly #budget: DecodeBudget | undefined;
  readonly #before: readonly BufferStats[];
  #lately: readonly BufferStats[];
  #after: readonly BufferStats[] = [];
  /** Lost events by CPU as the sub-buffers tell; a mark without a count stands for one at least. */
  readonly #marks = new Map<number, number>();

  /** Without a catalogue the kernel's own text is read. Opens the streams: from now on the tracer cannot change. */
  constructor(
    directory: TraceDirectory,
    catalogue: EventCatalogue | undefined,
    clock: string,
    sink: DataSink,
    { budgetMs, ...options }: CaptureOptions = {},
  ) {
    this.#directory = directory;
    this.#sink = sink;
    this.#before = readBufferStats(directory);
    this.#lately = this.#before;
    const traceNow = () => (clock === 'mono' ? directory.kernel.monotonicNow() : undefined);
    this.#budget = budgetMs === undefined ? undefined : new DecodeBudget(budgetMs);
    this.#raw = catalogue === undefined ? undefined : new RawCapture(directory, catalogue.layout, traceNow, options);
    this.#text = catalogue === undefined ? new TextCapture(directory) : undefined;
    this.#raw?.open();
    this.#text?.open();
  }

  /** The stamp that item times are relative to. */
  get origin(): bigint {
    return this.#raw?.origin ?? 0n;
  }

  /** Whether the last round could not read all there was. */
  get overloaded(): boolean {
    return this.#raw?.overloaded ?? false;
  }

  /** Whether it cannot keep up: even when it only counts, where it may do that. */
  get isStarved(): boolean {
    return this.overloaded && this.#budget?.isSkipping !== false;
  }

  /** Events that have come to the buffers since the capture began, read or lost or still waiting. */
  countArrived(): number {
    const sum = (stats: readonly BufferStats[]) => stats.reduce((total, cpu) => total + countArrived(cpu), 0);
    return sum(readBufferStats(this.#directory)) - sum(this.#before);
  }

  /** Whether buffers have overflown since this was asked last. */
  hasLostMore(): boolean {
    const now = readBufferStats(this.#directory);
    const before = this.#lately;
    this.#lately = now;
    return now.some((stats, index) => countLost(before[index], stats) > 0);
  }

  /** Reads what is there now; returns how many records or lines that was. */
  readRound(): number {
    if (this.#raw !== undefined) return this.#readRaw(this.#raw);
    const lines = this.#text?.readLines() ?? [];
    if (lines.length > 0 && this.wantsMore) this.wantsMore = this.#sink.lines(lines);
    this.total += lines.length;
    return lines.length;
  }

  #readRaw(raw: RawCapture): number {
    if (this.#budget === undefined) return this.#deliver(raw.readRound());
    const begun = readThreadMs();
    const items = raw.readRound(this.#budget.limits(performance.now()));
    const readMs = readThreadMs() - begun;
    const count = this.#deliver(items);
    const counts = raw.takeSkipped();
    const skipped = [...counts.values()].reduce((sum, each) => sum + each, 0);
    if (skipped > 0) this.#sink.skipped?.(counts);
    this.total += skipped;
    const totalMs = readThreadMs() - begun;
    this.#budget.spent(performance.now(), { readMs, totalMs, skipped, isBehind: raw.overloaded });
    return count + skipped;
  }

  /** Reads everything that is left, tracing being off. */
  async drain(): Promise<void> {
    // An output that stands still must not keep the trace from being put back: what is left fits into memory.
    const breathe = () => Promise.race([this.#sink.drained(), sleep(drainPatienceMs)]);
    if (this.#raw !== undefined && this.#budget !== undefined) await this.#drainInRounds(this.#raw);
    for (const items of this.#raw?.drain() ?? []) {
      this.#deliver(items);
      await breathe();
    }
    while (this.#text !== undefined && this.readRound() > 0) await breathe();
    this.#after = readBufferStats(this.#directory);
  }

  /** With a budget the rest comes in rounds as well: buffers may hold a million records. */
  async #drainInRounds(raw: RawCapture): Promise<void> {
    do {
      this.#readRaw(raw);
      await sleep(1);
    } while (raw.isBehind);
  }

  close(): void {
    this.#raw?.close();
    this.#text?.close();
  }

  /** Lost events by CPU, only the CPUs that lost some: the kernel's counts, or the marks where these say more. */
  countLost(): Map<number, number> {
    const lost = new Map<number, number>();
    for (const after of this.#after) {
      const before = this.#before.find(({ cpu }) => cpu === after.cpu);
      const count = Math.max(countLost(before, after), this.#marks.get(after.cpu) ?? 0);
      if (count > 0) lost.set(after.cpu, count);
    }
    return lost;
  }

  /** Why the kernel lost them, as far as it counts that. */
  countLossCauses(): LossCauses {
    return countLossCauses(this.#before, this.#after);
  }

  #deliver(items: readonly StreamItem[]): number {
    if (items.length === 0) return 0;
    let records = 0;
    for (const item of items) {
      if (item.kind === 'record') records += 1;
      if (item.kind === 'lost' && item.skipped !== true)
        this.#marks.set(item.cpu, (this.#marks.get(item.cpu) ?? 0) + (item.count ?? 1));
    }
    if (this.wantsMore) this.wantsMore = this.#sink.items(items);
    this.total += records;
    return items.length;
  }
}
