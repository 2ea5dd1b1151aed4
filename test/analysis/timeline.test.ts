import { describe, expect, it } from 'vitest';
import { Timeline } from '../../src/analysis/timeline.ts';
import { randomNumbers } from './path-notation.ts';

const ms = 1e6;

/** 1024 ms in as many buckets. */
const newTimeline = () => new Timeline({ from: 0, to: 1024 * ms, buckets: 1024 });

describe('Timeline', () => {
  it('knows from task switches what ran', () => {
    const timeline = newTimeline();
    timeline.taskSwitch(0, 0, 0, 7);
    timeline.taskSwitch(0, 100 * ms, 7, 0);
    timeline.taskSwitch(0, 200 * ms, 0, 8);
    timeline.taskSwitch(0, 250 * ms, 8, 7);
    timeline.taskSwitch(0, 300 * ms, 7, 0);
    const cells = timeline.query('cpu', 0, 0, 400 * ms, 4);
    expect(cells.map(({ ran }) => ran)).toEqual([7, undefined, expect.any(Number), undefined]);
    expect(cells.map(({ running }) => Math.round(running * 100))).toEqual([100, 0, 100, 0]);
    expect(timeline.query('cpu', 0, 200 * ms, 250 * ms, 1)[0]!.ran).toBe(8);
    const task = timeline.query('task', 7, 0, 400 * ms, 4);
    expect(task.map(({ running }) => Math.round(running * 100))).toEqual([100, 0, 50, 0]);
    expect(task[0]!.ran).toBe(0);
    expect(timeline.lanes('task')).toEqual([7, 8]);
  });

  it('guesses from the tasks of events without them, over short spans only', () => {
    const timeline = newTimeline();
    for (let time = 0; time < 50; time += 5) timeline.event(1, 9, time * ms);
    timeline.event(1, 9, 500 * ms);
    timeline.event(1, 10, 501 * ms);
    const cells = timeline.query('cpu', 1, 0, 600 * ms, 6);
    expect(cells.map(({ running }) => Math.round(running * 100))).toEqual([45, 0, 0, 0, 0, 0]);
    expect(cells.map(({ events }) => events)).toEqual([10, 0, 0, 0, 0, 2]);
    expect(cells[0]!.ran).toBe(9);
    expect(timeline.query('cpu', 1, 501 * ms, 502 * ms, 1)[0]!.ran).toBe(10);
  });

  it('shows the share of root calls, and the slowest that began', () => {
    const timeline = newTimeline();
    timeline.call(0, 7, 3, 100 * ms, 50 * ms);
    timeline.call(0, 8, 4, 120 * ms, 10 * ms);
    timeline.call(1, 9, 5, 190 * ms, 60 * ms);
    const [, second, third] = timeline.query('cpu', 0, 0, 300 * ms, 3);
    expect(second).toMatchObject({ began: 2, slowest: { func: 3, time: 100 * ms, duration: 50 * ms } });
    expect(second!.busy).toBeCloseTo(0.6);
    expect(third).toMatchObject({ began: 0, busy: 0, slowest: undefined });
    expect(timeline.query('task', 9, 200 * ms, 300 * ms, 1)[0]!.busy).toBeCloseTo(0.5);
  });

  it('shows gaps, and knows nothing of what ran over them', () => {
    const timeline = newTimeline();
    timeline.taskSwitch(0, 0, 0, 7);
    timeline.event(0, 7, 50 * ms);
    timeline.lost(0, 150 * ms);
    timeline.event(0, 7, 250 * ms);
    const cells = timeline.query('cpu', 0, 0, 300 * ms, 3);
    expect(cells.map(({ gaps }) => gaps)).toEqual([0, 1, 0]);
    expect(cells.map(({ running }) => Math.round(running * 100))).toEqual([50, 0, 0]);
  });

  it('widens its buckets as the trace grows, and loses no sum', () => {
    const timeline = new Timeline({ buckets: 64 });
    let busy = 0;
    for (let call = 0; call < 2000; call += 1) {
      timeline.event(0, 7, 5e9 + call * ms);
      timeline.call(0, 7, 1 + (call % 3), 5e9 + call * ms, call === 1234 ? 900_000 : 400_000);
      busy += call === 1234 ? 900_000 : 400_000;
    }
    const [all] = timeline.query('cpu', 0, timeline.begin, timeline.end, 1);
    const span = timeline.end - timeline.begin;
    // To a bucket's width at the end.
    expect(Math.abs((all!.busy * span) / busy - 1)).toBeLessThan(0.01);
    expect(all).toMatchObject({ slowest: { time: 5e9 + 1234 * ms, duration: 900_000 }, ran: 7 });
    const cells = timeline.query('cpu', 0, timeline.begin, timeline.end, 16);
    const inCells = cells.reduce((sum, { busy: share }) => sum + share * (span / 16), 0);
    expect(Math.abs(inCells / busy - 1)).toBeLessThan(0.01);
    expect(cells.filter(({ slowest }) => slowest!.duration === 900_000).length).toBeLessThanOrEqual(2);
  });

  it('answers any span of any lane', () => {
    const timeline = newTimeline();
    expect(timeline.query('cpu', 0, 0, 100, 3)).toHaveLength(3);
    expect(new Timeline().query('cpu', 0, 0, 100, 3)).toHaveLength(3);
    timeline.call(0, 7, 3, 10 * ms, 5 * ms);
    expect(timeline.query('cpu', 0, 100, 100, 3)).toEqual([]);
    expect(timeline.query('cpu', 0, 12 * ms, 12 * ms + 10, 4).every(({ busy }) => busy > 0.99)).toBe(true);
    for (const [from, to] of [
      [-1e12, 1e12],
      [5e12, 6e12],
      [-5, 0],
    ]) {
      for (const { busy } of timeline.query('cpu', 0, from!, to!, 7)) expect(busy).toBeLessThanOrEqual(1);
    }
  });

  it('is bounded by any number of tasks, CPUs and times', () => {
    const timeline = new Timeline();
    const random = randomNumbers(11);
    for (let step = 0; step < 3000; step += 1) {
      const time = random(5) === 0 ? random(1e6) * 1e12 : step * 1000;
      timeline.event(random(2000), random(5000), time);
      timeline.taskSwitch(random(70_000) - 5, time, random(100), random(100) - 50);
      timeline.call(random(3000), random(9000) - 20, random(5), time, random(1e6));
      if (random(10) === 0) timeline.lost(random(300), time);
    }
    expect(timeline.lanes('cpu').length).toBeLessThanOrEqual(128);
    expect(timeline.lanes('task').length).toBeLessThanOrEqual(128);
    expect(timeline.lanesLeftOut).toBeGreaterThan(0);
    for (const id of timeline.lanes('cpu')) {
      for (const { running, busy, events } of timeline.query('cpu', id, timeline.begin, timeline.end, 5)) {
        expect(running).toBeLessThanOrEqual(1);
        expect(busy).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(events)).toBe(true);
      }
    }
  });
});
