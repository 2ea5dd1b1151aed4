/** `status` names what others have set up; `reset` leaves it alone, `reset --all` brings everything back. */
import assert from 'node:assert/strict';
import { scenario } from '../scenario.ts';

/** Shell lines that set something up, and the setting and value that `status` must name for it. */
const foreignSettings: readonly (readonly [line: string, setting: string, value: string])[] = [
  ['echo 3 > max_graph_depth', 'max_graph_depth', '3'],
  ['echo mono > trace_clock', 'trace_clock', 'mono'],
  ['echo 0 > tracing_on', 'tracing_on', '0'],
  ['echo 1 > tracing_cpumask', 'tracing_cpumask', '1'],
  ['echo vfs_open > set_ftrace_filter', 'set_ftrace_filter', 'vfs_open'],
  ['echo vfs_read > set_graph_function', 'set_graph_function', 'vfs_read'],
  ['echo 1 > set_event_pid', 'set_event_pid', '1'],
  ['echo 1 > options/sym-addr', 'options/sym-addr', '1'],
  ['echo 0 > options/overwrite', 'options/overwrite', '0'],
  ['echo p:lab/kernel vfs_open >> kprobe_events', 'kprobe_events', 'p:lab/kernel vfs_open'],
  ['echo p:lab/user /bin/sh:0x1000 >> uprobe_events', 'uprobe_events', 'p:lab/user /bin/sh:0x0000000000001000'],
  ['echo 1 > events/sched/sched_switch/enable', 'set_event', 'sched:sched_switch'],
];

scenario('status-shows-and-reset-all-brings-back', { timeout: 180 }, async (lab) => {
  const [clock] = /(?<=\[)\w+/.exec(lab.read('trace_clock'))!;
  // `local` is the default, or `global` where the kernel found the processor's clock unstable as it started.
  lab.setUp(':', `echo ${clock} > trace_clock`);
  // Made first: a new instance takes over the top level's options of the moment.
  lab.shell(
    'cd instances && mkdir lab && cd lab && echo vfs_open > set_ftrace_filter && echo function > current_tracer',
  );
  for (const [line] of foreignSettings) lab.shell(line);
  const before = lab.snapshotTracefs();

  const { stdout, stderr } = await lab.run(['status', '--json']);
  assert.equal(stderr, '');
  const { directories } = JSON.parse(stdout) as {
    directories: { instance: string | null; deviations: { setting: string; value: string }[] }[];
  };
  const shown = new Map(directories[0]!.deviations.map(({ setting, value }) => [setting, value]));
  for (const [line, setting, value] of foreignSettings) assert.equal(shown.get(setting), value, line);
  const deviations = [
    { setting: 'current_tracer', value: 'function' },
    { setting: 'set_ftrace_filter', value: 'vfs_open' },
  ];
  assert.deepEqual(directories[1], { instance: 'lab', deviations });
  const { stdout: text } = await lab.run(['status']);
  for (const [, setting, value] of foreignSettings)
    assert.ok(text.includes(`\n  ${setting}: ${value}\n`), `${setting}\n${text}`);

  assert.deepEqual(await lab.run(['reset']), { stdout: 'nothing to undo\n', stderr: '', status: 0 });
  lab.expectSame(before);
  const all = await lab.run(['reset', '--all']);
  assert.equal(all.status, 0, all.stderr);
  assert.equal((await lab.run(['status'])).stdout, 'everything is at its default\n');
});
