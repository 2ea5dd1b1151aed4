/** Several plans carried out as one session: a recording of several buffers. */

import type { SessionWrites } from './plan-writes.ts';

/**
 * The writes of all plans. Those of a tracer that starts by being set come last in the setup: from then on its buffer
 * fills.
 */
export function joinWrites(all: readonly SessionWrites[]): SessionWrites {
  const startsItself = ({ start }: SessionWrites) => start.length === 0;
  const ordered = [...all.filter((writes) => !startsItself(writes)), ...all.filter(startsItself)];
  return {
    setup: ordered.flatMap(({ setup }) => setup),
    start: all.flatMap(({ start }) => start),
    stop: all.flatMap(({ stop }) => stop),
  };
}
