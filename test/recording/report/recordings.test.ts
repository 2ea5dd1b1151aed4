/** Reports of real recordings, byte for byte against what trace-cmd 3.3.1 printed of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ByteSource, byteSourceOf, createByteSink, openByteSource } from '../../../src/recording/files.ts';
import { formatBanner } from '../../../src/recording/report/report-extras.ts';
import { plainReport } from '../../../src/recording/report/report-options.ts';
import type { Compression } from '../../../src/recording/trace-dat/compression.ts';
import { openPageStreams } from '../../../src/recording/trace-dat/page-streams.ts';
import { TraceDat } from '../../../src/recording/trace-dat/trace-dat.ts';
import { writeRecording } from '../../../src/recording/trace-dat/write-recording.ts';
import { ChunkThread } from '../../../src/session/chunk-thread.ts';
import { writeReport } from '../../../src/session/write-report.ts';
import { expectedReport, recordingNames, recordingPath } from '../../recordings/recordings.ts';

/** Events whose print fmt trace-cmd 3.3.1 cannot read and ftui can: docs/report.md. */
const betterEvents = ['ma_read', 'ma_op', 'ma_write', 'dma_map_sg', 'kvm_inj_exception', 'sys_enter_write'];

interface Printed {
  readonly text: string;
  readonly problems: readonly string[];
}

async function printReport(source: ByteSource, chunks?: ChunkThread): Promise<Printed> {
  const recording = new TraceDat(source);
  const parts = [Buffer.from(formatBanner(recording))];
  const take = (bytes: Uint8Array) => parts.push(Buffer.from(bytes)) > 0;
  const problems = await writeReport(recording, { layout: plainReport }, take, { chunks });
  return { text: Buffer.concat(parts).toString('latin1'), problems };
}

/** What begins an event's line; the text of an event may have line ends of its own. */
const lineHead = /^.{0,40}-\d+ +\[\d{3}\] .{5} +\d+\.\d{6}: (\w+): +/;

function splitEvents(report: string): string[] {
  const events: string[] = [];
  for (const line of report.split('\n')) {
    if (events.length === 0 || lineHead.test(line) || line.startsWith('CPU:')) events.push(line);
    else events.push(`${events.pop()}\n${line}`);
  }
  return events;
}

/** A bundled recording in version 7, without the names of its tasks where `isNameless`. */
function repack(name: string, path: string, compression: Compression, isNameless = false): void {
  const source = openByteSource(recordingPath(name));
  const { metadata, buffers } = openPageStreams(source, () => {});
  const savedCmdlines = isNameless ? new Uint8Array() : metadata.savedCmdlines;
  const sink = createByteSink(path);
  writeRecording(sink, { metadata: { ...metadata, savedCmdlines }, buffers }, { version: 7, compression });
  sink.close();
  source.close();
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ftui-report-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('names tasks as soon as an event tells their names, where the recorder saved none', async () => {
  const path = join(folder, 'nameless.dat');
  repack('5.10-v6-sched-openat', path, 'none', true);
  const { text } = await printReport(openByteSource(path));
  expect(text).toContain('<...>-236 ');
  expect(text.lastIndexOf('<...>-236 ')).toBeLessThan(text.indexOf('ld-linux-x86-64-236 '));
});

describe.each(recordingNames)('%s', (name) => {
  it('is reported as trace-cmd reports it, but for what that cannot read', async () => {
    const { text, problems } = await printReport(openByteSource(recordingPath(name)));
    expect(problems).toEqual([]);
    const ours = splitEvents(text);
    const theirs = splitEvents(expectedReport(name));
    expect(ours.length).toBe(theirs.length);
    for (const [index, expected] of theirs.entries()) {
      if (!expected.includes('[FAILED TO PARSE]')) expect(ours[index]).toBe(expected);
      else {
        const [head, event] = lineHead.exec(expected)!;
        expect(betterEvents).toContain(event);
        expect(ours[index]!.startsWith(head)).toBe(true);
        expect(ours[index]).not.toContain('FAILED');
      }
    }
  });

  it.each(['zlib', 'zstd'] as const)('is the same when a thread undoes its %s', async (compression) => {
    const path = join(folder, `${name}-${compression}.dat`);
    repack(name, path, compression);
    const source = openByteSource(path);
    const chunks = ChunkThread.start(source, { cpus: 2, from: 0 });
    expect(chunks).toBeDefined();
    const together = await printReport(source, chunks);
    const alone = await printReport(openByteSource(path));
    expect(together.text === alone.text).toBe(true);
    expect(together.problems).toEqual(alone.problems);
  });
});

it('starts no thread for a small recording, one without compression, or on one CPU', () => {
  const path = join(folder, 'packed.dat');
  repack('5.10-v6-sched-openat', path, 'zstd');
  const packed = openByteSource(path);
  const plain = openByteSource(recordingPath('5.10-v6-sched-openat'));
  expect(ChunkThread.start(packed, { cpus: 2 })).toBeUndefined();
  expect(ChunkThread.start(packed, { cpus: 1, from: 0 })).toBeUndefined();
  expect(ChunkThread.start(plain, { cpus: 2, from: 0 })).toBeUndefined();
  expect(ChunkThread.start(byteSourceOf(new Uint8Array(64)), { cpus: 2, from: 0 })).toBeUndefined();
  packed.close();
  plain.close();
});
