/** Times of events as people write them: `12.5` as a report shows it, `+1.5` since the first event. */
import { UsageError } from './errors.ts';

/** What is needed to read a time of a source. */
export interface EventTimeScale {
  /** The time, in ns or units of the clock, that event times are relative to. */
  readonly origin: bigint;
  /** Whether times are ns; else the clock counts something (`counter`, `x86-tsc`). */
  readonly timeIsNanoseconds: boolean;
}

const timeForm = /^(\+?)(\d{1,18})(?:\.(\d{1,9})\d*)?$/;

/** Whether a word can be a time at all. */
export function isEventTime(word: string): boolean {
  return timeForm.test(word);
}

/**
 * `12.5` is seconds of the trace clock, `+12.5` seconds since `start` (in units since the source's origin); where the clock counts something else, whole
 * numbers of that. Returns units since the source's origin. Throws UsageError.
 */
export function parseEventTime(word: string, { origin, timeIsNanoseconds }: EventTimeScale, start: number): number {
  const parts = timeForm.exec(word);
  const attempted = `reading the time '${word}'`;
  if (parts === null) {
    throw new UsageError({ attempted, why: 'it is none', remedy: 'e.g. 12.5, or +1.5 for 1.5 s after the start' });
  }
  const [, sign, whole, fraction] = parts;
  if (!timeIsNanoseconds && fraction !== undefined) {
    throw new UsageError({
      attempted,
      why: 'the clock of this recording counts, it has no seconds',
      remedy: 'give whole counts, as `ftui report` shows them',
    });
  }
  const units = timeIsNanoseconds ? BigInt(`${whole}${(fraction ?? '').padEnd(9, '0')}`) : BigInt(whole!);
  return sign === '+' ? start + Number(units) : Number(units - origin);
}
