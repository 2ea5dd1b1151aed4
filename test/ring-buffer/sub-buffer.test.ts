import { describe, expect, it } from 'vitest';
import { asCpuId } from '../../src/base/units.ts';
import { type PageLayout, parseHeaderPage } from '../../src/ring-buffer/page-layout.ts';
import { readPageItems, readPageStamp } from '../../src/ring-buffer/stream-item.ts';
import { SubBufferCursor } from '../../src/ring-buffer/sub-buffer.ts';
import { layoutOf, SubBufferWriter } from './sub-buffer-bytes.ts';

/** The items as `time text`, `time lost count` and `time damaged: reason`. */
function describeItems(page: Uint8Array, layout: PageLayout, origin = 0n): string[] {
  return readPageItems(page, layout, asCpuId(3), origin).map((item) => {
    expect(item.cpu).toBe(3);
    if (item.kind === 'record') return `${item.time} ${Buffer.from(item.bytes).toString('latin1')}`;
    return item.kind === 'lost' ? `${item.time} lost ${item.count}` : `${item.time} damaged: ${item.reason}`;
  });
}

const layouts: [string, PageLayout][] = [
  ['little endian, 64 bits', layoutOf()],
  ['big endian, 64 bits', layoutOf({ littleEndian: false })],
  ['little endian, 32 bits', layoutOf({ longSize: 4 })],
  ['big endian, 32 bits', layoutOf({ littleEndian: false, longSize: 4 })],
  ['sub-buffers of 8 KiB', layoutOf({ subBufferSize: 8192 })],
];

describe.each(layouts)('a sub-buffer, %s', (_name, layout) => {
  const begin = (stamp = 1000n) => new SubBufferWriter(layout, stamp);

  it('has records of both lengths', () => {
    const page = begin().record(0, 'abcd').record(5, 'abcdefgh').longRecord(7, 'abcdef').record(1, 'wxyz').done();
    expect(describeItems(page, layout)).toEqual(['1000 abcd', '1005 abcdefgh', '1012 abcdef', '1013 wxyz']);
  });

  it('has times from the origin', () => {
    const stamp = (1n << 60n) + 12345n;
    expect(describeItems(begin(stamp).record(3, 'abcd').done(), layout, stamp - 100n)).toEqual(['103 abcd']);
    expect(readPageStamp(begin(stamp).done(), layout)).toBe(stamp);
  });

  it('extends time', () => {
    const page = begin().record(0, 'abcd').event(30, 9).word(2).record(1, 'wxyz').done();
    expect(describeItems(page, layout)).toEqual(['1000 abcd', `${1000 + 2 * 2 ** 27 + 9 + 1} wxyz`]);
  });

  it('takes absolute stamps, with the top bits of the running one', () => {
    const base = (3n << 59n) + (5n << 27n);
    const page = begin(base).record(4, 'abcd').event(31, 77).word(6).record(1, 'wxyz').done();
    expect(describeItems(page, layout, base)).toEqual(['4 abcd', `${2 ** 27 + 77 + 1} wxyz`]);
  });

  it('notices that an absolute stamp has wrapped', () => {
    const base = (1n << 59n) - 100n;
    const page = begin(base).record(0, 'abcd').event(31, 20).word(0).record(1, 'wxyz').done();
    expect(describeItems(page, layout, base)).toEqual(['0 abcd', '121 wxyz']);
  });

  it('bears an absolute stamp a little in the past', () => {
    const page = begin(1000n).record(0, 'abcd').event(31, 990).word(0).record(0, 'wxyz').done();
    expect(describeItems(page, layout)).toEqual(['1000 abcd', '990 wxyz']);
  });

  it('leaves out discarded events and counts their time', () => {
    const page = begin().record(0, 'abcd').event(29, 6).word(12).data('discarde').record(1, 'wxyz').done();
    expect(describeItems(page, layout)).toEqual(['1000 abcd', '1007 wxyz']);
  });

  it('ends at padding without time', () => {
    const page = begin().record(0, 'abcd').event(29, 0).word(0xffffff).record(1, 'wxyz').done();
    expect(describeItems(page, layout)).toEqual(['1000 abcd']);
  });

  it('says what was lost before it', () => {
    expect(describeItems(begin().record(2, 'abcd').done('unknown'), layout)).toEqual([
      '1002 lost undefined',
      '1002 abcd',
    ]);
    expect(describeItems(begin().record(2, 'abcd').done(17), layout)).toEqual(['1002 lost 17', '1002 abcd']);
    expect(describeItems(begin().done(17), layout)).toEqual(['1000 lost 17']);
  });

  it('may be empty or all zero', () => {
    expect(describeItems(begin().done(), layout)).toEqual([]);
    expect(describeItems(new Uint8Array(layout.subBufferSize), layout)).toEqual([]);
  });
});

describe('a damaged sub-buffer', () => {
  const layout = layoutOf();
  const begin = () => new SubBufferWriter(layout, 1000n).record(0, 'abcd');

  it.each([
    [
      'a record over the end',
      begin().event(9, 4).done(),
      '1004 damaged: a record of 36 bytes crosses the end of the used bytes',
    ],
    [
      'a long record over the end',
      begin().event(0, 4).word(400).done(),
      '1004 damaged: a record of 396 bytes crosses the end of the used bytes',
    ],
    [
      'a record without bytes',
      begin().event(0, 4).word(3).done(),
      '1004 damaged: a record says that it has 3 bytes with its own length',
    ],
    [
      'padding over the end',
      begin().event(29, 4).word(400).done(),
      '1004 damaged: padding crosses the end of the used bytes',
    ],
    ['half an extend', begin().event(30, 4).done(), '1000 damaged: the used bytes end inside an event'],
  ])('%s ends it with a reason', (_name, page, damage) => {
    expect(describeItems(page, layout)).toEqual(['1000 abcd', damage]);
  });

  it('says when it claims more bytes than it has', () => {
    const items = describeItems(begin().event(29, 0).done(undefined, 99_999), layout);
    expect(items).toEqual(['1000 abcd', '1000 damaged: the sub-buffer says 99999 used bytes and has 4080']);
  });

  it('says when it is cut', () => {
    expect(describeItems(new Uint8Array(7), layout)).toEqual([
      '0 damaged: the sub-buffer has 7 bytes, not even a header',
    ]);
    const items = describeItems(begin().record(1, 'wxyz').done().slice(0, 28), layout);
    expect(items[0]).toBe('1000 abcd');
    expect(items.at(-1)).toMatch(/damaged: /);
  });

  it('never throws and always ends, whatever the bytes are', () => {
    let seed = 12345;
    const random = () => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed >>> 16;
    };
    for (let round = 0; round < 2000; round += 1) {
      const page = Uint8Array.from({ length: 64 + (random() % 64) }, () => random() & 255);
      if (round % 2) page.set([random() & 127, 0, 0, 0], 8);
      const items = readPageItems(page, layout, asCpuId(0), 0n);
      const bytes = items.reduce((sum, item) => sum + (item.kind === 'record' ? item.bytes.length : 0), 0);
      expect(bytes).toBeLessThanOrEqual(page.length);
    }
  });
});

describe('SubBufferCursor', () => {
  it('walks one sub-buffer after the other in one view', () => {
    const layout = layoutOf();
    const pages = new Uint8Array(2 * 4096);
    pages.set(new SubBufferWriter(layout, 10n).record(1, 'abcd').done('unknown'));
    pages.set(new SubBufferWriter(layout, 20n).record(2, 'wxyz').done(), 4096);
    const cursor = new SubBufferCursor(layout, 0n);
    const view = new DataView(pages.buffer);
    const seen: unknown[] = [];
    for (const start of [0, 4096]) {
      cursor.open(view, start);
      while (cursor.next()) seen.push([cursor.time, cursor.dataStart, cursor.dataLength, cursor.lost]);
    }
    expect(seen).toEqual([
      [11, 20, 4, -1],
      [22, 4116, 4, 0],
    ]);
  });

  it('gives items that outlive the page they were read from', () => {
    const layout = layoutOf();
    const page = new SubBufferWriter(layout, 10n).record(1, 'abcd').done();
    const [item] = readPageItems(page, layout, asCpuId(0), 0n);
    page.fill(0);
    expect(item).toMatchObject({ kind: 'record', bytes: Uint8Array.from(Buffer.from('abcd')) });
  });
});

describe('parseHeaderPage', () => {
  const text = (long: number) =>
    [
      '\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;',
      `\tfield: local_t commit;\toffset:8;\tsize:${long};\tsigned:1;`,
      '\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;',
      `\tfield: char data;\toffset:${8 + long};\tsize:${4088 - long};\tsigned:1;`,
    ].join('\n');

  it.each([4, 8] as const)('reads a kernel with longs of %d bytes', (longSize) => {
    expect(parseHeaderPage(text(longSize), { littleEndian: false })).toEqual(
      layoutOf({ littleEndian: false, longSize }),
    );
  });

  it('refuses what is no header', () => {
    expect(() => parseHeaderPage('nonsense')).toThrow('reading events/header_page: there is no field `commit`');
    expect(() => parseHeaderPage(text(2))).toThrow('commit has 2 bytes');
  });
});
