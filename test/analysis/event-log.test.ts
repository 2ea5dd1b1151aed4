/** The newest items of a stream, and the ones among them that a filter lets through. */

import { describe, expect, it } from 'vitest';
import { EventLog } from '../../src/analysis/event-log.ts';

interface Item {
  readonly time: number;
  readonly size?: number;
}

const times = (log: EventLog<Item>) =>
  Array.from({ length: log.length }, (_, index) => log.at(log.first + index)!.time);

describe('an event log', () => {
  it('keeps the newest items under numbers that stay', () => {
    const log = new EventLog<Item>({ limit: 3 });
    for (let time = 0; time < 5; time += 1) log.add({ time });
    expect(times(log)).toEqual([2, 3, 4]);
    expect([log.first, log.end, log.length]).toEqual([2, 5, 3]);
    expect([log.at(1), log.at(5), log.at(4)?.time]).toEqual([undefined, undefined, 4]);
  });

  it('keeps to its bytes, but always the newest item', () => {
    const log = new EventLog<Item>({ maxBytes: 100, sizeOf: ({ size = 0 }) => size });
    for (const size of [40, 50, 30, 10, 500]) log.add({ time: size, size });
    expect(times(log)).toEqual([500]);
    log.add({ time: 1, size: 60 });
    log.add({ time: 2, size: 40 });
    expect(times(log)).toEqual([1, 2]);
  });

  it('finds by time, and by test in both directions', () => {
    const log = new EventLog<Item>({ limit: 10 });
    for (let time = 0; time < 100; time += 10) log.add({ time });
    expect([log.sequenceAt(-5), log.sequenceAt(30), log.sequenceAt(31), log.sequenceAt(1_000)]).toEqual([0, 3, 4, 10]);
    expect(log.find(2, 1, ({ time }) => time >= 50)).toBe(5);
    expect(log.find(9, -1, ({ time }) => time <= 20)).toBe(2);
    expect(log.find(0, 1, ({ time }) => time === 90, 5)).toBeUndefined();
    expect(log.find(-7, 1, () => true)).toBe(0);
    expect(log.find(99, -1, () => true)).toBe(9);
  });

  it('goes on with its numbers when it is cleared', () => {
    const log = new EventLog<Item>({ limit: 4 });
    for (let time = 0; time < 6; time += 1) log.add({ time });
    log.clear();
    expect([log.first, log.end, log.at(5)]).toEqual([6, 6, undefined]);
    log.add({ time: 6 });
    expect(log.at(6)?.time).toBe(6);
  });
});

describe('an index of it', () => {
  it('has the matches among what is kept, as items come and go', () => {
    const log = new EventLog<Item>({ limit: 1_000 });
    const index = log.index(({ time }) => time % 7 === 0);
    let time = 0;
    for (const count of [10, 500, 3, 2_000, 777, 20_000]) {
      for (let each = 0; each < count; each += 1) log.add({ time: time++ });
      expect(index.update()).toBe(true);
      const expected = times(log).filter((each) => each % 7 === 0);
      const found = Array.from({ length: index.length }, (_, at) => log.at(index.sequenceAt(at))!.time);
      expect(found).toEqual(expected);
      expect(index.share).toBe(1);
    }
    const third = index.sequenceAt(3);
    expect(index.positionOf(third)).toBe(3);
    expect(index.positionOf(third + 1)).toBe(4);
    expect([index.sequenceAt(-1), index.sequenceAt(index.length)]).toEqual([-1, -1]);
  });

  it('is made in steps, and says how far it is', () => {
    const log = new EventLog<Item>({ limit: 100_000, maxBytes: Number.POSITIVE_INFINITY });
    for (let time = 0; time < 100_000; time += 1) log.add({ time });
    let tests = 0;
    const index = log.index(() => {
      tests += 1;
      return true;
    });
    expect(index.update(0)).toBe(false);
    expect(tests).toBeLessThan(2_000);
    expect(index.share).toBeLessThan(0.1);
    for (let step = 0; !index.update(1); step += 1) expect(step).toBeLessThan(10_000);
    expect(index.length).toBe(100_000);
    expect(tests).toBe(100_000);
    index.update();
    expect(tests).toBe(100_000);
  });
});
