/** Lines that the kernels at hand do not print: other configurations, other versions, and trace-cmd report. */
import { describe, expect, it } from 'vitest';
import { encodeByteText } from '../../../src/recording/text-trace/byte-text.ts';
import { parseFlagColumns, parseFlagHeader } from '../../../src/recording/text-trace/flag-columns.ts';
import { parseGraphCall } from '../../../src/recording/text-trace/graph-call.ts';
import { parseTextLine } from '../../../src/recording/text-trace/parse-text-line.ts';
import { detectTextLayout } from '../../../src/recording/text-trace/text-layout.ts';
import { isTextTrace } from '../../../src/recording/text-trace/text-trace.ts';
import { functionName, loadTextFixtures, readTrace } from './text-fixtures.ts';

describe('flag columns', () => {
  it.each([
    ['....', 0, 0],
    ['d.h1', 0x09, 1],
    ['dNs4.', 0x01 | 0x24 | 0x10, 4],
    ['DnZ21', 0x81 | 0x04 | 0x48, 0x12],
    ['bBH.a', 0x80 | 0x26 | 0x18, 0xa0],
    ['.lz..', 0x02 | 0x40, 0],
    ['X...', 0x02, 0],
  ])('%s', (text, flags, preemptCount) => {
    expect(parseFlagColumns(text)).toEqual({ flags, preemptCount });
  });

  it('takes what seven columns mean from the header of a real-time kernel', () => {
    const header = [
      '#                                _-------=> irqs-off',
      '#                               / _------=> need-resched',
      '#                              | / _-----=> need-resched-lazy',
      '#                              || / _----=> hardirq/softirq',
      '#                              ||| / _---=> preempt-depth',
      '#                              |||| / _--=> preempt-lazy-depth',
      '#                              ||||| / _-=> migrate-disable',
    ];
    const line = '            bash-1234    [000] d.Lh213    12.000001: sched_waking: comm=x';
    const layout = detectTextLayout(header, [line]);
    expect(parseTextLine(line, layout)).toMatchObject({ kind: 'event', flags: 0x01 | 0x02 | 0x08, preemptCount: 0x32 });
    expect(parseFlagHeader(['# nothing'])).toBeUndefined();
  });

  it('refuses what is no such text', () => {
    for (const text of ['', '...', 'q...', '12.3', 'd.h1....']) expect(parseFlagColumns(text)).toBeUndefined();
  });
});

describe('calls of function_graph', () => {
  it.each([
    ['f() {', { shape: 'entry', func: 'f' }],
    ['f.part.0();', { shape: 'leaf', func: 'f.part.0' }],
    ['f [mod]() {', { shape: 'entry', func: 'f [mod]' }],
    ['0xffffffffc0370021();', { shape: 'leaf', func: '0xffffffffc0370021' }],
    ['f(a=(int)1, b=0x2, ...);', { shape: 'leaf', args: 'a=(int)1, b=0x2, ...' }],
    ['f(); /* = 0x0 */', { shape: 'leaf', retval: '0x0' }],
    ['f(); /* ret=-2 */', { shape: 'leaf', retval: '-2' }],
    ['f(); /* <-caller ret=0x1f */', { shape: 'leaf', caller: 'caller', retval: '0x1f' }],
    ['f() { /* <-caller [mod] */', { shape: 'entry', caller: 'caller [mod]' }],
    ['}', { shape: 'exit', func: undefined }],
    ['} /* f */', { shape: 'exit', func: 'f' }],
    ['} /* f [mod] */', { shape: 'exit', func: 'f [mod]' }],
    ['} /* f = -22 */', { shape: 'exit', func: 'f', retval: '-22' }],
    ['} /* f ret=0x5 */', { shape: 'exit', func: 'f', retval: '0x5' }],
    ['} /* = 0xffff888000000000 */', { shape: 'exit', func: undefined, retval: '0xffff888000000000' }],
    ['} /* <-caller ret=0 */', { shape: 'exit', caller: 'caller', retval: '0' }],
    ['/* sched_switch: prev_comm=a */', { shape: 'comment', text: 'sched_switch: prev_comm=a' }],
  ])('%s', (text, expected) => {
    expect(parseGraphCall(text)).toMatchObject(expected);
  });

  it.each(['f()', 'two words();', 'f() }', '} else', '', '});', 'f(); /* what is this */'])('refuses %s', (text) => {
    expect(parseGraphCall(text)).toBeUndefined();
  });

  it('reads arrows of interrupts, return values and callers in a trace', () => {
    const read = readTrace(`# tracer: function_graph
#
# CPU  DURATION                  FUNCTION CALLS
# |     |   |                     |   |   |   |
 0)               |  do_sys_open() { /* <-x64_sys_openat */
 0)   ==========> |
 0)   4.000 us    |    do_IRQ();
 0)   <========== |
 0) @ 200000.0 us |    alloc_fd(); /* = 0x3 */
 0) $ 1234567 us  |  } /* do_sys_open ret=-2 */
CPU:0 [LOST 12 EVENTS]
##### CPU 1 buffer started ####
 1)   0.500 us    |  f();
`);
    expect(read.items.map((item) => (item.kind === 'event' ? `${item.name} ${item.graph!.depth}` : item.kind))).toEqual(
      [
        'funcgraph_entry 0',
        'funcgraph_entry 1',
        'funcgraph_exit 1',
        'funcgraph_entry 1',
        'funcgraph_exit 1',
        'funcgraph_exit 0',
        'lost',
        'funcgraph_entry 0',
        'funcgraph_exit 0',
      ],
    );
    const [entry, , , , alloc, exit] = read.events;
    expect(entry!.graph).toMatchObject({ kind: 'entry' });
    expect(entry!.graph?.kind === 'entry' && functionName(read, entry!.graph.retaddr!)).toBe('x64_sys_openat');
    expect(alloc!.graph).toMatchObject({ retval: 3n, duration: 200_000_000 });
    expect(exit!.graph).toMatchObject({ retval: 0xffff_ffff_ffff_fffen, duration: 1_234_567_000 });
    expect(exit!.time).toBe(1_234_567_000);
  });
});

describe('other layouts', () => {
  it('reads the latency tracers', () => {
    const read = readTrace(`# tracer: wakeup
#
# wakeup latency trace v1.1.5 on 3.8.0-test+
# --------------------------------------------------------------------
# latency: 15 us, #4/4, CPU#3 | (M:preempt VP:0, KP:0, SP:0 HP:0 #P:4)
#    -----------------
#    | task: kworker/3:1H-312 (uid:0 nice:-20 policy:0 rt_prio:0)
#    -----------------
#
#                  _------=> CPU#
#                 / _-----=> irqs-off
#                | / _----=> need-resched
#                || / _---=> hardirq/softirq
#                ||| / _--=> preempt-depth
#                |||| /     delay
#  cmd     pid   ||||| time  |   caller
#     \\   /      |||||  \\    |   /
  <idle>-0       3dNs7    0us :      0:120:R   + [003]   312:100:R kworker/3:1H
  <idle>-0       3dNs7    1us+: ttwu_do_activate.constprop.87 <-try_to_wake_up
  <idle>-0       3d..3   15us : __schedule <-schedule
  <idle>-0       3d..3   15us :      0:120:R ==> [003]   312:100:R kworker/3:1H
`);
    expect(read.events.map(({ name, comm, cpu, time, flags }) => [name, comm, cpu, time, flags])).toEqual([
      ['wakeup', '<idle>', 3, 0, 0x35],
      ['function', '<idle>', 3, 1000, 0x35],
      ['function', '<idle>', 3, 15_000, 0x01],
      ['context_switch', '<idle>', 3, 15_000, 0x01],
    ]);
  });

  it('reads graphs of the latency tracers with relative times', () => {
    const { events } = readTrace(`# tracer: irqsoff
#
#   REL TIME      CPU  TASK/PID       ||||     DURATION                  FUNCTION CALLS
#      |          |     |    |        ||||      |   |                     |   |   |   |
        0 us |   0)    ls-1234    |  d..1 |   0.100 us    |  trace_graph_entry();
       15 us |   0) ls-1234 |  d..1 |   0.200 us    |  second();
`);
    expect(events.map(({ name, comm, flags, time }) => [name, comm, flags, time])).toEqual([
      ['funcgraph_entry', 'ls', 1, 0],
      ['funcgraph_exit', 'ls', 1, 100],
      ['funcgraph_entry', 'ls', 1, 15_000],
      ['funcgraph_exit', 'ls', 1, 15_200],
    ]);
  });

  it('reads records of the hardware latency tracers as theirs', () => {
    const read = readTrace(`# tracer: hwlat
#
           <...>-1729    [001] d...   678.473449: #1     inner/outer(us):   11/12    ts:1581527483.343962693 count:6
`);
    expect(read.events[0]).toMatchObject({ system: 'ftrace', name: 'hwlat' });
  });

  it('reads losses without a count, and of trace-cmd', () => {
    const line = '            bash-1       [000] ....     1.000000: a: b\n';
    const { items } = readTrace(
      `CPU:0 [LOST EVENTS]\n${line}CPU:1 [17 EVENTS DROPPED]\n${line}CPU:2 [EVENTS DROPPED]\n${line}`,
    );
    expect(items.flatMap((item) => (item.kind === 'lost' ? [[item.cpu, item.count]] : []))).toEqual([
      [0, undefined],
      [1, 17],
      [2, undefined],
    ]);
  });

  it('takes decoded lines back to bytes', () => {
    expect(encodeByteText('plain')).toBe('plain');
    expect(encodeByteText('é\udcff')).toBe('\xc3\xa9\xff');
    expect(encodeByteText('🙂')).toBe(Buffer.from('🙂').toString('latin1'));
  });
});

describe('what trace-cmd report prints', () => {
  const fixtures = loadTextFixtures('trace-cmd');
  it.each(fixtures.names)('%s', (name) => {
    const bytes = fixtures.bytes(name);
    const read = readTrace(bytes);
    const lines = bytes
      .toString('latin1')
      .trimEnd()
      .split('\n')
      .filter((line) => !/^(?:cpus|version) ?=/.test(line));
    expect(isTextTrace(bytes)).toBe(true);
    expect(read.items.every(({ kind }) => kind === 'event')).toBe(true);
    const leaves = lines.filter((line) => /\);/.test(line) && line.includes('funcgraph_entry')).length;
    expect(read.events.length).toBe(lines.length + leaves);
    for (const [index, event] of read.events.filter(({ text }) => text !== '}').entries()) {
      if (leaves === 0) expect(lines[index]).toContain(event.text);
    }
    if (name.startsWith('graph')) expect(read.events.some(({ graph }) => graph?.kind === 'exit')).toBe(true);
    if (name.startsWith('instances'))
      expect(new Set(read.events.map(({ instance }) => instance)).size).toBeGreaterThan(1);
    if (name.startsWith('function')) expect(functionName(read, read.events[0]!.call!.func)).toBe('vfs_open');
  });
});
