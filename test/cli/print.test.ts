/** Fields, JSON, times and the summary as they are printed. */
import { describe, expect, it } from 'vitest';
import { exactNumber, jsonLine } from '../../src/base/json-text.ts';
import { asNanoseconds } from '../../src/base/units.ts';
import { noLosses } from '../../src/capture/buffer-stats.ts';
import type { Summary } from '../../src/cli/live-view.ts';
import { formatField, jsonValue } from '../../src/cli/print-fields.ts';
import { formatSummary, jsonSummary } from '../../src/cli/print-summary.ts';
import { EventClock, formatCpu, formatTask, formatTime } from '../../src/cli/print-time.ts';
import type { ShownField, ShownValue } from '../../src/session/shown-fields.ts';
import { findSchemaProblems } from '../journeys/json-schema.ts';

describe('a field', () => {
  it.each<[ShownField['style'], ShownValue, string, unknown]>([
    ['plain', 5, '5', 5],
    ['plain', -5n, '-5', -5],
    ['plain', 18_446_744_073_709_551_615n, '18446744073709551615', 18_446_744_073_709_551_615n],
    ['plain', null, '?', null],
    ['plain', 'text', '"text"', 'text'],
    ['plain', [1, 2, 3], '{1,2,3}', [1, 2, 3]],
    ['plain', [], '{}', []],
    ['hex', 255, '0xff', '0xff'],
    ['hex', -1, '0xffffffffffffffff', '0xffffffffffffffff'],
    ['hex', [16, 32n], '{0x10,0x20}', ['0x10', '0x20']],
    ['signed-and-hex', -2, '-2 (0xfffffffffffffffe)', -2],
    ['signed-and-hex', 3n, '3 (0x3)', 3],
    ['text', '', '""', ''],
    ['text', null, 'NULL', null],
    ['text', { unreadable: 0xdeadn }, '0xdead (unreadable)', { unreadable: '0xdead' }],
    ['text', 'a "b" \\ \n\u001b[31m é \udcff', '"a \\"b\\" \\\\ \\n\\e[31m é \\xff"', 'a "b" \\ \n\u001b[31m é \udcff'],
  ])('%s %o is %s', (style, value, text, json) => {
    expect(formatField({ name: 'x', value, style })).toBe(`x=${text}`);
    const wanted = typeof json === 'bigint' ? `${json}` : JSON.stringify(json);
    expect(jsonLine(jsonValue(value, style))).toBe(wanted);
  });
});

describe('a returned error', () => {
  it.each<[ShownField['style'], number | bigint, string]>([
    ['plain', -2, '-2 ENOENT'],
    ['signed-and-hex', -2, '-2 ENOENT'],
    ['signed-and-hex', 0xfffffffe, '4294967294 (-2 ENOENT)'],
    ['hex', 0xffff_ffff_ffff_fffen, '0xfffffffffffffffe (-2 ENOENT)'],
  ])('%s %o is %s', (style, value, text) => {
    const error = { number: -2, name: 'ENOENT' };
    expect(formatField({ name: 'ret', value, style, error })).toBe(`ret=${text}`);
  });
});

describe('an address in the kernel', () => {
  const symbolAt = (address: bigint) => (address === 0xffffffff81000010n ? 'vfs_open+0x10 [ext4]' : undefined);
  it.each<[ShownValue, string, unknown]>([
    [0xffffffff81000010n, 'vfs_open+0x10 [ext4]', 'vfs_open+0x10 [ext4]'],
    // Read as a signed number.
    [-0x7efffff0n, 'vfs_open+0x10 [ext4]', 'vfs_open+0x10 [ext4]'],
    [5, '0x5', '0x5'],
    [null, '?', null],
    [[5], '{0x5}', ['0x5']],
  ])('%o is %s', (value, text, json) => {
    expect(formatField({ name: 'x', value, style: 'symbol' }, symbolAt)).toBe(`x=${text}`);
    expect(jsonValue(value, 'symbol', symbolAt)).toEqual(json);
  });
});

describe('jsonLine', () => {
  it('keeps integers of any size exact', () => {
    const time = 9_007_199_254_740_993n;
    expect(jsonLine({ time: exactNumber(time), negative: exactNumber(-time) })).toBe(
      '{"time":9007199254740993,"negative":-9007199254740993}',
    );
  });

  it('escapes all that a terminal could take as a command, and loses nothing', () => {
    const hostile = '\u0000\n\r\t\u001b\u007f\u0085\u009b\u061c\u200e\u200f\u2028\u2029\u202e\u2066\ufeff\udcff';
    const line = jsonLine({ [hostile]: hostile });
    expect(line).toMatch(/^[ -~]+$/);
    expect(JSON.parse(line)).toEqual({ [hostile]: hostile });
  });

  it('leaves other text as it is', () => expect(jsonLine('é 日本 🙂')).toBe('"é 日本 🙂"'));
});

describe('times, tasks and CPUs', () => {
  it.each([
    [0n, '      0.000000'],
    [1_000n, '      0.000001'],
    [1_234_567_890_123n, '   1234.567890'],
    [123_456_789_000_000_000n, '123456789.000000'],
  ])('%s ns is %s', (time, text) => expect(formatTime(asNanoseconds(time))).toBe(text));

  it('are counts where the trace clock counts', () => {
    const clock = new EventClock(() => 90_236_635_476n, false);
    expect([clock.timeOf(3), clock.textOf(3), clock.textOf(-90_236_635_473)]).toEqual([
      90_236_635_479n,
      '   90236635479',
      '             3',
    ]);
    expect(new EventClock(() => 90_236_635_476n, true).textOf(3)).toBe('     90.236635');
  });

  it('stand in columns', () => {
    expect(formatTask('bash', 1234)).toBe(`bash-1234${' '.repeat(13)}`);
    expect(formatTask('a-very-long-name', 4_194_304)).toBe('a-very-long-name-4194304');
    expect([formatCpu(0), formatCpu(12), formatCpu(1_024)]).toEqual(['[000]', '[012]', '[1024]']);
  });
});

const summary: Summary = {
  reason: 'duration',
  records: 12,
  lost: 0,
  lostByCpu: new Map(),
  lossCauses: noLosses,
  wallMs: 1_234.5678,
  command: undefined,
  counts: { shown: 6 },
  notices: [],
};

describe('the summary', () => {
  it.each<[string, Partial<Summary>, string]>([
    ['event', {}, '6 events in 1.235 s; 12 records, 0 lost'],
    ['hit', { counts: { shown: 1 }, records: 1 }, '1 hit in 1.235 s; 1 record, 0 lost'],
    ['event', { counts: { shown: 0 }, records: 0, wallMs: 0 }, '0 events in 0.000 s; 0 records, 0 lost'],
    [
      'tree',
      { counts: { trees: 37, calls: 4203, functions: 211, shown: 37 }, records: 8406 },
      '37 trees, 4203 calls of 211 functions in 1.235 s; 8406 records, 0 lost',
    ],
    [
      'tree',
      { counts: { trees: 1, calls: 1, functions: 1, shown: 1 }, records: 2 },
      '1 tree, 1 call of 1 function in 1.235 s; 2 records, 0 lost',
    ],
    ['call', { counts: { lines: 1 } }, '1 line in 1.235 s; 0 lost'],
    ['event', { lost: 3 }, '6 events in 1.235 s; 12 records, 3 LOST'],
    [
      'event',
      {
        lost: 5,
        lostByCpu: new Map([
          [0, 2],
          [7, 3],
        ]),
      },
      '6 events in 1.235 s; 12 records, 5 LOST (cpu 0: 2, cpu 7: 3)',
    ],
  ])('of a session with the noun %s and %o', (noun, parts, text) => {
    expect(formatSummary({ ...summary, ...parts }, noun)).toBe(text);
  });

  it('is one JSON object as the schema says', () => {
    const line = jsonSummary({
      ...summary,
      reason: 'command',
      lost: 3,
      lostByCpu: new Map([[1, 3]]),
      command: { code: null, signal: 'SIGKILL' },
      notices: ['a\u001bb'],
    });
    expect(line).toBe(
      '{"type":"summary","ended":"command","shown":6,"records":12,"lost":3,"lostByCpu":{"1":3},"wall":1234567800,' +
        '"command":{"code":null,"signal":"SIGKILL"},"notices":["a\\u001bb"]}',
    );
    expect(findSchemaProblems(JSON.parse(line), 'summary')).toEqual([]);
  });

  it('has no command where none was traced', () =>
    expect(JSON.parse(jsonSummary(summary))).not.toHaveProperty('command'));
});
