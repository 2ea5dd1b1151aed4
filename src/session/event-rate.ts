/** How many events come in a second: the guard of a live view. */

/** A short burst is no reason to stop; a rate this long is. */
const windowMs = 1_000;

export class EventRate {
  readonly #limit: number;
  #windowStart: number | undefined;
  #windowTotal = 0;

  /** `limit` in events a second. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The rate of the window that ends at `now` (milliseconds), when it is over and was above the limit. */
  exceeded(now: number, countEvents: () => number): number | undefined {
    this.#windowStart ??= now;
    const span = now - this.#windowStart;
    if (span < windowMs) return undefined;
    const total = countEvents();
    const rate = Math.round(((total - this.#windowTotal) * 1000) / span);
    this.#windowStart = now;
    this.#windowTotal = total;
    return rate > this.#limit ? rate : undefined;
  }
}
