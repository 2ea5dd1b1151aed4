/** The small readers of capture/: buffer stats, trace_pipe text, names of tasks. */
import { describe, expect, it } from 'vitest';
import { asCpuId } from '../../src/base/units.ts';
import { countArrived, countLost, parseBufferStats, readBufferStats } from '../../src/capture/buffer-stats.ts';
import { readEventCatalogue } from '../../src/capture/event-catalogue.ts';
import { parseSavedCmdlines, TaskNames } from '../../src/capture/task-names.ts';
import { TextCapture } from '../../src/capture/text-capture.ts';
import { setUp, versions } from '../control/tracefs-setup.ts';

const statsText = `entries: 12
overrun: 3
commit overrun: 4
bytes: 1000
oldest event ts:  2732.817001
now ts:  2733.000000
dropped events: 5
read events: 100
`;

describe('buffer stats', () => {
  it('are read by name', () => {
    const stats = parseBufferStats(asCpuId(1), statsText);
    expect(stats).toEqual({ cpu: 1, entries: 12, overrun: 3, commitOverrun: 4, dropped: 5, read: 100 });
    expect(countArrived(stats)).toBe(124);
    expect(parseBufferStats(asCpuId(0), '')).toMatchObject({ entries: 0, overrun: 0, read: 0 });
  });

  it('tell what was lost between two readings, and never less than nothing', () => {
    const before = parseBufferStats(asCpuId(0), statsText);
    const after = { ...before, overrun: 10, dropped: 6, entries: 999 };
    expect([countLost(before, after), countLost(undefined, after), countLost(after, before)]).toEqual([8, 20, 0]);
  });

  it('come from every CPU', () => {
    const { kernel, tracefs } = setUp();
    kernel.setStats(1, { overrun: 7, entries: 2 });
    expect(readBufferStats(tracefs.top).map(({ cpu, overrun, entries }) => [cpu, overrun, entries])).toEqual([
      [0, 0, 0],
      [1, 7, 2],
    ]);
  });
});

describe('TextCapture', () => {
  function capture(...pieces: [atMs: number, text: string][]) {
    const clock = { now: 0 };
    const text = pieces.map(([atMs, piece]) => ({ atMs, text: piece }));
    const made = setUp('6.12', { playback: { cpus: [], text }, clock: () => clock.now });
    made.tracefs.top.write('events/sched/sched_switch/enable', '1');
    const reader = new TextCapture(made.tracefs.top);
    reader.open();
    return { ...made, reader, clock };
  }

  it('gives whole lines, put together over reads', () => {
    const { reader, clock } = capture([0, 'one\ntw'], [0, 'o\n'], [5, 'three\n']);
    expect(reader.readLines()).toEqual(['one', 'two']);
    expect(reader.readLines()).toEqual([]);
    clock.now = 5;
    expect(reader.readLines()).toEqual(['three']);
  });

  it('keeps empty lines, UTF-8 cut between reads, and marks of lost events', () => {
    const { reader } = capture([0, '中'], [0, '文\n\nCPU:1 [LOST 7 EVENTS]\n']);
    expect(reader.readLines()).toEqual(['中文', '', 'CPU:1 [LOST 7 EVENTS]']);
  });

  it('is alone: a second reader is EBUSY until it closes', () => {
    const { reader, tracefs } = capture();
    expect(() => new TextCapture(tracefs.top).open()).toThrow(/EBUSY/);
    reader.close();
    reader.close();
    new TextCapture(tracefs.top).open();
  });

  it('reads nothing before it is opened', () => {
    expect(new TextCapture(setUp().tracefs.top).readLines()).toEqual([]);
  });
});

describe('TaskNames', () => {
  it('come from saved_cmdlines, spaces and all', () => {
    expect([...parseSavedCmdlines('12 kworker/0:1\n13 Web Content\n14 \nnonsense\n')]).toEqual([
      [12, 'kworker/0:1'],
      [13, 'Web Content'],
      [14, ''],
    ]);
  });

  it('prefer the living: exec gives a task another name', () => {
    const { kernel, tracefs } = setUp('6.12', { files: { '/proc/88/comm': 'sh\n' } });
    const names = new TaskNames(tracefs);
    expect(names.nameOf(88, 0)).toBe('sh');
    kernel.setFile('/proc/88/comm', 'ls\n');
    expect(names.nameOf(88, 50)).toBe('sh');
    expect(names.nameOf(88, 200)).toBe('ls');
  });

  it('are kept after the task is gone', () => {
    const { kernel, tracefs } = setUp('6.12', { files: { '/proc/88/comm': 'ls\n' } });
    const names = new TaskNames(tracefs);
    names.nameOf(88, 0);
    kernel.setFile('/proc/88/comm', undefined);
    expect(names.nameOf(88, 1_000)).toBe('ls');
    expect(names.nameOf(89, 1_000)).toBe('<...>');
    expect(names.nameOf(0, 1_000)).toBe('<idle>');
  });

  it('are looked for again when a task came and went since saved_cmdlines was read', () => {
    const { kernel, tracefs } = setUp('6.12');
    let saved = '87 sh\n';
    const readText = kernel.readText.bind(kernel);
    kernel.readText = (path) => (path.endsWith('/saved_cmdlines') ? saved : readText(path));
    const names = new TaskNames(tracefs);
    expect(names.nameOf(87, 0)).toBe('sh');
    saved = '88 cat\n87 dash\n';
    expect(names.nameOf(88, 1)).toBe('cat');
    expect(names.nameOf(87, 2)).toBe('sh');
    expect(names.nameOf(87, 200)).toBe('dash');
  });

  it('are not those of an earlier task with the same pid', () => {
    const { kernel, tracefs } = setUp('6.12');
    let saved = '88 V8Worker\n87 sh\n';
    const readText = kernel.readText.bind(kernel);
    kernel.readText = (path) => (path.endsWith('/saved_cmdlines') ? saved : readText(path));
    let worked = 0;
    const names = new TaskNames(tracefs, () => worked);
    expect(names.nameOf(87, 0)).toBe('sh');
    saved = '88 cat\n87 sh\n';
    const tired = new TaskNames(tracefs, () => (worked += 300));
    expect([tired.nameOf(87, 0), tired.nameOf(86, 1), tired.nameOf(88, 2)]).toEqual(['sh', '<...>', '<...>']);
    expect(names.nameOf(88, 50)).toBe('cat');
  });

  it('take a fifth of the time at most, but for bursts', () => {
    const { tracefs } = setUp('6.12');
    let worked = 0;
    let lookups = 0;
    const names = new TaskNames(tracefs, () => {
      worked += 5;
      lookups += 0.5;
      return worked;
    });
    for (let pid = 1; pid <= 10_000; pid += 1) names.nameOf(pid, pid);
    // 5 ms each: 200 ms at once, then a fifth of 10 s.
    expect(lookups).toBeCloseTo(440, -1);
    for (let pid = 1; pid <= 10_000; pid += 1) names.nameOf(20_000 + pid, 20_000);
    expect(lookups).toBeCloseTo(480, -1);
  });

  it('ask /proc no more than once for a task in a while', () => {
    const { kernel, tracefs } = setUp('6.12', { files: { '/proc/88/comm': 'ls\n' } });
    const names = new TaskNames(tracefs);
    let reads = 0;
    const readText = kernel.readText.bind(kernel);
    kernel.readText = (path) => {
      if (path.startsWith('/proc/')) reads += 1;
      return readText(path);
    };
    for (let count = 0; count < 1000; count += 1) names.nameOf(88, 1);
    for (let count = 0; count < 1000; count += 1) names.nameOf(99, 1);
    expect(reads).toBeLessThanOrEqual(2);
  });
});

describe('readEventCatalogue', () => {
  it.each(versions)('has the events asked for by their id on %s', (version) => {
    const { tracefs } = setUp(version);
    const wanted = [
      { system: 'sched', event: 'sched_switch' },
      { system: 'ftrace', event: 'function' },
      { system: 'ftrace', event: 'no_such_event' },
    ];
    const catalogue = readEventCatalogue(tracefs.top, wanted);
    expect([...catalogue.formats.values()].map(({ name }) => name)).toEqual(['sched_switch', 'function']);
    for (const [id, format] of catalogue.formats) expect(format.id).toBe(id);
    expect(catalogue.layout).toMatchObject({ data: 16, littleEndian: true, longSize: 8 });
  });

  it('says which event is not there', () => {
    expect(() => readEventCatalogue(setUp().tracefs.top, [{ system: 'no', event: 'such' }])).toThrow(
      /events\/no\/such\/format: ENOENT/,
    );
  });
});
