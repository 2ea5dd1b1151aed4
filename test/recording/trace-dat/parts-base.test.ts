/** The page file that becomes the final file: its pages are not copied, whatever happens on the way. */
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/base/errors.ts';
import { byteSourceOf, openByteSink, openByteSource } from '../../../src/recording/files.ts';
import { GrowingRecording } from '../../../src/recording/trace-dat/growing-recording.ts';
import { openPageStreams } from '../../../src/recording/trace-dat/page-streams.ts';
import { takeBase } from '../../../src/recording/trace-dat/parts-base.ts';
import { readHeadFile } from '../../../src/recording/trace-dat/parts-folder.ts';
import { openPartsStreams } from '../../../src/recording/trace-dat/parts-streams.ts';
import { readLayout } from '../../../src/recording/trace-dat/read-layout.ts';
import { type RecordingPartsOptions, RecordingPartsWriter } from '../../../src/recording/trace-dat/recording-parts.ts';
import { restoreRecording } from '../../../src/recording/trace-dat/restore-recording.ts';
import { joinRecording } from '../../../src/recording/trace-dat/write-recording.ts';
import { decodeTraceDat } from './decode-trace-dat.ts';
import { bufferOf, makePages, makeTemporaryFolder, metadataOf, pageSize } from './sample-recording.ts';

const owner = { pid: 4242, startTime: '77', bootId: 'boot' };
const dead = { owner, isAlive: () => false };
/** More than a page file of usual size holds. */
const many = makePages(1, 2500);
const few = makePages(0, 7);
const more = makePages(1, 30);

/** Sub-buffers of rising stamps, as all have. */
function stampedPages(from: number, count: number): Buffer {
  const pages = Buffer.alloc(count * pageSize, 'x');
  for (let page = 0; page < count; page += 1) pages.writeBigUInt64LE(BigInt(from + page), page * pageSize);
  return pages;
}

/** A recording in the making in which CPU 1 of `buffer` has filled its first page file, and CPU 0 of both has little. */
function startRecording(buffer = 0, options: Partial<RecordingPartsOptions> = {}) {
  const path = join(makeTemporaryFolder(), 'trace.dat');
  const writer = RecordingPartsWriter.create(path, { ...dead, ...options });
  const start = metadataOf({ buffers: [bufferOf(''), bufferOf('other')], savedCmdlines: Buffer.from('1 early\n') });
  writer.writeMetadata(start);
  writer.appendPages(1 - buffer, 0, few);
  writer.appendPages(buffer, 1, many);
  writer.appendPages(buffer, 0, few);
  writer.appendPages(buffer, 1, more);
  const folder = `${path}.part`;
  const base = readdirSync(folder).find((name) => name.includes('after'));
  return { path, folder, writer, start, base: join(folder, base ?? 'none') };
}

const whole = [{ 0: few, 1: Buffer.concat([many, more]) }, { 0: few }];

function expectPages(path: string, expected: readonly Readonly<Record<number, Buffer>>[] = whole): void {
  const { buffers } = decodeTraceDat(readFileSync(path));
  expect(buffers.map(({ name }) => name)).toEqual(['', 'other']);
  for (const [index, buffer] of buffers.entries()) {
    const cpus = buffer.cpus.filter(({ pages }) => pages.length > 0);
    expect(cpus.map(({ cpu }) => String(cpu))).toEqual(Object.keys(expected[index]!));
    for (const { cpu, pages } of cpus) expect(pages.equals(expected[index]![cpu]!)).toBe(true);
  }
}

describe('the base', () => {
  it('becomes the final file', () => {
    const { path, folder, writer, start, base } = startRecording();
    const { ino } = statSync(base);
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.pages'))
        .sort(),
    ).toEqual([
      '0.0.00000000.pages',
      '0.1.00000000.pages',
      expect.stringMatching(/^0\.1\.00000001\.after-\d+\.pages$/),
      '1.0.00000000.pages',
    ]);
    writer.writeMetadata({ ...start, savedCmdlines: Buffer.from('1 late\n'.repeat(1000)) });
    expect(writer.finish()).toEqual({ size: statSync(path).size, problems: [] });
    expect(statSync(path).ino).toBe(ino);
    expectPages(path);
    expect(decodeTraceDat(readFileSync(path)).savedCmdlines).toBe('1 late\n'.repeat(1000));
    expect(existsSync(folder)).toBe(false);
  });

  it('may be of another buffer than the first', () => {
    const { path, writer, base } = startRecording(1);
    const { ino } = statSync(base);
    writer.finish();
    expect(statSync(path).ino).toBe(ino);
    expectPages(path, [whole[1]!, whole[0]!]);
  });

  it('is copied like the others when the head has outgrown its room', () => {
    const { path, writer, start, base } = startRecording();
    const { ino } = statSync(base);
    writer.writeMetadata({ ...start, savedCmdlines: Buffer.alloc(1 << 20, '1 late\n') });
    writer.finish();
    expect(statSync(path).ino).not.toBe(ino);
    expectPages(path);
  });

  it.each([
    { format: { version: 6, compression: 'none' } },
    { format: { version: 7, compression: 'zstd' } },
    { maxBytes: 1 << 30 },
  ] as const)('is not there with %o', (options) => {
    const { path, writer, base } = startRecording(0, options);
    expect(existsSync(base)).toBe(false);
    writer.finish();
    expectPages(path);
  });

  it('leaves a file whose pages are found although its end is missing', () => {
    const { path, writer } = startRecording();
    const { size } = writer.finish();
    truncateSync(path, size - few.length);
    const { problems, buffers } = readLayout(openByteSource(path));
    expect(problems).toEqual([expect.stringMatching(/^its end is missing/)]);
    expect(buffers[0]!.cpus.reduce((sum, cpu) => sum + cpu.size, 0)).toBe(many.length + more.length + few.length);
  });

  it('leaves a file that tells whose its pages are although its end is missing', () => {
    const path = join(makeTemporaryFolder(), 'trace.dat');
    const writer = RecordingPartsWriter.create(path, dead);
    writer.writeMetadata(metadataOf({ buffers: [bufferOf(''), bufferOf('other')] }));
    const counts = [7, 2500, 9];
    for (const cpu of [1, 0, 2]) writer.appendPages(0, cpu, stampedPages(10 - cpu, counts[cpu]!));
    writer.appendPages(0, 1, stampedPages(20_000, 100));
    writer.appendPages(1, 0, few);
    const { size } = writer.finish();
    truncateSync(path, size - few.length);
    const { problems, buffers } = readLayout(openByteSource(path));
    expect(problems).toHaveLength(1);
    expect(buffers[0]!.cpus.map(({ cpu, size }) => [cpu, size / pageSize])).toEqual([
      [0, 7],
      [1, 2600],
      [2, 9],
    ]);
  });
});

it('is read by those who follow the recording', () => {
  const source = readFileSync(join(import.meta.dirname, '../../recordings/7.2-syscalls.dat'));
  const { metadata, buffers } = openPageStreams(byteSourceOf(source), () => {});
  const { cpu, pages } = buffers[0]!.cpus[0]!;
  const block = Buffer.concat([...pages()].map((each) => Buffer.from(each)));
  const path = join(makeTemporaryFolder(), 'trace.dat');
  const writer = RecordingPartsWriter.create(path, dead);
  writer.writeMetadata(metadata);
  const growing = GrowingRecording.open(path)!;
  const count = Math.ceil((10 << 20) / block.length);
  let [seen, written] = [0, 0];
  for (let round = 0; round < count; round += 1) {
    writer.appendPages(0, cpu, block);
    written += block.length / buffers[0]!.pageSize;
    seen += growing.readRound(false).pages;
    expect(seen).toBe(written);
  }
  expect(readdirSync(growing.folder).some((name) => name.includes('after'))).toBe(true);
  writer.finish();
});

describe('the base of a recorder that was killed', () => {
  it('while it recorded: becomes the file, cut to whole pages', () => {
    const { path, base } = startRecording();
    const { ino } = statSync(base);
    appendFileSync(base, Buffer.alloc(pageSize - 1, 'torn'));
    const { problems } = restoreRecording(path, dead);
    expect(problems).toContain('CPU 1: 4095 bytes of a torn sub-buffer were left out');
    expect(statSync(path).ino).toBe(ino);
    expectPages(path);
  });

  it('is copied to another place', () => {
    const { path } = startRecording();
    const output = join(makeTemporaryFolder(), 'elsewhere.dat');
    restoreRecording(path, { ...dead, output });
    expectPages(output);
  });

  it('is copied when page files before or behind it do not fit', () => {
    const { path, folder, base } = startRecording();
    copyFileSync(join(folder, '0.0.00000000.pages'), join(folder, '0.1.00000002.pages'));
    const { ino } = statSync(base);
    restoreRecording(path, dead);
    expect(statSync(path).ino).not.toBe(ino);
    expectPages(path, [{ 0: few, 1: Buffer.concat([many, more, few]) }, { 0: few }]);
  });

  it('is used without the file before it, which is said', () => {
    const { path, folder } = startRecording();
    rmSync(join(folder, '0.1.00000000.pages'));
    const { problems } = restoreRecording(path, dead);
    const firstFile = 8 << 20;
    expectPages(path, [{ 0: few, 1: Buffer.concat([many.subarray(firstFile), more]) }, { 0: few }]);
    expect(problems).toEqual([
      expect.stringMatching(/^CPU 1: 1 page files before 0\.1\.00000001\.after-\d+\.pages are missing$/),
    ]);
  });
});

describe('joining that was interrupted', () => {
  /** Like a process that is killed when `count` more page files have been copied. */
  function joinSome(folder: string, count: number): void {
    const head = readHeadFile(folder)!;
    const base = takeBase(folder, head);
    const sink = openByteSink(join(folder, 'joined'));
    let left = count;
    const done = () => {
      left -= 1;
      if (left === 0) throw new Error('killed');
    };
    expect(() => joinRecording(sink, head, openPartsStreams(folder, head, { done, base }))).toThrow('killed');
    sink.close();
  }

  it.each([1, 2, 3])('after %d page files: is done again, here or elsewhere', (count) => {
    const { path, folder, base } = startRecording();
    const { ino } = statSync(base);
    joinSome(folder, count);
    const copy = join(makeTemporaryFolder(), 'copy.dat');
    cpSync(folder, `${copy}.part`, { recursive: true });
    restoreRecording(path, dead);
    expect(statSync(path).ino).toBe(ino);
    expectPages(path);
    const output = `${copy}.elsewhere`;
    restoreRecording(copy, { ...dead, output });
    expectPages(output);
  });

  it('is refused where the unfinished file was damaged since, but not elsewhere', () => {
    const { path, folder } = startRecording();
    joinSome(folder, 2);
    copyFileSync(join(folder, '0.0.00000000.pages'), join(folder, '0.1.00000002.pages'));
    expect(() => restoreRecording(path, dead)).toThrow(/has pages where others would have to go/);
    const output = `${path}.elsewhere`;
    cpSync(folder, `${path}.copy.part`, { recursive: true });
    restoreRecording(path, { ...dead, output });
    expectPages(output, [{ 0: few, 1: Buffer.concat([many, more, few]) }, { 0: few }]);
    truncateSync(join(`${path}.copy.part`, 'joined'), 20 << 10);
    expect(() => restoreRecording(`${path}.copy`, dead)).toThrow(/which has 20480 bytes/);
  });

  it('between the note and the new name: nothing is taken for finished', () => {
    const { path, folder, base } = startRecording();
    takeBase(folder, readHeadFile(folder)!);
    renameSync(join(folder, 'joined'), base);
    writeFileSync(path, 'an older recording');
    expect(() => restoreRecording(path, dead)).toThrow(UsageError);
    restoreRecording(path, { ...dead, force: true });
    expectPages(path);
  });

  it('before the folder was removed: it only is', () => {
    const { path, folder } = startRecording();
    const [kept, { size }] = [`${folder}.kept`, restoreInto(folder, path)];
    renameSync(kept, folder);
    expect(restoreRecording(path, dead)).toEqual({ path, size, problems: [] });
    expectPages(path);
    expect(existsSync(folder)).toBe(false);
  });

  /** Restores, and gives back what the folder had when the file got its name. */
  function restoreInto(folder: string, path: string) {
    cpSync(folder, `${folder}.kept`, { recursive: true });
    takeBase(`${folder}.kept`, readHeadFile(folder)!);
    rmSync(join(`${folder}.kept`, 'joined'));
    return restoreRecording(path, dead);
  }

  it('by a target that came into being: the pages are still there', () => {
    const { path, writer } = startRecording();
    writeFileSync(path, 'somebody else');
    expect(() => writer.finish()).toThrow(UsageError);
    restoreRecording(path, { ...dead, force: true });
    expectPages(path);
  });
});
