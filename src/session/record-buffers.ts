/** The buffers of one recording: tracing directories under the names that the file gives them, and their counters. */

import { type BufferStats, countArrived, countLost, parseBufferStats, readBufferKb } from '../capture/buffer-stats.ts';
import type { CpuPageCounts } from '../capture/page-capture.ts';
import type { TracePlan } from '../control/trace-plan.ts';
import { listCpus, type TraceDirectory } from '../tracefs/trace-directory.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { type RecordedBuffer, readSubBufferSize } from './record-metadata.ts';
import type { RecordSource } from './record-output.ts';
import { directoryOf } from './session-start.ts';

/** One buffer of a recording. */
export interface RecordPlan {
  readonly plan: TracePlan;
  /** What the file calls it; '' is the main one. */
  readonly name: string;
}

/** Events that were lost, by buffer and CPU; only those that lost some. */
export interface LostEvents {
  readonly buffer: string;
  readonly cpu: number;
  readonly count: number;
}

interface Counters {
  readonly text: string;
  readonly stats: BufferStats;
}

interface BufferInUse {
  readonly name: string;
  readonly clock: string;
  readonly directory: TraceDirectory;
  size: number;
  before: readonly Counters[];
  after: readonly Counters[];
}

export class RecordBuffers {
  readonly #buffers: readonly BufferInUse[];

  constructor(tracefs: Tracefs, plans: readonly RecordPlan[]) {
    this.#buffers = plans.map(({ plan, name }) => ({
      name,
      clock: plan.clock,
      directory: directoryOf(tracefs, plan),
      size: 0,
      before: [],
      after: [],
    }));
  }

  /** Reads the sizes of sub-buffers; tells whether any has changed. */
  readSizes(headerPage: Uint8Array): boolean {
    const sizes = this.#buffers.map(({ directory }) => readSubBufferSize(directory, headerPage));
    const changed = this.#buffers.some(({ size }, index) => size !== sizes[index]);
    for (const [index, buffer] of this.#buffers.entries()) buffer.size = sizes[index]!;
    return changed;
  }

  /** KiB that each CPU has in the smallest of them. */
  smallestKb(): number {
    return Math.min(...this.#buffers.map(({ directory }) => readBufferKb(directory)));
  }

  readBefore(): void {
    for (const buffer of this.#buffers) buffer.before = readCounters(buffer.directory);
  }

  readAfter(): void {
    for (const buffer of this.#buffers) buffer.after = readCounters(buffer.directory);
  }

  /** Events that have come since readBefore, lost ones included. */
  countArrived(): number {
    return this.#sum((buffer) => {
      const arrived = (counters: readonly Counters[]) => total(counters, countArrived);
      return arrived(readCounters(buffer.directory)) - arrived(buffer.before);
    });
  }

  /** Events read between readBefore and readAfter. */
  countRead(): number {
    return this.#sum(({ before, after }) => total(after, ({ read }) => read) - total(before, ({ read }) => read));
  }

  /** Events that nobody has read at readAfter. */
  countUnread(): number {
    return this.#sum(({ after }) => total(after, ({ entries }) => entries));
  }

  /** The kernel's counts between readBefore and readAfter, or the marks of the pages where these say more. */
  listLost(pages: readonly CpuPageCounts[]): LostEvents[] {
    return this.#buffers.flatMap(({ name, before, after }, index) =>
      after.flatMap(({ stats }) => {
        const { cpu } = stats;
        const marks = pages.find((page) => page.bufferIndex === index && page.cpu === cpu)?.lost ?? 0;
        const count = Math.max(countLost(before.find((counters) => counters.stats.cpu === cpu)?.stats, stats), marks);
        return count === 0 ? [] : [{ buffer: name, cpu, count }];
      }),
    );
  }

  /** For the metadata; with the counters once readAfter has been called. */
  describe(): RecordedBuffer[] {
    return this.#buffers.map(({ name, clock, directory, size, after }) => ({
      name,
      clock,
      directory,
      subBufferSize: size,
      stats: new Map(after.map(({ stats, text }) => [stats.cpu, text])),
    }));
  }

  sources(): RecordSource[] {
    return this.#buffers.map(({ directory, size }) => ({
      path: directory.path,
      instance: directory.instance,
      subBufferSize: size,
    }));
  }

  #sum(count: (buffer: BufferInUse) => number): number {
    return this.#buffers.reduce((sum, buffer) => sum + count(buffer), 0);
  }
}

function readCounters(directory: TraceDirectory): Counters[] {
  return listCpus(directory).map((cpu) => {
    const text = directory.readIfThere(`per_cpu/cpu${cpu}/stats`) ?? '';
    return { text, stats: parseBufferStats(cpu, text) };
  });
}

function total(counters: readonly Counters[], count: (stats: BufferStats) => number): number {
  return counters.reduce((sum, { stats }) => sum + count(stats), 0);
}
