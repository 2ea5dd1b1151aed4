import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resetDeadSessions, resetEverything } from '../../src/control/reset.ts';
import { readStatus } from '../../src/control/status.ts';
import { type Setup, setUp, statText, versions } from './tracefs-setup.ts';

const temporary = process.env.TMPDIR;
let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-reset-'));
  process.env.TMPDIR = folder;
});
afterEach(() => {
  if (temporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = temporary;
  fs.rmSync(folder, { recursive: true, force: true });
});

function deviationsOf({ tracefs }: Setup): string[] {
  return readStatus(tracefs).flatMap(({ instance, deviations }) =>
    deviations.map(({ setting, value }) => `${instance ?? ''}:${setting}=${value}`),
  );
}

describe('status', () => {
  it.each(versions)('a fresh %s and a fresh instance of it are all default', (version) => {
    const made = setUp(version);
    made.tracefs.top.mkdir('instances/fresh');
    expect(deviationsOf(made)).toEqual([]);
    expect(readStatus(made.tracefs).map(({ instance }) => instance)).toEqual([undefined, 'fresh']);
  });

  it('shows each kind of change, where it is', () => {
    const made = setUp();
    const { top } = made.tracefs;
    top.mkdir('instances/a');
    top.write('kprobe_events', 'p:mine/x vfs_open\n', 'append');
    made.tracefs.instance('a').write('current_tracer', 'function');
    made.tracefs.instance('a').write('options/stacktrace', '1');
    top.write('tracing_on', '0');
    top.write('trace_clock', 'mono');
    top.write('set_event_pid', '1\n');
    top.write('set_ftrace_filter', ['1\n', '2\n', '3\n', '4\n', '5\n', '6\n', '7\n']);
    top.write('tracing_cpumask', '1');
    top.write('options/irq-info', '0');
    top.write('events/sched/sched_switch/enable', '1');
    expect(deviationsOf(made)).toEqual([
      ':tracing_on=0',
      ':trace_clock=mono',
      ':set_event=sched:sched_switch',
      ':set_event_pid=1',
      expect.stringMatching(/^:set_ftrace_filter=(\S+ ){5}… and 2 more$/),
      expect.stringMatching(/^:tracing_cpumask=0*1$/),
      ':options/irq-info=0',
      ':kprobe_events=p:mine/x vfs_open',
      'a:current_tracer=function',
      'a:options/stacktrace=1',
    ]);
  });

  it('shows filters and triggers that somebody has set on events', () => {
    const made = setUp();
    made.tracefs.top.write('events/sched/sched_switch/filter', 'prev_pid == 1');
    made.tracefs.top.write('events/sched/sched_wakeup/trigger', 'traceoff', 'append');
    expect(deviationsOf(made)).toEqual([
      expect.stringMatching(/sched_switch.*prev_pid == 1/),
      expect.stringMatching(/sched_wakeup.*traceoff/),
    ]);
  });

  it('changes nothing', () => {
    const made = setUp();
    readStatus(made.tracefs);
    expect(made.kernel.writes).toEqual([]);
  });
});

describe('resetDeadSessions', () => {
  it('removes instances and probes that bear the name of a dead ftui, and nothing else', () => {
    const made = setUp('6.12', { files: { '/proc/50/stat': statText(50, '7') } });
    const { top } = made.tracefs;
    for (const name of ['ftui-4242', 'ftui-50', 'ftui-4242-siblings', 'other', 'ftui-', 'xftui-4242'])
      top.mkdir(`instances/${name}`);
    for (const line of [
      'p:ftui_4242/a vfs_open',
      'r:ftui_4242/b vfs_open',
      'p:ftui_50/a vfs_open',
      'p:mine/a vfs_open',
    ]) {
      top.write('kprobe_events', `${line}\n`, 'append');
    }
    top.write('uprobe_events', 'p:ftui_4242/u /bin/bash:0x1190\n', 'append');
    made.tracefs.instance('other').write('events/ftui_4242/a/enable', '1');
    top.write('trace_clock', 'global');
    const { recoveries, leftovers } = resetDeadSessions(made.tracefs, []);
    expect(recoveries).toEqual([]);
    expect(leftovers.failed).toEqual([]);
    expect(leftovers.done).toHaveLength(5);
    expect(made.tracefs.instanceNames()).toEqual(['ftui-', 'ftui-50', 'other', 'xftui-4242']);
    expect(top.read('kprobe_events')).toMatch(/^p:ftui_50\/a .*\np:mine\/a .*\n$/);
    expect(top.read('uprobe_events')).toBe('');
    expect(top.read('trace_clock')).toContain('[global]');
  });

  it('has nothing to do on a clean system', () => {
    const made = setUp();
    expect(resetDeadSessions(made.tracefs, []).leftovers).toEqual({ done: [], failed: [], skipped: [] });
    expect(made.kernel.writes).toEqual([]);
  });
});

describe('resetEverything', () => {
  it.each(versions)('leaves a %s with everything at its default', (version) => {
    const made = setUp(version);
    const { top } = made.tracefs;
    top.mkdir('instances/other');
    top.write('uprobe_events', 'p:mine/u /bin/bash:0x1190\n', 'append');
    made.tracefs.instance('other').write('events/mine/u/enable', '1');
    top.write('events/mine/u/enable', '1');
    top.write('events/sched/sched_switch/enable', '1');
    top.write('set_event_pid', '1\n');
    top.write('trace_clock', 'mono');
    top.write('tracing_on', '0');
    top.write('tracing_cpumask', '1');
    top.write('options/stacktrace', '1');
    top.write('options/irq-info', '0');
    if (version !== '6.18') {
      top.write('set_ftrace_filter', 'vfs_open\n');
      top.write('set_graph_function', 'vfs_open\n');
      top.write('current_tracer', 'function_graph');
    }
    const report = resetEverything(made.tracefs, []);
    expect(report.failed.map(({ message }) => message)).toEqual([]);
    expect(deviationsOf(made)).toEqual([]);
    expect(made.tracefs.instanceNames()).toEqual([]);
    expect(report.done.length).toBeGreaterThan(8);
  });

  it('takes away filters and triggers of events, a trigger that keeps a probe in use included', () => {
    const made = setUp();
    const before = made.kernel.snapshot();
    const { top } = made.tracefs;
    top.write('kprobe_events', 'p:mine/a vfs_open\n', 'append');
    top.write('events/mine/a/trigger', 'traceoff', 'append');
    top.write('events/sched/sched_switch/filter', 'prev_pid == 1');
    const report = resetEverything(made.tracefs, []);
    expect(report.failed.map(({ message }) => message)).toEqual([]);
    const sizes = (entries: Map<string, string>) => [...entries].filter(([file]) => !file.endsWith('buffer_size_kb'));
    expect(sizes(made.kernel.snapshot())).toEqual(sizes(before));
  });

  it('goes on after a refusal, and reports it', () => {
    const made = setUp();
    made.tracefs.top.write('trace_clock', 'mono');
    made.tracefs.top.write('tracing_on', '0');
    made.kernel.failWrite((file) => file.endsWith('/trace_clock'), 'EIO');
    const report = resetEverything(made.tracefs, []);
    expect(report.failed).toHaveLength(1);
    expect(deviationsOf(made)).toEqual([':trace_clock=mono']);
  });
});
