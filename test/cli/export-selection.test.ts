import { describe, expect, it } from 'vitest';
import { compileEventPatterns, readSelection } from '../../src/cli/export-selection.ts';
import { event, sourceOf } from '../recording/export/recorded-events.ts';

describe('times', () => {
  it('that are relative begin with the first event', () => {
    const source = sourceOf([event({ time: 400 }), event({ time: 900 })]);
    expect(readSelection({ from: '+0.000000100' }, source)).toMatchObject({ from: 500, to: undefined });
  });
});

describe('events', () => {
  it.each([
    ['sched:sched_switch', 'sched', 'sched_switch', true],
    ['sched:', 'sched', 'sched_switch', true],
    ['sched:*', 'other', 'sched_switch', false],
    ['sched_*', 'sched', 'sched_switch', true],
    ['sched_switch', undefined, 'sched_switch', true],
    ['sched:sched_switch', undefined, 'sched_switch', true],
    ['sched:sched_waking', undefined, 'sched_switch', false],
    ['SCHED_SWITCH', 'sched', 'sched_switch', false],
  ] as const)('%s takes %s:%s: %s', (pattern, system, name, expected) => {
    expect(compileEventPatterns([pattern])(system, name)).toBe(expected);
  });
});

describe('a selection', () => {
  it('has what the words say', () => {
    const source = sourceOf([]);
    const words = {
      from: '5',
      until: '6',
      cpu: '0-2',
      pid: ['0,12', '13'],
      comm: ['a,b'],
      event: ['x'],
      instance: 'foo',
    };
    const { cpus, pids, comms, wantsEvent, ...rest } = readSelection(words, source);
    expect(rest).toEqual({ from: 0, to: 1_000_000_000, instance: 'foo' });
    expect([cpus, pids, comms]).toEqual([new Set([0, 1, 2]), new Set([0, 12, 13]), new Set(['a,b'])]);
    expect(wantsEvent!('s', 'x')).toBe(true);
  });

  it('leaves out what is not said', () => {
    const selection = readSelection({}, sourceOf([]));
    expect(Object.values(selection).every((value) => value === undefined)).toBe(true);
  });

  it.each(['x', '-1', '1.5', ''])('refuses the pid %s', (pid) => {
    expect(() => readSelection({ pid: [pid] }, sourceOf([]))).toThrow(/it is no number/);
  });
});
