/** A recording that ends too early, and what must be said of it. */
import { FtuiError } from '../../src/base/errors.ts';
import { byteSourceOf } from '../../src/recording/files.ts';
import { TraceDat } from '../../src/recording/trace-dat/trace-dat.ts';
import { TraceDatEvents } from '../../src/recording/trace-dat/trace-dat-events.ts';

export interface CutReading {
  /** What went wrong. */
  readonly finding: string | undefined;
  readonly isRefused: boolean;
  readonly events: number;
}

/** Reads the first `length` bytes of a recording that has `whole` events. */
export function judgeCut(bytes: Uint8Array, length: number, whole = Number.POSITIVE_INFINITY): CutReading {
  try {
    const events = new TraceDatEvents(new TraceDat(byteSourceOf(bytes.subarray(0, length), 'cut')));
    const count = { event: 0, lost: 0, damaged: 0 };
    for (const { kind } of events.events()) count[kind] += 1;
    // Files end in names of their sections, which nobody needs.
    const isSaid = count.damaged + events.problems.length > 0 || count.event === whole;
    return { finding: isSaid ? undefined : 'nothing is said', isRefused: false, events: count.event };
  } catch (error) {
    if (error instanceof FtuiError) return { finding: undefined, isRefused: true, events: 0 };
    return { finding: (error as Error).stack, isRefused: false, events: 0 };
  }
}
