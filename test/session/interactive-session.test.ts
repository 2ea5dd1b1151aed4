/** A session steered by a person, on the simulated kernel: what it traces, what it changes, and that it puts all back. */

import fs from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { asPid } from '../../src/base/units.ts';
import { parseChips } from '../../src/format/filter/filter-chips.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { GraphView } from '../../src/session/graph-view.ts';
import { parseKallsyms } from '../../src/symbols/kallsyms.ts';
import { type InteractiveSetup, interactiveSetup, until } from './interactive-setup.ts';

const setups: InteractiveSetup[] = [];
afterEach(async () => {
  for (const setup of setups.splice(0)) {
    await setup.session.close();
    setup.dispose();
  }
});

function open(...parts: Parameters<typeof interactiveSetup>): InteractiveSetup {
  const setup = interactiveSetup(...parts);
  setups.push(setup);
  return setup;
}

const schedSwitch = { system: 'sched', event: 'sched_switch' };
const schedWaking = { system: 'sched', event: 'sched_waking' };
const ownInstance = `instances/ftui-${process.pid}`;

function countTrees({ items }: InteractiveSetup): number {
  let trees = 0;
  const view = new GraphView(() => {
    trees += 1;
  });
  for (const item of items) view.add(item);
  view.finish();
  return trees;
}

describe('a session', () => {
  it('delivers the trees of the recording and puts every setting back', async () => {
    const setup = open();
    const { session, kernel } = setup;
    const before = kernel.snapshot();
    await session.want({ graph: ['do_sys_openat2'] });
    expect(session.status().state).toEqual({ kind: 'idle', reason: undefined });
    await session.start();
    expect(session.status().state.kind).toBe('running');
    await until(() => kernel.playbackDone);
    await session.stop();
    expect(session.status().state).toEqual({ kind: 'idle', reason: 'interrupted' });
    expect(countTrees(setup)).toBe(34);
    expect(session.status().events).toBe(setup.items.filter(({ kind }) => kind === 'event').length);
    expect(kernel.snapshot()).toEqual(before);
    expect(setup.journalFiles().filter((name) => name.endsWith('.json'))).toEqual([]);
  });

  it('tells roots that were asked for from others, also after they are let go', async () => {
    const { session, kernel } = open();
    const symbols = parseKallsyms(kernel.readBytes('/proc/kallsyms'));
    const asked = (name: string) => session.isAskedFor(symbols.addressesOf(name)[0]!.address + 4n);
    await session.want({ graph: ['do_sys_open'] });
    expect([asked('do_sys_openat2'), asked('vfs_open')]).toEqual([true, false]);
    await session.want({ graph: ['vfs_ope*'] });
    expect([asked('do_sys_openat2'), asked('vfs_open'), asked('vfs_read')]).toEqual([true, true, false]);
  });

  it('refuses names that are not there, with the nearest, and changes nothing', async () => {
    const { session } = open();
    await session.want({ graph: ['vfs_open'] });
    await expect(session.want({ graph: ['do_sys_openat3'] })).rejects.toMatchObject({
      remedy: expect.stringContaining('do_sys_openat2'),
    });
    await expect(session.want({ events: [{ system: 'sched', event: 'sched_swich' }] })).rejects.toThrow(UsageError);
    expect(session.wanted.graph).toEqual(['vfs_open']);
    expect(session.wanted.events).toEqual([]);
  });

  it('does not start with nothing chosen', async () => {
    const { session, kernel } = open();
    kernel.writes.length = 0;
    await expect(session.start()).rejects.toThrow('nothing is chosen');
    expect(kernel.writes).toEqual([]);
  });

  it('fails with what the kernel says, everything put back, and can be started again', async () => {
    const { session, kernel } = open();
    const before = kernel.snapshot();
    await session.want({ graph: ['do_sys_openat2'], events: [schedSwitch] });
    kernel.failWrite((file) => file.endsWith(`${ownInstance}/tracing_on`), 'EIO', { times: 1 });
    await expect(session.start()).rejects.toMatchObject({ code: 'EIO' });
    expect(session.status().state).toMatchObject({ kind: 'failed', error: { code: 'EIO' } });
    expect(kernel.snapshot()).toEqual(before);
    await session.start();
    expect(session.status().state.kind).toBe('running');
    await session.close();
    expect(kernel.snapshot()).toEqual(before);
  });

  it('is stopped while it is being armed', async () => {
    const { session, kernel } = open();
    const before = kernel.snapshot();
    await session.want({ graph: ['do_sys_openat2'], events: [schedSwitch] });
    const shares: number[] = [];
    let stopped: Promise<void> | undefined;
    session.onChange(() => {
      const { state } = session.status();
      if (state.kind !== 'arming') return;
      shares.push(state.share);
      if (state.share > 0.2) stopped ??= session.stop();
    });
    await session.start();
    await stopped;
    expect(shares.some((share) => share > 0 && share < 1)).toBe(true);
    expect(session.status().state).toEqual({ kind: 'idle', reason: 'interrupted' });
    expect(kernel.snapshot()).toEqual(before);
  });

  it('puts everything back at once for a process that exits', async () => {
    const { session, kernel } = open(5_000);
    const before = kernel.snapshot();
    await session.want({ graph: ['do_sys_openat2'], events: [schedSwitch] });
    await session.start();
    session.closeNow();
    expect(kernel.snapshot()).toEqual(before);
  });

  it('closes twice, and without having begun', async () => {
    const { session } = open();
    await Promise.all([session.close(), session.close()]);
    await session.close();
  });
});

describe('what is wanted, while it runs', () => {
  it('events come and go in place: the graph goes on', async () => {
    const setup = open(10_000);
    const { session, kernel, tracefs } = setup;
    await session.want({ graph: ['do_sys_openat2'], events: [schedSwitch] });
    await session.start();
    kernel.writes.length = 0;
    await session.want({ events: [schedSwitch, schedWaking] });
    await session.want({ events: [schedWaking] });
    await session.want({ events: [{ ...schedWaking, filter: 'pid == 1' }] });
    const root = `${tracefs.root}/${ownInstance}/events/sched`;
    expect(kernel.writes.map(({ path, value }) => [path, value])).toEqual([
      [`${root}/sched_waking/enable`, '1'],
      [`${root}/sched_switch/enable`, '0'],
      [`${root}/sched_waking/filter`, 'pid == 1'],
    ]);
    expect(setup.restarts).toBe(0);
    expect(session.status().interruptedMs).toBeUndefined();
  });

  it('a filter that the kernel would refuse changes nothing', async () => {
    const { session, kernel } = open(10_000);
    await session.want({ events: [schedSwitch] });
    await session.start();
    kernel.writes.length = 0;
    await expect(session.want({ events: [{ ...schedSwitch, filter: 'no_such > 1' }] })).rejects.toThrow(UsageError);
    expect(kernel.writes).toEqual([]);
    expect(session.wanted.events).toEqual([schedSwitch]);
    expect(session.status().state.kind).toBe('running');
  });

  it('a refused event leaves the others as they were', async () => {
    const { session, kernel } = open(10_000);
    await session.want({ events: [schedSwitch] });
    await session.start();
    kernel.failWrite((file) => file.endsWith('sched_waking/enable'), 'EIO', { times: 1 });
    await expect(session.want({ events: [schedWaking] })).rejects.toMatchObject({ code: 'EIO' });
    expect(session.wanted.events).toEqual([schedSwitch]);
    expect(session.status().state.kind).toBe('running');
    await session.want({ events: [schedSwitch, schedWaking] });
  });

  it('chips are applied by the kernel where it can, also to events that come later', async () => {
    const { session, kernel, tracefs } = open(10_000);
    const before = kernel.snapshot();
    const textsInKernel = () => session.chipsInKernel.map(({ text }) => text);
    await session.want({ graph: ['do_sys_openat2'], events: [schedSwitch] });
    await session.start();
    await session.want({ chips: parseChips('pid:191 task:ls cpu:0 dur:>1ms') });
    expect(textsInKernel()).toEqual(['pid:191', 'cpu:0']);
    const filterOf = (event: string) =>
      tracefs.instance(`ftui-${process.pid}`).read(`events/sched/${event}/filter`).trim();
    expect(tracefs.top.read('set_ftrace_pid').trim()).toBe('191');
    expect(tracefs.top.read('tracing_cpumask').trim()).toBe('1');
    expect(filterOf('sched_switch')).toBe('common_pid == 191 && COMM == "ls"');
    await session.want({ graph: [], events: [{ ...schedSwitch, filter: 'prev_prio > 1' }, schedWaking] });
    expect(textsInKernel()).toEqual(['pid:191', 'task:ls', 'cpu:0']);
    expect(filterOf('sched_waking')).toBe('common_pid == 191 && COMM == "ls"');
    expect(filterOf('sched_switch')).toBe('(prev_prio > 1) && common_pid == 191 && COMM == "ls"');
    await expect(session.want({ chips: parseChips('cpu:63') })).rejects.toThrow(UsageError);
    expect(textsInKernel()).toEqual(['pid:191', 'task:ls', 'cpu:0']);
    await session.want({ chips: [] });
    expect(filterOf('sched_waking')).toBe('none');
    await session.stop();
    expect(kernel.snapshot()).toEqual(before);
  });

  it('other functions restart the graph, and only that', async () => {
    const setup = open(10_000);
    const { session, kernel, tracefs } = setup;
    await session.want({ graph: ['do_sys_openat2'], events: [schedSwitch] });
    await session.start();
    kernel.writes.length = 0;
    await session.want({ graph: ['vfs_open'], depth: 3 });
    expect(kernel.writes.filter(({ path }) => path.includes('/instances/'))).toEqual([]);
    expect(tracefs.top.read('set_graph_function').trim()).toBe('vfs_open');
    expect(setup.restarts).toBe(1);
    expect(session.status().interruptedMs).toBeGreaterThan(0);
  });

  it('halves come and go', async () => {
    const { session, kernel, tracefs } = open(10_000);
    const before = kernel.snapshot();
    await session.want({ graph: ['do_sys_openat2'] });
    await session.start();
    expect(tracefs.instanceNames()).toEqual([]);
    await session.want({ events: [schedSwitch] });
    expect(tracefs.instanceNames()).toEqual([`ftui-${process.pid}`]);
    await session.want({ graph: [] });
    expect(tracefs.top.read('current_tracer').trim()).toBe('nop');
    await session.want({ functions: ['vfs_read'], events: [] });
    expect(tracefs.instance(`ftui-${process.pid}`).read('current_tracer').trim()).toBe('function');
    await session.want({ functions: [] });
    expect(session.status().state).toEqual({ kind: 'idle', reason: undefined });
    expect(kernel.snapshot()).toEqual(before);
  });
});

describe('a recording', () => {
  it('has every event from its beginning to its end, and the file says the same as the screen', async () => {
    const setup = open(400);
    const { session, kernel, fileOf } = setup;
    await session.want({ graph: ['do_sys_openat2'], events: [schedSwitch] });
    await session.start();
    await session.startRecording(fileOf('a.dat'));
    expect(session.status().recording).toMatchObject({ state: 'recording', events: 0 });
    await until(() => kernel.playbackDone);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { size } = await session.stopRecording();
    expect(session.status().recording).toBeUndefined();
    await session.stop();
    expect(fs.statSync(fileOf('a.dat')).size).toBe(size);
    const source = openRecording(fileOf('a.dat'));
    const recorded = [...source.events()].map(
      (item) => `${source.origin + BigInt(item.time)} ${item.kind === 'event' ? item.text : item.kind}`,
    );
    const shown = setup.items.map(
      (item) => `${session.origin + BigInt(item.time)} ${item.kind === 'event' ? item.text : item.kind}`,
    );
    source.close();
    expect(recorded.length).toBeGreaterThan(1_000);
    expect(recorded).toEqual(shown.slice(-recorded.length));
    expect(session.status().lastRecording).toMatchObject({ events: recorded.length });
  });

  it('is finished when the session stops, and another one can follow', async () => {
    const { session, fileOf } = open(2_000);
    await session.want({ graph: ['do_sys_openat2'] });
    await session.start();
    await session.startRecording(fileOf('a.dat'));
    await expect(session.startRecording(fileOf('b.dat'))).rejects.toThrow('a recording is under way');
    await session.stop();
    expect(fs.readdirSync(fileOf('.'))).toEqual(['a.dat']);
    await session.start();
    await session.startRecording(fileOf('b.dat'));
    await session.close();
    expect(fs.readdirSync(fileOf('.')).sort()).toEqual(['a.dat', 'b.dat']);
  });

  it('needs a file that may be made', async () => {
    const { session, fileOf } = open(2_000);
    await expect(session.startRecording(fileOf('a.dat'))).rejects.toThrow('nothing is being traced');
    await session.want({ events: [schedSwitch] });
    await session.start();
    fs.writeFileSync(fileOf('a.dat'), '');
    await expect(session.startRecording(fileOf('a.dat'))).rejects.toThrow('the file exists');
    await expect(session.startRecording(fileOf('none/a.dat'))).rejects.toThrow('ENOENT');
    expect(session.status().state.kind).toBe('running');
  });
});

describe('a traced command', () => {
  it('runs when everything is armed, and the session ends with it', async () => {
    const released: string[] = [];
    const { promise, resolve } = Promise.withResolvers<{ code: number; signal: null }>();
    const setup = open(5_000, {
      startCommand: () => ({
        pid: asPid(4711),
        release: () => released.push(setup.session.status().state.kind),
        abandon: () => {},
        signal: () => {},
        ended: promise,
      }),
    });
    const { session, kernel } = setup;
    const before = kernel.snapshot();
    await session.want({ graph: ['do_sys_openat2'], events: [schedSwitch] });
    await session.start();
    expect(released).toEqual(['arming']);
    const traced = kernel.writes.filter(({ path }) => /set_(?:ftrace|event)_pid$/.test(path));
    expect(traced.map(({ value }) => value)).toEqual(['4711\n', '4711\n']);
    resolve({ code: 3, signal: null });
    await until(() => session.status().state.kind === 'exited');
    expect(session.status().state).toEqual({ kind: 'exited', end: { code: 3, signal: null } });
    expect(kernel.snapshot()).toEqual(before);
    await expect(session.start()).rejects.toThrow('the traced command has ended');
  });
});
