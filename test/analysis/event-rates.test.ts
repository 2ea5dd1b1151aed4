/** Totals, rates and a minute of counts of each event. */

import { describe, expect, it } from 'vitest';
import { EventRates } from '../../src/analysis/event-rates.ts';

const second = 1e9;

describe('event rates', () => {
  it('counts by name, and by second of the stream', () => {
    const rates = new EventRates(5);
    for (const [at, count] of [
      [0.2, 3],
      [1.5, 1],
      [1.9, 1],
      [3.0, 4],
    ] as const) {
      rates.count('sched_switch', at * second, count);
    }
    rates.add('sched_waking', 3.5 * second);
    rates.advance(4.1 * second);
    const row = rates.row('sched_switch')!;
    expect(row.history()).toEqual([0, 3, 2, 0, 4]);
    expect([row.total, row.rate, row.current]).toEqual([9, 4, 0]);
    expect(rates.row('sched_waking')!.history()).toEqual([0, 0, 0, 0, 1]);
    expect(rates.total).toBe(10);
  });

  it('forgets seconds that are too long ago, after silence as well', () => {
    const rates = new EventRates(3);
    rates.count('a', 0, 5);
    rates.advance(100 * second);
    expect(rates.row('a')!.history()).toEqual([0, 0, 0]);
    rates.count('a', 100 * second, 2);
    rates.count('a', 90 * second, 7);
    rates.advance(101 * second);
    expect(rates.row('a')!.history()).toEqual([0, 0, 2]);
    expect(rates.row('a')!.total).toBe(14);
  });

  it('agrees with counting anew, for any times', () => {
    const rates = new EventRates(60);
    const times: number[] = [];
    let state = 7;
    for (let index = 0; index < 5_000; index += 1) {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      const time = (index / 20) * second + (state % (2 * second)) - second;
      times.push(time);
      rates.add('a', time);
    }
    const now = Math.floor(Math.max(...times) / second);
    const expected = Array.from({ length: 60 }, (_, index) => {
      const at = now - 60 + index;
      return times.filter((time) => Math.floor(time / second) === at).length;
    });
    expect(rates.row('a')!.history()).toEqual(expected);
  });

  it('makes the text of the last event only, once, when it is asked for', () => {
    const rates = new EventRates();
    const made: number[] = [];
    const source = (index: number) => ({
      get text() {
        made.push(index);
        return `event ${index}`;
      },
    });
    for (let index = 0; index < 1_000; index += 1) rates.add('a', index, source(index));
    expect(rates.row('a')!.lastText).toBe('event 999');
    expect(rates.row('a')!.lastText).toBe('event 999');
    expect(made).toEqual([999]);
    rates.count('a', 2_000, 5);
    expect(rates.row('a')!.lastText).toBe('event 999');
  });

  it('keeps rows by name, and their names over a reset', () => {
    const rates = new EventRates();
    rates.add('b', 5);
    rates.add('a', 5);
    rates.lost(3, 6);
    expect(rates.rows().map(({ name }) => name)).toEqual(['a', 'b']);
    expect(rates.lostTotal).toBe(3);
    const { version } = rates;
    rates.reset();
    expect(rates.version).toBeGreaterThan(version);
    expect(rates.rows().map(({ name, total, lastText }) => [name, total, lastText])).toEqual([
      ['a', 0, ''],
      ['b', 0, ''],
    ]);
    expect([rates.total, rates.lostTotal]).toEqual([0, 0]);
  });
});
