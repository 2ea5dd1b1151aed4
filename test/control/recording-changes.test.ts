/** What recordings change beside their buffers: kptr_restrict, the number of names, several plans as one. */
import { describe, expect, it } from 'vitest';
import { asPid } from '../../src/base/units.ts';
import { applyChanges } from '../../src/control/apply-writes.ts';
import { joinWrites } from '../../src/control/join-writes.ts';
import { hidesAddresses, planKallsymsAccess } from '../../src/control/kallsyms-access.ts';
import { planWrites } from '../../src/control/plan-writes.ts';
import { chooseRecordingBufferKb, chooseRoundMs, suggestBufferKb } from '../../src/control/recording-buffer.ts';
import { planSavedNames } from '../../src/control/saved-names.ts';
import { emptyPlan, type TracePlan } from '../../src/control/trace-plan.ts';
import { readState } from '../../src/control/trace-state.ts';
import { applyUndos } from '../../src/control/undo.ts';
import type { KernelFiles } from '../../src/tracefs/kernel-files.ts';
import { Tracefs } from '../../src/tracefs/tracefs.ts';
import { root, setUp } from './tracefs-setup.ts';

/** A kernel of some files only. */
function kernelOf(files: Record<string, string>): KernelFiles {
  const absent = (path: string): never => {
    throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
  };
  return {
    readText: (path: string) => files[path] ?? absent(path),
    write: (path: string, [word]: readonly string[]) => {
      files[path] = `${word}\n`;
    },
  } as unknown as KernelFiles;
}

const restrict = '/proc/sys/kernel/kptr_restrict';

describe('planKallsymsAccess', () => {
  it('changes nothing where addresses are shown, or nobody can tell', () => {
    for (const kernel of [kernelOf({ [restrict]: '0\n' }), kernelOf({})]) {
      expect(planKallsymsAccess(kernel)).toEqual({ allow: [], forbid: [] });
    }
  });

  it('lifts the restriction and puts it back at once, owing it to the journal', () => {
    const files = { [restrict]: '2\n' };
    const tracefs = new Tracefs(kernelOf(files), root);
    const { allow, forbid } = planKallsymsAccess(tracefs.kernel);
    applyChanges(tracefs, allow);
    expect(files[restrict]).toBe('0\n');
    applyChanges(tracefs, forbid);
    expect(files[restrict]).toBe('2\n');
    const undos = allow.flatMap(({ undo }) => undo ?? []);
    expect(applyUndos(tracefs, undos, { afterCrash: true })).toEqual({ done: [], failed: [], skipped: [] });
  });

  it('is put back after a crash, but not where somebody else has changed it since', () => {
    const undo = { kind: 'sysctl', name: 'kernel/kptr_restrict', value: '2', wrote: '0' } as const;
    const killed = { [restrict]: '0\n' };
    const report = applyUndos(new Tracefs(kernelOf(killed), root), [undo], { afterCrash: true });
    expect([report.done, killed[restrict]]).toEqual([[`${restrict} restored to '2'`], '2\n']);
    const changed = { [restrict]: '1\n' };
    const left = applyUndos(new Tracefs(kernelOf(changed), root), [undo], { afterCrash: true });
    expect([left.skipped.length, changed[restrict]]).toEqual([1, '1\n']);
  });
});

describe('hidesAddresses', () => {
  it.each([
    ['0000000000000000 T a\n0000000000000000 t b\t[m]\n', true],
    ['0000000000000000 A fixed_percpu_data\nffffffff81000000 T _stext\n', false],
    ['ffffffff81000000 T _stext\n', false],
    ['00000000 T a', true],
    ['', false],
  ])('%j: %s', (text, hidden) => expect(hidesAddresses(Buffer.from(text))).toBe(hidden));
});

describe('planSavedNames', () => {
  it('changes the size and puts it back; nothing to do where it is so', () => {
    const { tracefs } = setUp();
    const before = tracefs.top.read('saved_cmdlines_size').trim();
    expect(planSavedNames(tracefs.top, undefined)).toEqual([]);
    expect(planSavedNames(tracefs.top, Number(before))).toEqual([]);
    expect(planSavedNames(tracefs.top, 4321)).toEqual([
      {
        kind: 'write',
        file: 'saved_cmdlines_size',
        words: ['4321'],
        mode: 'truncate',
        undo: { kind: 'setting', file: 'saved_cmdlines_size', value: before, wrote: '4321' },
      },
    ]);
  });
});

describe('several plans as one', () => {
  const { tracefs } = setUp();
  const own: TracePlan = {
    ...emptyPlan,
    instance: 'ftui-7',
    ownsInstance: true,
    events: [{ system: 'sched', event: 'sched_switch' }],
  };
  const writesOf = (plan: TracePlan) => planWrites(readState(tracefs.top, plan), plan);
  const files = (changes: readonly { readonly kind: string }[]) =>
    changes.map((change) => (change as { file?: string }).file);

  it('set function_graph last: its buffer fills from then on', () => {
    const graph: TracePlan = { ...emptyPlan, tracer: 'function_graph', graphFunctions: ['vfs_read'] };
    const joined = joinWrites([writesOf(graph), writesOf(own)]);
    expect(files(joined.setup).at(-1)).toBe('current_tracer');
    expect(files(joined.setup)).toContain('instances/ftui-7/events/sched/sched_switch/enable');
    expect(files(joined.start)).toEqual(['instances/ftui-7/tracing_on']);
    expect(files(joined.stop)).toEqual(['set_ftrace_pid', 'tracing_on', 'instances/ftui-7/tracing_on']);
  });

  it('trace tasks without their children where asked', () => {
    const fork = (plan: TracePlan) =>
      writesOf(plan).setup.flatMap((change) =>
        change.kind === 'write' && change.file.endsWith('event-fork') ? change.words : [],
      );
    expect(fork({ ...own, pids: [asPid(5)] })).toEqual(['1']);
    expect(fork({ ...own, pids: [asPid(5)], withoutChildren: true })).toEqual(['0']);
  });

  it('set the triggers of an event that is not to be recorded', () => {
    const events = [{ system: 'sched', event: 'sched_switch', triggers: ['traceoff'], triggersOnly: true }];
    expect(files(writesOf({ ...own, events }).setup).filter((file) => file?.includes('sched_switch'))).toEqual([
      'instances/ftui-7/events/sched/sched_switch/trigger',
    ]);
  });
});

describe('the size of buffers', () => {
  const withFree = (kb: number) => kernelOf({ '/proc/meminfo': `MemTotal: 1 kB\nMemAvailable:   ${kb} kB\n` });
  it.each([
    [16_000_000, 2, 32_768],
    [1_600_000, 4, 25_000],
    [64_000_000, 256, 4_096],
    [100_000, 64, 1_024],
  ])('%d KiB free, %d CPUs: %d KiB each', (free, cpus, kb) =>
    expect(chooseRecordingBufferKb(withFree(free), cpus)).toBe(kb),
  );

  it('is the smallest where the free memory is not known', () =>
    expect(chooseRecordingBufferKb(kernelOf({}), 2)).toBe(1_024));

  it('is suggested by the measured rate, at least twice what was too little', () => {
    expect(suggestBufferKb(49.3e6, 1_024)).toBe(65_536);
    expect(suggestBufferKb(1e6, 8_192)).toBe(16_384);
  });

  it.each([
    [1_408, 20],
    [8_192, 41.94304],
    [65_536, 80],
    [0, 20],
  ])('of %d KiB: a round each %d ms', (kb, ms) => expect(chooseRoundMs(kb)).toBe(ms));
});
