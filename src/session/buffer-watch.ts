/** How full the buffers of a running session are and what they have lost, from per_cpu/cpuN/stats, looked at while it runs. */

import {
  addLossCauses,
  type BufferStats,
  countLossCauses,
  countLost,
  type LossCauses,
  noLosses,
  parseBufferStats,
  parseWaitingBytes,
  readBufferKb,
} from '../capture/buffer-stats.ts';
import { listCpus, type TraceDirectory } from '../tracefs/trace-directory.ts';

interface CpuFill {
  readonly cpu: number;
  /** Share of the buffer that holds unread events, 0 to 1. */
  readonly fill: number;
}

export class BufferWatch {
  #directory: TraceDirectory | undefined;
  #before: readonly BufferStats[] = [];
  #now: readonly BufferStats[] = [];
  #sizeBytes = 0;
  #fills: readonly CpuFill[] = [];
  /** Of runs that are over. */
  readonly #pastLost = new Map<number, number>();
  #pastCauses = noLosses;

  get fills(): readonly CpuFill[] {
    return this.#fills;
  }

  /** A run begins: its buffer is empty and has lost nothing yet. */
  begin(directory: TraceDirectory): void {
    this.#directory = directory;
    this.#sizeBytes = 1024 * readBufferKb(directory);
    this.look();
    this.#before = this.#now;
  }

  look(): void {
    const directory = this.#directory;
    if (directory === undefined) return;
    const texts = listCpus(directory).map((cpu) => ({
      cpu,
      text: directory.readIfThere(`per_cpu/cpu${cpu}/stats`) ?? '',
    }));
    this.#now = texts.map(({ cpu, text }) => parseBufferStats(cpu, text));
    this.#fills = texts.map(({ cpu, text }) => ({ cpu, fill: this.#fillOf(text) }));
  }

  /** The run is over, its buffers are still there. */
  end(): void {
    this.look();
    this.forget();
  }

  /** The run is over; what was seen last counts. */
  forget(): void {
    if (this.#directory === undefined) return;
    for (const [cpu, count] of this.#currentLost()) this.#pastLost.set(cpu, (this.#pastLost.get(cpu) ?? 0) + count);
    this.#pastCauses = this.causes();
    this.#directory = undefined;
    this.#before = this.#now;
    this.#fills = [];
  }

  lostByCpu(): ReadonlyMap<number, number> {
    const lost = new Map(this.#pastLost);
    for (const [cpu, count] of this.#currentLost()) lost.set(cpu, (lost.get(cpu) ?? 0) + count);
    return lost;
  }

  causes(): LossCauses {
    return addLossCauses(this.#pastCauses, countLossCauses(this.#before, this.#now));
  }

  #currentLost(): [cpu: number, count: number][] {
    return this.#now.flatMap((after): [number, number][] => {
      const count = countLost(
        this.#before.find(({ cpu }) => cpu === after.cpu),
        after,
      );
      return count === 0 ? [] : [[after.cpu, count]];
    });
  }

  #fillOf(text: string): number {
    return this.#sizeBytes > 0 ? Math.min(1, parseWaitingBytes(text) / this.#sizeBytes) : 0;
  }
}
