import { describe, expect, it } from 'vitest';
import { applyUndos, type Undo, type UndoReport } from '../../src/control/undo.ts';
import { root, type Setup, setUp } from './tracefs-setup.ts';

const setting = (file: string, value: string, wrote: string): Undo => ({ kind: 'setting', file, value, wrote });
const list = (file: string, ...entries: string[]): Undo => ({ kind: 'list', file, entries, wrote: [] });

function undo({ tracefs }: Setup, undos: readonly Undo[], afterCrash = false): UndoReport {
  return applyUndos(tracefs, undos, { afterCrash });
}

describe('a setting', () => {
  it('is written back, and only when it differs', () => {
    const made = setUp();
    made.tracefs.top.write('tracing_on', '0');
    made.kernel.writes.length = 0;
    const report = undo(made, [setting('tracing_on', '1', '0'), setting('trace_clock', 'local', 'mono')]);
    expect(report).toEqual({ done: ["tracing_on restored to '1'"], failed: [], skipped: [] });
    expect(made.kernel.writes).toEqual([{ path: `${root}/tracing_on`, value: '1', mode: 'truncate' }]);
  });

  it('goes back in reverse order', () => {
    const made = setUp();
    made.tracefs.top.write('max_graph_depth', '9');
    made.tracefs.top.write('tracing_on', '0');
    made.kernel.writes.length = 0;
    undo(made, [setting('max_graph_depth', '0', '9'), setting('tracing_on', '1', '0')]);
    expect(made.kernel.writes.map(({ path }) => path)).toEqual([`${root}/tracing_on`, `${root}/max_graph_depth`]);
  });

  it('that somebody has changed since a crash stays as it is; in a living session it does not', () => {
    const made = setUp();
    made.tracefs.top.write('max_graph_depth', '3');
    const undos = [setting('max_graph_depth', '0', '9')];
    expect(undo(made, undos, true)).toEqual({
      done: [],
      failed: [],
      skipped: ["max_graph_depth holds '3', which the dead session did not write"],
    });
    expect(made.tracefs.top.read('max_graph_depth')).toBe('3\n');
    expect(undo(made, undos).done).toHaveLength(1);
    expect(made.tracefs.top.read('max_graph_depth')).toBe('0\n');
  });

  it('that the kernel rounded is still what the session wrote', () => {
    const made = setUp();
    made.tracefs.top.write('buffer_size_kb', '8192');
    const report = undo(made, [setting('buffer_size_kb', '1408', '8192')], true);
    expect(report.skipped).toEqual([]);
    expect(report.done).toEqual(["buffer_size_kb restored to '1408'"]);
    expect(undo(made, [setting('buffer_size_kb', '1408', '8192')], true).done).toEqual([]);
  });

  it('of CPUs is compared whatever its padding', () => {
    const made = setUp();
    made.tracefs.top.write('tracing_cpumask', '1');
    expect(undo(made, [setting('tracing_cpumask', '00000003', '1')], true).done).toHaveLength(1);
    expect(undo(made, [setting('tracing_cpumask', '3', '1')], true).done).toEqual([]);
  });

  it('that cannot be written back does not stop the others', () => {
    const made = setUp();
    made.tracefs.top.write('tracing_on', '0');
    made.tracefs.top.write('max_graph_depth', '9');
    made.kernel.failWrite((path) => path.endsWith('/max_graph_depth'), 'EIO');
    const report = undo(made, [setting('tracing_on', '1', '0'), setting('max_graph_depth', '0', '9')]);
    expect(report.failed.map(({ message }) => message)).toEqual([`write '0' to ${root}/max_graph_depth: EIO`]);
    expect(report.done).toEqual(["tracing_on restored to '1'"]);
  });
});

describe('a list', () => {
  it('is emptied and filled again, one word a write', () => {
    const made = setUp();
    made.tracefs.top.write('set_graph_function', 'vfs_open\n');
    made.kernel.writes.length = 0;
    undo(made, [list('set_graph_function', 'vfs_read', 'vfs_write')]);
    expect(made.kernel.writes.map(({ value, mode }) => `${mode} ${value.trim()}`)).toEqual([
      'truncate ',
      'append vfs_read',
      'append vfs_write',
    ]);
    expect(made.tracefs.top.read('set_graph_function')).toBe('vfs_read\nvfs_write\n');
  });

  it('that is as it was is left alone', () => {
    const made = setUp();
    made.tracefs.top.write('set_graph_function', 'vfs_open\n');
    made.kernel.writes.length = 0;
    expect(undo(made, [list('set_graph_function', 'vfs_open'), list('set_ftrace_filter')]).done).toEqual([]);
    expect(made.kernel.writes).toEqual([]);
  });

  it('of pids is always emptied: the kernel takes exited tasks off, and an empty list is still in force', () => {
    const made = setUp();
    const { done } = undo(made, [list('set_ftrace_pid'), list('set_event_pid', '5')]);
    expect(done).toEqual(['set_event_pid restored']);
    expect(
      made.kernel.writes.map(({ path, value, mode }) => `${mode} ${path.split('/').at(-1)} ${value.trim()}`),
    ).toEqual(['truncate set_event_pid ', 'append set_event_pid 5', 'truncate set_ftrace_pid ']);
  });

  it('gets back functions of modules, which are listed as `name [module]`', () => {
    const made = setUp();
    const [line] = /^.* \[.*\]$/m.exec(made.tracefs.top.read('available_filter_functions'))!;
    made.tracefs.top.write('set_ftrace_filter', `${line.split(' ')[0]}\n`);
    const before = made.kernel.snapshot();
    made.tracefs.top.write('set_ftrace_filter', 'vfs_open\n');
    const report = undo(made, [list('set_ftrace_filter', line)]);
    expect(report.failed).toEqual([]);
    expect(made.kernel.snapshot()).toEqual(before);
  });

  it('leaves function commands, which emptying the file does not take away, as they are', () => {
    const made = setUp();
    made.tracefs.top.write('set_ftrace_filter', ['vfs_read\n', 'vfs_open:traceoff:5\n', 'vfs_open:traceon\n']);
    const before = made.kernel.snapshot();
    const entries = made.tracefs.top.read('set_ftrace_filter').trim().split('\n');
    made.tracefs.top.write('set_ftrace_filter', 'vfs_write\n');
    const report = undo(made, [list('set_ftrace_filter', ...entries)]);
    expect(report.failed).toEqual([]);
    expect(made.kernel.snapshot()).toEqual(before);
  });

  it('that somebody has changed since a crash keeps what they put there', () => {
    const made = setUp();
    made.tracefs.top.write('set_event_pid', '99\n');
    const ours: Undo = { kind: 'list', file: 'set_event_pid', entries: ['5'], wrote: ['33'] };
    expect(undo(made, [ours], true).skipped).toEqual([
      'set_event_pid holds entries that the killed session did not write',
    ]);
    expect(made.tracefs.top.read('set_event_pid')).toBe('99\n');
    made.tracefs.top.write('set_event_pid', '33\n');
    expect(undo(made, [ours], true).skipped).toEqual([]);
    expect(made.tracefs.top.read('set_event_pid')).toBe('5\n');
  });

  it('that grew by forks of the traced tasks is the session’s all the same', () => {
    const made = setUp();
    made.tracefs.top.write('options/function-fork', '1');
    made.tracefs.top.write('set_ftrace_pid', '34 35\n');
    const ours: Undo = { kind: 'list', file: 'set_ftrace_pid', entries: [], wrote: ['33'] };
    expect(undo(made, [ours], true).skipped).toEqual([]);
    expect(made.tracefs.top.read('set_ftrace_pid')).toBe('no pid\n');
  });

  it('that the session wrote as a glob is known again by its names', () => {
    const made = setUp();
    made.tracefs.top.write('set_graph_function', 'vfs_*\n');
    const ours: Undo = { kind: 'list', file: 'set_graph_function', entries: ['vfs_open'], wrote: ['vfs_*'] };
    expect(undo(made, [ours], true).skipped).toEqual([]);
    expect(made.tracefs.top.read('set_graph_function')).toBe('vfs_open\n');
  });
});

describe('probes and instances', () => {
  describe('many probes of a group', () => {
    const names = Array.from({ length: 12 }, (_, index) => `many_${index}`);
    const undos = names.map((event): Undo => ({ kind: 'probe', file: 'kprobe_events', group: 'ftui_7', event }));
    const define = (made: Setup) => {
      const lines = names.map((name) => `p:ftui_7/${name} vfs_open\n`);
      made.tracefs.top.write('kprobe_events', [...lines, 'p:other/mine vfs_open\n'], 'append');
      made.tracefs.top.write('events/ftui_7/many_3/enable', '1');
      made.kernel.writes.length = 0;
    };
    const removals = (made: Setup) => made.kernel.writes.filter(({ path }) => path.endsWith('kprobe_events'));

    it('go with one write, and nobody else’s with them', () => {
      const made = setUp();
      define(made);
      expect(undo(made, undos)).toEqual({ done: ['probes of ftui_7 removed'], failed: [], skipped: [] });
      expect(removals(made).map(({ value }) => value)).toEqual(['-:ftui_7/\n']);
      expect(made.tracefs.top.read('kprobe_events').trim()).toBe('p:other/mine vfs_open');
    });

    it('go one by one where the kernel takes no group', () => {
      const made = setUp();
      define(made);
      made.kernel.failWrite((path) => path.endsWith('kprobe_events'), 'EINVAL', { times: 1 });
      expect(undo(made, undos)).toMatchObject({
        done: names.toReversed().map((name) => `probe ftui_7:${name} removed`),
        failed: [],
      });
      expect(made.tracefs.top.read('kprobe_events').trim()).toBe('p:other/mine vfs_open');
    });
  });

  const probe: Undo = { kind: 'probe', file: 'kprobe_events', group: 'ftui_7', event: 'a' };

  it('are removed, the probe also when it is enabled elsewhere', () => {
    const made = setUp();
    const before = made.kernel.snapshot();
    made.tracefs.top.write('kprobe_events', 'p:ftui_7/a vfs_open\n', 'append');
    made.tracefs.top.mkdir('instances/ftui-7');
    made.tracefs.top.mkdir('instances/other');
    made.tracefs.instance('other').write('events/ftui_7/a/enable', '1');
    made.tracefs.top.write('events/ftui_7/a/enable', '1');
    const report = undo(made, [probe, { kind: 'instance', name: 'ftui-7' }]);
    expect(report).toEqual({ done: ['instance ftui-7 removed', 'probe ftui_7:a removed'], failed: [], skipped: [] });
    made.tracefs.top.rmdir('instances/other');
    const settings = ([path]: [string, string]) => !path.endsWith('buffer_size_kb');
    expect([...made.kernel.snapshot()].filter(settings)).toEqual([...before].filter(settings));
  });

  it('are removed also where only their soft mode (`1*`) or a trigger keeps the event in use', () => {
    const made = setUp();
    made.tracefs.top.write('kprobe_events', 'p:ftui_7/a vfs_open\n', 'append');
    made.tracefs.top.write('events/ftui_7/a/trigger', 'stacktrace', 'append');
    expect(undo(made, [probe]).failed).toEqual([]);
    expect(made.tracefs.top.exists('events/ftui_7/a')).toBe(false);
  });

  it('that never came to be are no trouble', () => {
    const made = setUp();
    expect(undo(made, [probe, { kind: 'instance', name: 'ftui-7' }])).toEqual({ done: [], failed: [], skipped: [] });
    expect(made.kernel.writes).toEqual([]);
  });

  it('are waited for while the kernel says EBUSY', () => {
    const made = setUp();
    made.tracefs.top.mkdir('instances/ftui-7');
    made.kernel.failWrite((path) => path.endsWith('/instances/ftui-7'), 'EBUSY', { times: 3 });
    const begun = performance.now();
    expect(undo(made, [{ kind: 'instance', name: 'ftui-7' }]).done).toEqual(['instance ftui-7 removed']);
    expect(performance.now() - begun).toBeGreaterThan(100);
    expect(made.tracefs.instanceNames()).toEqual([]);
  });

  it('are given up after about a second', () => {
    const made = setUp();
    made.tracefs.top.mkdir('instances/ftui-7');
    const stream = made.tracefs.instance('ftui-7').openStream('trace_pipe');
    const begun = performance.now();
    const report = undo(made, [{ kind: 'instance', name: 'ftui-7' }]);
    expect(report.failed.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^rmdir .*instances\/ftui-7: EBUSY/),
    ]);
    expect(performance.now() - begun).toBeLessThan(3_000);
    stream.close();
  });
});

describe('the trace', () => {
  it('is emptied', () => {
    const made = setUp();
    made.tracefs.top.write('trace_marker', 'left over');
    expect(made.tracefs.top.read('trace')).toContain('left over');
    undo(made, [{ kind: 'clear-trace', file: 'trace' }]);
    expect(made.tracefs.top.read('trace')).not.toContain('left over');
  });
});

describe('the trace after a crash', () => {
  it('is emptied, but not where somebody else has taken over since', () => {
    const made = setUp();
    const undos: Undo[] = [{ kind: 'clear-trace', file: 'trace' }, setting('current_tracer', 'nop', 'function_graph')];
    made.tracefs.top.write('current_tracer', 'function_graph');
    undo(made, undos, true);
    expect(made.kernel.writes.at(-1)?.path).toBe(`${root}/trace`);
    made.tracefs.top.write('current_tracer', 'function');
    made.kernel.writes.length = 0;
    undo(made, undos, true);
    expect(made.kernel.writes).toEqual([]);
  });
});
