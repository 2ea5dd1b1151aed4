/** What the times of filters mean in a recording. */
import type { ChipClock } from '../format/filter/chip-tests.ts';
import type { EventSource } from './event-source.ts';

/** Its first event is looked for when a time since the start is asked for. */
export function sourceClock(source: EventSource): ChipClock {
  let start: number | undefined;
  const { origin, timeIsNanoseconds } = source;
  return {
    origin,
    timeIsNanoseconds,
    get start() {
      start ??= readStart(source);
      return start;
    },
  };
}

/** The time of the first event: an origin may lie before it. */
export function readStart(source: EventSource): number {
  for (const { time } of source.events()) return time;
  return 0;
}
