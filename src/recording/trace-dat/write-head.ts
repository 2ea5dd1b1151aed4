/**
 * The head of a trace.dat: everything before the pages, as bytes, and the options that do not depend on them. Kept apart
 * from the pages so that a recorder can store it first and join it to its pages after a crash without decoding it.
 */
import { UsageError } from '../../base/errors.ts';
import type { BufferMetadata, RecordingFormat, RecordingMetadata } from '../recording-metadata.ts';
import { compressedSection, tgidsSection } from './section-ids.ts';
import { findFixedName } from './section-names.ts';
import { FieldWriter } from './write-bytes.ts';
import { compressionVersion, encodeBlock } from './write-compressed.ts';
import { encodeOptions } from './write-options.ts';
import { listSectionBodies, type SectionBody } from './write-sections.ts';

/** What the pages are joined to. */
export interface EncodedHead extends HeadShape {
  /** The file up to its first buffer (version 7) or to its CPU count (version 6), in pieces. */
  readonly pieces: readonly Uint8Array[];
  /** The one of the pieces that is metadata.kallsyms; none where it is compressed. */
  readonly symbols: Uint8Array | undefined;
  /** Options but those of buffers: u16 id, u32 size, data, one after the other without end. */
  readonly options: Uint8Array;
}

/** What joining must know of the head; plain data that JSON keeps. */
export interface HeadShape {
  readonly format: RecordingFormat;
  readonly littleEndian: boolean;
  readonly pageSize: number;
  readonly cpuCount: number;
  /** Whether there is a TRACECLOCK option: version 6 then has the clock behind the table of CPUs. */
  readonly hasTraceClock: boolean;
  /** Version 7: where the offset of the first options belongs. */
  readonly optionsPointer: number;
  readonly buffers: readonly Pick<BufferMetadata, 'name' | 'clock' | 'pageSize'>[];
  /** Whether the metadata has what is read at the end of a recording: statistics. */
  readonly isFinal: boolean;
  /** What the format has no place for, one sentence each. */
  readonly problems: readonly string[];
}

const magic = Uint8Array.from([0x17, 0x08, 0x44, ...Buffer.from('tracing')]);

/** Throws UsageError for a format that does not exist or cannot hold the recording. */
export function encodeHead(metadata: RecordingMetadata, format: RecordingFormat): EncodedHead {
  checkFormat(metadata, format);
  return format.version === 6 ? encodeHead6(metadata, format) : encodeHead7(metadata, format);
}

function checkFormat(metadata: RecordingMetadata, format: RecordingFormat): void {
  if (format.version !== 6) return;
  const attempted = 'writing a trace.dat of version 6';
  if (format.compression !== 'none') {
    throw new UsageError({ attempted, why: 'it knows no compression', remedy: 'version 7 does' });
  }
  const other = metadata.buffers.find(({ pageSize }) => pageSize !== metadata.pageSize);
  if (other === undefined) return;
  const why = `its sub-buffers are all of one size, and those of '${other.name}' have ${other.pageSize} bytes`;
  throw new UsageError({ attempted, why, remedy: 'version 7 keeps them' });
}

/** Bytes of a head's pieces. */
export function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** Magic, version, byte order, size of a long and of a sub-buffer. */
function encodeStart({ littleEndian, longSize, pageSize }: RecordingMetadata, version: 6 | 7): FieldWriter {
  const out = new FieldWriter(littleEndian);
  out.bytes(magic).terminated(`${version}`);
  return out
    .u8(littleEndian ? 0 : 1)
    .u8(longSize)
    .u32(pageSize);
}

function encodeHead6(metadata: RecordingMetadata, format: RecordingFormat): EncodedHead {
  const pieces = [encodeStart(metadata, 6).written(), ...listSectionBodies(metadata).flatMap(({ body }) => body)];
  const problems: string[] = [];
  if (metadata.savedTgids !== undefined) problems.push('version 6 has no place for saved_tgids');
  if (metadata.attachedFiles?.length) problems.push('version 6 has no place for the BTF and module list');
  // A latency file must not have the option: trace-cmd then takes 8 bytes of the text for the clock's length.
  const isLatencyFile = metadata.buffers.some(({ name, holdsText }) => name === '' && holdsText);
  const hasTraceClock = metadata.traceClock !== undefined && !isLatencyFile;
  const options = encodeOptions(hasTraceClock ? metadata : { ...metadata, traceClock: undefined }, []);
  const symbols = metadata.kallsyms;
  return { ...shapeOf(metadata, format), hasTraceClock, optionsPointer: 0, problems, pieces, symbols, options };
}

function encodeHead7(metadata: RecordingMetadata, format: RecordingFormat): EncodedHead {
  const { compression } = format;
  const { littleEndian } = metadata;
  const start = encodeStart(metadata, 7).terminated(compression).terminated(compressionVersion(compression));
  const optionsPointer = start.length;
  const pieces = [start.u64(0).written()];
  let offset = lengthOf(pieces);
  const sections: { id: number; offset: number }[] = [];
  for (const { id, body } of listSections(metadata, format)) {
    if (id !== tgidsSection) sections.push({ id, offset });
    const isCompressed = compression !== 'none';
    const stored = isCompressed ? [encodeBlock(compression, littleEndian, Buffer.concat(body))] : body;
    const section = [encodeSectionHeader(littleEndian, id, isCompressed, lengthOf(stored)), ...stored];
    pieces.push(...section);
    offset += lengthOf(section);
  }
  const problems: string[] = [];
  if (metadata.attachedFiles?.length && compression === 'none') {
    problems.push('trace-cmd reads the BTF and module list of compressed files only: left out');
  }
  const hasTraceClock = metadata.traceClock !== undefined;
  const options = encodeOptions(metadata, sections);
  const symbols = compression === 'none' ? metadata.kallsyms : undefined;
  return { ...shapeOf(metadata, format), hasTraceClock, optionsPointer, problems, pieces, symbols, options };
}

/** Version 7 has sections that version 6 lacks; trace-cmd 3.4 cannot read any of an uncompressed file's attached ones. */
function listSections(metadata: RecordingMetadata, { compression }: RecordingFormat): SectionBody[] {
  const sections = listSectionBodies(metadata);
  const { savedTgids, attachedFiles = [] } = metadata;
  if (savedTgids !== undefined) {
    const length = new FieldWriter(metadata.littleEndian, 8).u64(savedTgids.length).written();
    sections.push({ id: tgidsSection, body: [length, savedTgids] });
  }
  if (compression !== 'none') sections.push(...attachedFiles.map(({ id, data }) => ({ id, body: [data] })));
  return sections;
}

function shapeOf(
  { littleEndian, pageSize, cpuCount, buffers }: RecordingMetadata,
  format: RecordingFormat,
): Omit<HeadShape, 'hasTraceClock' | 'optionsPointer' | 'problems'> {
  const named = buffers.map(({ name, clock, pageSize }) => ({ name, clock, pageSize }));
  const isFinal = buffers.some(({ cpuStats }) => cpuStats.length > 0);
  return { format, littleEndian, pageSize, cpuCount, isFinal, buffers: named };
}

/** u16 id, u16 flags, u32 offset of the name, u64 size of the body. */
export function encodeSectionHeader(
  littleEndian: boolean,
  id: number,
  isCompressed: boolean,
  size: number,
  name: number = findFixedName(id),
): Uint8Array {
  const flags = isCompressed ? compressedSection : 0;
  return new FieldWriter(littleEndian, 16).u16(id).u16(flags).u32(name).u64(size).written();
}
