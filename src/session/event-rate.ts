/** How many events come in a second: the guard of a live view. */

/** A short burst is no reason to stop; a rate this long is. */
const windowMs = 1_000;

export class EventRate {
  /** All events so far. */
  total = 0;
  readonly #limit: number;
  #windowStart = 0;
  #windowTotal = 0;

  /** `limit` in events a second. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(count: number): void {
    this.total += count;
  }

  /** The rate of the last whole window when it was above the limit; `now` in milliseconds. */
  isExceeded(now: number): number | undefined {
    const span = now - this.#windowStart;
    if (span < windowMs) return undefined;
    const rate = Math.round(((this.total - this.#windowTotal) * 1000) / span);
    this.#windowStart = now;
    this.#windowTotal = this.total;
    return rate > this.#limit ? rate : undefined;
  }
}
