/** per_cpu/cpuN/stats (kernel/trace/trace.c, tracing_stats_read): what the ring buffer took and what it dropped. */

import type { CpuId } from '../base/units.ts';
import { listCpus, type TraceDirectory } from '../tracefs/trace-directory.ts';

export interface BufferStats {
  readonly cpu: CpuId;
  /** Events in the buffer now. */
  readonly entries: number;
  /** Events overwritten before they were read. */
  readonly overrun: number;
  /** Events that met a full buffer while one was being written (nested interrupts). */
  readonly commitOverrun: number;
  /** Events refused because the buffer was full and overwriting is off. */
  readonly dropped: number;
  readonly read: number;
}

/** Parses one stats text; numbers that are missing are 0. */
export function parseBufferStats(cpu: CpuId, text: string): BufferStats {
  const numberOf = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return {
    cpu,
    entries: numberOf('entries'),
    overrun: numberOf('overrun'),
    commitOverrun: numberOf('commit overrun'),
    dropped: numberOf('dropped events'),
    read: numberOf('read events'),
  };
}

/** Bytes of unread events in a CPU's buffer, as its stats text says; 0 where it does not. */
export function parseWaitingBytes(text: string): number {
  return Number(/^bytes: (\d+)/m.exec(text)?.[1] ?? 0);
}

/**
 * KiB that the buffer of each CPU has. 0 where they have different ones ("X"), or where nobody can tell; the 7 of
 * "7 (expanded: 1408)" is what there is, and 1408 what there will be.
 */
export function readBufferKb(directory: TraceDirectory): number {
  return Number.parseInt(directory.readIfThere('buffer_size_kb') ?? '', 10) || 0;
}

export function readBufferStats(directory: TraceDirectory): BufferStats[] {
  return listCpus(directory).map((cpu) =>
    parseBufferStats(cpu, directory.readIfThere(`per_cpu/cpu${cpu}/stats`) ?? ''),
  );
}

/** Events that have come to a CPU's buffer, lost ones included. */
export function countArrived({ entries, read, ...stats }: BufferStats): number {
  return entries + read + countDropped(stats);
}

function countDropped({ overrun, commitOverrun, dropped }: Pick<BufferStats, 'overrun' | 'commitOverrun' | 'dropped'>) {
  return overrun + commitOverrun + dropped;
}

/** Why events were lost: overwritten before they were read, one within another in a full buffer, refused by a full one. */
export interface LossCauses {
  readonly overrun: number;
  readonly nested: number;
  readonly full: number;
}

export const noLosses: LossCauses = { overrun: 0, nested: 0, full: 0 };

/** Events that were lost on all CPUs between two readings of their stats, by cause. */
export function countLossCauses(before: readonly BufferStats[], after: readonly BufferStats[]): LossCauses {
  const sum = (pick: (stats: BufferStats) => number) => {
    const total = (all: readonly BufferStats[]) => all.reduce((count, stats) => count + pick(stats), 0);
    return Math.max(0, total(after) - total(before));
  };
  return {
    overrun: sum(({ overrun }) => overrun),
    nested: sum(({ commitOverrun }) => commitOverrun),
    full: sum(({ dropped }) => dropped),
  };
}

export function addLossCauses(a: LossCauses, b: LossCauses): LossCauses {
  return { overrun: a.overrun + b.overrun, nested: a.nested + b.nested, full: a.full + b.full };
}

/** Events that were lost on a CPU between two readings of its stats. */
export function countLost(before: BufferStats | undefined, after: BufferStats): number {
  return Math.max(0, countDropped(after) - (before === undefined ? 0 : countDropped(before)));
}
