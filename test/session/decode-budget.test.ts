/** How much of what comes is shown: all of a burst, as much as fits of a storm. */

import { describe, expect, it } from 'vitest';
import { DecodeBudget } from '../../src/session/decode-budget.ts';

/** A storm: `arriving` records a round, each of which costs `costMs` to show; counting one costs a twentieth. */
function storm(budget: DecodeBudget, rounds: number, arriving: number, costMs: number) {
  let waiting = 0;
  let longest = 0;
  let shown = 0;
  let now = 0;
  for (let round = 0; round < rounds; round += 1) {
    waiting += arriving;
    const { records, untilMs } = budget.limits(now);
    const inTime = Math.floor(((untilMs - now) / costMs) * 2);
    const show = Math.min(waiting, records, inTime);
    const skipped = Number.isFinite(records) ? waiting - show : 0;
    waiting -= show + skipped;
    const totalMs = show * costMs + (skipped * costMs) / 20;
    now += totalMs + 20;
    longest = round < 50 ? 0 : Math.max(longest, totalMs);
    shown += show;
    budget.spent(now, { readMs: totalMs / 2, totalMs, skipped, isBehind: waiting > 0 });
  }
  return { longest, shown };
}

describe('a budget of 12 ms', () => {
  it('shows everything that fits', () => {
    expect(storm(new DecodeBudget(12), 200, 1_000, 0.005).shown).toBe(200_000);
  });

  it('shows all of a burst, over several rounds', () => {
    const budget = new DecodeBudget(12);
    expect(storm(budget, 1, 12_000, 0.005).shown + storm(budget, 10, 0, 0.005).shown).toBeGreaterThan(2_000);
    expect(budget.limits(0).records).toBe(Number.POSITIVE_INFINITY);
  });

  it('in a storm keeps to its time, and uses it', () => {
    const { longest, shown } = storm(new DecodeBudget(12), 1_000, 30_000, 0.004);
    expect(longest).toBeLessThan(25);
    expect(shown / 1_000).toBeGreaterThan(500);
  });

  it('shows everything again when the storm is over', () => {
    const budget = new DecodeBudget(12);
    storm(budget, 300, 30_000, 0.004);
    expect(budget.limits(0).records).toBeLessThan(100_000);
    storm(budget, 300, 50, 0.004);
    expect(budget.limits(0).records).toBe(Number.POSITIVE_INFINITY);
  });
});
