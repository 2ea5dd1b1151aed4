/** Version 6: everything in one fixed order, options before the data; sizes of the data in a table. */
import type { ByteSource } from '../files.ts';
import { ByteCursor, RecordingDamage } from './byte-cursor.ts';
import { limitPlaces, noteUnclaimed } from './data-places.ts';
import {
  type BufferPlace,
  type CpuPlace,
  mostCpus,
  optionId,
  type SystemFormats,
  type TraceDatLayout,
  type TraceDatOption,
} from './file-layout.ts';
import { readTextBlocks } from './latency-text.ts';
import type { InitialBlock } from './read-layout.ts';
import { readEventFormats, readFtraceFormats, readHeaderTexts } from './read-metadata.ts';

export function readVersion6(source: ByteSource, cursor: ByteCursor, block: InitialBlock): TraceDatLayout {
  const problems: string[] = [];
  const { headerPage, headerEvent } = readHeaderTexts(cursor);
  const ftraceFormats = readFtraceFormats(cursor);
  const eventFormats = readAllFormats(cursor);
  const kallsyms = placeText(source, cursor, cursor.u32());
  const printkFormats = placeText(source, cursor, cursor.u32());
  const savedCmdlines = placeText(source, cursor, cursor.offset());
  let cpuCount = cursor.u32();
  let tag = cursor.bytes(10).toString('latin1');
  let options: TraceDatOption[] = [];
  if (tag.startsWith('options')) {
    options = readOptions(cursor);
    cpuCount = cpuCountIn(options, cursor.littleEndian) ?? cpuCount;
    tag = cursor.bytes(10).toString('latin1');
  }
  if (cpuCount > mostCpus) throw new RecordingDamage(`${cpuCount} CPUs`);
  const texts = {
    headerPage,
    headerEvent,
    ftraceFormats,
    eventFormats,
    kallsyms,
    printkFormats,
    savedCmdlines,
    savedTgids: () => new Uint8Array(),
  };
  const shared = {
    version: 6 as const,
    ...block,
    compression: 'none' as const,
    compressionVersion: '',
    ...texts,
    options,
    cpuCount,
    problems,
  };
  if (tag.startsWith('latency')) {
    const place = { offset: cursor.position, size: source.size() - cursor.position };
    return { ...shared, buffers: [], latencyText: readTextBlocks(source, place, (why) => problems.push(why)) };
  }
  if (!tag.startsWith('flyrecord'))
    throw new RecordingDamage('behind the options comes neither data nor a latency trace');
  const top = readBuffer(cursor, { name: '', cpuCount, pageSize: block.pageSize, options }, problems);
  const behind = cursor.position;
  const buffers = [top, ...readInstances(source, shared, problems)];
  // Between two buffers lies a table of CPUs, with the names of clocks behind it.
  const gap = block.pageSize + tableBytes(cpuCount);
  const cpus = buffers.flatMap((buffer) => buffer.cpus);
  const problem = (why: string): void => void problems.push(why);
  noteUnclaimed(cpus, { from: behind, to: source.size(), gap }, problem);
  return { ...shared, buffers: limitPlaces(buffers, source.size(), problem), latencyText: undefined };
}

function tableBytes(cpuCount: number): number {
  const longestClock = 4096;
  return 16 * cpuCount + longestClock;
}

/** Formats come before all data here: without them nothing can be read. */
function readAllFormats(cursor: ByteCursor): SystemFormats[] {
  return readEventFormats(cursor, (why) => {
    throw new RecordingDamage(why);
  });
}

function placeText(source: ByteSource, cursor: ByteCursor, size: number): () => Uint8Array {
  const { position, littleEndian } = cursor;
  cursor.skip(size);
  return () => new ByteCursor(source, littleEndian, position).bytes(size);
}

function readOptions(cursor: ByteCursor): TraceDatOption[] {
  const options: TraceDatOption[] = [];
  for (let id = cursor.u16(); id !== optionId.done; id = cursor.u16()) {
    options.push({ id, data: Uint8Array.from(cursor.bytes(cursor.u32())) });
  }
  return options;
}

function cpuCountIn(options: readonly TraceDatOption[], littleEndian: boolean): number | undefined {
  const found = options.find(({ id }) => id === optionId.cpuCount);
  return found === undefined ? undefined : readU32(found.data, littleEndian);
}

function readU32(data: Uint8Array, littleEndian: boolean): number | undefined {
  if (data.length < 4) return undefined;
  return new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(0, littleEndian);
}

interface BufferHead {
  readonly name: string;
  readonly cpuCount: number;
  readonly pageSize: number;
  readonly options: readonly TraceDatOption[];
}

/** The table behind `flyrecord\0`; with a TRACECLOCK option the text of trace_clock follows it. */
function readBuffer(cursor: ByteCursor, head: BufferHead, problems: string[]): BufferPlace {
  const { name, cpuCount, pageSize, options } = head;
  const cpus: CpuPlace[] = [];
  for (let cpu = 0; cpu < cpuCount; cpu += 1) {
    cpus.push({ cpu, offset: cursor.offset(), size: cursor.offset(), isCompressed: false });
  }
  let clock: string | undefined;
  if (options.some(({ id }) => id === optionId.traceClock)) {
    try {
      clock = chosenClock(cursor.bytes(cursor.offset()).toString('latin1'));
    } catch (error) {
      if (!(error instanceof RecordingDamage)) throw error;
      problems.push(`the clock of ${name || 'the top level'} cannot be read: ${error.message}`);
    }
  }
  return { name, clock, pageSize, cpus };
}

/** `local [global] uptime`: the one in brackets. */
export function chosenClock(text: string): string | undefined {
  return /\[(\S+?)\]/.exec(text)?.[1];
}

/** Each BUFFER option has a place and a name; a CPUCOUNT right behind it says that the instance has other CPUs. */
function readInstances(
  source: ByteSource,
  shared: Omit<TraceDatLayout, 'buffers' | 'latencyText'>,
  problems: string[],
): BufferPlace[] {
  const { options, cpuCount, littleEndian, pageSize } = shared;
  const buffers: BufferPlace[] = [];
  for (const [index, { id, data }] of options.entries()) {
    if (id !== optionId.buffer) continue;
    const next = options[index + 1];
    const ownCount = next?.id === optionId.cpuCount ? readU32(next.data, littleEndian) : undefined;
    try {
      const bytes = Buffer.from(data);
      if (bytes.length < 9) throw new RecordingDamage('its option is too short');
      if (buffers.length * tableBytes(cpuCount) > source.size()) throw new RecordingDamage('there are too many');
      const offset = Number(littleEndian ? bytes.readBigUInt64LE() : bytes.readBigUInt64BE());
      const name = bytes.toString('latin1', 8).replace(/\0.*$/s, '');
      const cursor = new ByteCursor(source, littleEndian, offset);
      if (cursor.bytes(10).toString('latin1') !== 'flyrecord\0')
        throw new RecordingDamage(`there is no data at ${offset}`);
      buffers.push(readBuffer(cursor, { name, cpuCount: ownCount ?? cpuCount, pageSize, options }, problems));
    } catch (error) {
      if (!(error instanceof RecordingDamage)) throw error;
      problems.push(`instance ${buffers.length + 1} cannot be read: ${error.message}`);
    }
  }
  return buffers;
}
