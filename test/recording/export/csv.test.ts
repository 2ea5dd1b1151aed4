import { describe, expect, it } from 'vitest';
import { csv } from '../../../src/recording/export/csv.ts';
import { damaged, event, exported, hostileNames, lost, sourceOf } from './recorded-events.ts';

/** By the grammar of RFC 4180, and nothing beyond it: throws where a text is not of it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  let row: string[] = [];
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const parts = cell.exec(text);
    if (parts === null) throw new Error(`no CSV at ${JSON.stringify(text.slice(at, at + 40))}`);
    row.push(parts[1]?.replaceAll('""', '"') ?? parts[2]!);
    if (parts[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

const header = ['time', 'cpu', 'pid', 'comm', 'instance', 'system', 'event', 'text'];

it('has a row for each event', () => {
  const { text } = exported(csv, sourceOf([event({ time: 1_000_000_001, cpu: 3, text: 'a=1, b="x"' })]));
  expect(text.endsWith('\r\n')).toBe(true);
  expect(parseCsv(text)).toEqual([header, ['6.000000001', '3', '12', 'bash', '', 'test', 'thing', 'a=1, b="x"']]);
});

it('has exact times of any clock', () => {
  const at = (about: object) => parseCsv(exported(csv, sourceOf([event({ time: 7 })], about)).text)[1]![0];
  expect(at({ origin: 1_790_000_000_123_456_789n })).toBe('1790000000.123456796');
  expect(at({ origin: 5n })).toBe('0.000000012');
  expect(at({ origin: 1_000_000n, timeIsNanoseconds: false })).toBe('1000007');
});

describe('columns of fields', () => {
  const fields = { prev_comm: 'a,b', state: -1, pid: 3, big: 2n ** 64n - 1n, list: [1, 2], none: null };
  const items = [
    event({ fields }),
    event({ name: 'other', time: 1, fields: { state: 5 } }),
    event({ time: 2, text: 'x' }),
  ];

  it('are those asked for', () => {
    const rows = parseCsv(exported(csv, sourceOf(items), { fields: ['state', 'pid', 'missing'] }).text);
    expect(rows.map((row) => row.slice(8))).toEqual([
      ['state', 'field_pid', 'missing'],
      ['-1', '3', ''],
      ['5', '', ''],
      ['', '', ''],
    ]);
  });

  it('are all of the first event', () => {
    const rows = parseCsv(exported(csv, sourceOf(items), { fields: 'all' }).text);
    expect(rows[0]!.slice(8)).toEqual(['prev_comm', 'state', 'field_pid', 'big', 'list', 'none']);
    expect(rows[1]!.slice(8)).toEqual(['a,b', '-1', '3', '18446744073709551615', '{1,2}', '']);
    expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
  });

  it('are none where there is no event', () => {
    expect(parseCsv(exported(csv, sourceOf([]), { fields: 'all' }).text)).toEqual([header]);
  });
});

it('has a row for what is missing', () => {
  const rows = parseCsv(exported(csv, sourceOf([lost(1, 3), lost(2, undefined), damaged(3, 'bad', 1)])).text);
  expect(rows.slice(1).map((row) => row.slice(6))).toEqual([
    ['lost', '3 events lost before this point'],
    ['lost', 'events lost before this point'],
    ['damaged', 'unreadable data left out: bad'],
  ]);
});

it('keeps its rows whatever the texts', () => {
  const items = hostileNames.map((name, index) => event({ time: index, comm: name, text: name, name }));
  const { text } = exported(csv, sourceOf(items));
  const rows = parseCsv(text).slice(1);
  expect(rows.length).toBe(hostileNames.length);
  expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([8]));
  expect(
    rows.map((row) => row[3]!.includes('\u0000') || /[\udc00-\udfff](?<![\ud800-\udbff].)/.test(row[3]!)),
  ).not.toContain(true);
  expect(rows.map((row) => row[7])).toEqual(
    expect.arrayContaining(['line\nbreak\\r', 'a;b,c\\td', 'broken \\x80\\xff utf-8']),
  );
});
