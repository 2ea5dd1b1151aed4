import { describe, expect, it } from 'vitest';
import type { EventFormat } from '../../../src/format/event-format.ts';
import type { SourceItem } from '../../../src/recording/event-source.ts';
import { jsonLines } from '../../../src/recording/export/json-lines.ts';
import { findSchemaProblems } from '../../journeys/json-schema.ts';
import { addressOf, calls, damaged, event, exported, hostileNames, lost, sourceOf } from './recorded-events.ts';

function read(items: readonly SourceItem[], about: object = {}): Record<string, unknown>[] {
  const { text } = exported(jsonLines, sourceOf(items, about));
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the shapes of live output', () => {
  it('are those of its schema', () => {
    const frames = [addressOf('inner'), addressOf('outer [mod]')];
    const objects = read([
      event({ time: 1, fields: { a: 1, b: 'x', c: [1, 2], d: null } }),
      event({ time: 2, name: 'kernel_stack', system: 'ftrace', stack: { kind: 'kernel', frames } }),
      ...calls('10 100 read\n  20 30 verify [mod]\n  60 - open', { pid: 5 }),
      lost(200, undefined),
      damaged(300, 'bad'),
      event({ time: 400, system: 'ftrace', name: 'function', call: { func: frames[0]!, parent: frames[1] } }),
    ]);
    expect(objects.map(({ type }) => type)).toEqual(['event', 'stack', 'tree', 'lost', 'damaged', 'event']);
    expect(objects.flatMap((object) => findSchemaProblems(object, object.type as string))).toEqual([]);
    expect(objects[1]).toMatchObject({ kind: 'kernel_stack', frames: ['inner', 'outer [mod]'] });
    expect(objects[5]).toMatchObject({ fields: { function: 'inner', caller: 'outer [mod]' } });
  });

  it('have call trees with self times', () => {
    const [tree] = read(calls('10 100 read\n  20 30 verify [mod]'));
    expect(tree).toEqual({
      type: 'tree',
      time: 5_000_000_010,
      cpu: 0,
      pid: 12,
      comm: 'bash',
      calls: 2,
      root: {
        function: 'read',
        time: 5_000_000_010,
        duration: 100,
        self: 70,
        children: [{ function: 'verify', module: 'mod', time: 5_000_000_020, duration: 30, self: 30 }],
      },
    });
  });

  it('keep every digit', () => {
    const items = [event({ time: 1, fields: { big: 2n ** 64n - 1n, small: -5 } })];
    const { text } = exported(jsonLines, sourceOf(items, { origin: 1_790_000_000_123_456_789n }));
    expect(text).toContain('"time":1790000000123456790,');
    expect(text).toContain('"big":18446744073709551615,"small":-5');
  });

  it('show in hexadecimal what the kernel prints so, and hide what probes add', () => {
    const fields = [
      { name: 'ip', shownInHex: true },
      { name: 'count', shownInHex: false },
    ];
    const format = { fields } as unknown as EventFormat;
    const [object] = read([event({ format, fields: { __probe_ip: 5, ip: -1, count: 16 } })]);
    expect(object!.fields).toEqual({ ip: '0xffffffffffffffff', count: 16 });
  });
});

it('adds what only recordings know', () => {
  const [first, second] = read([
    event({ time: 1, instance: 'foo', fields: {} }),
    event({ time: 2, system: undefined, text: 'a=1' }),
  ]);
  expect(first).toMatchObject({ instance: 'foo', fields: {} });
  expect(second).toMatchObject({ system: '', fields: {}, text: 'a=1' });
});

it('writes trees deeper than this program could recurse', () => {
  const lines = Array.from({ length: 4000 }, (_, depth) => `${'  '.repeat(depth)}${depth} ${9000 - 2 * depth} f`);
  const { text } = exported(jsonLines, sourceOf(calls(lines.join('\n'))));
  expect(text.match(/"function"/g)!.length).toBe(4000);
  expect(text.match(/\{/g)!.length).toBe(text.match(/\}/g)!.length);
});

it('loses nothing of hostile names, and cannot act on a terminal', () => {
  const items = hostileNames.map((name, index) => event({ time: index, comm: name, fields: { [name]: name, x: 1 } }));
  const { text } = exported(jsonLines, sourceOf(items));
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  const objects = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { comm: string; fields: object });
  expect(objects.map(({ comm }) => comm)).toEqual(hostileNames);
});
