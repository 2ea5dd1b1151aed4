/** What a probe's rate costs, and when that is worth a word. */
import { describe, expect, it } from 'vitest';
import type { ProbeEvent } from '../../src/control/probe-event.ts';
import { describeProbeCost, isVirtual } from '../../src/session/probe-cost.ts';

const probe = (event: string, line: string, file: ProbeEvent['definition']['file']): ProbeEvent => ({
  definition: { file, group: 'g', event, line: `${line}:g/${event} x` },
  label: event,
  fields: [],
});
const malloc = probe('malloc', 'p', 'uprobe_events');
const free = probe('free', 'r', 'uprobe_events');
const vfsRead = probe('vfs_read', 'p', 'kprobe_events');
const bare = { spanMs: 2_000, machine: 'bare' } as const;

describe('describeProbeCost', () => {
  it('says nothing of what costs little', () => {
    expect(describeProbeCost([malloc], new Map([['malloc', 60_000]]), bare)).toBeUndefined();
    expect(describeProbeCost([malloc], new Map(), bare)).toBeUndefined();
    expect(describeProbeCost([], new Map(), bare)).toBeUndefined();
  });

  it('says the rate, and its cost as an estimate', () => {
    expect(describeProbeCost([malloc], new Map([['malloc', 200_000]]), bare)).toBe(
      'malloc is hit 100,000 times a second: that costs about 15 % of one CPU by estimate (1.5 µs a hit); --max-rate N stops at N hits a second',
    );
    const virtual = { spanMs: 1_000, machine: 'virtual' } as const;
    expect(describeProbeCost([malloc], new Map([['malloc', 90_000]]), virtual)).toContain(
      'about 1.0 CPUs by estimate (11 µs a hit)',
    );
  });

  it('names the busiest of several, each event once', () => {
    const hits = new Map([
      ['malloc', 100_000],
      ['free', 60_000],
      ['vfs_read', 10],
    ]);
    expect(describeProbeCost([malloc, malloc, free, vfsRead], hits, bare)).toMatch(
      /^free, the busiest of 3 probes, is hit 30,000 times a second: all together cost about 17 % of one CPU/,
    );
  });

  it('knows a virtual machine by its processor', () => {
    expect(isVirtual('processor\t: 0\nflags\t\t: fpu hypervisor lahf_lm\n')).toBe(true);
    expect(isVirtual('processor\t: 0\nflags\t\t: fpu lahf_lm\nmodel name\t: hypervisor\n')).toBe(false);
  });
});
