/**
 * One ELF file: its symbols, notes and address arithmetic, read lazily from a ByteSource. Mirrors elf(5) and the
 * GNU extensions (build id, debuglink, symbol versions).
 */

import type { ByteSource } from './byte-source.ts';
import {
  type ElfLayout,
  ElfNumbers,
  type ElfSection,
  type ElfSegment,
  parseElfLayout,
  sectionType,
  segmentType,
  textAt,
} from './elf-layout.ts';
import { type ElfSymbol, ElfSymbolTable, linkedSection, parseVersionNames, SymbolVersions } from './elf-symbols.ts';
import { parseGoFunctions } from './go-functions.ts';

/** The section .gnu_debuglink: the debug file's name and the CRC-32 of its content. */
interface DebugLink {
  readonly name: string;
  readonly crc: number;
}

const goSections = new Set(['.note.go.buildid', '.gopclntab', '.go.buildinfo', '.data.rel.ro.gopclntab']);
const largestSection = 2 ** 31;

export class ElfFile {
  /** What to call it in messages: its path. */
  readonly name: string;
  readonly layout: ElfLayout;
  readonly #source: ByteSource;
  #goFunctions: readonly ElfSymbol[] | undefined;
  readonly #tables = new Map<number, ElfSymbolTable | undefined>();

  /** Throws UsageError when the file is no ELF or its headers are cut off. */
  constructor(source: ByteSource, name: string) {
    this.#source = source;
    this.name = name;
    this.layout = parseElfLayout(source, name);
  }

  /** The full symbol table; undefined in a stripped file. */
  get symtab(): ElfSymbolTable | undefined {
    return this.#table(sectionType.symtab);
  }

  /** The names it exports and imports. */
  get dynsym(): ElfSymbolTable | undefined {
    return this.#table(sectionType.dynsym);
  }

  /** Whether a Go compiler made it: return probes move Go's stack under its feet. */
  get isGo(): boolean {
    return this.layout.sections.some(({ name }) => goSections.has(name));
  }

  /** The functions of a stripped Go program. */
  get goFunctions(): readonly ElfSymbol[] {
    this.#goFunctions ??= this.symtab === undefined && this.isGo ? this.#readGoFunctions() : [];
    return this.#goFunctions;
  }

  #readGoFunctions(): ElfSymbol[] {
    const bytes = this.sectionBytes('.gopclntab') ?? this.sectionBytes('.data.rel.ro.gopclntab');
    const text = this.layout.sections.find(({ name }) => name === '.text');
    if (bytes === undefined || text === undefined) return [];
    const entryPoint = this.numbers(this.#source.read(24, 8)).word(0);
    const found = parseGoFunctions(bytes, this.numbers(bytes), { textAddress: text.address, entryPoint });
    const common = { isDefaultVersion: true, type: 'function', binding: 'global', isDefined: true } as const;
    return found.map((it) => ({ ...it, ...common, table: 'symtab' }));
  }

  /** Build id in lower-case hexadecimal. */
  get buildId(): string | undefined {
    const sections = this.layout.sections.filter(({ name }) => name === '.note.gnu.build-id');
    const segments = this.layout.segments.filter(({ type }) => type === segmentType.note);
    const places = [...sections, ...segments.map(({ fileOffset, fileSize }) => ({ fileOffset, size: fileSize }))];
    for (const { fileOffset, size } of places) {
      const id = findBuildId(this.numbers(this.#source.read(fileOffset, Math.min(size, 1 << 16))));
      if (id !== undefined) return id;
    }
    return undefined;
  }

  get debugLink(): DebugLink | undefined {
    const bytes = this.sectionBytes('.gnu_debuglink');
    if (bytes === undefined) return undefined;
    const name = textAt(bytes, 0);
    const crcAt = (name.length + 4) & ~3;
    return crcAt + 4 > bytes.length ? undefined : { name, crc: this.numbers(bytes).u32(crcAt) };
  }

  /** The dynamic loader that runs it. */
  get interpreter(): string | undefined {
    const segment = this.layout.segments.find(({ type }) => type === segmentType.interpreter);
    return segment && textAt(this.#source.read(segment.fileOffset, Math.min(segment.fileSize, 4096)), 0);
  }

  /** The symbols called `name` of both tables; the same symbol in both comes twice. */
  symbolsNamed(name: string): ElfSymbol[] {
    const found = [this.symtab, this.dynsym].flatMap((table) => table?.named(name) ?? []);
    return found.length > 0 ? found : this.goFunctions.filter((it) => it.name === name);
  }

  *symbols(): Generator<ElfSymbol> {
    for (const table of [this.symtab, this.dynsym]) if (table !== undefined) yield* table.all();
    yield* this.goFunctions;
  }

  /** The loaded segment whose part in the file holds virtual address `address`. */
  segmentOfAddress(address: number): ElfSegment | undefined {
    return this.#loaded().find((it) => address >= it.address && address < it.address + it.fileSize);
  }

  /** The loaded segment that holds byte `fileOffset` of the file; an executable one if several do. */
  segmentOfFileOffset(fileOffset: number): ElfSegment | undefined {
    const found = this.#loaded().filter(
      (it) => fileOffset >= it.fileOffset && fileOffset < it.fileOffset + it.fileSize,
    );
    return found.find(({ executable }) => executable) ?? found[0];
  }

  /** Code from virtual address `address` on; shorter at the end of its segment. */
  codeAt(address: number, length: number): Uint8Array {
    const segment = this.segmentOfAddress(address);
    if (segment === undefined) return new Uint8Array(0);
    const within = address - segment.address;
    return this.#source.read(segment.fileOffset + within, Math.min(length, segment.fileSize - within));
  }

  sectionBytes(name: string): Uint8Array | undefined {
    const section = this.layout.sections.find((it) => it.name === name);
    return section && this.bytesOf(section);
  }

  bytesOf(section: ElfSection): Uint8Array | undefined {
    if (section.type === sectionType.noBits || section.size > largestSection) return undefined;
    return this.#source.read(section.fileOffset, section.size);
  }

  /** A reader of numbers as this file writes them. */
  numbers(bytes: Uint8Array): ElfNumbers {
    return new ElfNumbers(bytes, this.layout.bits, this.layout.littleEndian);
  }

  #loaded(): ElfSegment[] {
    return this.layout.segments.filter(({ type }) => type === segmentType.load);
  }

  #table(type: number): ElfSymbolTable | undefined {
    if (!this.#tables.has(type)) this.#tables.set(type, this.#readTable(type));
    return this.#tables.get(type);
  }

  #readTable(type: number): ElfSymbolTable | undefined {
    const section = this.layout.sections.find((it) => it.type === type);
    const strings = section && linkedSection(this.layout, section);
    const bytes = section && this.bytesOf(section);
    const names = strings && this.bytesOf(strings);
    if (bytes === undefined || names === undefined) return undefined;
    return new ElfSymbolTable(
      this.layout,
      bytes,
      names,
      type === sectionType.dynsym ? this.#versions(names) : undefined,
    );
  }

  #versions(names: Uint8Array): SymbolVersions {
    const [indexes, definitions, needs] = ['.gnu.version', '.gnu.version_d', '.gnu.version_r'].map((name) => {
      const bytes = this.sectionBytes(name);
      return bytes && this.numbers(bytes);
    });
    return new SymbolVersions(indexes ?? this.numbers(new Uint8Array(0)), parseVersionNames(definitions, needs, names));
  }
}

/** Looks through notes for NT_GNU_BUILD_ID (3) of owner `GNU`. */
export function findBuildId(notes: ElfNumbers): string | undefined {
  const { view } = notes;
  const padded = (length: number): number => Math.ceil(length / 4) * 4;
  for (let at = 0; at + 12 <= view.byteLength; ) {
    const [nameSize, size, type] = [notes.u32(at), notes.u32(at + 4), notes.u32(at + 8)];
    const start = at + 12 + padded(nameSize);
    if (start + size > view.byteLength) return undefined;
    const isGnu = nameSize === 4 && view.getUint32(at + 12) === 0x474e5500;
    if (type === 3 && isGnu) return Buffer.from(view.buffer, view.byteOffset + start, size).toString('hex');
    at = start + padded(size);
  }
  return undefined;
}
