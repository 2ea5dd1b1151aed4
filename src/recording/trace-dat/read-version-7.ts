/** Version 7: sections that the options tell the places of; only OPTIONS has to be there. */
import type { ByteSource } from '../files.ts';
import { byteSourceOf } from '../files.ts';
import { ByteCursor, RecordingDamage } from './byte-cursor.ts';
import { type Compression, decompressBlock } from './compression.ts';
import { limitPlaces, noteUnclaimed } from './data-places.ts';
import {
  type BufferPlace,
  type CpuPlace,
  type LatencyText,
  mostCpus,
  optionId,
  type TraceDatLayout,
  type TraceDatOption,
} from './file-layout.ts';
import { readTextBlocks, readTextChunks } from './latency-text.ts';
import type { InitialBlock } from './read-layout.ts';
import { readEventFormats, readFtraceFormats, readHeaderTexts } from './read-metadata.ts';
import { type SalvagedBuffer, salvageSections } from './salvage-version-7.ts';
import { tgidsSection } from './section-ids.ts';

const compressedFlag = 1;
/** Option sections are chained; more than this is a loop. */
const mostOptionSections = 10_000;
const mostOptions = 1_000_000;
const mostOptionBytes = 64 << 20;
const mostSections = 10_000;
const mostBuffers = 10_000;

interface Section {
  readonly id: number;
  readonly isCompressed: boolean;
  /** Where the body is. */
  readonly offset: number;
  readonly size: number;
}

export function readVersion7(
  source: ByteSource,
  cursor: ByteCursor,
  block: InitialBlock,
  compression: Compression,
): TraceDatLayout {
  const reader = new SectionReader(source, block.littleEndian, compression);
  const compressionVersion = cursor.text(64);
  const firstOptions = cursor.offset();
  const firstSection = cursor.position;
  const { options, salvaged } = reader.readOptionsOrSalvage(firstOptions, firstSection, block.pageSize);
  const header = reader.body(options, optionId.headerInfo, (body) => readHeaderTexts(body)) ?? {
    headerPage: '',
    headerEvent: '',
  };
  const damagedFormats = (why: string) => reader.problems.push(`the event formats end early: ${why}`);
  return {
    version: 7,
    ...block,
    compression,
    compressionVersion,
    ...header,
    ftraceFormats: reader.body(options, optionId.ftraceEvents, readFtraceFormats) ?? [],
    eventFormats: reader.body(options, optionId.eventFormats, (body) => readEventFormats(body, damagedFormats)) ?? [],
    kallsyms: reader.text(options, optionId.kallsyms, (body) => body.u32()),
    printkFormats: reader.text(options, optionId.printk, (body) => body.u32()),
    savedCmdlines: reader.text(options, optionId.cmdlines, (body) => body.offset()),
    savedTgids: () => reader.strayText(firstSection, tgidsSection),
    options,
    ...reader.readBuffers(options, salvaged, block.pageSize),
    problems: reader.problems,
  };
}

class SectionReader {
  readonly problems: string[] = [];
  readonly #source: ByteSource;
  readonly #littleEndian: boolean;
  readonly #compression: Compression;
  #optionBytes = 0;

  constructor(source: ByteSource, littleEndian: boolean, compression: Compression) {
    this.#source = source;
    this.#littleEndian = littleEndian;
    this.#compression = compression;
  }

  /** The options; of a file that ends before the last of them also what its sections tell. */
  readOptionsOrSalvage(
    first: number,
    firstSection: number,
    pageSize: number,
  ): { options: readonly TraceDatOption[]; salvaged: readonly SalvagedBuffer[] } {
    const options: TraceDatOption[] = [];
    try {
      this.#readOptions(first, options);
      return { options, salvaged: [] };
    } catch (error) {
      if (!(error instanceof RecordingDamage)) throw error;
      const shape = { littleEndian: this.#littleEndian, pageSize };
      const { options: found, buffers: salvaged } = salvageSections(this.#source, firstSection, shape);
      this.problems.push(`its end is missing (${error.message}): what the rest tells is read`);
      return { options: [...found, ...options], salvaged };
    }
  }

  /** All options of the chain that begins at `first`. */
  #readOptions(first: number, options: TraceDatOption[]): void {
    if (first === 0) throw new RecordingDamage('the recorder did not finish it: there are no options');
    const seen = new Set<number>();
    for (let at = first; at !== 0; ) {
      if (seen.has(at) || seen.size > mostOptionSections) {
        this.problems.push('the sections of options form a loop');
        return;
      }
      seen.add(at);
      at = this.#readOptionSection(at, options);
    }
  }

  /** What `read` makes of a section's body; undefined, with a problem, when it is missing or damaged. */
  body<T>(options: readonly TraceDatOption[], id: number, read: (body: ByteCursor) => T): T | undefined {
    const option = options.findLast((candidate) => candidate.id === id);
    if (option === undefined) return undefined;
    try {
      return read(this.#openBody(this.#sectionAt(offsetIn(option.data, this.#littleEndian))));
    } catch (error) {
      if (!(error instanceof RecordingDamage)) throw error;
      this.#note(`${sectionNames[id] ?? `section ${id}`}: ${error.message}`);
      return undefined;
    }
  }

  /** A text with its length before it, read when asked for. */
  text(options: readonly TraceDatOption[], id: number, lengthOf: (body: ByteCursor) => number): () => Uint8Array {
    return () => this.body(options, id, (body) => body.bytes(lengthOf(body))) ?? new Uint8Array();
  }

  /** The text of a section that no option points at: found by walking the headers from the first on. */
  strayText(first: number, id: number): Uint8Array {
    try {
      let section = this.#sectionAt(first);
      for (let steps = 0; section.id !== id; steps += 1) {
        const end = section.offset + section.size;
        if (steps > mostSections || end + 16 > this.#source.size()) return new Uint8Array();
        section = this.#sectionAt(end);
      }
      const body = this.#openBody(section);
      return body.bytes(body.offset());
    } catch (error) {
      if (!(error instanceof RecordingDamage)) throw error;
      return new Uint8Array();
    }
  }

  /** The buffers that options tell of, and behind them those found otherwise. */
  readBuffers(
    options: readonly TraceDatOption[],
    salvaged: readonly SalvagedBuffer[],
    pageSize: number,
  ): { buffers: BufferPlace[]; cpuCount: number; latencyText: LatencyText | undefined } {
    const buffers: BufferPlace[] = [];
    const known = new Set<number>();
    let latencyText: LatencyText | undefined;
    for (const { id, data } of options) {
      if (id !== optionId.buffer && id !== optionId.bufferText) continue;
      try {
        const option = new ByteCursor(byteSourceOf(data), this.#littleEndian);
        const at = option.offset();
        known.add(at);
        const section = this.#sectionAt(at);
        if (section.id !== id) throw new RecordingDamage('its option points at something else');
        if (buffers.length >= mostBuffers) throw new RecordingDamage('there are too many');
        const name = option.text();
        const clock = option.text(64);
        if (id === optionId.buffer) {
          const buffer = readBufferOption(option, section, { name, clock, pageSize });
          const range = { from: section.offset, to: section.offset + section.size, gap: buffer.pageSize };
          noteUnclaimed(buffer.cpus, range, (why) => this.#note(`${name || 'the top level'}: ${why}`));
          buffers.push(buffer);
        } else {
          const place = { ...section, littleEndian: this.#littleEndian };
          const problem = (why: string) => this.#note(why);
          latencyText ??= section.isCompressed
            ? readTextChunks(this.#source, place, this.#compression, problem)
            : readTextBlocks(this.#source, place, problem);
        }
      } catch (error) {
        if (!(error instanceof RecordingDamage)) throw error;
        this.#note(`a buffer cannot be read: ${error.message}`);
      }
    }
    for (const { section, cpus } of salvaged) {
      if (known.has(section)) continue;
      const name = buffers.length === 0 ? '' : `buffer ${buffers.length + 1}`;
      buffers.push({ name, clock: undefined, pageSize, cpus });
    }
    if (buffers.length === 0 && latencyText === undefined) this.#note('it does not say where its data is');
    const limited = limitPlaces(topFirst(buffers), this.#source.size(), (why) => this.#note(why));
    return { buffers: limited, cpuCount: this.#cpuCount(options, buffers), latencyText };
  }

  #cpuCount(options: readonly TraceDatOption[], buffers: readonly BufferPlace[]): number {
    const option = options.find(({ id, data }) => id === optionId.cpuCount && data.length >= 4);
    if (option !== undefined) {
      const count = new ByteCursor(byteSourceOf(option.data), this.#littleEndian).u32();
      if (count <= mostCpus) return count;
      this.#note(`it says that the machine has ${count} CPUs`);
    }
    return buffers.reduce((most, { cpus }) => cpus.reduce((end, { cpu }) => Math.max(end, cpu + 1), most), 0);
  }

  /** Texts are read as often as they are asked for; what is wrong with them is said once. */
  #note(why: string): void {
    if (!this.problems.includes(why)) this.problems.push(why);
  }

  #sectionAt(offset: number): Section {
    const cursor = new ByteCursor(this.#source, this.#littleEndian, offset);
    const id = cursor.u16();
    const flags = cursor.u16();
    cursor.u32();
    const size = cursor.offset();
    return { id, isCompressed: (flags & compressedFlag) !== 0, offset: cursor.position, size };
  }

  /** A cursor over the body, decompressed where needed. */
  #openBody({ isCompressed, offset, size }: Section): ByteCursor {
    const plain = new ByteCursor(this.#source, this.#littleEndian, offset, offset + size);
    if (!isCompressed) return plain;
    const compressed = plain.u32();
    const whole = plain.u32();
    const bytes = decompressBlock(this.#compression, plain.bytes(compressed), whole);
    return new ByteCursor(byteSourceOf(bytes, 'a compressed section'), this.#littleEndian);
  }

  /** Appends the options of one section; returns the place of the next, 0 for none. */
  #readOptionSection(at: number, options: TraceDatOption[]): number {
    const section = this.#sectionAt(at);
    if (section.id !== optionId.done) throw new RecordingDamage(`there are no options at ${at}`);
    const body = this.#openBody(section);
    while (body.position + 6 <= body.end) {
      const id = body.u16();
      const size = body.u32();
      if (id === optionId.done) return size >= 8 ? body.offset() : 0;
      if (options.length >= mostOptions) throw new RecordingDamage('too many options');
      this.#optionBytes += size;
      if (this.#optionBytes > mostOptionBytes) throw new RecordingDamage('the options are too long');
      options.push({ id, data: Uint8Array.from(body.bytes(size)) });
    }
    throw new RecordingDamage('the options have no end');
  }
}

const sectionNames: Readonly<Record<number, string>> = {
  [optionId.headerInfo]: 'the layout of the sub-buffers',
  [optionId.ftraceEvents]: 'the formats of ftrace',
  [optionId.eventFormats]: 'the event formats',
  [optionId.kallsyms]: 'the kernel symbols',
  [optionId.printk]: 'the printk formats',
  [optionId.cmdlines]: 'the names of tasks',
};

function offsetIn(data: Uint8Array, littleEndian: boolean): number {
  return new ByteCursor(byteSourceOf(data), littleEndian).offset();
}

function readBufferOption(
  option: ByteCursor,
  { isCompressed }: Section,
  { name, clock, pageSize }: { name: string; clock: string; pageSize: number },
): BufferPlace {
  const ownPageSize = option.u32();
  const count = option.u32();
  const cpus: CpuPlace[] = [];
  for (let index = 0; index < count; index += 1) {
    const cpu = option.u32();
    if (cpu >= mostCpus) throw new RecordingDamage(`it has a CPU ${cpu}`);
    cpus.push({ cpu, offset: option.offset(), size: option.offset(), isCompressed });
  }
  if (option.position < option.end) throw new RecordingDamage('its option has more than its CPUs');
  // What reads the top level takes the size from the file's head (trace-cmd does), instances have their own.
  return { name, clock, pageSize: name === '' || ownPageSize < 64 ? pageSize : ownPageSize, cpus };
}

function topFirst(buffers: readonly BufferPlace[]): BufferPlace[] {
  const isTop = ({ name }: BufferPlace) => name === '';
  return [...buffers.filter(isTop), ...buffers.filter((buffer) => !isTop(buffer))];
}
