import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/base/errors.ts';
import type { BufferMetadata, PageStreams, RecordingFormat } from '../../../src/recording/recording-metadata.ts';
import type { DecodedFile } from './decode-trace-dat.ts';
import { bufferOf, makePages, metadataOf, pageSize, realPages, streamsOf, writeAndDecode } from './sample-recording.ts';

const plain7: RecordingFormat = { version: 7, compression: 'none' };
const plain6: RecordingFormat = { version: 6, compression: 'none' };

const zlib7: RecordingFormat = { version: 7, compression: 'zlib' };
const zstd7: RecordingFormat = { version: 7, compression: 'zstd' };

const twoCpus = { 0: realPages, 1: makePages(1, 23) };

const sampleOf = (changes: Parameters<typeof metadataOf>[0] = {}): PageStreams => {
  const metadata = metadataOf(changes);
  return { metadata, buffers: metadata.buffers.map((buffer) => streamsOf(buffer, twoCpus)) };
};

const textOf = (file: DecodedFile, id: number): string[] =>
  file.options.filter((option) => option.id === id).map(({ data }) => data.toString('latin1'));

describe.each([
  ['version 7', plain7],
  ['version 7 with zlib', zlib7],
  ['version 7 with zstd', zstd7],
  ['version 6', plain6],
])('%s', (_, format) => {
  it.each([true, false])('keeps the texts and the pages (little endian: %s)', (littleEndian) => {
    const streams = sampleOf({ littleEndian, longSize: littleEndian ? 8 : 4 });
    const { file, bytes, written } = writeAndDecode(streams, format);
    expect(written).toEqual({ size: bytes.length, problems: [] });
    const { version, compression } = format;
    expect(file).toMatchObject({ version, compression, littleEndian, longSize: littleEndian ? 8 : 4, pageSize });
    const { metadata } = streams;
    expect(file.headerPage).toBe(metadata.headerPage.toString());
    expect(file.headerEvent).toBe('# compressed entry header\n');
    expect(file.ftraceFormats).toEqual(['name: function\nID: 1\n', 'name: print\nID: 5\n']);
    expect(file.eventFormats.map(({ system }) => system)).toEqual(['sched', 'empty']);
    expect(file.eventFormats[0]?.formats).toEqual([metadata.eventFormats[0]?.formats[0]?.toString()]);
    expect(file.eventFormats[1]?.formats).toEqual([]);
    expect(file.kallsyms).toBe('ffffffff81000000 T _text\n');
    expect(file.printkFormats).toBe('0xffffffff82000000 : "hello"\n');
    expect(file.savedCmdlines).toBe('1 systemd\n');
    expect(file.buffers).toHaveLength(1);
    expect(file.buffers[0]?.cpus.map(({ cpu }) => cpu)).toEqual([0, 1]);
    expect(file.buffers[0]?.cpus[0]?.pages.equals(realPages)).toBe(true);
    expect(file.buffers[0]?.cpus[1]?.pages.equals(makePages(1, 23))).toBe(true);
  });

  it('stores the options with their texts ended by NUL, and passes unknown ones on', () => {
    const otherOptions = [
      { id: 10, data: Buffer.from('1f 1 cat\n') },
      { id: 4711, data: Buffer.from([1, 2, 3]) },
      { id: 10, data: Buffer.from('20 0 dog\n') },
    ];
    const { file } = writeAndDecode(sampleOf({ otherOptions, date: '0x5e1f', offset: '-12' }), format);
    expect(textOf(file, 1)).toEqual(['0x5e1f\0']);
    expect(textOf(file, 7)).toEqual(['-12\0']);
    expect(textOf(file, 4)).toEqual(['[local] global counter\n\0']);
    expect(textOf(file, 5)).toEqual(['Linux box 6.12 x86_64\0']);
    expect(textOf(file, 9)).toEqual(['ftui test\0']);
    expect(textOf(file, 11)).toEqual(['\x88\x77\x66\x55\x44\x33\x22\x11']);
    expect(textOf(file, 8)).toEqual(['\x02\0\0\0']);
    expect(textOf(file, 10)).toEqual(['1f 1 cat\n', '20 0 dog\n']);
    expect(textOf(file, 4711)).toEqual(['\x01\x02\x03']);
  });

  it('leaves options out that the recording does not have', () => {
    const without = { traceId: undefined, uname: undefined, producer: undefined, traceClock: undefined };
    const { file } = writeAndDecode(sampleOf(without), format);
    expect(file.options.map(({ id }) => id).filter((id) => id < 16)).toEqual(
      format.version === 7 ? [2, 2, 8, 3] : [2, 2, 8],
    );
    expect(file.buffers[0]?.cpus[0]?.pages.equals(realPages)).toBe(true);
  });

  it('keeps instances apart, with their names and statistics', () => {
    const buffers = [
      bufferOf('', 'global'),
      bufferOf('net-\u00e4\ud83d\udc80', 'mono'),
      bufferOf('\udcff\udc80', 'boot'),
    ];
    const metadata = metadataOf({ buffers });
    const cpus = [{ 0: makePages(0, 1) }, { 1: makePages(1, 2) }, { 0: makePages(0, 3), 1: makePages(1, 4) }];
    const streams = { metadata, buffers: buffers.map((buffer, index) => streamsOf(buffer, cpus[index]!)) };
    const { file, bytes } = writeAndDecode(streams, format);
    expect(file.buffers.map(({ name }) => name)).toEqual(['', 'net-\u00e4\ud83d\udc80', '\ufffd\ufffd']);
    expect(bytes.includes(Buffer.from([0xff, 0x80, 0x00]))).toBe(true);
    const clocks = file.buffers.map(({ clock }) => clock);
    expect(clocks).toEqual(format.version === 7 ? ['global', 'mono', 'boot'] : ['[global]', '[mono]', '[boot]']);
    const pages = file.buffers.map((buffer) => buffer.cpus.filter(({ size }) => size > 0));
    expect(pages.map((list) => list.map(({ cpu }) => cpu))).toEqual([[0], [1], [0, 1]]);
    expect(pages[1]?.[0]?.pages.equals(makePages(1, 2))).toBe(true);
    expect(pages[2]?.[1]?.pages.equals(makePages(1, 4))).toBe(true);
    expect(textOf(file, 2).slice(0, 5)).toEqual([
      'CPU: 0\nentries: 1 of \n\0',
      'CPU: 1\nentries: 2 of \n\0',
      '\nBuffer: net-\xc3\xa4\xf0\x9f\x92\x80\n\n\0',
      'CPU: 0\nentries: 1 of net-\xc3\xa4\xf0\x9f\x92\x80\n\0',
      'CPU: 1\nentries: 2 of net-\xc3\xa4\xf0\x9f\x92\x80\n\0',
    ]);
  });

  it('cuts off what is no whole sub-buffer, and says so', () => {
    const metadata = metadataOf();
    const torn = Buffer.concat([makePages(0, 2), Buffer.alloc(100)]);
    const buffers = [streamsOf(metadata.buffers[0]!, { 0: torn })];
    const { file, written } = writeAndDecode({ metadata, buffers }, format);
    expect(file.buffers[0]?.cpus[0]?.pages.equals(makePages(0, 2))).toBe(true);
    expect(written.problems).toEqual(['CPU 0: 100 bytes of a torn sub-buffer were left out']);
  });

  it('keeps the text of a latency tracer in place of pages', () => {
    const top: BufferMetadata = { ...bufferOf(''), holdsText: true };
    const text = function* () {
      yield Buffer.from('# tracer: irqsoff\n');
      yield Buffer.from('x'.repeat(100_000));
    };
    const buffers = [{ ...streamsOf(top, {}), text }];
    const { file, written } = writeAndDecode({ metadata: metadataOf({ buffers: [top] }), buffers }, format);
    expect(file.buffers[0]?.text).toBe(`# tracer: irqsoff\n${'x'.repeat(100_000)}`);
    expect(written.problems).toEqual([]);
    // Version 6: with the option trace-cmd takes the text's first bytes for the length of the clock.
    expect(textOf(file, 4)).toHaveLength(format.version === 7 ? 1 : 0);
  });

  it('writes a recording without any page', () => {
    const { file } = writeAndDecode({ metadata: metadataOf({ buffers: [] }), buffers: [] }, format);
    expect(file.buffers.flatMap(({ cpus }) => cpus.filter(({ size }) => size > 0))).toEqual([]);
    expect(file.savedCmdlines).toBe('1 systemd\n');
  });
});

describe('version 7', () => {
  it('chains its sections to the end of the file, those of metadata first, options and names last', () => {
    const { file, bytes } = writeAndDecode(sampleOf(), plain7);
    expect(file.sections.map(({ id }) => id)).toEqual([16, 17, 18, 19, 20, 21, 3, 0, 15]);
    const last = file.sections.at(-1)!;
    expect(last.offset + 16 + last.size).toBe(bytes.length);
    expect(file.sections.every(({ flags }) => flags === 0)).toBe(true);
    const names = file.sections.map(({ name }) => name);
    const metadata = ['headers', 'ftrace events', 'events format', 'kallsyms', 'printk', 'command lines'];
    expect(names).toEqual([...metadata, 'buffer flyrecord ', 'options', 'strings']);
  });

  it.each([4096, 8192, 65536])('aligns uncompressed sub-buffers of %s bytes', (size) => {
    const buffer = bufferOf('big', 'local', size);
    const metadata = metadataOf({ buffers: [bufferOf(''), buffer] });
    const cpus = { 0: makePages(0, 1, size), 1: makePages(1, 3, size) };
    const buffers = [streamsOf(bufferOf(''), twoCpus), streamsOf(buffer, cpus, size)];
    const { file } = writeAndDecode({ metadata, buffers }, plain7);
    expect(file.buffers[1]?.pageSize).toBe(size);
    expect(file.buffers[1]?.cpus.map(({ offset }) => offset % size)).toEqual([0, 0]);
    expect(file.buffers[1]?.cpus[1]?.pages.equals(cpus[1])).toBe(true);
    expect(file.buffers[0]?.cpus.map(({ offset }) => offset % pageSize)).toEqual([0, 0]);
  });

  it('does not compress pages where an instance has larger sub-buffers than the top buffer', () => {
    const metadata = metadataOf({ buffers: [bufferOf(''), bufferOf('big', 'local', 8192)] });
    const cpus = { 0: makePages(0, 3, 8192), 1: makePages(1, 5, 8192) };
    const buffers = [streamsOf(bufferOf(''), twoCpus), streamsOf(metadata.buffers[1]!, cpus, 8192)];
    const { file, written } = writeAndDecode({ metadata, buffers }, zstd7);
    expect(file.sections.filter(({ id }) => id === 3).map(({ flags }) => flags)).toEqual([0, 0]);
    expect(file.sections[0]?.flags).toBe(1);
    expect(file.buffers[1]?.cpus.map(({ offset }) => offset % 8192)).toEqual([0, 0]);
    expect(file.buffers[1]?.cpus[1]?.pages.equals(cpus[1])).toBe(true);
    expect(written.problems).toEqual([expect.stringContaining('pages are not compressed')]);
  });

  it('leaves CPUs without data out and keeps the numbers of the others', () => {
    const metadata = metadataOf({ cpuCount: 300 });
    const buffers = [
      streamsOf(metadata.buffers[0]!, { 0: Buffer.alloc(0), 7: makePages(7, 1), 256: makePages(256, 2) }),
    ];
    for (const format of [plain7, zstd7]) {
      const { file } = writeAndDecode({ metadata, buffers }, format);
      expect(file.buffers[0]?.cpus.map(({ cpu }) => cpu)).toEqual([7, 256]);
      expect(file.buffers[0]?.cpus[1]?.pages.equals(makePages(256, 2))).toBe(true);
    }
  });

  it('compresses everything but options and names, in chunks of ten sub-buffers', () => {
    for (const format of [zlib7, zstd7]) {
      const { file } = writeAndDecode(sampleOf(), format);
      expect(file.sections.filter(({ flags }) => flags === 0).map(({ id }) => id)).toEqual([0, 15]);
      const cpus = file.buffers[0]?.cpus.map(({ chunks }) => chunks.map((size) => size / pageSize));
      expect(cpus).toEqual([[2], [10, 10, 3]]);
    }
  });

  it('writes zstd frames without content size, as trace-cmd does', () => {
    const { file, bytes } = writeAndDecode(sampleOf(), zstd7);
    const { offset } = file.buffers[0]!.cpus[0]!;
    const frame = bytes.subarray(offset + 12);
    expect(frame.readUInt32LE(0)).toBe(0xfd2fb528);
    // Frame header descriptor: bits 6-7 the size of the content size field, bit 5 set means it is there anyway.
    expect(frame[4]! & 0xe0).toBe(0);
  });

  it('keeps saved_tgids in a section that no option points at', () => {
    for (const format of [plain7, zstd7]) {
      const { file } = writeAndDecode(sampleOf({ savedTgids: Buffer.from('12 10\n') }), format);
      expect(file.savedTgids).toBe('12 10\n');
      expect(file.options.some(({ id }) => id === 0x6674)).toBe(false);
    }
  });

  it('keeps attached files where trace-cmd can read them', () => {
    const attachedFiles = [{ id: 25, data: Buffer.from('ext4 1 0 - Live 0x0\n') }];
    const compressed = writeAndDecode(sampleOf({ attachedFiles }), zlib7);
    expect(compressed.file.sections.map(({ id }) => id)).toContain(25);
    expect(compressed.file.options.map(({ id }) => id)).toContain(25);
    const plain = writeAndDecode(sampleOf({ attachedFiles }), plain7);
    expect(plain.file.options.map(({ id }) => id)).not.toContain(25);
    expect(plain.written.problems).toEqual([
      'trace-cmd reads the BTF and module list of compressed files only: left out',
    ]);
  });
});

describe('version 6', () => {
  it('has a table for every CPU of the machine, also for those beyond the count', () => {
    const metadata = metadataOf({ cpuCount: 1 });
    const buffers = [streamsOf(metadata.buffers[0]!, { 3: makePages(3, 2) })];
    const { file } = writeAndDecode({ metadata, buffers }, plain6);
    expect(file.cpuCount).toBe(4);
    expect(file.buffers[0]?.cpus.map(({ size }) => size)).toEqual([0, 0, 0, 2 * pageSize]);
    expect(file.buffers[0]?.cpus.every(({ offset }) => offset % pageSize === 0)).toBe(true);
  });

  it('has no clock behind the table without the option', () => {
    const { file } = writeAndDecode(sampleOf({ traceClock: undefined }), plain6);
    expect(file.buffers[0]?.cpus[0]?.pages.equals(realPages)).toBe(true);
  });

  it('has an empty top buffer before instances alone, and never an empty clock', () => {
    const only = bufferOf('only', 'mono');
    const metadata = metadataOf({ buffers: [only] });
    const { file } = writeAndDecode({ metadata, buffers: [streamsOf(only, twoCpus)] }, plain6);
    expect(file.buffers.map(({ name, clock }) => [name, clock])).toEqual([
      ['', '[mono]'],
      ['only', '[mono]'],
    ]);
    const unknown = metadataOf({ buffers: [bufferOf('', '')] });
    const top = writeAndDecode({ metadata: unknown, buffers: [streamsOf(bufferOf('', ''), twoCpus)] }, plain6);
    expect(top.file.buffers[0]?.clock).toBe('[local]');
  });

  it('says what it has no place for', () => {
    const holdsText = { ...bufferOf('other'), holdsText: true };
    const metadata = metadataOf({
      buffers: [bufferOf(''), holdsText],
      savedTgids: Buffer.from('1 1\n'),
      attachedFiles: [{ id: 23, data: Buffer.alloc(8) }],
    });
    const buffers = [streamsOf(bufferOf(''), twoCpus), { ...streamsOf(holdsText, {}), text: () => [] }];
    const { file, written } = writeAndDecode({ metadata, buffers }, plain6);
    expect(file.buffers).toHaveLength(1);
    expect(written.problems).toEqual([
      'version 6 has no place for saved_tgids',
      'version 6 has no place for the BTF and module list',
      'version 6 has no place for the text of the instance other',
    ]);
  });

  it('refuses compression and sub-buffers of several sizes', () => {
    const metadata = metadataOf({ buffers: [bufferOf(''), bufferOf('big', 'local', 8192)] });
    const buffers = metadata.buffers.map((buffer) => streamsOf(buffer, {}));
    expect(() => writeAndDecode({ metadata, buffers }, plain6)).toThrow(UsageError);
    expect(() => writeAndDecode(sampleOf(), { version: 6, compression: 'zstd' })).toThrow(/no compression/);
  });
});
