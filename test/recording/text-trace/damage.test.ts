/** Damaged, hostile and huge input: counted and said, in bounded time and memory. */
import { describe, expect, it } from 'vitest';
import { type ByteSource, byteSourceOf } from '../../../src/recording/files.ts';
import { isTextTrace, openTextTrace } from '../../../src/recording/text-trace/text-trace.ts';
import { kernels, loadTextFixtures, readTrace } from './text-fixtures.ts';

const header = '# tracer: nop\n#\n';
const line = (text: string, time = '1.000000') =>
  `            bash-12      [000] d..1. ${time.padStart(12)}: ${text}\n`;

describe('damaged lines', () => {
  it('are counted with their number, and the rest is read', () => {
    const cut = line('sched_switch: a').slice(0, 40);
    const { items, source } = readTrace(
      `${header}garbage here, longer than a name\n${line('a: 1')}${cut}\n${line('b: 2')}`,
    );
    expect(items.map((item) => (item.kind === 'event' ? item.name : item.kind))).toEqual([
      'damaged',
      'a',
      'damaged',
      'b',
    ]);
    expect(source.problems).toEqual([
      'line 3: no event: garbage here, longer than a name',
      expect.stringMatching(/^line 5: a damaged event: +bash-12/),
    ]);
  });

  it('are listed up to a number, then counted', () => {
    const { items, source } = readTrace(`${header}${line('a: 1')}${`${line('x').slice(0, 38)}\n`.repeat(5000)}`);
    expect(items.filter(({ kind }) => kind === 'damaged').length).toBe(5000);
    expect(source.problems.length).toBe(21);
    expect(source.problems.at(-1)).toBe('5000 lines in all could not be read');
    // Reading once more does not count them twice.
    for (const _ of source.events());
    expect(source.problems.at(-1)).toBe('5000 lines in all could not be read');
  });

  it('are escaped where they are quoted', () => {
    expect(readTrace(`${header}\x1b[2J${'x'.repeat(300)}\n`).source.problems[0]).toMatch(
      /^line 3: no event: \\e\[2Jx+…$/,
    );
  });

  it('that are too long are cut, and that is said', () => {
    const { events, source } = readTrace(`${header}${line(`a: ${'x'.repeat(3_000_000)}`)}${line('b: 2')}`);
    expect(events.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(events[0]!.text.length).toBeLessThan(65_536);
    expect(source.problems).toEqual(['line 3 has more than 65536 bytes, and is cut there']);
  });

  it('at the end of a file that stops in a line are said', () => {
    const { events, source } = readTrace(`${header}${line('a: 1')}${line('b: 2').slice(0, -3)}`);
    expect(events.length).toBe(2);
    expect(source.problems).toEqual(['the last line has no end: the file may be cut off there']);
  });

  it('bound the text of one event', () => {
    const { events, source } = readTrace(`${header}${line('a: 1')}${`${'more text '.repeat(10)}\n`.repeat(30_000)}`);
    expect(events.length).toBe(1);
    expect(events[0]!.text.length).toBeLessThan(1_100_000);
    expect(source.problems.at(-1)).toMatch(/^\d+ lines in all could not be read$/);
  });
});

describe('streams', () => {
  it('of many blocks are read to the last line', () => {
    const lines = Array.from({ length: 40_000 }, (_, index) =>
      line(`a: ${index} ${'x'.repeat(index % 97)}`, (1 + index / 1e6).toFixed(6)),
    );
    const { items, events, source } = readTrace(`${header}${lines.join('')}`);
    expect(items.length).toBe(40_000);
    expect(events.every(({ text }, index) => text === `${index} ${'x'.repeat(index % 97)}`)).toBe(true);
    expect(source.problems).toEqual([]);
  });

  it('give the same in blocks of any size', () => {
    const bytes = loadTextFixtures('6.12').bytes('events-default');
    const expected = readTrace(bytes).events.map(({ text }) => text);
    for (const size of [1, 7, 100, 4096]) {
      const whole = byteSourceOf(bytes);
      const source: ByteSource = { ...whole, read: (target, offset) => whole.read(target.subarray(0, size), offset) };
      const read = [...openTextTrace(source).events()].flatMap((item) => (item.kind === 'event' ? [item.text] : []));
      expect(read).toEqual(expected);
    }
  });

  it('hold several traces one behind the other', () => {
    const fixtures = loadTextFixtures('6.12');
    const both = Buffer.concat([
      fixtures.bytes('events-default'),
      fixtures.bytes('graph-irqs-all'),
      fixtures.bytes('function'),
    ]);
    const { items, events } = readTrace(both);
    expect(items.length).toBe(events.length);
    expect(events.length).toBe(
      ['events-default', 'graph-irqs-all', 'function'].reduce(
        (sum, name) => sum + readTrace(fixtures.bytes(name)).events.length,
        0,
      ),
    );
  });

  it('are filtered by the selection', () => {
    const source = openTextTrace(byteSourceOf(loadTextFixtures('7.2').bytes('events-default')));
    const all = [...source.events()];
    const { cpu, pid, time } = all.filter((item) => item.kind === 'event')[30]!;
    const count = (selection: Parameters<typeof source.events>[0]) => [...source.events(selection)].length;
    expect(count({ cpus: new Set([cpu]) })).toBe(all.filter((item) => item.cpu === cpu).length);
    expect(count({ pids: new Set([pid]) })).toBe(
      all.filter((item) => item.kind === 'event' && item.pid === pid).length,
    );
    expect(count({ from: time })).toBe(all.filter((item) => item.time >= time).length);
    expect(count({ from: time, to: time })).toBe(0);
    expect(count({ wantsEvent: (_, name) => name === 'print' })).toBe(20);
    expect(count({ instance: 'other' })).toBe(0);
    expect(count({ comms: new Set(['two words']) })).toBeGreaterThan(1);
  });
});

describe('isTextTrace', () => {
  it.each([
    ['a header', '# tracer: nop\n#\n'],
    ['a pipe', line('a: b')],
    ['a pipe of function_graph', ' 0)               |  f() {\n 0)   1.000 us    |    g();\n'],
    ['a loss first', `CPU:0 [LOST 3 EVENTS]\n${line('a: b')}`],
  ])('knows %s', (_, text) => expect(isTextTrace(Buffer.from(text))).toBe(true));

  it.each([
    ['nothing', ''],
    ['a README', '# A title\n\nSome text: with a colon.\n'],
    ['a program', 'function f() {\n  return g();\n}\n'],
    ['C', 'int main() {\n  f();\n  /* x */\n}\n'],
    ['trace.dat', '\x17\x08\x44tracing7\0\0'],
    ['JSON', '{"a": [1, 2]}\n'],
    ['a log', 'Nov 21 05:24:32 host kernel: [    1.000000] text: more\n'],
    ['kallsyms', 'ffffffff81000000 T _stext\nffffffff81000000 T _text\n'],
  ])('knows that %s is none', (_, text) => expect(isTextTrace(Buffer.from(text, 'latin1'))).toBe(false));
});

it('survives thousands of mutations without losing a line silently', () => {
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (const kernel of kernels) {
    const fixtures = loadTextFixtures(kernel);
    for (const name of [
      'events-tgid',
      'events-latency',
      'events-verbose',
      'function-symbols',
      'graph-irqs-all',
      'graph-irqs',
    ]) {
      const original = fixtures.bytes(name);
      for (let round = 0; round < 10; round += 1) {
        const bytes = Buffer.from(original);
        for (let flips = 1 + random(40); flips > 0; flips -= 1) bytes[random(bytes.length)] = random(256);
        const from = random(3) === 0 ? random(bytes.length) : 0;
        const { items } = readTrace(bytes.subarray(from));
        for (const item of items) {
          expect(Number.isFinite(item.time)).toBe(true);
          if (item.kind === 'event')
            expect(typeof `${item.text}${item.call?.func}${item.stack?.frames.length}`).toBe('string');
        }
      }
    }
  }
});

describe('hostile lines', () => {
  const graph =
    '# tracer: function_graph\n#\n# CPU  DURATION                  FUNCTION CALLS\n# |     |   |                     |   |   |   |\n';

  it('that open a remark without an end do not swallow what follows', () => {
    const calls = ' 0)   1.000 us    |  f();\n'.repeat(2000);
    const { events, source } = readTrace(`${graph} 0)               |  /* print me\n${calls}`);
    expect(events.length).toBe(4001);
    expect(source.problems.join()).toContain('a remark of function_graph has no end');
    const many = readTrace(`${graph}${' 0)               |  /* again\n'.repeat(20_000)}`);
    expect(many.events.length).toBeGreaterThan(19_000);
  });

  it('may hold a line that looks like a call in a remark', () => {
    const { events } = readTrace(
      `${graph} 0)               |  /* a\n 0)   1.000 us    |  fake();\nb */\n 0)   1.000 us    |  f();\n`,
    );
    expect(events.map(({ name, text }) => `${name}: ${text}`)).toEqual([
      'print: a\n 0)   1.000 us    |  fake();\nb',
      'funcgraph_entry: f();',
      'funcgraph_exit: }',
    ]);
  });

  it.each([
    ['(', ') <-x'],
    ['f(', ') ('],
    ['-', '1 '],
    ['', '-1 [000] '],
    ['f <-', ' (repeats: '],
    [' => ', ' '],
    ['} /*', ' <-f'],
    [' 0) ', '1.000 us |  '],
    ['', ' | '],
    ['', '{x: '],
    ['', '    '],
    ['x', '\t'],
  ])('%s%s… are no work for long', (first, repeated) => {
    const long = `${first}${repeated.repeat(Math.floor(65_000 / repeated.length))}`;
    const start = process.cpuUsage().user;
    for (const head of [header, graph, '# tracer: function\n#\n', '']) {
      for (const text of [
        `${long}\r`,
        line(`${long}\r`).trimEnd(),
        ` 0)   1.000 us    |  ${long}\r`,
        `    bash-1       0d...    1us : ${long}\r`,
      ]) {
        const { items } = readTrace(`${head}${`${text}\n`.repeat(3)}`);
        for (const item of items)
          if (item.kind === 'event') expect(`${item.text}${item.call}`.length).toBeLessThan(300_000);
      }
    }
    // Microseconds of this process, whatever else the machine does.
    expect(process.cpuUsage().user - start).toBeLessThan(4_000_000);
  });
});
