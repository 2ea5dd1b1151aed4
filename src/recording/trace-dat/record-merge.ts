/** The records of all CPUs of one buffer in order of time; equal times go to the lower CPU. */
import type { CpuRecords } from './cpu-records.ts';

/** After seek(), `current` is the CPU whose record comes next; advance() steps behind it. */
export class RecordMerge {
  /** The CPU with the earliest record, undefined behind the last one. */
  current: CpuRecords | undefined = undefined;
  readonly #cpus: readonly CpuRecords[];
  /** Until when `current` may go on without looking at the others, and whether at that time itself, too. */
  #limit = Number.POSITIVE_INFINITY;
  #limitIncluded = false;

  /** `cpus` in the order of their numbers, each at its first wanted record. */
  constructor(cpus: readonly CpuRecords[]) {
    this.#cpus = cpus;
    this.choose();
  }

  advance(): void {
    const current = this.current!;
    current.next();
    if (current.time < this.#limit || (this.#limitIncluded && current.time === this.#limit)) return;
    this.choose();
  }

  /** Looks at all CPUs anew, after one of them was moved. */
  choose(): void {
    const cpus = this.#cpus;
    let first = -1;
    let second = -1;
    let firstTime = Number.POSITIVE_INFINITY;
    let secondTime = Number.POSITIVE_INFINITY;
    for (let index = 0; index < cpus.length; index += 1) {
      const { time } = cpus[index]!;
      if (time < firstTime) {
        second = first;
        secondTime = firstTime;
        first = index;
        firstTime = time;
      } else if (time < secondTime) {
        second = index;
        secondTime = time;
      }
    }
    this.current = first < 0 ? undefined : cpus[first];
    this.#limit = secondTime;
    this.#limitIncluded = second > first && secondTime < Number.POSITIVE_INFINITY;
  }
}
