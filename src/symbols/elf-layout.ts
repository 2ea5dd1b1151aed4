/**
 * The frame of an ELF file: header, program headers, sections, for both classes and byte orders. Mirrors elf(5).
 * Addresses are plain numbers: those of user space stay below 2^53.
 */

import { UsageError } from '../base/errors.ts';
import { decodeKernelText } from '../base/text.ts';
import type { ByteSource } from './byte-source.ts';

/** The machines that calling conventions and instruction boundaries are known for; others keep their ELF number. */
export type ElfMachine = 'x86-64' | 'i386' | 'aarch64' | 'arm' | `machine ${number}`;
type ElfKind = 'relocatable' | 'executable' | 'shared' | 'other';

export interface ElfSegment {
  /** PT_LOAD is 1. */
  readonly type: number;
  readonly executable: boolean;
  readonly fileOffset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly address: number;
  readonly fileOffset: number;
  readonly size: number;
  readonly link: number;
  readonly entrySize: number;
}

export interface ElfLayout {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  readonly machine: ElfMachine;
  /** `shared` is ET_DYN: libraries and position-independent programs alike. */
  readonly kind: ElfKind;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
}

export const segmentType = { load: 1, interpreter: 3, note: 4 } as const;
export const sectionType = { symtab: 2, rela: 4, noBits: 8, rel: 9, dynsym: 11 } as const;

const machines: Readonly<Record<number, ElfMachine>> = { 3: 'i386', 40: 'arm', 62: 'x86-64', 183: 'aarch64' };
const kinds: Readonly<Record<number, ElfKind>> = { 1: 'relocatable', 2: 'executable', 3: 'shared' };
const largestHeaderTable = 1 << 24;

/** Whether `head` (the first bytes of a file) is an ELF file, a script, or something else. */
export function recogniseProgram(head: Uint8Array): 'elf' | 'script' | 'other' {
  if (head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46) return 'elf';
  return head[0] === 0x23 && head[1] === 0x21 ? 'script' : 'other';
}

/** A reader of the numbers of one file, in its byte order and word size. */
export class ElfNumbers {
  readonly view: DataView;
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;

  constructor(bytes: Uint8Array, bits: 32 | 64, littleEndian: boolean) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.bits = bits;
    this.littleEndian = littleEndian;
  }

  u16(at: number): number {
    return this.view.getUint16(at, this.littleEndian);
  }

  u32(at: number): number {
    return this.view.getUint32(at, this.littleEndian);
  }

  u64(at: number): number {
    const [low, high] = this.littleEndian ? [at, at + 4] : [at + 4, at];
    return this.u32(high) * 2 ** 32 + this.u32(low);
  }

  /** An address or offset of the file's class. */
  word(at: number): number {
    return this.bits === 64 ? this.u64(at) : this.u32(at);
  }
}

/** Reads the frame; throws UsageError, naming `name`, for a file that is no ELF or is cut off. */
export function parseElfLayout(source: ByteSource, name: string): ElfLayout {
  const head = source.read(0, 64);
  const bits = head[4] === 2 ? 64 : 32;
  const isKnown = (head[4] === 1 || head[4] === 2) && (head[5] === 1 || head[5] === 2);
  if (recogniseProgram(head) !== 'elf' || !isKnown || head.length < (bits === 64 ? 64 : 52)) {
    throw notUsable(name, 'it is not an ELF file');
  }
  const numbers = new ElfNumbers(head, bits, head[5] === 1);
  const at = bits === 64 ? { tables: 32, counts: 54 } : { tables: 28, counts: 42 };
  const word = bits / 8;
  const segmentTable = numbers.word(at.tables);
  const sectionTable = numbers.word(at.tables + word);
  const [segmentSize, segmentCount, sectionSize, sectionCount, nameIndex] = [0, 2, 4, 6, 8].map((step) =>
    numbers.u16(at.counts + step),
  ) as [number, number, number, number, number];
  return {
    bits,
    littleEndian: numbers.littleEndian,
    machine: machines[numbers.u16(18)] ?? `machine ${numbers.u16(18)}`,
    kind: kinds[numbers.u16(16)] ?? 'other',
    segments: parseSegments(readTable(segmentTable, segmentSize, segmentCount), numbers, segmentSize),
    sections: parseSections(sectionTable, sectionSize, sectionCount, nameIndex),
  };

  function readTable(offset: number, entrySize: number, count: number): Uint8Array {
    const length = entrySize * count;
    if (length === 0) return new Uint8Array(0);
    const bytes = length > largestHeaderTable ? undefined : source.read(offset, length);
    if (bytes?.length !== length) throw notUsable(name, 'it is cut off: its header tables end after the file does');
    return bytes;
  }

  function parseSections(offset: number, entrySize: number, count: number, namesAt: number): ElfSection[] {
    if (offset === 0 || entrySize < (bits === 64 ? 64 : 40)) return [];
    const first = parseSectionTable(readTable(offset, entrySize, 1), numbers, entrySize)[0]!;
    // More than 65279 sections: the real numbers are in the first entry.
    const realCount = count === 0 ? first.size : count;
    const rows = parseSectionTable(readTable(offset, entrySize, realCount), numbers, entrySize);
    const names = rows[namesAt === 0xffff ? first.link : namesAt];
    const text = names === undefined ? new Uint8Array(0) : source.read(names.fileOffset, names.size);
    return rows.map(({ nameOffset, ...row }) => ({ name: textAt(text, nameOffset), ...row }));
  }
}

function notUsable(name: string, why: string): UsageError {
  return new UsageError({ attempted: `reading ${name}`, why, remedy: 'name a program or a shared library' });
}

function parseSegments(bytes: Uint8Array, { bits, littleEndian }: ElfNumbers, entrySize: number): ElfSegment[] {
  const numbers = new ElfNumbers(bytes, bits, littleEndian);
  const segments: ElfSegment[] = [];
  const [flags, offset, address, fileSize, memorySize, least] =
    bits === 64 ? [4, 8, 16, 32, 40, 56] : [24, 4, 8, 16, 20, 32];
  if (entrySize < least!) return [];
  for (let at = 0; at + entrySize <= bytes.length; at += entrySize) {
    segments.push({
      type: numbers.u32(at),
      executable: (numbers.u32(at + flags!) & 1) !== 0,
      fileOffset: numbers.word(at + offset!),
      address: numbers.word(at + address!),
      fileSize: numbers.word(at + fileSize!),
      memorySize: numbers.word(at + memorySize!),
    });
  }
  return segments;
}

type SectionRow = Omit<ElfSection, 'name'> & { readonly nameOffset: number };

function parseSectionTable(bytes: Uint8Array, { bits, littleEndian }: ElfNumbers, entrySize: number): SectionRow[] {
  const numbers = new ElfNumbers(bytes, bits, littleEndian);
  const rows: SectionRow[] = [];
  const [address, offset, size, link, entry] = bits === 64 ? [16, 24, 32, 40, 56] : [12, 16, 20, 24, 36];
  for (let at = 0; at + entrySize <= bytes.length; at += entrySize) {
    rows.push({
      nameOffset: numbers.u32(at),
      type: numbers.u32(at + 4),
      address: numbers.word(at + address!),
      fileOffset: numbers.word(at + offset!),
      size: numbers.word(at + size!),
      link: numbers.u32(at + link!),
      entrySize: numbers.word(at + entry!),
    });
  }
  return rows;
}

/** The NUL-terminated text at `at` of a string table. */
export function textAt(table: Uint8Array, at: number): string {
  if (at >= table.length) return '';
  const end = table.indexOf(0, at);
  const bytes = table.subarray(at, end < 0 ? table.length : end);
  return decodeKernelText(bytes);
}
