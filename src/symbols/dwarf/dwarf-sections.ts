/**
 * The debug sections of an ELF file, decompressed: SHF_COMPRESSED (Elf_Chdr, gabi) with zlib or zstd, and the older
 * .zdebug_* of GNU tools.
 */

import { inflateSync, zstdDecompressSync } from 'node:zlib';
import type { ElfFile } from '../elf.ts';

const names = [
  'info',
  'types',
  'abbrev',
  'str',
  'line',
  'line_str',
  'str_offsets',
  'addr',
  'ranges',
  'rnglists',
  'loc',
  'loclists',
  'aranges',
  'frame',
] as const;
type DwarfSectionName = (typeof names)[number];

export interface DwarfSections {
  /** Empty when the file has no such section. */
  get(name: DwarfSectionName): Uint8Array;
  readonly littleEndian: boolean;
  readonly problems: string[];
}

/** Sections of a file, of which a part can be had without the rest. */
export interface SectionReader extends DwarfSections {
  /** Bytes of a section from `at` on; shorter at its end. Of a compressed one all is read. */
  part(name: DwarfSectionName, at: number, length: number): Uint8Array;
}

/** All sections of one file together; more would not fit beside everything else. */
const mostBytes = 512 * 1024 * 1024;
/** Enough of a section to know whether it is compressed. */
const compressionHead = 32;
const zlibType = 1;
const zstdType = 2;

/** Whether the file carries debug information of its own. */
export function hasDwarf(elf: ElfFile): boolean {
  return elf.layout.sections.some(({ name, size }) => (name === '.debug_info' || name === '.zdebug_info') && size > 0);
}

/** Sections are read and decompressed when first asked for. */
export function openDwarfSections(elf: ElfFile): SectionReader {
  const loaded = new Map<DwarfSectionName, Uint8Array>();
  const problems: string[] = [];
  let left = mostBytes;
  const load = (name: DwarfSectionName): Uint8Array => {
    const bytes = readSection(elf, name, left, problems) ?? new Uint8Array(0);
    left -= bytes.length;
    return bytes;
  };
  const get = (name: DwarfSectionName) => {
    const bytes = loaded.get(name) ?? load(name);
    loaded.set(name, bytes);
    return bytes;
  };
  return {
    littleEndian: elf.layout.littleEndian,
    problems,
    get,
    part(name, at, length) {
      const here = loaded.has(name) ? undefined : readPart(elf, name, at, length);
      return here ?? get(name).subarray(at, at + length);
    },
  };
}

/** undefined where the section has to be read as a whole. */
function readPart(elf: ElfFile, name: DwarfSectionName, at: number, length: number): Uint8Array | undefined {
  const section = elf.layout.sections.find((it) => it.name === `.debug_${name}`);
  if (section === undefined || at > section.size) return undefined;
  const cut = (from: number, size: number) =>
    elf.bytesOf({ ...section, fileOffset: section.fileOffset + from, size: Math.min(size, section.size - from) });
  const head = cut(0, compressionHead);
  return head === undefined || elfCompressed(elf, head) !== undefined ? undefined : cut(at, length);
}

function readSection(elf: ElfFile, name: DwarfSectionName, most: number, problems: string[]): Uint8Array | undefined {
  const find = (wanted: string) => elf.layout.sections.find((it) => it.name === wanted);
  const plain = find(`.debug_${name}`);
  const section = plain ?? find(`.zdebug_${name}`);
  if (section === undefined) return undefined;
  if (section.size > most) {
    problems.push(`${section.name} is too large to be read: ${section.size} bytes`);
    return undefined;
  }
  const stored = elf.bytesOf(section);
  if (stored === undefined) return undefined;
  if (stored.length < section.size) problems.push(`${section.name} is cut off`);
  const packed = plain === undefined ? gnuCompressed(stored) : elfCompressed(elf, stored);
  return packed === undefined ? stored : decompress(packed, section.name, most, problems);
}

interface Packed {
  readonly type: number;
  readonly size: number;
  readonly content: Uint8Array;
}

/** `ZLIB`, the size in 8 bytes, most significant first, the zlib stream. */
function gnuCompressed(bytes: Uint8Array): Packed | undefined {
  if (bytes.length < 12 || Buffer.from(bytes.subarray(0, 4)).toString('latin1') !== 'ZLIB') return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { type: zlibType, size: Number(view.getBigUint64(4)), content: bytes.subarray(12) };
}

/**
 * Known by its header together with the first bytes of the stream. No debug section starts so otherwise: the length of
 * 1 or 2 that these words would be is too short for any unit, and an abbreviation of code 1 has no tag 0.
 */
function elfCompressed(elf: ElfFile, bytes: Uint8Array): Packed | undefined {
  const headerSize = elf.layout.bits === 64 ? 24 : 12;
  if (bytes.length < headerSize + 4) return undefined;
  const numbers = elf.numbers(bytes);
  const type = numbers.u32(0);
  const size = elf.layout.bits === 64 ? numbers.u64(8) : numbers.u32(4);
  const content = bytes.subarray(headerSize);
  const isZlib = type === zlibType && (content[0]! & 0x0f) === 8 && (content[0]! * 256 + content[1]!) % 31 === 0;
  const isZstd = type === zstdType && content[0] === 0x28 && content[1] === 0xb5 && content[2] === 0x2f;
  return isZlib || isZstd ? { type, size, content } : undefined;
}

function decompress(packed: Packed, name: string, most: number, problems: string[]): Uint8Array | undefined {
  const { type, size, content } = packed;
  if (size > most) {
    problems.push(`${name} is too large to be read: ${size} bytes decompressed`);
    return undefined;
  }
  try {
    const limit = { maxOutputLength: Math.max(size, 1) };
    return type === zstdType ? zstdDecompressSync(content, limit) : inflateSync(content, limit);
  } catch (cause) {
    problems.push(`${name} cannot be decompressed: ${(cause as Error).message}`);
    return undefined;
  }
}
