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

  /**
   * Takes the count of all events so far at `now` (milliseconds); returns the rate of the window that just ended when it
   * was above the limit.
   */
  exceeded(total: number, now: number): number | undefined {
    this.#windowStart ??= now;
    const span = now - this.#windowStart;
    if (span < windowMs) return undefined;
    const rate = Math.round(((total - this.#windowTotal) * 1000) / span);
    this.#windowStart = now;
    this.#windowTotal = total;
    return rate > this.#limit ? rate : undefined;
  }
}
