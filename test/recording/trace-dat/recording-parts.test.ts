import fs, {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { BusyError, FtuiError, UsageError } from '../../../src/base/errors.ts';
import { openByteSink } from '../../../src/recording/files.ts';
import type { RecordingMetadata } from '../../../src/recording/recording-metadata.ts';
import { type PageSegment, readHeadFile } from '../../../src/recording/trace-dat/parts-folder.ts';
import { SegmentMove } from '../../../src/recording/trace-dat/parts-move.ts';
import { openPartsStreams } from '../../../src/recording/trace-dat/parts-streams.ts';
import { type RecordingPartsOptions, RecordingPartsWriter } from '../../../src/recording/trace-dat/recording-parts.ts';
import { restoreRecording } from '../../../src/recording/trace-dat/restore-recording.ts';
import { joinRecording } from '../../../src/recording/trace-dat/write-recording.ts';
import { decodeTraceDat } from './decode-trace-dat.ts';
import { bufferOf, makePages, makeTemporaryFolder, metadataOf, pageSize, realPages } from './sample-recording.ts';

const owner = { pid: 4242, startTime: '77', bootId: 'boot' };
const dead = { owner, isAlive: () => false };

/** A writer for `trace.dat` in a folder of its own, with the metadata of a recording's start. */
function startRecording(options: Partial<RecordingPartsOptions> = {}, metadata: Partial<RecordingMetadata> = {}) {
  const path = join(makeTemporaryFolder(), 'trace.dat');
  const writer = RecordingPartsWriter.create(path, { ...dead, ...options });
  const buffers = [bufferOf(''), bufferOf('other')].map((buffer) => ({ ...buffer, cpuStats: [] }));
  const start = metadataOf({ buffers, savedCmdlines: Buffer.from('1 early\n'), ...metadata });
  writer.writeMetadata(start);
  const end = { ...start, buffers: [bufferOf(''), bufferOf('other')], savedCmdlines: Buffer.from('1 late\n2 more\n') };
  return { path, folder: `${path}.part`, writer, start, end };
}

const decodeFile = (path: string) => decodeTraceDat(readFileSync(path));
const pagesOf = (path: string) =>
  decodeFile(path).buffers.map(({ cpus }) => Object.fromEntries(cpus.map(({ cpu, pages }) => [cpu, pages])));

describe('a recording that ends well', () => {
  it('joins its parts, with what was known last, and leaves nothing else', () => {
    const { path, folder, writer, end } = startRecording();
    writer.appendPages(0, 1, realPages);
    writer.appendPages(1, 0, makePages(0, 3));
    writer.appendPages(0, 1, makePages(1, 2));
    writer.writeMetadata(end);
    expect(writer.pageBytes).toBe(7 * pageSize);
    const written = writer.finish();
    expect(written).toEqual({ size: statSync(path).size, problems: [] });
    expect(existsSync(folder)).toBe(false);
    expect(decodeFile(path).savedCmdlines).toBe('1 late\n2 more\n');
    const [top, other] = pagesOf(path);
    expect(top).toEqual({ 1: Buffer.concat([realPages, makePages(1, 2)]) });
    expect(other).toEqual({ 0: makePages(0, 3) });
  });

  it('keeps everything to its owner: 0700 and 0600', () => {
    const { path, folder, writer, end } = startRecording();
    writer.appendPages(0, 0, realPages);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    writer.writeMetadata(end);
    writer.finish();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([
    { version: 6, compression: 'none' },
    { version: 7, compression: 'zstd' },
  ] as const)('writes version $version, $compression', (format) => {
    const { path, writer } = startRecording({ format });
    writer.appendPages(0, 0, makePages(0, 25));
    writer.finish();
    expect(decodeFile(path)).toMatchObject(format);
    expect(pagesOf(path)[0]?.[0]).toEqual(makePages(0, 25));
  });

  it('spreads many pages over files of bounded size and joins them in order', () => {
    const { path, folder, writer } = startRecording();
    const base = makePages(1, 2500);
    writer.appendPages(0, 1, base);
    const pages = makePages(0, 1000);
    for (let round = 0; round < 5; round += 1) writer.appendPages(0, 0, pages);
    expect(readdirSync(folder).filter((name) => name.endsWith('.pages')).length).toBe(2 + 3);
    writer.finish();
    expect(pagesOf(path)[0]?.[1]?.equals(base)).toBe(true);
    expect(pagesOf(path)[0]?.[0]?.equals(Buffer.concat([pages, pages, pages, pages, pages]))).toBe(true);
  });

  it('can be discarded', () => {
    const { path, folder, writer } = startRecording();
    writer.appendPages(0, 0, realPages);
    writer.discard();
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(path)).toBe(false);
  });
});

describe('a largest size', () => {
  it('keeps the newest pages of all CPUs together', () => {
    const maxBytes = 100 * pageSize;
    const { path, writer } = startRecording({ maxBytes });
    const all = makePages(0, 500);
    for (let page = 0; page < 500; page += 1) {
      writer.appendPages(0, 0, all.subarray(page * pageSize, (page + 1) * pageSize));
      if (page % 10 === 0) writer.appendPages(0, 1, makePages(1, 1));
      expect(writer.pageBytes).toBeLessThanOrEqual(maxBytes);
    }
    expect(writer.pageBytes).toBeGreaterThan(maxBytes / 2);
    expect(writer.pageBytes + writer.droppedBytes).toBe(550 * pageSize);
    writer.finish();
    const kept = pagesOf(path)[0]!;
    expect(all.subarray(all.length - kept[0]!.length).equals(kept[0]!)).toBe(true);
    expect(kept[0]!.length).toBeGreaterThan(50 * pageSize);
    expect(kept[1]!.length).toBeGreaterThan(0);
  });

  it('drops what a CPU wrote long ago, also when it wrote nothing since', () => {
    const { path, writer } = startRecording({ maxBytes: 100 * pageSize });
    writer.appendPages(0, 1, makePages(1, 1));
    writer.appendPages(0, 0, makePages(0, 400));
    writer.finish();
    expect(Object.keys(pagesOf(path)[0]!)).toEqual(['0']);
  });
});

describe('a recorder that was killed', () => {
  it('is restored with every page handed over, the last cut to whole ones', () => {
    const { path, folder, writer } = startRecording();
    writer.appendPages(0, 0, makePages(0, 5));
    writer.appendPages(1, 1, makePages(1, 2));
    appendFileSync(join(folder, '0.0.00000000.pages'), Buffer.alloc(pageSize - 1));
    const restored = restoreRecording(path, dead);
    expect(restored).toEqual({
      path,
      size: statSync(path).size,
      problems: ['CPU 0: 4095 bytes of a torn sub-buffer were left out', expect.stringContaining('those of the start')],
    });
    expect(pagesOf(path)).toEqual([{ 0: makePages(0, 5) }, { 1: makePages(1, 2) }]);
    expect(decodeFile(path).savedCmdlines).toBe('1 early\n');
    expect(existsSync(folder)).toBe(false);
  });

  it('is restored by the name of the folder as well, and to another place', () => {
    const { path, folder, writer } = startRecording();
    writer.appendPages(0, 0, realPages);
    const output = join(makeTemporaryFolder(), 'elsewhere.dat');
    expect(restoreRecording(`${folder}/`, { ...dead, output }).path).toBe(output);
    expect(pagesOf(output)[0]?.[0]).toEqual(realPages);
    expect(existsSync(path)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  it('has nothing to complain of when it was killed behind its last metadata', () => {
    const { path, writer, end } = startRecording();
    writer.appendPages(0, 0, realPages);
    writer.writeMetadata(end);
    expect(restoreRecording(path, dead).problems).toEqual([]);
    expect(decodeFile(path).savedCmdlines).toBe('1 late\n2 more\n');
  });

  it('leaves drafts and an unfinished file behind that do not matter', () => {
    const { path, folder, writer } = startRecording();
    writer.appendPages(0, 0, realPages);
    for (const name of ['head.draft', 'joined', 'owner.draft']) writeFileSync(join(folder, name), 'half of it');
    restoreRecording(path, dead);
    expect(pagesOf(path)[0]?.[0]).toEqual(realPages);
  });

  it('is refused while it is alive, and when there is nothing to restore', () => {
    const { path, writer } = startRecording();
    const isAlive = (who: typeof owner) => who.pid === 4242 && who.startTime === '77' && who.bootId === 'boot';
    expect(() => restoreRecording(path, { owner: { ...owner, pid: 1 }, isAlive })).toThrow(BusyError);
    writer.finish();
    expect(() => restoreRecording(path, dead)).toThrow(/the recording was finished/);
    expect(() => restoreRecording(`${path}x`, dead)).toThrow(UsageError);
  });

  it('is refused when the target came into being meanwhile, unless forced', () => {
    const { path, folder, writer } = startRecording();
    writer.appendPages(0, 0, realPages);
    writeFileSync(path, 'somebody else');
    expect(() => restoreRecording(path, dead)).toThrow(UsageError);
    expect(() => writer.finish()).toThrow(UsageError);
    expect(readFileSync(path, 'utf8')).toBe('somebody else');
    expect(existsSync(folder)).toBe(true);
    restoreRecording(path, { ...dead, force: true });
    expect(pagesOf(path)[0]?.[0]).toEqual(realPages);
  });

  it('says when it had not begun, or when its head is damaged', () => {
    const path = join(makeTemporaryFolder(), 'trace.dat');
    mkdirSync(`${path}.part`);
    expect(() => restoreRecording(path, dead)).toThrow(/had not begun/);
    writeFileSync(join(`${path}.part`, 'head'), '{"bytesLength":5}\nabc');
    expect(() => restoreRecording(path, dead)).toThrow(FtuiError);
  });
});

describe('a disk that gets full', () => {
  const roomOf = (bytes: number) => ({ bavail: bytes, bsize: 1 }) as fs.StatsFs;
  const largePages = makePages(0, (16 << 20) / pageSize);

  it('has room for the end set aside, from when it has little left', () => {
    const room = vi.spyOn(fs, 'statfsSync').mockReturnValue(roomOf(1 << 30));
    try {
      const { path, folder, writer, end } = startRecording();
      const spare = join(folder, 'spare');
      writer.appendPages(0, 0, largePages);
      expect(existsSync(spare)).toBe(false);
      room.mockReturnValue(roomOf(100 << 20));
      writer.appendPages(0, 0, largePages);
      expect(statSync(spare).size).toBeGreaterThan(8 << 20);
      writer.writeMetadata(end);
      writer.finish();
      expect(statSync(path).size).toBeGreaterThan(32 << 20);
      expect(existsSync(folder)).toBe(false);
    } finally {
      room.mockRestore();
    }
  });

  it('has it from the start where there is little at the start', () => {
    const room = vi.spyOn(fs, 'statfsSync').mockReturnValue(roomOf(100 << 20));
    try {
      const { folder } = startRecording();
      expect(existsSync(join(folder, 'spare'))).toBe(true);
    } finally {
      room.mockRestore();
    }
  });
});

describe('joining on a full disk', () => {
  /** Moves page files into `joined` like a process that is killed after `count` of them. */
  function moveSome(folder: string, count: number): void {
    const joined = join(folder, 'joined');
    if (!existsSync(joined)) writeFileSync(joined, '');
    const sink = openByteSink(joined);
    const head = readHeadFile(folder)!;
    const move = new SegmentMove(folder, sink, []);
    let left = count;
    const done = (segment: PageSegment, size: number) => {
      if (left === 0) throw new Error('killed');
      left -= 1;
      move.finish(segment, size);
    };
    const streams = openPartsStreams(folder, head, { done });
    expect(() => joinRecording(sink, head, streams)).toThrow('killed');
    move.close();
    sink.close();
  }

  it.each([
    { version: 7, count: 1 },
    { version: 7, count: 3 },
    { version: 6, count: 2 },
  ] as const)('version $version goes on after $count page files, where it was interrupted', ({ version, count }) => {
    const { path, folder, writer } = startRecording({ maxBytes: 1 << 20, format: { version, compression: 'none' } });
    const [first, second] = [makePages(0, 100), makePages(1, 90)];
    writer.appendPages(0, 0, first);
    writer.appendPages(1, 1, second);
    const before = readdirSync(folder).filter((name) => name.endsWith('.pages')).length;
    moveSome(folder, count);
    expect(readdirSync(folder).filter((name) => name.endsWith('.pages'))).toHaveLength(before - count);
    appendFileSync(join(folder, 'moved'), '1.1.0000');
    restoreRecording(path, dead);
    const [top, other] = pagesOf(path);
    expect(top?.[0]?.equals(first)).toBe(true);
    expect(other?.[1]?.equals(second)).toBe(true);
    expect(existsSync(folder)).toBe(false);
  });

  it('only removes the folder when the file was finished already', () => {
    const { path, folder, writer } = startRecording({ maxBytes: 1 << 20 });
    writer.appendPages(0, 0, makePages(0, 100));
    moveSome(folder, 1);
    writeFileSync(path, readFileSync(join(folder, 'joined')));
    const joined = statSync(path).size;
    rmSync(join(folder, 'joined'));
    expect(restoreRecording(path, dead)).toEqual({ path, size: joined, problems: [] });
    expect(existsSync(folder)).toBe(false);
  });
});

describe('what lies at the target', () => {
  it('is not overwritten without force', () => {
    const path = join(makeTemporaryFolder(), 'trace.dat');
    writeFileSync(path, 'precious');
    expect(() => RecordingPartsWriter.create(path, dead)).toThrow(UsageError);
    const writer = RecordingPartsWriter.create(path, { ...dead, force: true });
    writer.writeMetadata(metadataOf());
    expect(readFileSync(path, 'utf8')).toBe('precious');
    writer.finish();
    expect(decodeFile(path).version).toBe(7);
  });

  it('must be a regular file, with force as well', () => {
    const folder = makeTemporaryFolder();
    symlinkSync('/dev/null', join(folder, 'link'));
    for (const path of [folder, join(folder, 'link')]) {
      expect(() => RecordingPartsWriter.create(path, { ...dead, force: true })).toThrow(/no regular file/);
    }
  });

  it('may be the rest of a killed recorder, which is not dropped without force', () => {
    const { path } = startRecording();
    expect(() => RecordingPartsWriter.create(path, dead)).toThrow(/not finished/);
    expect(() => RecordingPartsWriter.create(path, { owner, isAlive: () => true, force: true })).toThrow(BusyError);
    RecordingPartsWriter.create(path, { ...dead, force: true }).discard();
  });

  it('needs a folder that is there', () => {
    const path = join(makeTemporaryFolder(), 'missing', 'trace.dat');
    expect(() => RecordingPartsWriter.create(path, dead)).toThrow(/ENOENT: there is no such folder/);
  });
});
