/**
 * Version 7 behind the head: a section for each buffer, and one of options that says where everything is.
 *
 * Buffer option: u64 offset of the section, name, clock, u32 sub-buffer size, u32 CPUs, and for each u32 CPU, u64 offset,
 * u64 size. Compressed pages are u32 count of chunks and the chunks; each chunk is a block.
 */
import type { ByteSink } from '../files.ts';
import type { BufferStreams, CpuPages, PagesInPlace } from '../recording-metadata.ts';
import { optionId } from './file-layout.ts';
import { pagesPerChunk, roomSection, sectionHeaderSize } from './section-ids.ts';
import { SectionNames } from './section-names.ts';
import { FieldWriter } from './write-bytes.ts';
import { encodeBlock } from './write-compressed.ts';
import { type EncodedHead, encodeSectionHeader } from './write-head.ts';
import { appendOption } from './write-options.ts';
import { alignToPage, cutBlocks, takeWholePages } from './write-pages.ts';

/** Where the u64 size is in a section header. */
const sizeInHeader = 8;
const textBlock = 1 << 16;

export function writeBuffers7(
  sink: ByteSink,
  head: EncodedHead,
  buffers: readonly BufferStreams[],
  problems: string[],
): void {
  const options = new FieldWriter(head.littleEndian);
  options.bytes(head.options);
  const names = new SectionNames();
  const form = chooseForm(head, buffers, problems);
  const values = new Map<BufferStreams, Uint8Array>();
  for (const buffer of inPlaceFirst(buffers, ({ cpus }) => cpus.some(isInPlace))) {
    if (buffer.text === undefined) values.set(buffer, writePageBuffer(sink, form, buffer, { names, problems }));
    else values.set(buffer, writeTextBuffer(sink, form, buffer, buffer.text(), { names, problems }));
  }
  for (const buffer of buffers)
    appendOption(options, buffer.text === undefined ? optionId.buffer : optionId.bufferText, values.get(buffer)!);
  appendOption(options, optionId.done, new Uint8Array(8));
  const start = sink.length;
  appendSection(sink, head, optionId.done, options.written());
  appendSection(sink, head, optionId.strings, names.bytes);
  sink.writeAt(new FieldWriter(head.littleEndian).u64(start).written(), head.optionsPointer);
}

/**
 * trace-cmd unpacks each CPU to a place that it aligns to the top buffer's sub-buffers, and then refuses larger ones
 * there ("bad page offset"); and what is not compressed it reads only when nothing before it was. So none is then.
 */
function chooseForm(head: EncodedHead, buffers: readonly BufferStreams[], problems: string[]): EncodedHead {
  const { format } = head;
  const large = buffers.find(({ pageSize, text }) => text === undefined && pageSize > head.pageSize);
  if (format.compression === 'none' || large === undefined) return head;
  problems.push(`pages are not compressed: trace-cmd cannot read the large sub-buffers of ${large.name} otherwise`);
  return { ...head, format: { ...format, compression: 'none' } };
}

const isInPlace = ({ inPlace }: CpuPages): boolean => inPlace !== undefined;

/** What is in the file already comes before everything that can be written anywhere. */
function inPlaceFirst<T>(all: readonly T[], isThere: (each: T) => boolean): T[] {
  return [...all.filter(isThere), ...all.filter((each) => !isThere(each))];
}

/** What writing a buffer adds to. */
interface Gathered {
  readonly names: SectionNames;
  readonly problems: string[];
}

function appendSection(sink: ByteSink, { littleEndian }: EncodedHead, id: number, body: Uint8Array): void {
  sink.append(Buffer.concat([encodeSectionHeader(littleEndian, id, false, body.length), body]));
}

/** Returns the value of its option. */
function writePageBuffer(
  sink: ByteSink,
  head: EncodedHead,
  buffer: BufferStreams,
  { names, problems }: Gathered,
): Uint8Array {
  const { name, clock, pageSize, cpus } = buffer;
  for (const { cpu, inPlace } of cpus) if (inPlace !== undefined) fillRoom(sink, head, cpu, inPlace.first);
  const section = beginSection(sink, head, optionId.buffer, names.add(`buffer flyrecord ${name}`));
  const written = inPlaceFirst(cpus, isInPlace).map((pages) => writeCpu(sink, head, buffer, pages, problems));
  const places = written.filter(({ size }) => size > 0).sort((a, b) => a.cpu - b.cpu);
  endSection(sink, head, section);
  const value = new FieldWriter(head.littleEndian).u64(section).terminated(name).terminated(clock);
  value.u32(pageSize).u32(places.length);
  for (const { cpu, offset, size } of places) value.u32(cpu).u64(offset).u64(size);
  return value.written();
}

function writeCpu(
  sink: ByteSink,
  head: EncodedHead,
  buffer: BufferStreams,
  pages: CpuPages,
  problems: string[],
): { cpu: number; offset: number; size: number } {
  const items = takeWholePages(buffer, pages, problems);
  const { cpu, inPlace } = pages;
  if (inPlace !== undefined) return writeBefore(sink, buffer, cpu, inPlace, items);
  let offset = sink.length;
  if (head.format.compression !== 'none') {
    const chunks = writeChunks(sink, head, cutBlocks(items, pagesPerChunk * buffer.pageSize));
    if (chunks === 0) sink.truncate(offset);
    return { cpu, offset, size: sink.length - offset };
  }
  let size = 0;
  for (const item of items) {
    if (size === 0) {
      alignToPage(sink, buffer.pageSize);
      offset = sink.length;
    }
    sink.append(item);
    size += item.length;
  }
  return { cpu, offset, size };
}

/** A section up to the buffer's header before `first`: whoever walks from section to section finds the next one. */
function fillRoom(sink: ByteSink, { littleEndian }: EncodedHead, cpu: number, first: number): void {
  const end = first - sectionHeaderSize;
  const size = end - sink.length - sectionHeaderSize;
  const body = new FieldWriter(littleEndian).u32(cpu).written();
  if (size < body.length) throw new RangeError(`no room before ${first}`);
  sink.append(encodeSectionHeader(littleEndian, roomSection, false, size));
  sink.append(body);
  sink.skipTo(end);
}

/** Writes what comes before the pages that are in the file. */
function writeBefore(
  sink: ByteSink,
  { pageSize }: BufferStreams,
  cpu: number,
  { first, offset, size }: PagesInPlace,
  items: Iterable<Uint8Array>,
): { cpu: number; offset: number; size: number } {
  for (const item of items) sink.append(item);
  if (sink.length !== offset) throw new RangeError(`${sink.length - first} bytes of pages before ${offset}`);
  sink.skipTo(offset + size - (size % pageSize));
  return { cpu, offset: first, size: sink.length - first };
}

/** Writes the count of chunks and the chunks, and returns the count. */
function writeChunks(sink: ByteSink, { littleEndian, format }: EncodedHead, blocks: Iterable<Uint8Array>): number {
  const start = sink.length;
  sink.append(new Uint8Array(4));
  let count = 0;
  for (const block of blocks) {
    sink.append(encodeBlock(format.compression, littleEndian, block));
    count += 1;
  }
  sink.writeAt(new FieldWriter(littleEndian).u32(count).written(), start);
  return count;
}

function writeTextBuffer(
  sink: ByteSink,
  head: EncodedHead,
  { name, clock }: BufferStreams,
  text: Iterable<Uint8Array>,
  { names }: Gathered,
): Uint8Array {
  const section = beginSection(sink, head, optionId.bufferText, names.add(`buffer text ${name}`));
  if (head.format.compression === 'none') for (const piece of text) sink.append(piece);
  else writeChunks(sink, head, cutBlocks(text, textBlock));
  endSection(sink, head, section);
  return new FieldWriter(head.littleEndian).u64(section).terminated(name).terminated(clock).written();
}

/** Returns the offset of the section. */
function beginSection(sink: ByteSink, { littleEndian, format }: EncodedHead, id: number, name: number): number {
  const section = sink.length;
  sink.append(encodeSectionHeader(littleEndian, id, format.compression !== 'none', 0, name));
  return section;
}

function endSection(sink: ByteSink, { littleEndian }: EncodedHead, section: number): void {
  const size = sink.length - section - sectionHeaderSize;
  sink.writeAt(new FieldWriter(littleEndian).u64(size).written(), section + sizeInHeader);
}
