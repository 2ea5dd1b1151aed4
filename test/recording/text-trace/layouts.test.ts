/** One and the same ring buffer printed in many layouts must read as the same events, as many as the kernel counted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  readCommonFlags,
  readCommonPid,
  readCommonPreemptCount,
  readCommonType,
} from '../../../src/format/common-header.ts';
import { isTextTrace } from '../../../src/recording/text-trace/text-trace.ts';
import { capturedCases, loadCapturedPages } from '../../ring-buffer/captured-pages.ts';
import { functionName, kernels, loadTextFixtures, type ReadTrace, readTrace } from './text-fixtures.ts';

const all = [...kernels, '6.18'].map((kernel) => [kernel, loadTextFixtures(kernel)] as const);
const tracing = all.filter(([kernel]) => kernel !== '6.18');

const microseconds = ({ source, events }: ReadTrace) =>
  events.map(
    ({ time }) => Number(source.origin / 1000n) + Math.floor(time / 1000 + Number(source.origin % 1000n) / 1000),
  );

describe.each(all)('traces of events from %s', (kernel, fixtures) => {
  const usual = readTrace(fixtures.bytes('events-default'));

  it('is recognised in every layout, without a line that cannot be read', () => {
    for (const name of fixtures.names.filter((name) => name !== 'about' && name !== 'graph-layouts')) {
      expect([name, isTextTrace(fixtures.bytes(name).subarray(0, 4096))]).toEqual([name, true]);
    }
    for (const name of fixtures.names.filter((name) => /^(?:events|clock|stacks|irqs|function)/.test(name))) {
      const { source, items } = readTrace(fixtures.bytes(name));
      expect([name, items.filter(({ kind }) => kind !== 'event')]).toEqual([name, []]);
      expect(source.problems.filter((problem) => /line \d|times go back/.test(problem))).toEqual([]);
    }
  });

  it('has as many events as the ring buffer had records', () => {
    for (const name of fixtures.names.filter((name) => name.startsWith('events-') && name !== 'events-nocontext')) {
      expect([name, readTrace(fixtures.bytes(name)).events.length]).toEqual([name, fixtures.entries('events')]);
    }
  });

  it.each(['tgid', 'tgid-noirq', 'noirq', 'latency', 'verbose', 'symbols', 'raw', 'hex'])(
    'reads %s as the usual layout',
    (layout) => {
      const other = readTrace(fixtures.bytes(`events-${layout}`));
      const who = ({ events }: ReadTrace) => events.map(({ cpu, pid }) => [cpu, pid]);
      expect(who(other)).toEqual(who(usual));
      const cut = layout === 'latency' ? 8 : 16;
      const comms = (read: ReadTrace) => read.events.map(({ comm }) => comm.slice(0, cut));
      // Names cut to 8 bytes may end inside a letter, and lose blanks that pad them.
      const ascii = (texts: string[]) => texts.map((text) => (/^[ -~\n]*$/.test(text) ? text.trim() : '?'));
      if (layout !== 'raw' && layout !== 'hex') expect(ascii(comms(other))).toEqual(ascii(comms(usual)));
      const names = ({ events }: ReadTrace) => events.map(({ system, name }) => `${system}:${name}`);
      if (layout !== 'raw' && layout !== 'hex') expect(names(other)).toEqual(names(usual));
      else expect(new Set(names(other)).size).toBe(new Set(names(usual)).size);
      // Text is rounded, or cut, to microseconds.
      if (layout !== 'latency') {
        for (const [index, time] of microseconds(other).entries())
          expect(Math.abs(time - microseconds(usual)[index]!)).toBeLessThan(2);
      } else {
        const steps = (read: ReadTrace) => read.events.map(({ time }) => time - read.events[0]!.time);
        for (const [index, step] of steps(other).entries())
          expect(Math.abs(step - steps(usual)[index]!)).toBeLessThan(2001);
      }
    },
  );

  it('has the same texts and flags wherever they are shown', () => {
    const texts = ({ events }: ReadTrace) => events.map(({ text }) => text);
    for (const layout of ['tgid', 'tgid-noirq', 'noirq', 'latency', 'verbose']) {
      expect(texts(readTrace(fixtures.bytes(`events-${layout}`)))).toEqual(texts(usual));
    }
    const flags = ({ events }: ReadTrace) => events.map(({ flags, preemptCount }) => [flags, preemptCount]);
    for (const layout of ['tgid', 'latency']) {
      expect(flags(readTrace(fixtures.bytes(`events-${layout}`)))).toEqual(flags(usual));
    }
    expect(
      flags(readTrace(fixtures.bytes('events-noirq')))
        .flat()
        .every((flag) => flag === undefined),
    ).toBe(true);
    const verbose = readTrace(fixtures.bytes('events-verbose')).events;
    for (const [index, event] of usual.events.entries()) expect(verbose[index]!.flags).toBe(event.flags);
  });

  it('knows the thread group where it is shown', () => {
    const own = readTrace(fixtures.bytes('events-tgid')).events.filter(({ tgid }) => tgid !== undefined);
    expect(own.length).toBeGreaterThan(usual.events.length / 2);
    expect(own.every(({ tgid, pid }) => tgid === pid)).toBe(true);
  });

  it('finds every name that a task can give itself, and markers that look like something else', () => {
    const comms = new Set(usual.events.map(({ comm }) => comm));
    for (const comm of [
      'two words',
      'a-1 [001] b',
      'lead-7',
      'x) | y',
      '(-12)',
      '<...>',
      'a\nb',
      '-1 [000] 2.0: x',
      'x-1   [000] 1.0',
      'éé \udcff',
      'tail ',
      ':',
      'fifteen-bytes-1',
    ])
      expect(comms).toContain(comm);
    const marks = usual.events
      .filter(({ name }) => name === 'print')
      .map(({ text }) => text.replace('tracing_mark_write: ', ''));
    expect(marks.slice(0, 9)).toEqual([
      'plain text',
      '           <...>-1       [001] .....     1.000000: sched_switch: prev_comm=fake',
      'two\n lines',
      'one\n\n => frame\n# tracer: none\nCPU:7 [LOST EVENTS]x',
      'vfs_open <-nobody',
      'CPU:0 [LOST 5 EVENTS]',
      ' 0)   1.000 us    |  fake();',
      '# comment */ }',
      'bytes \udcff\udcfe \x1b[31m',
    ]);
    expect(marks).toContain('in x) | y');
  });

  it('reads stacks of the kernel and of programs', () => {
    for (const name of ['stacks', 'stacks-latency', 'stacks-nouserobj']) {
      const { events } = readTrace(fixtures.bytes(name));
      expect(events.map((event) => [event.name, event.stack?.kind])).toEqual([
        ['sched_process_fork', undefined],
        ['kernel_stack', 'kernel'],
        ['user_stack', 'user'],
      ]);
      expect(events[1]!.stack!.frames).toContain('kernel_clone');
      expect(String(events[2]!.stack!.frames[0])).toMatch(
        name === 'stacks-nouserobj' ? /^<[0-9a-f]{16}>$/ : /\/libc.*\+0x/,
      );
      expect(events[1]!.text).toMatch(/^<stack trace>\n => /);
    }
  });

  it('tells clocks that count from those of nanoseconds', () => {
    expect(usual.source.timeIsNanoseconds).toBe(true);
    const counted = readTrace(fixtures.bytes('clock-counter'));
    expect(counted.source.timeIsNanoseconds).toBe(false);
    expect(counted.events.every(({ time }) => time >= 0 && time < 1000)).toBe(true);
    const tsc = readTrace(fixtures.bytes('clock-x86-tsc'));
    expect(fixtures.bytes('clock-x86-tsc').toString()).toContain(` ${tsc.source.origin}: `);
    expect(readTrace(fixtures.bytes('clock-counter-latency')).source.timeIsNanoseconds).toBe(false);
  });

  it('reads the flags of interrupts', () => {
    const { events } = readTrace(fixtures.bytes('irqs'));
    const handlers = events.filter(({ name }) => name.startsWith('irq_handler') || name === 'hrtimer_expire_entry');
    if (kernel !== '6.18') expect(handlers.length).toBeGreaterThan(3);
    expect(handlers.every(({ flags }) => (flags! & 0x08) !== 0)).toBe(true);
    expect(events.filter(({ name }) => name === 'softirq_entry').every(({ flags }) => (flags! & 0x10) !== 0)).toBe(
      true,
    );
  });
});

describe.each(tracing)('the function tracer of %s', (_, fixtures) => {
  const usual = readTrace(fixtures.bytes('function'));
  const calls = (read: ReadTrace) =>
    read.events.map(
      ({ call }) => call && [functionName(read, call.func), call.parent && functionName(read, call.parent)],
    );

  it.each(['latency', 'verbose', 'noirq', 'symbols', 'noparent', 'raw'])('reads %s as the usual layout', (layout) => {
    const other = readTrace(fixtures.bytes(`function-${layout}`));
    expect(other.events.length).toBe(fixtures.entries('function'));
    expect(other.events.map(({ name, pid, cpu }) => [name, pid, cpu])).toEqual(
      usual.events.map(({ name, pid, cpu }) => [name, pid, cpu]),
    );
    if (layout === 'raw') return;
    const withoutModules = (list: ReturnType<typeof calls>) => JSON.stringify(list).replace(/ \[\w+\]/g, '');
    const expected = calls(usual).map((call) => call && (layout === 'noparent' ? [call[0]!, undefined] : call));
    expect(withoutModules(calls(other))).toBe(withoutModules(expected));
  });

  it('gives one address to one function, with the offset where it is printed', () => {
    const read = readTrace(fixtures.bytes('function-symbols'));
    const own = read.events.find(({ text }) => text.startsWith('ovl_open+'))!;
    expect(own.text).toMatch(/^ovl_open\+0x[04]\/0x[0-9a-f]+ \[overlay\]/);
    const symbol = read.source.symbolName(own.call!.func)!;
    expect(symbol).toEqual({
      name: 'ovl_open',
      module: 'overlay',
      offset: own.text.startsWith('ovl_open+0x4') ? 4 : 0,
    });
    const opens = read.events.filter(({ text }) => text.startsWith('vfs_open+'));
    expect(new Set(opens.map(({ call }) => call!.func)).size).toBe(1);
  });

  it('reads stacks behind calls', () => {
    const { events } = readTrace(fixtures.bytes('function-stack'));
    expect(events.length % 2).toBe(0);
    for (const [index, event] of events.entries())
      expect(event.name).toBe(index % 2 === 0 ? 'function' : 'kernel_stack');
    expect(events[1]!.stack!.frames).toContain('do_sys_openat2');
  });
});

it('reads the arguments of functions on 7.2', () => {
  const read = readTrace(loadTextFixtures('7.2').bytes('function-args'));
  const first = read.events.find(({ name }) => name === 'function')!;
  expect(functionName(read, first.call!.func)).toBe('do_sys_openat2');
  expect(functionName(read, first.call!.parent!)).toBe('__x64_sys_openat');
  expect(first.text).toContain('(dfd=');
});

describe.each(capturedCases('events'))('the raw pages of %s', (folder) => {
  it('hold the events that the text has', () => {
    const { items, formats, header } = loadCapturedPages(folder);
    const raw = items.flatMap((item) =>
      item.kind === 'record'
        ? [
            {
              name: formats.get(readCommonType(header, item.bytes))!.name,
              pid: readCommonPid(header, item.bytes),
              flags: readCommonFlags(header, item.bytes),
              preemptCount: readCommonPreemptCount(header, item.bytes),
              time: Math.round(item.time / 1000),
            },
          ]
        : [],
    );
    const read = readTrace(
      readFileSync(join(import.meta.dirname, '../../../tracefs-fixtures/pages', folder, 'trace.txt')),
    );
    const text = read.events.map(({ name, pid, flags, preemptCount, time }) => ({
      name,
      pid,
      flags,
      preemptCount,
      time: Math.round((Number(read.source.origin) + time) / 1000),
    }));
    expect(text.length).toBeGreaterThan(10);
    const count = Math.min(raw.length, text.length);
    expect(text.slice(0, count)).toEqual(raw.slice(0, count));
  });
});
