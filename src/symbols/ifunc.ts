/**
 * Which implementation of an IFUNC (libc's strlen, memcpy ...) a process really calls. The symbol is only the resolver,
 * called once by the loader; the answer lies in the slots that the loader filled: relocations of any file in the
 * process that name the symbol, and IRELATIVE ones of the library itself that name the resolver.
 */

import type { ElfFile } from './elf.ts';
import { type ElfMachine, type ElfSection, sectionType } from './elf-layout.ts';
import type { ElfSymbol } from './elf-symbols.ts';
import { type MemoryMapping, parseProcessMaps } from './process-maps.ts';

export interface IfuncQuestion {
  readonly symbol: ElfSymbol;
  readonly library: ElfFile;
  /** The library's path as the process's maps write it. */
  readonly libraryPath: string;
  /** The text of /proc/PID/maps. */
  readonly maps: string;
  /** Memory of that process; undefined where it cannot be read. */
  readMemory(address: number, length: number): Uint8Array | undefined;
  /** The ELF file of a mapped path; undefined when it cannot be opened. */
  openElf(path: string): ElfFile | undefined;
}

interface IfuncImplementation {
  /** Virtual address in the library. */
  readonly address: number;
  readonly fileOffset: number;
  /** Its own name, where the library's tables have it. */
  readonly symbol?: string | undefined;
  /** The mapped file whose slot told it. */
  readonly toldBy: string;
}

interface SlotTypes {
  readonly named: readonly number[];
  readonly relative: number;
}

/** GLOB_DAT and JUMP_SLOT; IRELATIVE. */
const slotTypes: Readonly<Partial<Record<ElfMachine, SlotTypes>>> = {
  'x86-64': { named: [6, 7], relative: 37 },
  i386: { named: [6, 7], relative: 42 },
  aarch64: { named: [1025, 1026], relative: 1032 },
};

/** The implementation, or undefined when no slot of the process tells it. Replaced files are left out. */
export function findIfuncImplementation(question: IfuncQuestion): IfuncImplementation | undefined {
  const mappings = parseProcessMaps(question.maps).filter((it) => it.path.startsWith('/') && !it.isDeleted);
  const byPath = Map.groupBy(mappings, ({ path }) => path);
  const libraryMappings = byPath.get(question.libraryPath);
  if (libraryMappings === undefined) return undefined;
  const others = [...byPath.keys()].filter((path) => path !== question.libraryPath);
  for (const path of [question.libraryPath, ...others]) {
    const own = byPath.get(path)!;
    if (!own.some(({ executable }) => executable)) continue;
    const elf = path === question.libraryPath ? question.library : question.openElf(path);
    const bias = elf && loadBias(elf, own);
    if (bias === undefined) continue;
    for (const slot of slotsOf(elf!, question, path)) {
      const found = implementationIn(readPointer(elf!, question, bias + slot), libraryMappings, question.library);
      if (found !== undefined) return { ...found, toldBy: path };
    }
  }
  return undefined;
}

/** What the loader added to the file's virtual addresses. */
function loadBias(elf: ElfFile, mappings: readonly MemoryMapping[]): number | undefined {
  for (const { start, end, fileOffset } of mappings) {
    const segment = elf.segmentOfFileOffset(fileOffset) ?? elf.segmentOfFileOffset(fileOffset + (end - start) - 1);
    if (segment !== undefined) return start - fileOffset - (segment.address - segment.fileOffset);
  }
  return undefined;
}

/** Virtual addresses of the slots that hold the implementation. */
function* slotsOf(elf: ElfFile, { symbol, libraryPath }: IfuncQuestion, path: string): Generator<number> {
  const types = slotTypes[elf.layout.machine];
  if (types === undefined) return;
  const isLibrary = path === libraryPath;
  for (const section of elf.layout.sections) {
    if (section.type !== sectionType.rela && section.type !== sectionType.rel) continue;
    for (const { slot, type, symbolIndex, addend } of relocationsOf(elf, section)) {
      if (isLibrary && type === types.relative && addend === symbol.address) yield slot;
      if (types.named.includes(type) && isSame(elf.dynsym?.at(symbolIndex), symbol)) yield slot;
    }
  }
}

function isSame(used: ElfSymbol | undefined, wanted: ElfSymbol): boolean {
  if (used?.name !== wanted.name) return false;
  // memcpy@GLIBC_2.2.5 and memcpy@@GLIBC_2.14 are different functions.
  return used.version === undefined || wanted.version === undefined || used.version === wanted.version;
}

interface Relocation {
  readonly slot: number;
  readonly type: number;
  readonly symbolIndex: number;
  /** Undefined in tables of type REL, where it lay in the slot itself. */
  readonly addend: number | undefined;
}

function* relocationsOf(elf: ElfFile, section: ElfSection): Generator<Relocation> {
  const bytes = elf.bytesOf(section);
  if (bytes === undefined) return;
  const numbers = elf.numbers(bytes);
  const is64 = elf.layout.bits === 64;
  const word = is64 ? 8 : 4;
  const hasAddend = section.type === sectionType.rela;
  const size = word * (hasAddend ? 3 : 2);
  for (let at = 0; at + size <= bytes.length; at += size) {
    const low = numbers.u32(at + word + (is64 && !elf.layout.littleEndian ? 4 : 0));
    const high = is64 ? numbers.u32(at + word + (elf.layout.littleEndian ? 4 : 0)) : 0;
    yield {
      slot: numbers.word(at),
      type: is64 ? low : low & 0xff,
      symbolIndex: is64 ? high : low >>> 8,
      addend: hasAddend ? numbers.word(at + 2 * word) : undefined,
    };
  }
}

function readPointer(elf: ElfFile, { readMemory }: IfuncQuestion, address: number): number | undefined {
  const size = elf.layout.bits / 8;
  const bytes = readMemory(address, size);
  return bytes?.length === size ? elf.numbers(bytes).word(0) : undefined;
}

/** A slot not filled yet points into its own file's stubs, not into the library: that is no answer. */
function implementationIn(
  pointer: number | undefined,
  mappings: readonly MemoryMapping[],
  library: ElfFile,
): Omit<IfuncImplementation, 'toldBy'> | undefined {
  if (pointer === undefined) return undefined;
  const mapping = mappings.find(({ start, end, executable }) => executable && pointer >= start && pointer < end);
  if (mapping === undefined) return undefined;
  const fileOffset = pointer - mapping.start + mapping.fileOffset;
  const segment = library.segmentOfFileOffset(fileOffset);
  if (segment === undefined) return undefined;
  const address = fileOffset - segment.fileOffset + segment.address;
  return { address, fileOffset, symbol: nameAt(library, address) };
}

function nameAt(library: ElfFile, address: number): string | undefined {
  for (const symbol of library.symbols()) {
    if (symbol.isDefined && symbol.address === address && symbol.type === 'function') return symbol.name;
  }
  return undefined;
}
