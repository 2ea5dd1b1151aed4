/**
 * A version 7 file whose options are gone: they come last, so a file that was cut off has none. The sections before them
 * still follow each other, each with its id and size; what the options would have told of the data is worked out from it.
 */
import type { ByteSource } from '../files.ts';
import { ByteCursor, RecordingDamage } from './byte-cursor.ts';
import { type CpuPlace, mostCpus, optionId, type TraceDatOption } from './file-layout.ts';
import { roomSection, sectionHeaderSize } from './section-ids.ts';

const compressedFlag = 1;
const mostSections = 10_000;
/** Stamps are compared a page at a time; beyond so many pages the rest counts to the last CPU. */
const mostPages = 4_000_000;

interface Salvaged {
  /** As an options section would have them, places of sections only. */
  readonly options: readonly TraceDatOption[];
  readonly buffers: readonly SalvagedBuffer[];
}

export interface SalvagedBuffer {
  /** Where its section is. */
  readonly section: number;
  readonly cpus: readonly CpuPlace[];
}

interface FileShape {
  readonly littleEndian: boolean;
  readonly pageSize: number;
}

/** Walks the sections from `first` on; throws RecordingDamage when there is not even one. */
export function salvageSections(source: ByteSource, first: number, shape: FileShape): Salvaged {
  const options: TraceDatOption[] = [];
  const buffers: SalvagedBuffer[] = [];
  let base: number | undefined;
  let at = first;
  for (let count = 0; count < mostSections && at + sectionHeaderSize <= source.size(); count += 1) {
    const cursor = new ByteCursor(source, shape.littleEndian, at);
    const id = cursor.u16();
    const isCompressed = (cursor.u16() & compressedFlag) !== 0;
    cursor.u32();
    const size = cursor.offset();
    const start = cursor.position;
    const end = Math.min(start + size, source.size());
    if (id === optionId.buffer) {
      const place = { offset: start, end };
      const cpus = isCompressed ? findRuns(source, place, shape) : findPageRuns(source, place, shape);
      buffers.push({ section: at, cpus: base === undefined ? cpus : numberBehind(base, cpus) });
      base = undefined;
    } else if (id === roomSection && size >= 4) {
      const cpu = cursor.u32();
      base = cpu < mostCpus ? cpu : undefined;
    } else if (id >= optionId.headerInfo && id <= optionId.cmdlines) {
      options.push({ id, data: encodeOffset(at, shape.littleEndian) });
    } else if (id !== optionId.strings && id > 0x7fff) break;
    at = start + size;
  }
  if (options.length === 0) throw new RecordingDamage('the recorder did not finish it: there are no options');
  return { options, buffers };
}

/** The first of them is of CPU `base`, the others of all CPUs but that. */
function numberBehind(base: number, cpus: readonly CpuPlace[]): CpuPlace[] {
  const numbered = cpus.map((place, index) => {
    if (index === 0) return { ...place, cpu: base };
    return { ...place, cpu: index <= base ? index - 1 : index };
  });
  return numbered.sort((a, b) => a.cpu - b.cpu);
}

function encodeOffset(offset: number, littleEndian: boolean): Uint8Array {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setBigUint64(0, BigInt(offset), littleEndian);
  return data;
}

/** Chunks in runs, one run for each CPU: the count, and for each chunk its two sizes and data. Runs begin at a page. */
function findRuns(source: ByteSource, { offset, end }: { offset: number; end: number }, shape: FileShape): CpuPlace[] {
  const cpus: CpuPlace[] = [];
  for (let at = align(offset, shape.pageSize); at + 4 <= end; ) {
    const cursor = new ByteCursor(source, shape.littleEndian, at, end);
    const chunks = cursor.u32();
    let isWhole = true;
    for (let chunk = 0; chunk < chunks && isWhole; chunk += 1) isWhole = skipChunk(cursor);
    const size = (isWhole ? cursor.position : end) - at;
    cpus.push({ cpu: cpus.length, offset: at, size, isCompressed: true });
    at = isWhole ? align(cursor.position, shape.pageSize) : end;
    if (cpus.length > 65_536) break;
  }
  return cpus.filter(({ size }) => size > 4);
}

function skipChunk(cursor: ByteCursor): boolean {
  if (cursor.end - cursor.position < 8) return false;
  const size = cursor.u32();
  cursor.u32();
  if (size > cursor.end - cursor.position) return false;
  cursor.skip(size);
  return true;
}

/** Pages of one CPU after the other: where a stamp is earlier than the one before it, the next CPU begins. */
function findPageRuns(
  source: ByteSource,
  { offset, end }: { offset: number; end: number },
  { littleEndian, pageSize }: FileShape,
): CpuPlace[] {
  const cpus: CpuPlace[] = [];
  const head = new Uint8Array(8);
  const view = new DataView(head.buffer);
  const first = align(offset, pageSize);
  let [start, previous] = [first, 0n];
  const finish = (at: number) => {
    if (at > start) cpus.push({ cpu: cpus.length, offset: start, size: at - start, isCompressed: false });
    start = at;
  };
  for (let at = first, page = 0; at + 16 <= end && page < mostPages; at += pageSize, page += 1) {
    if (source.read(head, at) < 8) break;
    const stamp = view.getBigUint64(0, littleEndian);
    if (stamp === 0n) continue;
    if (stamp < previous) finish(at);
    previous = stamp;
  }
  finish(end);
  return cpus;
}

function align(offset: number, pageSize: number): number {
  return Math.ceil(offset / pageSize) * pageSize;
}
