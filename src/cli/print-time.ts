/** Times as function_graph prints them: seconds of the trace clock, cut after six digits; counts of a clock that counts. */

import { asNanoseconds, type Nanoseconds } from '../base/units.ts';

/** Turns the times of items, which are relative to an origin, into those of the trace clock. */
export class EventClock {
  /** False for clocks that count events or cycles: counter, x86-tsc. */
  readonly isNanoseconds: boolean;
  readonly #origin: () => bigint;

  /** `origin` is asked for each time: it is known with the first event. */
  constructor(origin: () => bigint, isNanoseconds: boolean) {
    this.#origin = origin;
    this.isNanoseconds = isNanoseconds;
  }

  timeOf(time: number): Nanoseconds {
    return asNanoseconds(this.#origin() + BigInt(Math.round(time)));
  }

  /** Right aligned to 14 characters. */
  textOf(time: number): string {
    const exact = this.timeOf(time);
    return this.isNanoseconds ? formatTime(exact) : String(exact).padStart(14);
  }
}

const nsPerSecond = 1_000_000_000n;

/** `1234.567890`, right aligned to 14 characters. */
export function formatTime(time: Nanoseconds): string {
  const micros = (time % nsPerSecond) / 1000n;
  return `${time / nsPerSecond}.${String(micros).padStart(6, '0')}`.padStart(14);
}

/** `bash-1234` and `[001]` in the columns that all line outputs share. */
export function formatTask(comm: string, pid: number): string {
  return `${comm}-${pid}`.padEnd(22);
}

export function formatCpu(cpu: number): string {
  return `[${String(cpu).padStart(3, '0')}]`;
}
