/**
 * The symbol tables of an ELF file, .symtab and .dynsym, with the versions of .gnu.version, .gnu.version_d and
 * .gnu.version_r. Tables of 400,000 names are common: a single name is found by scanning the bytes, without making
 * strings of the others.
 */

import { decodeKernelText } from '../base/text.ts';
import { type ElfLayout, ElfNumbers, type ElfSection, textAt } from './elf-layout.ts';

type ElfSymbolType = 'function' | 'ifunc' | 'object' | 'untyped' | 'other';

export interface ElfSymbol {
  /** Without its version. */
  readonly name: string;
  readonly version?: string | undefined;
  /** Whether a caller that asks for no version gets this one (`name@@VERSION`). */
  readonly isDefaultVersion: boolean;
  readonly type: ElfSymbolType;
  readonly binding: 'local' | 'global' | 'weak';
  /** False for a symbol that the file takes from another one. */
  readonly isDefined: boolean;
  /** Virtual address as `nm` prints it. */
  readonly address: number;
  /** Bytes; 0 when unknown. */
  readonly size: number;
  readonly table: 'symtab' | 'dynsym';
}

/** `name`, `name@VERSION` or `name@@VERSION`. */
interface VersionedName {
  readonly name: string;
  readonly version: string | undefined;
  readonly isDefault: boolean;
}

export function parseVersionedName(text: string): VersionedName {
  const at = text.indexOf('@', 1);
  if (at < 0) return { name: text, version: undefined, isDefault: true };
  const isDefault = text[at + 1] === '@';
  return { name: text.slice(0, at), version: text.slice(at + (isDefault ? 2 : 1)), isDefault };
}

const symbolTypes: Readonly<Record<number, ElfSymbolType>> = { 0: 'untyped', 1: 'object', 2: 'function', 10: 'ifunc' };
const bindings: Readonly<Record<number, ElfSymbol['binding']>> = { 0: 'local', 2: 'weak' };
/** Sections, files and thread-local variables. */
const notNamed = new Set([3, 4, 6]);

function isAscii(latin1: string): boolean {
  return !/[^\0-\x7f]/.test(latin1);
}

/** One symbol table; symbols are decoded one by one when asked for. */
export class ElfSymbolTable {
  readonly table: 'symtab' | 'dynsym';
  readonly count: number;
  readonly #numbers: ElfNumbers;
  readonly #names: Buffer;
  readonly #entrySize: number;
  readonly #versions: SymbolVersions | undefined;

  constructor(layout: ElfLayout, bytes: Uint8Array, names: Uint8Array, versions?: SymbolVersions) {
    this.table = versions === undefined ? 'symtab' : 'dynsym';
    this.#entrySize = layout.bits === 64 ? 24 : 16;
    this.count = Math.floor(bytes.length / this.#entrySize);
    this.#numbers = new ElfNumbers(bytes, layout.bits, layout.littleEndian);
    this.#names = Buffer.from(names.buffer, names.byteOffset, names.length);
    this.#versions = versions;
  }

  /** Symbol number `index`, as relocations count; undefined for sections, files and nameless ones. */
  at(index: number): ElfSymbol | undefined {
    return this.#decode(index, (at) => textAt(this.#names, at));
  }

  #decode(index: number, nameAt: (offset: number) => string): ElfSymbol | undefined {
    if (index >= this.count) return undefined;
    const at = index * this.#entrySize;
    const numbers = this.#numbers;
    const is64 = numbers.bits === 64;
    const info = numbers.view.getUint8(at + (is64 ? 4 : 12));
    const text = notNamed.has(info & 15) ? '' : nameAt(numbers.u32(at));
    if (text === '') return undefined;
    const { name, version, isDefault } = parseVersionedName(text);
    const own = this.#versions?.of(index);
    return {
      name,
      version: own?.version ?? version,
      isDefaultVersion: own?.isDefault ?? isDefault,
      type: symbolTypes[info & 15] ?? 'other',
      binding: bindings[info >> 4] ?? 'global',
      isDefined: numbers.u16(at + (is64 ? 6 : 14)) !== 0,
      address: numbers.word(at + (is64 ? 8 : 4)),
      size: is64 ? numbers.u64(at + 16) : numbers.u32(at + 8),
      table: this.table,
    };
  }

  /** The symbols called `name` (no version in it), in table order. */
  named(name: string): ElfSymbol[] {
    const offsets = new Set([...this.#offsetsOf(`${name}\0`), ...this.#offsetsOf(`${name}@`)]);
    if (offsets.size === 0) return [];
    const found: ElfSymbol[] = [];
    for (let index = 0; index < this.count; index += 1) {
      if (!offsets.has(this.#numbers.u32(index * this.#entrySize))) continue;
      const symbol = this.at(index);
      if (symbol?.name === name) found.push(symbol);
    }
    return found;
  }

  *all(): Generator<ElfSymbol> {
    // Slices of one string are several times faster than decoding each name.
    const names = `${this.#names.toString('latin1')}\0`;
    const nameAt = (offset: number): string => {
      const name = names.slice(offset, names.indexOf('\0', offset));
      return isAscii(name) ? name : decodeKernelText(Buffer.from(name, 'latin1'));
    };
    for (let index = 0; index < this.count; index += 1) {
      const symbol = this.#decode(index, nameAt);
      if (symbol !== undefined) yield symbol;
    }
  }

  /** Linkers let a name share the tail of a longer one, so any place of the string table may begin one. */
  #offsetsOf(text: string): number[] {
    const wanted = Buffer.from(text);
    const offsets: number[] = [];
    for (let at = this.#names.indexOf(wanted); at >= 0; at = this.#names.indexOf(wanted, at + 1)) offsets.push(at);
    return offsets;
  }
}

/** Which version each entry of .dynsym has. */
export class SymbolVersions {
  readonly #indexes: ElfNumbers;
  readonly #names: ReadonlyMap<number, string>;

  constructor(indexes: ElfNumbers, names: ReadonlyMap<number, string>) {
    this.#indexes = indexes;
    this.#names = names;
  }

  of(index: number): { version: string; isDefault: boolean } | undefined {
    if (index * 2 + 2 > this.#indexes.view.byteLength) return undefined;
    const value = this.#indexes.u16(index * 2);
    // 0 is local, 1 the file itself; the highest bit hides a version that only old callers ask for.
    const version = this.#names.get(value & 0x7fff);
    return version === undefined ? undefined : { version, isDefault: (value & 0x8000) === 0 };
  }
}

/** The version names of a file by their index: those it defines and those it needs. */
export function parseVersionNames(
  definitions: ElfNumbers | undefined,
  needs: ElfNumbers | undefined,
  strings: Uint8Array,
): Map<number, string> {
  const names = new Map<number, string>();
  if (definitions !== undefined) {
    for (const at of chain(definitions, 0, 16, 20)) {
      const name = at + definitions.u32(at + 12);
      const index = definitions.u16(at + 4) & 0x7fff;
      // The first definition is the file's own name.
      if (index > 1 && name + 4 <= definitions.view.byteLength)
        names.set(index, textAt(strings, definitions.u32(name)));
    }
  }
  if (needs !== undefined) {
    for (const at of chain(needs, 0, 12, 16)) {
      for (const version of chain(needs, at + needs.u32(at + 8), 12, 16)) {
        names.set(needs.u16(version + 6) & 0x7fff, textAt(strings, needs.u32(version + 8)));
      }
    }
  }
  return names;
}

/** Walks a list whose entries of `size` bytes hold the distance to the next one at `linkAt`; ends where damaged. */
function* chain(numbers: ElfNumbers, start: number, linkAt: number, size: number): Generator<number> {
  for (let at = start; at + size <= numbers.view.byteLength; ) {
    yield at;
    const step = numbers.u32(at + linkAt);
    if (step === 0) return;
    at += step;
  }
}

/** The section that holds a table's names, by its link. */
export function linkedSection(layout: ElfLayout, section: ElfSection): ElfSection | undefined {
  return layout.sections[section.link];
}
