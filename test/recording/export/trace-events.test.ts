import { describe, expect, it } from 'vitest';
import type { SourceItem } from '../../../src/recording/event-source.ts';
import { traceEvents } from '../../../src/recording/export/trace-events.ts';
import { addressOf, calls, damaged, event, exported, hostileNames, lost, sourceOf } from './recorded-events.ts';
import { findTraceEventProblems, listSlices, type TraceEvent } from './trace-event-rules.ts';

function read(items: readonly SourceItem[]): { events: TraceEvent[]; text: string } {
  const { text } = exported(traceEvents, sourceOf(items));
  expect(findTraceEventProblems(text)).toEqual([]);
  return { events: (JSON.parse(text) as { traceEvents: TraceEvent[] }).traceEvents, text };
}

/** Slices of the track of this name as `START+DURATION name`, or events of another phase as `START name`, in ns. */
function shownOn(events: readonly TraceEvent[], trackName: string, phase = 'B'): string[] {
  const names = events.filter(({ name, args }) => name === 'thread_name' && args!.name === trackName);
  const isThere = ({ pid, tid }: TraceEvent) => names.some((track) => track.pid === pid && track.tid === tid);
  const ns = (micros: number) => Math.round(micros * 1000);
  if (phase !== 'B') {
    return events.filter((one) => one.ph === phase && isThere(one)).map(({ ts, name }) => `${ns(ts!)} ${name}`);
  }
  return listSlices(events)
    .filter(isThere)
    .map(({ ts, end, name }) => `${ns(ts)}+${ns(end) - ns(ts)} ${name}`);
}

function switchEvent(time: number, prev: string, state: number, next: string, cpu = 0) {
  const [prev_comm, prev_pid] = prev.split('-') as [string, string];
  const [next_comm, next_pid] = next.split('-') as [string, string];
  const fields = {
    prev_comm,
    prev_pid: +prev_pid,
    prev_prio: 120,
    prev_state: state,
    next_comm,
    next_pid: +next_pid,
    next_prio: 110,
  };
  return event({ time, cpu, pid: +prev_pid, comm: prev_comm, system: 'sched', name: 'sched_switch', fields });
}

function wakingEvent(time: number, by: string, woken: string, cpu = 0) {
  const [comm, pid] = by.split('-') as [string, string];
  const [itsComm, itsPid] = woken.split('-') as [string, string];
  const fields = { comm: itsComm, pid: +itsPid, prio: 120, target_cpu: 0 };
  return event({ time, cpu, pid: +pid, comm, system: 'sched', name: 'sched_waking', fields });
}

describe('scheduling', () => {
  const items = [
    switchEvent(1000, 'bash-12', 1, 'ls-13'),
    wakingEvent(1500, 'ls-13', 'bash-12'),
    switchEvent(2000, 'ls-13', 0x100, 'bash-12'),
    switchEvent(3000, 'bash-12', 2, 'swapper/0-0'),
    switchEvent(3500, 'swapper/0-0', 0, 'ls-13'),
    switchEvent(4007, 'ls-13', 0x20, 'swapper/0-0'),
  ];

  it('shows on each CPU who ran, and leaves idle time empty', () => {
    const { events } = read(items);
    expect(shownOn(events, 'CPU 0')).toEqual(['1000+0 bash', '1000+1000 ls', '2000+1000 bash', '3500+507 ls']);
    const slice = events.find(({ ph, ts, name }) => ph === 'B' && ts === 1 && name === 'ls');
    expect(slice!.args).toEqual({ pid: 13, prio: 110, end: 'Runnable (preempted)' });
  });

  it('shows what each task was waiting for', () => {
    const { events } = read(items);
    const states = events.find(({ name, args }) => name === 'process_name' && args!.name === 'Thread states')!.pid;
    const of = (pid: number) =>
      listSlices(events)
        .filter((one) => one.pid === states && one.tid === pid)
        .map(({ name, ts, end }) => `${name} ${Math.round((end - ts) * 1000) / 1000}`);
    expect(of(12)).toEqual(['Sleeping 0.5', 'Runnable 0.5', 'Running 1', 'Uninterruptible sleep 1.007']);
    expect(of(13)).toEqual(['Running 1', 'Runnable (preempted) 1.5', 'Running 0.507']);
  });

  it('draws an arrow from who woke a task to where it ran', () => {
    const { events } = read(items);
    expect(shownOn(events, 'CPU 0', 's')).toEqual(['1500 wakeup']);
    expect(shownOn(events, 'CPU 0', 'f')).toEqual(['2000 wakeup']);
  });

  it.each([
    ['the kernel', 'prev_comm=a b prev_pid=12 prev_prio=120 prev_state=S ==> next_comm=x=y next_pid=13 next_prio=98'],
    ['trace-cmd', 'a b:12 [120] S ==> x=y:13 [98]'],
  ])('reads switches out of the text of %s', (_, text) => {
    const next = 'prev_comm=x=y prev_pid=13 prev_prio=98 prev_state=R+ ==> next_comm=c next_pid=14 next_prio=98';
    const { events } = read([
      event({ time: 1000, name: 'sched_switch', system: undefined, text }),
      event({ time: 3000, name: 'sched_switch', system: undefined, text: next }),
    ]);
    expect(shownOn(events, 'CPU 0').slice(1)).toEqual(['1000+2000 x=y', '3000+0 c']);
  });

  it('does not show anybody running over a gap', () => {
    const { events } = read([
      switchEvent(1000, 'a-1', 1, 'b-2'),
      lost(5000, 7),
      switchEvent(6000, 'c-3', 1, 'd-4'),
      event({ time: 8000 }),
    ]);
    expect(shownOn(events, 'CPU 0')).toEqual(['1000+0 a', '1000+4000 b', '5000+1000 c', '6000+2000 d']);
    expect(shownOn(events, 'CPU 0', 'i')).toEqual(['5000 7 events lost']);
  });

  it('keeps instances apart', () => {
    const { events } = read([
      switchEvent(1000, 'a-1', 1, 'b-2'),
      { ...switchEvent(1500, 'x-7', 1, 'b-2'), instance: 'foo' },
      switchEvent(2000, 'b-2', 1, 'a-1'),
      { ...switchEvent(2500, 'b-2', 1, 'x-7'), instance: 'foo' },
    ]);
    const processes = events.filter(({ name }) => name === 'process_name').map(({ args }) => args!.name);
    expect(processes).toEqual(expect.arrayContaining(['CPUs', 'CPUs [foo]', 'Thread states', 'Thread states [foo]']));
  });
});

describe('call trees', () => {
  it('are slices on the track of their task', () => {
    const { events } = read(
      calls('100 1000 vfs_read\n  200 300 rw_verify_area\n  600 100 ext4_read [ext4]', { tgid: 11 }),
    );
    expect(shownOn(events, 'bash')).toEqual([
      '100+1000 vfs_read',
      '200+300 rw_verify_area',
      '600+100 ext4_read [ext4]',
    ]);
    expect(events.find(({ name }) => name === 'vfs_read')).toMatchObject({ pid: 11, tid: 12, cat: 'function' });
  });

  it('nest even where the measured durations do not', () => {
    const { events } = read(calls('100 1000 outer\n  200 950 inner\n    300 900 innermost'));
    expect(shownOn(events, 'bash')).toEqual(['100+1100 outer', '200+1000 inner', '300+900 innermost']);
  });

  it('end where the next call begins at the latest', () => {
    const { events } = read(calls('100 1000 outer\n  200 700 first\n    300 900 inner\n  600 50 second'));
    expect(shownOn(events, 'bash')).toEqual(['100+1000 outer', '200+400 first', '300+300 inner', '600+50 second']);
  });

  it('last to the end where a return was not seen', () => {
    const { events } = read([...calls('100 - outer\n  200 - inner'), event({ time: 900, pid: 99 })]);
    expect(shownOn(events, 'bash')).toEqual(['100+800 outer', '200+700 inner']);
  });

  it('of the idle task are on a track for each CPU', () => {
    const idle = (cpu: number) => calls('100 1000 do_idle', { pid: 0, cpu, comm: '<idle>' });
    const { events } = read([...idle(0), ...idle(3)]);
    expect(shownOn(events, 'idle on CPU 0')).toEqual(['100+1000 do_idle']);
    expect(shownOn(events, 'idle on CPU 3')).toEqual(['100+1000 do_idle']);
  });

  it('of two instances do not overlap', () => {
    const { events } = read([...calls('100 1000 f'), ...calls('150 1000 f', { instance: 'other' })]);
    expect(shownOn(events, 'bash')).toEqual(['100+1000 f']);
    expect(shownOn(events, 'bash [other]')).toEqual(['150+1000 f']);
  });

  it('may be deeper than this program could recurse', () => {
    const lines = Array.from(
      { length: 4000 },
      (_, depth) => `${'  '.repeat(depth)}${depth} ${9000 - 2 * depth} f${depth % 3}`,
    );
    const { events } = read(calls(lines.join('\n')));
    expect(shownOn(events, 'bash').length).toBe(4000);
  });
});

describe('other events', () => {
  it('are instants of their task, with their fields', () => {
    const fields = { count: 3, name: 'x', big: 0xffff_ffff_ffff_fff0n, list: [1, 2], none: null };
    const { events } = read([event({ time: 1234, cpu: 5, system: 'kmem', name: 'kmalloc', fields })]);
    const args = { 'on CPU': 5, count: 3, name: 'x', big: '0xfffffffffffffff0', list: [1, 2], none: null };
    expect(events.at(-1)).toEqual({ ph: 'i', s: 't', pid: 12, tid: 12, ts: 1.234, cat: 'kmem', name: 'kmalloc', args });
  });

  it('carry the stacks behind them', () => {
    const frames = [addressOf('inner'), addressOf('outer')];
    const { events } = read([
      event({ time: 10, name: 'kmalloc' }),
      event({ time: 11, name: 'kernel_stack', stack: { kind: 'kernel', frames } }),
      event({ time: 12, name: 'user_stack', stack: { kind: 'user', frames: ['main'] } }),
      event({ time: 20, name: 'kfree' }),
    ]);
    const instants = events.filter(({ ph }) => ph === 'i');
    expect(instants.map(({ name }) => name)).toEqual(['kmalloc', 'kfree']);
    expect(instants[0]!.args).toMatchObject({ 'kernel stack': 'inner\nouter', 'user stack': 'main' });
  });

  it('of the function tracer are called as the function', () => {
    const call = { func: addressOf('vfs_read'), parent: addressOf('ksys_read') };
    const { events } = read([event({ time: 10, system: 'ftrace', name: 'function', call })]);
    expect(events.at(-1)).toMatchObject({ name: 'vfs_read', args: { caller: 'ksys_read' } });
  });
});

it('says where data was unreadable', () => {
  const { events } = read([damaged(500, 'a length of 0', 2)]);
  expect(shownOn(events, 'CPU 2', 'i')).toEqual(['500 unreadable data']);
});

it('stays valid with hostile names everywhere', () => {
  const items = hostileNames.flatMap((name, index) => [
    event({
      time: index * 100,
      pid: 20 + index,
      comm: name,
      name,
      system: name,
      fields: { [name]: name },
      instance: name,
    }),
    event({ time: index * 100 + 1, pid: 20 + index, comm: name, name, system: undefined, text: name }),
    ...calls(`${index * 100 + 10} 20 ${name.replace(/\s/g, ' ')}`, { pid: 20 + index, comm: name }),
    switchEvent(index * 100 + 50, `${name.replaceAll('-', '')}-1`, 0, 'b-2', 3),
  ]);
  const { text } = read(items);
  expect(text).toContain(String.raw`broken \\x80\\xff utf-8`);
});

it('is valid for no events at all', () => {
  expect(read([]).events).toEqual([]);
});

it('has times that begin with the recording, exact to the nanosecond', () => {
  const origin = 1_790_000_000_123_456_789n;
  const { text } = exported(traceEvents, sourceOf([event({ time: 86_400_000_000_001 })], { origin }));
  expect(text).toContain('"ts":86400000000.001,');
  expect(text).toContain('"time 0":"1790000000123456789"');
});
