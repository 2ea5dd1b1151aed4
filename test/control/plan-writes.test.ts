/** The exact writes of each kind of session, in order, and their undos. */
import { describe, expect, it } from 'vitest';
import { asCpuId, asPid } from '../../src/base/units.ts';
import { type PlannedChange, planWrites } from '../../src/control/plan-writes.ts';
import {
  type CommonPlan,
  chooseFunctions,
  planEvents,
  planFunction,
  planGraph,
  planProbes,
  readFunctionList,
} from '../../src/control/session-plans.ts';
import type { TracePlan } from '../../src/control/trace-plan.ts';
import { readState } from '../../src/control/trace-state.ts';
import type { Undo } from '../../src/control/undo.ts';
import type { TraceDirectory } from '../../src/tracefs/trace-directory.ts';
import { setUp } from './tracefs-setup.ts';

const common: CommonPlan = {
  instance: 'ftui-7',
  ownsInstance: true,
  clock: 'mono',
  bufferSizeKb: 8192,
  cpus: undefined,
  pids: [],
  excludedPids: [asPid(70), asPid(71)],
};

/** A change as a line: `+` appends, `>` truncates and writes, `mkdir`. */
function line(change: PlannedChange): string {
  if (change.kind === 'sysctl') return `${change.value} > ${change.name}`;
  if (change.kind === 'mkdir') return `mkdir ${change.file}`;
  if (change.kind === 'functions') return `functions ${change.selection.names.join(' ')} > ${change.file}`;
  const words = change.words.map((word) => JSON.stringify(word)).join(' ');
  return `${words}${words === '' ? '' : ' '}${change.mode === 'append' ? '>>' : '>'} ${change.file}`;
}

function undoLine(undo: Undo): string {
  switch (undo.kind) {
    case 'setting':
      return `${undo.file} = ${undo.value} (wrote ${undo.wrote})`;
    case 'list':
      return `${undo.file} = [${undo.entries.join(' ')}]`;
    case 'clear-trace':
      return `empty ${undo.file}`;
    case 'probe':
      return `remove ${undo.group}/${undo.event} of ${undo.file}`;
    case 'instance':
      return `rmdir ${undo.name}`;
    case 'sysctl':
      return `${undo.name} = ${undo.value}`;
  }
}

function planOf(directory: TraceDirectory, plan: TracePlan) {
  const { setup, start, stop } = planWrites(readState(directory, plan), plan);
  const undos = [...setup, ...start, ...stop].flatMap(({ undo }) => (undo === undefined ? [] : [undoLine(undo)]));
  return { setup: setup.map(line), start: start.map(line), stop: stop.map(line), undos };
}

const top = () => setUp().tracefs.top;

describe('graph', () => {
  const request = { functions: ['do_sys_openat2'], notrace: [], depth: undefined, options: {} };

  it('in an idle top level: buffer emptied, clock, size, functions, tasks, the tracer last; each with its undo', () => {
    expect(planOf(top(), planGraph({ ...common, pids: [asPid(33), '$CMD'] }, 2, request))).toEqual({
      setup: [
        '> trace',
        '"mono" > trace_clock',
        '"8192" > buffer_size_kb',
        '"do_sys_openat2\\n" > set_graph_function',
        '"1" > options/function-fork',
        '"33 $CMD\\n" > set_ftrace_pid',
        '"function_graph" > current_tracer',
      ],
      start: [],
      stop: ['"2\\n" > set_ftrace_pid', '"0" > tracing_on'],
      undos: [
        'empty trace',
        'trace_clock = local (wrote mono)',
        expect.stringMatching(/^buffer_size_kb = \d+ \(wrote 8192\)$/),
        'set_graph_function = []',
        'options/function-fork = 0 (wrote 1)',
        'set_ftrace_pid = []',
        'current_tracer = nop (wrote function_graph)',
        'tracing_on = 1 (wrote 0)',
      ],
    });
  });

  it('without a task to trace leaves ftui itself out, and never both', () => {
    const { setup } = planOf(top(), planGraph(common, 2, request));
    expect(setup.slice(-3)).toEqual([
      '"70 71\\n" >> set_ftrace_notrace_pid',
      '> set_ftrace_pid',
      '"function_graph" > current_tracer',
    ]);
    const both = planOf(top(), planGraph({ ...common, pids: [asPid(33)] }, 2, request)).setup;
    expect(both.filter((text) => text.includes('notrace_pid'))).toEqual([]);
  });

  it('has depth, notrace functions, CPUs and options in their places', () => {
    const plan = planGraph({ ...common, cpus: [asCpuId(1)], excludedPids: [] }, 2, {
      ...request,
      notrace: ['*lock*'],
      depth: 3,
      options: { 'funcgraph-args': true, 'sleep-time': false },
    });
    const { tracefs } = setUp('7.2');
    expect(planOf(tracefs.top, plan).setup.slice(3)).toEqual([
      '"2" > tracing_cpumask',
      '"do_sys_openat2\\n" > set_graph_function',
      '"*lock*\\n" > set_graph_notrace',
      '"3" > max_graph_depth',
      '"1" > options/funcgraph-args',
      '"0" > options/sleep-time',
      '> set_ftrace_pid',
      '"function_graph" > current_tracer',
    ]);
  });

  it('with somebody else in the top level (--force) remembers every setting of theirs', () => {
    const { top: busy } = setUp().tracefs;
    busy.write('set_graph_function', ['vfs_open\n', 'vfs_read\n']);
    busy.write('set_ftrace_filter', ['vfs_read\n']);
    busy.write('set_ftrace_pid', '5\n');
    busy.write('trace_clock', 'global');
    busy.write('buffer_size_kb', '100');
    busy.write('tracing_on', '0');
    busy.write('max_graph_depth', '4');
    const { setup, undos } = planOf(busy, planGraph({ ...common, pids: [asPid(33)] }, 2, request));
    expect(setup).toContain('"1" > tracing_on');
    expect(setup).toContain('> set_ftrace_filter');
    expect(undos).toEqual([
      'empty trace',
      'tracing_on = 0 (wrote 1)',
      'trace_clock = global (wrote mono)',
      'buffer_size_kb = 103 (wrote 8192)',
      'set_graph_function = [vfs_open vfs_read]',
      'max_graph_depth = 4 (wrote 0)',
      'set_ftrace_filter = [vfs_read]',
      'options/function-fork = 0 (wrote 1)',
      'set_ftrace_pid = [5]',
      'current_tracer = nop (wrote function_graph)',
      'tracing_on = 0 (wrote 0)',
    ]);
  });

  it('writes no setting that holds the value already', () => {
    const { top: same } = setUp().tracefs;
    same.write('trace_clock', 'mono');
    same.write('options/function-fork', '1');
    const { setup } = planOf(same, planGraph({ ...common, pids: [asPid(33)] }, 2, request));
    expect(setup.filter((text) => /trace_clock|function-fork/.test(text))).toEqual([]);
  });

  it('turns tracing on first where it is off, since setting the tracer is what starts it', () => {
    const { top: off } = setUp().tracefs;
    off.write('tracing_on', '0');
    const { setup, start } = planOf(off, planGraph(common, 2, request));
    expect(setup[1]).toBe('"1" > tracing_on');
    expect(start).toEqual([]);
  });
});

describe('an own instance', () => {
  it('function: only the instance needs an undo', () => {
    const { tracefs } = setUp();
    const list = readFunctionList(tracefs.top, 'x');
    const functions = chooseFunctions(list, ['vfs_open', 'vfs_read']).names;
    const plan = planFunction(common, 2, { functions, notrace: ['vfs_read'], list, stack: true });
    expect(planOf(tracefs.top, plan)).toEqual({
      setup: [
        'mkdir instances/ftui-7',
        '"0" > instances/ftui-7/tracing_on',
        '"mono" > instances/ftui-7/trace_clock',
        '"8192" > instances/ftui-7/buffer_size_kb',
        expect.stringMatching(/^functions vfs_(open vfs_read|read vfs_open) > instances\/ftui-7\/set_ftrace_filter$/),
        'functions vfs_read > instances/ftui-7/set_ftrace_notrace',
        '"1" > instances/ftui-7/options/func_stack_trace',
        '"70 71\\n" >> instances/ftui-7/set_ftrace_notrace_pid',
        '"function" > instances/ftui-7/current_tracer',
      ],
      start: ['"1" > instances/ftui-7/tracing_on'],
      stop: ['"0" > instances/ftui-7/tracing_on'],
      undos: ['rmdir ftui-7'],
    });
    const numbers = plan.filterFunctions!.indexes.map((index) => list.names[index - 1]);
    expect(numbers).toEqual(plan.filterFunctions!.names);
  });

  it('event: filters and triggers before any event is on', () => {
    const events = [
      { system: 'sched', event: 'sched_switch', filter: 'prev_pid == 1', triggers: ['stacktrace'] },
      { system: 'sched', event: 'sched_wakeup', filter: 'prev_pid == 1' },
    ];
    const plan = planEvents({ ...common, pids: [asPid(33)] }, 2, { events, stack: false });
    expect(planOf(top(), plan)).toEqual({
      setup: [
        'mkdir instances/ftui-7',
        '"0" > instances/ftui-7/tracing_on',
        '"mono" > instances/ftui-7/trace_clock',
        '"8192" > instances/ftui-7/buffer_size_kb',
        '"1" > instances/ftui-7/options/event-fork',
        '"33\\n" > instances/ftui-7/set_event_pid',
        '"prev_pid == 1" > instances/ftui-7/events/sched/sched_switch/filter',
        '"stacktrace" >> instances/ftui-7/events/sched/sched_switch/trigger',
        '"prev_pid == 1" > instances/ftui-7/events/sched/sched_wakeup/filter',
        '"1" > instances/ftui-7/events/sched/sched_switch/enable',
        '"1" > instances/ftui-7/events/sched/sched_wakeup/enable',
      ],
      start: ['"1" > instances/ftui-7/tracing_on'],
      stop: ['"0" > instances/ftui-7/tracing_on'],
      undos: ['rmdir ftui-7'],
    });
  });

  it('probes: defined before the instance, so that they are removed after it; on only between start and stop', () => {
    const probe = (event: string) => ({
      definition: {
        file: 'uprobe_events' as const,
        group: 'ftui_7',
        event,
        line: `p:ftui_7/${event} /bin/bash:0x1190`,
      },
      label: event,
      fields: [],
    });
    const plan = planProbes(common, { probes: [probe('a'), probe('b')], filter: 'x == 1', stack: true });
    expect(planOf(top(), plan)).toEqual({
      setup: [
        '"p:ftui_7/a /bin/bash:0x1190\\n" >> uprobe_events',
        '"p:ftui_7/b /bin/bash:0x1190\\n" >> uprobe_events',
        'mkdir instances/ftui-7',
        '"0" > instances/ftui-7/tracing_on',
        '"mono" > instances/ftui-7/trace_clock',
        '"8192" > instances/ftui-7/buffer_size_kb',
        '"1" > instances/ftui-7/options/stacktrace',
        '"70 71\\n" >> instances/ftui-7/set_event_notrace_pid',
        '"x == 1" > instances/ftui-7/events/ftui_7/a/filter',
        '"x == 1" > instances/ftui-7/events/ftui_7/b/filter',
      ],
      start: ['"1" > instances/ftui-7/tracing_on', '"1" > instances/ftui-7/events/ftui_7/enable'],
      stop: ['"0" > instances/ftui-7/events/ftui_7/enable', '"0" > instances/ftui-7/tracing_on'],
      undos: ['remove ftui_7/a of uprobe_events', 'remove ftui_7/b of uprobe_events', 'rmdir ftui-7'],
    });
  });
});

describe("somebody else's instance (--instance)", () => {
  const events = [{ system: 'sched', event: 'sched_switch', filter: 'prev_pid == 1' }];

  it('is restored like the top level, and stays', () => {
    const { tracefs } = setUp();
    tracefs.top.mkdir('instances/theirs');
    const theirs = tracefs.instance('theirs');
    theirs.write('events/sched/sched_switch/filter', 'next_pid == 2');
    const plan = planEvents({ ...common, instance: 'theirs', ownsInstance: false }, 2, { events, stack: false });
    const { setup, undos } = planOf(theirs, plan);
    expect(setup.filter((text) => text.startsWith('mkdir'))).toEqual([]);
    expect(undos).toEqual([
      'empty instances/theirs/trace',
      'instances/theirs/tracing_on = 1 (wrote 0)',
      'instances/theirs/trace_clock = local (wrote mono)',
      expect.stringMatching(/^instances\/theirs\/buffer_size_kb = \d+ \(wrote 8192\)$/),
      'instances/theirs/set_event_notrace_pid = []',
      'instances/theirs/events/sched/sched_switch/filter = next_pid == 2 (wrote prev_pid == 1)',
      'instances/theirs/events/sched/sched_switch/enable = 0 (wrote 1)',
    ]);
  });

  it('takes no triggers: they cannot surely be taken back', () => {
    const withTrigger = [{ ...events[0]!, triggers: ['stacktrace'] }];
    const plan = () =>
      planEvents({ ...common, instance: 'theirs', ownsInstance: false }, 2, { events: withTrigger, stack: false });
    expect(plan).toThrow(/no sure way to take back a trigger/);
  });
});

describe('what an undo writes back', () => {
  it.each(['5.10', '6.1', '6.12', '7.2'] as const)('on %s is taken by the kernel as it stands', (version) => {
    const { kernel, tracefs } = setUp(version);
    const plan = planGraph(common, 2, {
      functions: ['vfs_open'],
      notrace: [],
      depth: 2,
      options: { 'sleep-time': false },
    });
    const { setup } = planWrites(readState(tracefs.top, plan), plan);
    const before = kernel.snapshot();
    for (const { undo } of setup) if (undo?.kind === 'setting') tracefs.top.write(undo.file, undo.value);
    for (const name of ['trace_clock', 'current_tracer', 'tracing_on', 'options/sleep-time']) {
      expect(kernel.snapshot().get(`${tracefs.root}/${name}`)).toBe(before.get(`${tracefs.root}/${name}`));
    }
  });
});
