/**
 * Recordings of 10 to 60 KB, made of a few pages and formats of the real ones in test/recordings: small enough that
 * hundreds of thousands of damaged copies can be read. Every version, compression and byte order, instances, the text of
 * a latency tracer, and options that change the times.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { readCommonType } from '../../src/format/common-header.ts';
import { byteSourceOf } from '../../src/recording/files.ts';
import type {
  BufferStreams,
  PageStreams,
  RecordingFormat,
  RecordingMetadata,
  RecordingOption,
  SystemFormats,
} from '../../src/recording/recording-metadata.ts';
import type { CpuRecords } from '../../src/recording/trace-dat/cpu-records.ts';
import { optionId } from '../../src/recording/trace-dat/file-layout.ts';
import { openPageStreams } from '../../src/recording/trace-dat/page-streams.ts';
import { TraceDat } from '../../src/recording/trace-dat/trace-dat.ts';
import { writeRecording } from '../../src/recording/trace-dat/write-recording.ts';
import { memorySink } from './memory-sink.ts';
import { turnByteOrder } from './turn-byte-order.ts';

/** Plain data, so that pages and texts can be damaged before they are written, too. */
export interface SmallRecording {
  readonly name: string;
  readonly format: RecordingFormat;
  readonly metadata: RecordingMetadata;
  readonly buffers: readonly SmallBuffer[];
}

export interface SmallBuffer {
  readonly name: string;
  readonly clock: string;
  readonly pageSize: number;
  readonly cpus: readonly { readonly cpu: number; readonly bytes: Uint8Array }[];
  readonly text?: Uint8Array | undefined;
}

const recordings = join(import.meta.dirname, '../recordings');
const none: RecordingFormat = { version: 7, compression: 'none' };
const zstd: RecordingFormat = { version: 7, compression: 'zstd' };
const zlib: RecordingFormat = { version: 7, compression: 'zlib' };
const version6: RecordingFormat = { version: 6, compression: 'none' };

export function makeSmallRecordings(): SmallRecording[] {
  const sched = shrink('5.10-v6-sched-openat', version6);
  const events = shrink('6.12-all-events', none, 1);
  const instances = shrink('6.1-instances', none);
  const graph = shrink('6.1-graph-depth3', none);
  const synthetic = shrink('6.12-synthetic', none);
  const latency = withText(synthetic);
  return [
    sched,
    events,
    { ...events, name: 'events, zstd', format: zstd },
    shrink('7.2-zlib-sched', zlib),
    instances,
    { ...instances, name: 'instances, version 6', format: version6 },
    graph,
    { ...graph, name: 'graph, zstd', format: zstd },
    shrink('6.1-probes', none),
    shrink('7.2-function', none),
    shrink('7.2-syscalls', zlib, 1),
    { ...latency, name: 'latency text', format: none },
    { ...latency, name: 'latency text, zstd', format: zstd },
    { ...latency, name: 'latency text, version 6', format: version6 },
    { ...turnByteOrder(events), name: 'events, big-endian' },
    { ...turnByteOrder(graph), name: 'graph, big-endian, version 6', format: version6 },
    { ...turnByteOrder(sched), name: 'sched, big-endian, zlib', format: zlib },
    { ...withClockOptions(synthetic), name: 'clock options' },
  ];
}

/** The file itself. */
export function encodeRecording({ metadata, buffers, format }: SmallRecording): Uint8Array {
  const sink = memorySink();
  writeRecording(sink, { metadata, buffers: buffers.map(streamsOf) }, format);
  return sink.bytes();
}

function streamsOf({ name, clock, pageSize, cpus, text }: SmallBuffer): BufferStreams {
  return {
    ...{ name, clock, pageSize },
    cpus: cpus.map(({ cpu, bytes }) => ({ cpu, pages: () => [bytes] })),
    text: text && (() => [text]),
  };
}

function readFile(name: string): Uint8Array {
  return name.startsWith('5.10')
    ? zstdDecompressSync(readFileSync(join(recordings, `${name}.dat.zst`)))
    : readFileSync(join(recordings, `${name}.dat`));
}

/** Of each buffer the pages that have the most kinds of events, and the formats of those. */
function shrink(name: string, format: RecordingFormat, pagesOfBuffer = 2): SmallRecording {
  const source = byteSourceOf(readFile(name), name);
  const recording = new TraceDat(source);
  const streams: PageStreams = openPageStreams(source, () => {});
  const ids = new Set<number>();
  const buffers = recording.openBuffers().map((buffer, index): SmallBuffer => {
    const { clock, pageSize } = streams.buffers[index]!;
    const pages = choosePages(recording, buffer.cpus, ids, pagesOfBuffer);
    const cpus = Map.groupBy(pages, ({ cpu }) => cpu);
    return {
      ...{ name: buffer.name, clock, pageSize },
      cpus: [...cpus].map(([cpu, list]) => ({ cpu, bytes: Buffer.concat(list.map(({ bytes }) => bytes)) })),
    };
  });
  const isKept = (text: Uint8Array): boolean => {
    const [, id] = /^ID: (\d+)$/m.exec(Buffer.from(text).toString('latin1')) ?? [];
    return ids.has(Number(id));
  };
  const { metadata } = streams;
  return {
    ...{ name, format, buffers },
    metadata: {
      ...metadata,
      ftraceFormats: metadata.ftraceFormats.filter((text) => isKept(text)),
      eventFormats: metadata.eventFormats.flatMap(({ system, formats }): SystemFormats[] => {
        const kept = formats.filter((text) => isKept(text));
        return kept.length > 0 ? [{ system, formats: kept }] : [];
      }),
      kallsyms: someLines(metadata.kallsyms, 60),
      savedCmdlines: someLines(metadata.savedCmdlines, 30),
      printkFormats: someLines(metadata.printkFormats, 10),
    },
  };
}

interface ChosenPage {
  readonly cpu: number;
  readonly page: number;
  readonly bytes: Uint8Array;
  readonly ids: ReadonlySet<number>;
}

const pagesLookedAt = 12;
const mostKinds = 12;

function choosePages(recording: TraceDat, cpus: readonly CpuRecords[], ids: Set<number>, count: number): ChosenPage[] {
  const pages = cpus.flatMap((records) => listPages(recording, records));
  // Compiling what prints an event is what takes time.
  const small = pages.filter((page) => page.ids.size <= mostKinds);
  const candidates = small.length > 0 ? small : pages;
  const chosen: ChosenPage[] = [];
  while (chosen.length < count && candidates.length > 0) {
    const newIn = (page: ChosenPage) => [...page.ids].filter((id) => !ids.has(id)).length;
    candidates.sort((a, b) => newIn(b) - newIn(a));
    const best = candidates.shift()!;
    chosen.push(best);
    for (const id of best.ids) ids.add(id);
  }
  return chosen.sort((a, b) => a.cpu - b.cpu || a.page - b.page);
}

function listPages(recording: TraceDat, records: CpuRecords): ChosenPage[] {
  const { pages } = records;
  return Array.from({ length: Math.min(pages.count, pagesLookedAt) }, (_, page): ChosenPage => {
    const ids = new Set<number>();
    for (let more = records.seek(page); more && records.page === page; more = records.next()) {
      ids.add(readCommonType(recording.header, records.bytes, records.start));
    }
    const block = pages.blockAt(page);
    const at = (page - block.first) * pages.pageSize;
    return { cpu: pages.cpu, page, bytes: Uint8Array.from(block.bytes.subarray(at, at + pages.pageSize)), ids };
  });
}

function someLines(bytes: Uint8Array, count: number): Uint8Array {
  const lines = Buffer.from(bytes).toString('latin1').split('\n').slice(0, -1);
  const step = Math.max(1, Math.floor(lines.length / count));
  const kept = lines.filter((_, index) => index % step === 0).map((line) => `${line}\n`);
  return Buffer.from(kept.join(''), 'latin1');
}

function withText(recording: SmallRecording): SmallRecording {
  const { metadata } = recording;
  const text = Buffer.from(`# tracer: irqsoff\n#\n${'  <idle>-0         3d..1    0us : quiet_vmstat\n'.repeat(200)}`);
  const buffer = { name: '', clock: 'local', pageSize: metadata.pageSize };
  return {
    ...recording,
    buffers: [{ ...buffer, cpus: [], text }],
    metadata: {
      ...metadata,
      traceClock: undefined,
      buffers: [{ ...buffer, cpuStats: [], holdsText: true }],
    },
  };
}

/** A guest's recording: cycles to ns, samples of the host's clock, an offset. */
function withClockOptions(recording: SmallRecording): SmallRecording {
  const shift = Buffer.alloc(16 + 4 + 3 * 24 + 24);
  shift.writeBigUInt64LE(1n, 0);
  shift.writeUInt32LE(1, 8);
  shift.writeUInt32LE(1, 12);
  shift.writeUInt32LE(3, 16);
  for (let sample = 0; sample < 3; sample += 1) {
    shift.writeBigInt64LE(BigInt(sample) * 1_000_000_000n, 20 + sample * 8);
    shift.writeBigInt64LE(-1000n * BigInt(sample), 44 + sample * 8);
    shift.writeBigInt64LE(1n, 68 + sample * 8);
  }
  const tsc = Buffer.alloc(16);
  tsc.writeUInt32LE(1_500_000_000, 0);
  tsc.writeUInt32LE(31, 4);
  const otherOptions: RecordingOption[] = [
    { id: optionId.timeShift, data: shift },
    { id: optionId.tscToNanoseconds, data: tsc },
    { id: optionId.procMaps, data: Buffer.from('4d2 1 sh\n55d0 55f0 /bin/sh\n\0') },
  ];
  const metadata = { ...recording.metadata, date: '0x5e1f3a0b0c0d0', offset: '-12345', otherOptions };
  return { ...recording, metadata };
}
