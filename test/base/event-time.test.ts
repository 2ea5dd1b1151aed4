import { describe, expect, it } from 'vitest';
import { parseEventTime } from '../../src/base/event-time.ts';

const clock = { origin: 10_000_000_000n, timeIsNanoseconds: true };

describe('times', () => {
  it.each([
    ['12.5', 2_500_000_000],
    ['12', 2_000_000_000],
    ['12.000000001', 2_000_000_001],
    ['12.0000000019', 2_000_000_001],
    ['9.5', -500_000_000],
    ['+1.5', 1_500_000_700],
    ['+0', 700],
  ])('%s', (word, time) => {
    expect(parseEventTime(word, clock, 700)).toBe(time);
  });

  it('are exact for a wall clock', () => {
    const wall = { origin: 1_790_000_000_123_456_789n, timeIsNanoseconds: true };
    expect(parseEventTime('1790000000.123456790', wall, 0)).toBe(1);
  });

  it.each(['', 'x', '1,5', '-1', '1e3', '+', '1.', '.5', '++1'])('refuses %s', (word) => {
    expect(() => parseEventTime(word, clock, 0)).toThrow(/it is none/);
  });

  it('count where the clock counts', () => {
    const counter = { origin: 1000n, timeIsNanoseconds: false };
    expect(parseEventTime('1500', counter, 0)).toBe(500);
    expect(() => parseEventTime('1.5', counter, 0)).toThrow(/it has no seconds/);
  });
});
