import { describe, expect, it } from 'vitest';
import { findDirectoryUsers } from '../../src/control/directory-users.ts';
import { root, setUp, versions } from './tracefs-setup.ts';

describe('findDirectoryUsers', () => {
  it.each(versions)('finds nobody on a fresh %s', (version) => {
    const { kernel, tracefs } = setUp(version);
    expect(findDirectoryUsers(tracefs.top)).toEqual([]);
    expect(kernel.writes).toEqual([]);
  });

  it('names every sign', () => {
    const { top } = setUp().tracefs;
    top.write('current_tracer', 'function');
    top.write('tracing_on', '0');
    top.write('events/sched/sched_switch/enable', '1');
    top.write('set_ftrace_filter', ['1\n', '2\n', '3\n', '4\n']);
    top.write('set_ftrace_pid', '9\n');
    top.write('set_graph_function', 'vfs_open\n');
    expect(findDirectoryUsers(top)).toEqual([
      'current_tracer is function',
      'tracing_on is 0',
      '1 event is enabled: sched:sched_switch',
      expect.stringMatching(/^set_ftrace_filter holds (\S+, ){3}…$/),
      'set_ftrace_pid holds 9',
      'set_graph_function holds vfs_open',
    ]);
  });

  it('counts events', () => {
    const { top } = setUp().tracefs;
    top.write('events/sched/enable', '1');
    expect(findDirectoryUsers(top)[0]).toMatch(/^\d+ events are enabled: sched:\w+, sched:\w+, sched:\w+, …$/);
  });

  it('sees a reader of trace_pipe by EBUSY, and does not hold the pipe itself', () => {
    const { top } = setUp().tracefs;
    const reader = top.openStream('trace_pipe');
    expect(findDirectoryUsers(top)).toEqual(['trace_pipe is being read']);
    reader.close();
    expect(findDirectoryUsers(top)).toEqual([]);
    top.openStream('trace_pipe').close();
  });

  it.each([
    [`${root}/trace_pipe`, ['process 77 reads the trace']],
    [`${root}/per_cpu/cpu1/trace_pipe_raw`, ['process 77 reads the trace']],
    [`${root}/instances/a/trace_pipe`, []],
    [`${root}/instances/a/per_cpu/cpu0/trace_pipe_raw`, []],
    [`${root}/trace`, []],
    ['/dev/null', []],
  ])('a process that holds %s open: %j', (target, users) => {
    const { top } = setUp('6.12', { links: { '/proc/77/fd/5': target } }).tracefs;
    expect(findDirectoryUsers(top)).toEqual(users);
  });

  it("looks at an instance's own settings and readers", () => {
    const { tracefs } = setUp('6.12', { links: { '/proc/77/fd/5': `${root}/instances/a/trace_pipe` } });
    tracefs.top.mkdir('instances/a');
    tracefs.top.write('tracing_on', '0');
    expect(findDirectoryUsers(tracefs.instance('a'))).toEqual(['process 77 reads the trace']);
  });
});
