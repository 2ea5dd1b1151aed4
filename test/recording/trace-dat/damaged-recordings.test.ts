/** What damaged recordings once did to the reader: each of these was found by test/fuzz. */
import { describe, expect, it } from 'vitest';
import { readThreadMs } from '../../../src/base/thread-time.ts';
import { byteSourceOf } from '../../../src/recording/files.ts';
import { readRecordingInfo } from '../../../src/recording/recording-info.ts';
import type { BufferMetadata, RecordingFormat, RecordingMetadata } from '../../../src/recording/recording-metadata.ts';
import { formatStatistics } from '../../../src/recording/report/report-extras.ts';
import { optionId } from '../../../src/recording/trace-dat/file-layout.ts';
import { openPageStreams } from '../../../src/recording/trace-dat/page-streams.ts';
import { TraceDat } from '../../../src/recording/trace-dat/trace-dat.ts';
import { TraceDatEvents } from '../../../src/recording/trace-dat/trace-dat-events.ts';
import { writeRecording } from '../../../src/recording/trace-dat/write-recording.ts';
import { memorySink } from '../../fuzz/memory-sink.ts';
import { bufferOf, metadataOf, pageSize, realPages, streamsOf } from './sample-recording.ts';

const none: RecordingFormat = { version: 7, compression: 'none' };
const zlib: RecordingFormat = { version: 7, compression: 'zlib' };
const version6: RecordingFormat = { version: 6, compression: 'none' };
const printFormat = [
  ...['name: function', 'ID: 1', 'format:'],
  ...['\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;'],
  ...['\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;'],
  ...['\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;'],
  ...['\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;', ''],
  ...['\tfield:char ip[6];\toffset:8;\tsize:6;\tsigned:0;', '', 'print fmt: "%s", REC->ip', ''],
].join('\n');

interface Sample {
  readonly format?: RecordingFormat;
  readonly metadata?: Partial<RecordingMetadata>;
  readonly pages?: Buffer;
  readonly buffer?: BufferMetadata;
}

function encode({ format = none, metadata = {}, pages = realPages, buffer = bufferOf('') }: Sample = {}): Buffer {
  const sink = memorySink();
  const whole = metadataOf({ ftraceFormats: [Buffer.from(printFormat)], buffers: [buffer], ...metadata });
  writeRecording(sink, { metadata: whole, buffers: [streamsOf(buffer, { 0: pages })] }, format);
  return Buffer.from(sink.bytes());
}

function read(bytes: Uint8Array) {
  const source = new TraceDatEvents(new TraceDat(byteSourceOf(bytes, 'a test')));
  const items = [...source.events()];
  const count = (kind: string) => items.filter((item) => item.kind === kind).length;
  const reasons = items.flatMap((item) => (item.kind === 'damaged' ? item.reason : []));
  return { source, items, events: count('event'), lost: count('lost'), reasons, problems: problemsOf(source) };
}

/** The formats are too few for the pages: that is not what is looked at here. */
function problemsOf({ problems }: TraceDatEvents): string[] {
  return problems.filter((why) => !why.startsWith('no format explains'));
}

/** Where an option of version 7 has its payload. */
function findOption(bytes: Buffer, id: number): number {
  const compression = /(?:none|zlib)\0[^\0]*\0/.exec(bytes.toString('latin1', 0, 64))!;
  let at = Number(bytes.readBigUInt64LE(compression.index + compression[0].length)) + 16;
  while (bytes.readUInt16LE(at) !== id) at += 6 + bytes.readUInt32LE(at + 2);
  return at + 6;
}

const wholeEvents = read(encode()).events;

describe('the layout of sub-buffers', () => {
  it.each([
    ['stamp', /timestamp;\toffset:0/, 'timestamp;\toffset:9999999999'],
    ['commit', /commit;\toffset:8/, 'commit;\toffset:99999'],
    ['data', /data;\toffset:16/, 'data;\toffset:4'],
    ['no field', /commit/, 'omit'],
  ])('that cannot be is replaced by the usual one, and that is said: %s', (_, from, to) => {
    const headerPage = Buffer.from(Buffer.from(metadataOf().headerPage).toString().replace(from, to));
    const { events, problems } = read(encode({ metadata: { headerPage } }));
    expect(events).toBe(wholeEvents);
    expect(problems).toEqual([expect.stringMatching(/^the layout of the sub-buffers .*: that of a usual kernel/)]);
  });

  it('is not searched for in a text of any length', () => {
    const headerPage = Buffer.alloc(500_000, '\n');
    const begin = readThreadMs();
    expect(read(encode({ metadata: { headerPage } })).events).toBe(wholeEvents);
    expect(readThreadMs() - begin).toBeLessThan(2000);
  });
});

describe('numbers of CPUs', () => {
  it('beyond any machine are not counted up to', () => {
    const bytes = encode();
    bytes.writeUInt32LE(0xf0000000, findOption(bytes, optionId.cpuCount));
    const recording = new TraceDat(byteSourceOf(bytes));
    expect(recording.layout.cpuCount).toBe(1);
    expect(recording.problems).toEqual(['it says that the machine has 4026531840 CPUs']);
    expect(openPageStreams(byteSourceOf(bytes), () => {}).metadata.cpuCount).toBe(1);
  });

  it('of one that no machine has are damage', () => {
    const bytes = encode();
    const option = findOption(bytes, optionId.buffer);
    bytes.writeUInt32LE(0xfffffff0, option + 8 + 1 + 'local\0'.length + 8);
    const recording = new TraceDat(byteSourceOf(bytes));
    expect(recording.problems).toContain('a buffer cannot be read: it has a CPU 4294967280');
    expect(formatStatistics(recording).length).toBeLessThan(2000);
  });
});

describe('places of data', () => {
  const forgeSize = (change: (size: bigint) => bigint): Buffer => {
    const bytes = encode();
    const at = findOption(bytes, optionId.buffer) + 8 + 1 + 'local\0'.length + 8 + 4 + 8;
    bytes.writeBigUInt64LE(change(bytes.readBigUInt64LE(at)), at);
    return bytes;
  };

  it('that leave data to nobody are said', () => {
    const { events, problems } = read(forgeSize(() => 0n));
    expect(events).toBe(0);
    expect(problems).toEqual([expect.stringMatching(/^the top level: \d+ bytes of data at \d+ belong to no CPU$/)]);
  });

  it('beyond the end of the file are said', () => {
    expect(read(forgeSize((size) => size * 1000n)).problems[0]).toMatch(/^CPU 0: \d+ of 8192000 bytes are missing$/);
  });

  it('that several CPUs claim are said, and not read without end', () => {
    const pages = Buffer.concat(Array.from({ length: 4 }, () => realPages));
    const bytes = encode({ pages });
    const at = findOption(bytes, optionId.buffer);
    const place = Buffer.from(bytes.subarray(at + 8 + 1 + 6 + 8, at + 8 + 1 + 6 + 8 + 20));
    const head = Buffer.from(bytes.subarray(at, at + 8 + 1 + 6 + 8));
    head.writeUInt32LE(1000, head.length - 4);
    const option = Buffer.alloc(6);
    option.writeUInt16LE(optionId.buffer);
    option.writeUInt32LE(head.length + 1000 * place.length, 2);
    const end = Buffer.alloc(14);
    end.writeUInt32LE(8, 2);
    const body = Buffer.concat([option, head, ...Array.from({ length: 1000 }, () => place), end]);
    // A second section of options in place of the one that the first ends with.
    const section = Buffer.alloc(16);
    section.writeBigUInt64LE(BigInt(body.length), 8);
    const forged = Buffer.concat([bytes, section, body]);
    const pointer = findOption(bytes, optionId.done);
    forged.writeUInt16LE(optionId.hook, at - 6);
    forged.writeBigUInt64LE(BigInt(bytes.length), pointer);
    const { events, problems } = read(forged);
    expect(events).toBeGreaterThan(0);
    expect(events).toBeLessThan(100 * wholeEvents);
    expect(problems.some((why) => why.includes('belong to another CPU'))).toBe(true);
    expect(problems.some((why) => why.includes('more bytes than the file'))).toBe(true);
  });

  it('are those of the options that are there when the last of them are cut off', () => {
    const bytes = encode();
    const buffer = findOption(bytes, optionId.buffer);
    const { events, problems } = read(bytes.subarray(0, buffer + bytes.readUInt32LE(buffer - 4)));
    expect(events).toBe(wholeEvents);
    expect(problems).toEqual([expect.stringMatching(/the options have no end/)]);
  });

  it('that no option tells are missed', () => {
    const bytes = encode();
    bytes.writeUInt16LE(optionId.hook, findOption(bytes, optionId.buffer) - 6);
    expect(read(bytes).problems).toContain('it does not say where its data is');
  });
});

describe('pages', () => {
  it('without records whose lost events would be forgotten hand them on', () => {
    const empty = Buffer.from(realPages.subarray(0, pageSize));
    empty.fill(0, 16);
    empty.writeUInt32LE(0x80000000, 8);
    expect(read(encode({ pages: Buffer.concat([empty, realPages]) })).items[0]).toMatchObject({ kind: 'lost' });
    expect(read(encode({ pages: Buffer.concat([realPages, empty]) })).reasons).toEqual([
      'page 2: events were lost, and no record comes behind them',
    ]);
  });

  it('that are a hole in the file are damage', () => {
    const { events, reasons } = read(encode({ pages: Buffer.concat([Buffer.alloc(pageSize), realPages]) }));
    expect(events).toBe(wholeEvents);
    expect(reasons).toEqual(['page 0: it has neither a time nor records']);
  });

  it('that say they use nothing, and do, are damage', () => {
    const pages = Buffer.from(realPages);
    pages.writeUInt32LE(0, 8);
    expect(read(encode({ pages })).reasons).toEqual(['page 0: it says that no bytes are used, and there are some']);
  });

  it('that use a part of a word are damage', () => {
    const pages = Buffer.from(realPages);
    pages.writeUInt32LE(3, 8);
    expect(read(encode({ pages })).reasons).toEqual(['page 0: it says 3 used bytes, and events are whole words']);
  });

  it('with records that have no whole header say so', () => {
    const pages = Buffer.from(realPages.subarray(0, pageSize));
    pages.fill(0, 16);
    pages.writeUInt32LE(8, 8);
    pages.writeUInt32LE(1, 16);
    expect(read(encode({ pages })).problems).toContain(
      'CPU 0 has records that are too short for an event: they are left out',
    );
  });
});

describe('compressed data', () => {
  it('takes no more memory than it proves to need', () => {
    const bytes = encode({ format: zlib });
    const [cpu] = new TraceDat(byteSourceOf(bytes)).layout.buffers[0]!.cpus;
    for (const size of [60 << 20, 0xfffffff0]) {
      bytes.writeUInt32LE(size, cpu!.offset + 8);
      const before = process.memoryUsage().arrayBuffers;
      const { problems, reasons } = read(bytes);
      expect(problems.length + reasons.length).toBeGreaterThan(0);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 << 20);
    }
  });
});

describe('chunks', () => {
  it('that are fewer than their bytes are missed', () => {
    const bytes = encode({ format: zlib });
    const [cpu] = new TraceDat(byteSourceOf(bytes)).layout.buffers[0]!.cpus;
    bytes.writeUInt32LE(0, cpu!.offset);
    expect(read(bytes).problems).toEqual([
      expect.stringMatching(/^CPU 0: \d+ bytes behind its 0 chunks are not read$/),
    ]);
  });
});

describe('a latency text', () => {
  const text = Buffer.from('# tracer: irqsoff\n'.repeat(1000));
  const buffer: BufferMetadata = { ...bufferOf(''), holdsText: true };
  const encodeText = (format: RecordingFormat): Buffer => {
    const sink = memorySink();
    const metadata = metadataOf({
      buffers: [buffer],
      traceClock: undefined,
      ftraceFormats: [Buffer.from(printFormat)],
    });
    const streams = { ...streamsOf(buffer, {}), text: () => [text] };
    writeRecording(sink, { metadata, buffers: [streams] }, format);
    return Buffer.from(sink.bytes());
  };
  const drain = (bytes: Buffer): { problems: readonly string[]; streamed: string[] } => {
    const recording = new TraceDat(byteSourceOf(bytes));
    for (const block of recording.layout.latencyText!.blocks()) void block;
    const streamed: string[] = [];
    const streams = openPageStreams(byteSourceOf(bytes), (why) => streamed.push(why));
    for (const block of streams.buffers[0]!.text!()) void block;
    return { problems: recording.problems, streamed };
  };

  it('that is whole has no problems', () => {
    for (const format of [none, zlib]) expect(drain(encodeText(format))).toEqual({ problems: [], streamed: [] });
  });

  it('that cannot be unpacked ends early, and that is said, to convert as well', () => {
    const bytes = encodeText(zlib);
    const section = Number(bytes.readBigUInt64LE(findOption(bytes, optionId.bufferText)));
    bytes.fill(0xff, section + 16 + 20, section + 16 + 40);
    const said = [expect.stringMatching(/^the text ends early: a zlib block/)];
    expect(drain(bytes)).toEqual({ problems: said, streamed: said });
  });
});

describe('texts of the head', () => {
  it('that are damaged are said when they are read, once', () => {
    const bytes = encode();
    bytes.writeUInt32LE(0x7fffffff, Number(bytes.readBigUInt64LE(findOption(bytes, optionId.kallsyms))) + 16);
    const recording = new TraceDat(byteSourceOf(bytes));
    expect(recording.problems).toEqual([]);
    readRecordingInfo(recording);
    void recording.symbols;
    expect(recording.problems).toEqual([expect.stringMatching(/^the kernel symbols: 2147483647 bytes/)]);
    const told: string[] = [];
    openPageStreams(byteSourceOf(bytes), (why) => told.push(why));
    expect(told).toEqual(recording.problems);
  });

  it('of a function that is no number give no address', () => {
    const pages = Buffer.from(realPages.subarray(0, pageSize));
    pages.fill(0, 16);
    pages.writeUInt32LE(24, 8);
    pages.writeUInt32LE(5, 16);
    pages.writeUInt16LE(1, 20);
    const format = printFormat.replace('char ip[6]', 'u8 ip[6]');
    const { items } = read(encode({ pages, metadata: { ftraceFormats: [Buffer.from(format)] } }));
    const [event] = items;
    expect(event).toMatchObject({ kind: 'event', name: 'function', call: undefined });
  });

  it('with an offset of any number of digits take no time', () => {
    const begin = readThreadMs();
    const { events } = read(encode({ metadata: { offset: '9'.repeat(200_000) } }));
    expect(events).toBe(wholeEvents);
    expect(readThreadMs() - begin).toBeLessThan(2000);
  });
});

describe('version 6', () => {
  it('misses data that no CPU has', () => {
    const bytes = encode({ format: version6, pages: Buffer.concat([realPages, realPages]) });
    const table = bytes.indexOf('flyrecord\0') + 10;
    bytes.writeBigUInt64LE(0n, table + 8);
    expect(read(bytes).problems).toEqual([expect.stringMatching(/bytes of data at \d+ belong to no CPU$/)]);
  });
});
