/** Why nothing came, the rate guard, and how fields are shown. */
import { describe, expect, it } from 'vitest';
import { asPid } from '../../src/base/units.ts';
import { planEvents, planGraph, planProbes } from '../../src/control/session-plans.ts';
import type { TracePlan } from '../../src/control/trace-plan.ts';
import type { RecordedEvent } from '../../src/recording/event-source.ts';
import { EventRate } from '../../src/session/event-rate.ts';
import type { SessionContext } from '../../src/session/live-session.ts';
import { listShownFields } from '../../src/session/shown-fields.ts';
import { listSiblings } from '../../src/session/sibling-calls.ts';
import {
  countProbeHits,
  describeMisses,
  explainSilence,
  mayHitItself,
  parseProbeProfile,
  readProbeHits,
} from '../../src/session/silence.ts';
import { setUp, statText } from '../control/tracefs-setup.ts';
import { common } from './recorded-session.ts';

function contextOf(plan: TracePlan, made = setUp()): SessionContext {
  return { tracefs: made.tracefs, directory: made.tracefs.top, plan, catalogue: undefined, origin: () => 0n };
}

const probe = {
  definition: { file: 'kprobe_events' as const, group: 'ftui_7', event: 'a', line: 'p:ftui_7/a vfs_open' },
  label: 'vfs_open',
  fields: [],
};
const probePlan = planProbes(common, { probes: [probe], filter: undefined, stack: false });
const graphOf = (...functions: string[]) =>
  planGraph(common, 2, { functions, notrace: [], depth: undefined, options: {} });

describe('parseProbeProfile', () => {
  it('reads both shapes', () => {
    expect(parseProbeProfile('  a                 12     3\n  b   0  0\n', 'kprobe')).toEqual([
      { event: 'a', hits: 12, misses: 3 },
      { event: 'b', hits: 0, misses: 0 },
    ]);
    expect(parseProbeProfile('  /bin/bash a                 12\n\n', 'uprobe')).toEqual([
      { event: 'a', hits: 12, misses: 0 },
    ]);
  });
});

describe('mayHitItself', () => {
  const libc = '/usr/lib/x86_64-linux-gnu/libc.so.6';
  const maps = `7f0000000000-7f0000001000 r-xp 00000000 08:01 42 ${libc}\n`;
  it.each([
    ['uprobe_events', `p:ftui_7/a ${libc}:0x1190`, true],
    ['uprobe_events', `p:ftui_7/a ${libc}:0x1190(0x20)`, true],
    ['uprobe_events', `r:ftui_7/a ${libc}:0x1190 ret=$retval:s64`, true],
    ['uprobe_events', 'p:ftui_7/a /bin/bash:0x1190(0x20)', false],
    ['kprobe_events', 'p:ftui_7/a vfs_open', true],
  ] as const)('%s %s: %s', (file, line, expected) => {
    const definition = { file, group: 'ftui_7', event: 'a', line };
    const plan = planProbes(common, { probes: [{ ...probe, definition }], filter: undefined, stack: false });
    expect(mayHitItself(contextOf(plan, setUp('6.12', { files: { '/proc/self/maps': maps } })))).toBe(expected);
  });
});

describe('what the kernel counted', () => {
  it('is known by event, and not of probes that it does not count', () => {
    const made = setUp();
    made.tracefs.top.write('kprobe_events', 'p:ftui_7/a vfs_open\n', 'append');
    made.kernel.setProbeHits('ftui_7/a', 5, 0);
    expect([...countProbeHits(contextOf(probePlan, made))]).toEqual([['a', 5]]);
    const definition = { ...probe.definition, file: 'dynamic_events' as const, line: 'f:ftui_7/a vfs_open' };
    const plan = planProbes(common, { probes: [{ ...probe, definition }], filter: undefined, stack: false });
    expect(countProbeHits(contextOf(plan, made)).size).toBe(0);
    expect(mayHitItself(contextOf(plan, made))).toBe(true);
  });

  it('names hits that were missed, and what gives returns more room', () => {
    const made = setUp();
    made.tracefs.top.write('kprobe_events', 'r:ftui_7/a vfs_open\n', 'append');
    const definition = { ...probe.definition, line: 'r:ftui_7/a vfs_open' };
    const plan = planProbes(common, { probes: [{ ...probe, definition }], filter: undefined, stack: false });
    made.kernel.setProbeHits('ftui_7/a', 5, 0);
    expect(describeMisses(contextOf(plan, made))).toBeUndefined();
    made.kernel.setProbeHits('ftui_7/a', 5, 7);
    expect(describeMisses(contextOf(plan, made))).toBe(
      'the kernel missed 7 hits of a: more calls were under way than it has room for (--maxactive N gives room for N)',
    );
    expect(describeMisses(contextOf(probePlan, made))).toBe('the kernel missed 7 hits of a');
  });
});

describe('explainSilence', () => {
  it('looks at the kernel’s own counts of a probe', () => {
    const made = setUp();
    made.tracefs.top.write('kprobe_events', 'p:ftui_7/a vfs_open\n', 'append');
    const explain = () => explainSilence(contextOf(probePlan, made), [probe]);
    expect(explain()).toEqual(['the kernel counted no hit of vfs_open: the code was not run']);
    made.kernel.setProbeHits('ftui_7/a', 5, 2);
    // The five may be ftui's own, which are left out of the trace and counted all the same.
    expect(explain()).toEqual(['the kernel missed 2 hits of vfs_open: too many at once']);
  });

  it('cannot tell the counts of two probes of one name apart', () => {
    const made = setUp();
    made.tracefs.top.write('kprobe_events', ['p:ftui_7/a vfs_open\n', 'p:mine/a vfs_read\n'], 'append');
    expect(readProbeHits(contextOf(probePlan, made))).toBeUndefined();
  });

  it('finds tasks that are gone, and says which are traced', () => {
    const made = setUp('6.12', { files: { '/proc/77/stat': statText(77, '1') } });
    const plan = (pid: number) => ({ ...graphOf('vfs_open'), pids: [asPid(pid)] });
    expect(explainSilence(contextOf(plan(99), made), [])).toEqual(['of the traced pids, 99 no longer run']);
    expect(explainSilence(contextOf(plan(77), made), [])).toEqual(['only the tasks 77 and their children are traced']);
  });

  it('names the filter', () => {
    const events = [{ system: 'sched', event: 'sched_switch', filter: 'prev_pid == -1' }];
    expect(explainSilence(contextOf(planEvents(common, 2, { events, stack: false })), [])).toEqual([
      "the filter 'prev_pid == -1' may never be true",
    ]);
  });

  it('knows functions that nobody passes through any more', () => {
    expect(explainSilence(contextOf(graphOf('do_sys_open')), [])[0]).toMatch(
      /^do_sys_open: .* \(see do_sys_openat2\)$/,
    );
    expect(explainSilence(contextOf(graphOf('do_sys_open', 'do_sys_openat2')), [])).toEqual([
      'nobody has called these functions yet',
    ]);
  });

  it('always says something', () => {
    const events = [{ system: 'sched', event: 'sched_switch' }];
    expect(explainSilence(contextOf(planEvents(common, 2, { events, stack: false })), [])).toEqual([
      'these events have not happened yet',
    ]);
  });
});

describe('listSiblings', () => {
  it('finds names of the same stem', () => {
    const available = [
      'do_sys_open',
      'do_sys_openat2',
      '__do_sys_open',
      '__x64_sys_openat',
      'vfs_open',
      'do_sys_open.part.0',
    ];
    expect(listSiblings(available, ['do_sys_open'])).toEqual(['do_sys_openat2', '__do_sys_open', 'do_sys_open.part.0']);
    expect(listSiblings(available, ['abc'])).toEqual([]);
  });
});

describe('EventRate', () => {
  it('judges whole windows only', () => {
    const rate = new EventRate(1_000);
    let total = 0;
    const at = (now: number, count: number) => {
      total = count;
      return rate.exceeded(now, () => total);
    };
    expect(at(5_000, 0)).toBeUndefined();
    expect(at(5_500, 5_000)).toBeUndefined();
    expect(at(6_000, 900)).toBeUndefined();
    expect(at(7_000, 3_000)).toBe(2_100);
    expect(at(9_000, 4_000)).toBeUndefined();
  });
});

describe('listShownFields', () => {
  const eventWith = (fields: Record<string, unknown>, names: string[]) =>
    ({
      fields,
      format: { fields: names.map((name) => ({ name, shownInHex: name === 'flags' })) },
    }) as unknown as RecordedEvent;
  const shown = (fields: Record<string, unknown>) => {
    const text = { ...probe, fields: [{ name: 'line', style: 'text' as const }] };
    return listShownFields(eventWith(fields, []), text)[0]!.value;
  };

  it('of an event are those of its format, without where the probe sits', () => {
    const event = eventWith({ a: 1, flags: 2 }, ['__probe_ip', 'a', 'flags', 'cut']);
    expect(listShownFields(event, undefined)).toEqual([
      { name: 'a', value: 1, style: 'plain' },
      { name: 'flags', value: 2, style: 'hex' },
      { name: 'cut', value: null, style: 'plain' },
    ]);
  });

  it('tell a text, an empty one, NULL, an unreadable address, and a text that is really "(fault)"', () => {
    expect(shown({ line: 'ls', line__address: 16n, line__first: 0x6c })).toBe('ls');
    expect(shown({ line: '', line__address: 16n, line__first: 0 })).toBe('');
    expect(shown({ line: '(fault)', line__address: 0n, line__first: 0 })).toBeNull();
    expect(shown({ line: '(fault)', line__address: 16n, line__first: 0 })).toEqual({ unreadable: 16n });
    expect(shown({ line: '(fault)', line__address: 16n, line__first: 0x28 })).toBe('(fault)');
    expect(shown({ line: null, line__address: 16n, line__first: 0 })).toEqual({ unreadable: 16n });
  });

  it.each<['kernel' | 'program', 'plain' | 'signed-and-hex' | 'hex', number | bigint, string | undefined]>([
    ['kernel', 'plain', -2, 'ENOENT'],
    ['kernel', 'plain', -1, 'EPERM'],
    ['kernel', 'plain', -512, 'ERESTARTSYS'],
    ['kernel', 'plain', -4095, undefined],
    ['kernel', 'plain', -4096, undefined],
    ['kernel', 'plain', 2, undefined],
    // An int in a register that is read as 64 bits.
    ['kernel', 'signed-and-hex', 0xfffffffe, 'ENOENT'],
    ['kernel', 'hex', 0xffff_ffff_ffff_fff4n, 'ENOMEM'],
    ['kernel', 'hex', 0xffff_8880_0000_0000n, undefined],
    ['program', 'plain', -22, 'EINVAL'],
    // In programs -1 is any error, and errno tells which.
    ['program', 'plain', -1, undefined],
    ['program', 'plain', -512, undefined],
    ['program', 'signed-and-hex', 0xfffffffe, undefined],
    ['program', 'hex', 0xffff_ffff_ffff_fff4n, undefined],
  ])('name the error that the %s returned: %s %s', (returnedBy, style, value, name) => {
    const returned = { ...probe, fields: [{ name: 'ret', style, returnedBy }] };
    expect(listShownFields(eventWith({ ret: value }, []), returned)[0]!.error?.name).toBe(name);
  });

  it('tell NULL from unreadable also where the kernel writes nothing for both (before 6.4)', () => {
    expect(shown({ line: null, line__address: 0n, line__first: 0 })).toBeNull();
    expect(shown({ line: null, line__address: 16, line__first: 0 })).toEqual({ unreadable: 16n });
  });
});
