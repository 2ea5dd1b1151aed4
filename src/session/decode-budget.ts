/**
 * How much of what a session reads becomes items for a screen, whose keys and frames need their share of the thread. A
 * round ends when its time is over, and the next one goes on: bursts are shown whole. A reader that stays behind shows
 * as many records of each round as fit, found by trying, and only counts the others.
 */

import type { RoundLimits } from '../capture/raw-capture.ts';

const fewest = 128;
const most = 100_000;
/** While records are also counted, listeners get this share of the budget on top of it: reading needs all of that. */
const listenersShare = 0.6;
/** A reader that has been behind for so long will not catch up by itself. */
const patienceMs = 250;

/** How a round went, in milliseconds of work. */
interface RoundReport {
  readonly readMs: number;
  /** With what listeners did. */
  readonly totalMs: number;
  /** Records that were only counted. */
  readonly skipped: number;
  /** Whether it left something unread for want of time. */
  readonly isBehind: boolean;
}

export class DecodeBudget {
  readonly #budgetMs: number;
  #records = 2_000;
  /** Share of a round's time that reading takes; listeners take the rest. */
  #readingShare = 0.5;
  #behindSince: number | undefined;
  #isSkipping = false;

  constructor(budgetMs: number) {
    this.#budgetMs = budgetMs;
  }

  /** Whether records beyond what fits are only counted. */
  get isSkipping(): boolean {
    return this.#isSkipping;
  }

  /** The limits of a round that begins at `now` (performance.now). */
  limits(now: number): RoundLimits {
    if (this.#isSkipping) return { records: this.#records, untilMs: now + this.#budgetMs };
    return { records: Number.POSITIVE_INFINITY, untilMs: now + this.#budgetMs * this.#readingShare };
  }

  /** Takes the report of the round that ended at `now`. */
  spent(now: number, { readMs, totalMs, skipped, isBehind }: RoundReport): void {
    if (totalMs > 1) this.#readingShare = 0.8 * this.#readingShare + 0.2 * Math.max(0.1, readMs / totalMs);
    this.#behindSince = isBehind ? (this.#behindSince ?? now) : undefined;
    if (this.#isSkipping) this.#adjust(totalMs - readMs, skipped);
    else this.#isSkipping = this.#behindSince !== undefined && now - this.#behindSince > patienceMs;
  }

  #adjust(listenersMs: number, skipped: number): void {
    const share = listenersMs / (listenersShare * this.#budgetMs);
    if (share > 1) this.#records *= Math.max(1 / share, 0.5);
    else if (skipped > 0 && share < 0.8) this.#records *= 1.25;
    else if (skipped === 0 && this.#behindSince === undefined) this.#isSkipping = false;
    this.#records = Math.round(Math.min(Math.max(this.#records, fewest), most));
  }
}
