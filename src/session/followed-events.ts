/** Which events of a recording in the making have been given out, so that the finished file's others can follow. */

import type { SourceItem } from '../recording/event-source.ts';

export class FollowedEvents {
  count = 0;
  /** Absolute time of the last event, and how many were given out that had it. */
  #lastTime = -1n;
  #atLastTime = 0;

  add(item: SourceItem, origin: bigint): void {
    if (item.kind !== 'event') return;
    const time = origin + BigInt(Math.round(item.time));
    this.#atLastTime = time === this.#lastTime ? this.#atLastTime + 1 : 1;
    this.#lastTime = time;
    this.count += 1;
  }

  /** Whether an event of the finished file is one of those given out; to be asked in order. */
  includes(time: bigint): boolean {
    if (time !== this.#lastTime) return time < this.#lastTime;
    this.#atLastTime -= 1;
    return this.#atLastTime >= 0;
  }
}
