/** Recordings made of small texts and of the raw pages in tracefs-fixtures/pages, for tests of the writer. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createByteSink } from '../../../src/recording/files.ts';
import type {
  BufferMetadata,
  BufferStreams,
  PageStreams,
  RecordingFormat,
  RecordingMetadata,
} from '../../../src/recording/recording-metadata.ts';
import { type WrittenRecording, writeRecording } from '../../../src/recording/trace-dat/write-recording.ts';
import { type DecodedFile, decodeTraceDat } from './decode-trace-dat.ts';

export const pageSize = 4096;
const fixture = join(import.meta.dirname, '../../../tracefs-fixtures/pages/6.12-events');
/** Two sub-buffers of a real kernel. */
export const realPages: Buffer = readFileSync(join(fixture, 'page.bin'));

/** `count` sub-buffers of which each byte tells the CPU and the page it is of. */
export function makePages(cpu: number, count: number, size = pageSize): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, page) => Buffer.alloc(size, `cpu${cpu} page${page} `)));
}

export const bufferOf = (name: string, clock = 'local', size = pageSize): BufferMetadata => ({
  ...{ name, clock, pageSize: size },
  cpuStats: [`CPU: 0\nentries: 1 of ${name}\n`, `CPU: 1\nentries: 2 of ${name}\n`],
});

export const metadataOf = (changes: Partial<RecordingMetadata> = {}): RecordingMetadata => ({
  ...{ littleEndian: true, longSize: 8, pageSize, cpuCount: 2, uname: 'Linux box 6.12 x86_64', producer: 'ftui test' },
  headerPage: readFileSync(join(fixture, 'header_page')),
  headerEvent: Buffer.from('# compressed entry header\n'),
  ftraceFormats: [Buffer.from('name: function\nID: 1\n'), Buffer.from('name: print\nID: 5\n')],
  eventFormats: [
    { system: 'sched', formats: [readFileSync(join(fixture, 'sched.sched_switch.format'))] },
    { system: 'empty', formats: [] },
  ],
  kallsyms: Buffer.from('ffffffff81000000 T _text\n'),
  printkFormats: Buffer.from('0xffffffff82000000 : "hello"\n'),
  savedCmdlines: Buffer.from('1 systemd\n'),
  traceClock: '[local] global counter\n',
  traceId: 0x1122334455667788n,
  buffers: [bufferOf('')],
  otherOptions: [],
  ...changes,
});

/** A buffer whose CPUs have these bytes, handed out in pieces of `piece` bytes that are overwritten by the next. */
export function streamsOf(
  { name, clock, pageSize }: BufferMetadata,
  cpus: Readonly<Record<number, Buffer>>,
  piece = 3 * pageSize,
): BufferStreams {
  const pages = function* (bytes: Buffer): Generator<Uint8Array> {
    const block = Buffer.alloc(piece);
    for (let at = 0; at < bytes.length; at += piece) yield block.subarray(0, bytes.copy(block, 0, at));
  };
  const list = Object.entries(cpus).map(([cpu, bytes]) => ({ cpu: Number(cpu), pages: () => pages(bytes) }));
  return { name, clock, pageSize, cpus: list };
}

/** A folder that goes when the test ends. */
export function makeTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ftui-recording-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Writes a recording and reads it again by the tests' own reader. */
export function writeAndDecode(
  streams: PageStreams,
  format: RecordingFormat,
): { file: DecodedFile; bytes: Buffer; written: WrittenRecording } {
  const path = join(makeTemporaryFolder(), 'trace.dat');
  const sink = createByteSink(path);
  const written = writeRecording(sink, streams, format);
  sink.close();
  const bytes = readFileSync(path);
  return { file: decodeTraceDat(bytes), bytes, written };
}
