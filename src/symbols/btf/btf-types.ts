/**
 * The types of a kernel or of one of its modules (split BTF, whose ids and names go on where those of vmlinux end),
 * decoded one by one when asked for. Mirrors Documentation/bpf/btf.rst.
 */

import type {
  CFunctionType,
  CMember,
  CParameter,
  CType,
  CTypes,
  FunctionPrototype,
  TypeId,
} from '../c-types/c-type.ts';
import { textAt } from '../elf-layout.ts';
import { type BtfIndex, btfKind, indexBtf } from './btf-index.ts';

export interface BtfFunction extends FunctionPrototype {
  readonly id: TypeId;
  /** From BTF: `static`, `global` or `extern`. */
  readonly linkage: 'static' | 'global' | 'extern';
}

const linkages = ['static', 'global', 'extern'] as const;
const pointerSize = 8;
/** The kernel's own limit is 512 (KSYM_NAME_LEN); without its NUL a name would go on to the end of the section. */
const longestName = 4096;

/** Reads BTF; `base` is vmlinux's when `bytes` are of a module. Throws UsageError for what is no BTF. */
export function parseBtf(bytes: Uint8Array, base?: BtfTypes, name?: string): BtfTypes {
  return new BtfTypes(indexBtf(bytes, name), base);
}

export class BtfTypes implements CTypes {
  readonly pointerSize = pointerSize;
  readonly littleEndian: boolean;
  /** What is damaged, in sentences. */
  readonly problems: readonly string[];
  readonly #index: BtfIndex;
  readonly #base: BtfTypes | undefined;
  readonly #firstId: number;
  readonly #firstString: number;

  constructor(index: BtfIndex, base?: BtfTypes) {
    this.#index = index;
    this.#base = base;
    this.#firstId = base === undefined ? 1 : base.endId;
    this.#firstString = base === undefined ? 0 : base.endString;
    this.littleEndian = index.littleEndian;
    this.problems = index.problems;
  }

  /** One more than the largest id. */
  get endId(): TypeId {
    return this.#firstId + this.#index.count;
  }

  private get endString(): number {
    return this.#firstString + this.#index.strings.length;
  }

  /** The function `name`; one of a module is looked for there first, then in the base. */
  findFunction(name: string): BtfFunction | undefined {
    const names = this.#nameOffsets(name);
    for (const place of names.size === 0 ? [] : this.#index.functions) {
      if (names.has(this.#index.words[this.#index.starts[place]!]!)) {
        const found = this.functionOf(this.#firstId + place);
        if (found !== undefined) return found;
      }
    }
    return this.#base?.findFunction(name);
  }

  /** All functions of the same name in this BTF: static functions of several files may share one. */
  findFunctions(name: string): BtfFunction[] {
    const names = this.#nameOffsets(name);
    if (names.size === 0) return [];
    const { functions, words, starts } = this.#index;
    const ids = [...functions].filter((place) => names.has(words[starts[place]!]!)).map((it) => it + this.#firstId);
    return ids.flatMap((id) => this.functionOf(id) ?? []);
  }

  /** Names of the functions of this BTF, without its base. */
  *functionNames(): Generator<string> {
    const { functions, words, starts } = this.#index;
    for (const place of functions) yield this.#name(words[starts[place]!]!);
  }

  /** The functions of this BTF with their prototypes, without its base. */
  *functions(): Generator<BtfFunction> {
    for (const place of this.#index.functions) {
      const found = this.functionOf(this.#firstId + place);
      if (found !== undefined) yield found;
    }
  }

  findStruct(name: string): TypeId | undefined {
    return this.findDefinition('struct', name);
  }

  findDefinition(kind: 'struct' | 'union', name: string): TypeId | undefined {
    if (name === '') return undefined;
    const own = this.#findType(name, kind === 'struct' ? btfKind.struct : btfKind.union);
    return own ?? this.#base?.findDefinition(kind, name);
  }

  findTypedef(name: string): TypeId | undefined {
    return this.#findType(name, btfKind.typedef) ?? this.#base?.findTypedef(name);
  }

  #findType(name: string, kind: number): TypeId | undefined {
    const { count, starts, words } = this.#index;
    const names = this.#nameOffsets(name);
    if (names.size === 0) return undefined;
    for (let place = 0; place < count; place += 1) {
      const at = starts[place]!;
      if (((words[at + 1]! >>> 24) & 31) === kind && names.has(words[at]!)) return this.#firstId + place;
    }
    return undefined;
  }

  /** Offsets in all strings at which `name` is written: a name may also be the end of another. */
  #nameOffsets(name: string): Set<number> {
    const wanted = Buffer.from(`${name}\0`);
    const offsets = this.#base === undefined ? new Set<number>() : new Set(this.#base.#nameOffsets(name));
    if (name === '') return offsets;
    const { strings } = this.#index;
    for (let at = strings.indexOf(wanted); at >= 0; at = strings.indexOf(wanted, at + 1)) {
      offsets.add(this.#firstString + at);
    }
    return offsets;
  }

  functionOf(id: TypeId): BtfFunction | undefined {
    const owner = this.#ownerOf(id);
    if (owner !== this) return owner?.functionOf(id);
    const { words } = this.#index;
    const at = this.#startOf(id);
    if (((words[at + 1]! >>> 24) & 31) !== btfKind.function) return undefined;
    const prototype = this.type(words[at + 2]!);
    if (prototype.kind !== 'function') return undefined;
    const { returns, parameters, isVariadic } = prototype;
    const linkage = linkages[words[at + 1]! & 0xffff] ?? 'extern';
    return { id, name: this.#name(words[at]!), linkage, returns, parameters, isVariadic };
  }

  type(id: TypeId): CType {
    if (id === 0) return { kind: 'void' };
    const owner = this.#ownerOf(id);
    if (owner === undefined) return { kind: 'unknown', why: `the BTF has no type ${id}` };
    return owner.#decode(owner.#startOf(id));
  }

  members(id: TypeId): readonly CMember[] {
    const owner = this.#ownerOf(id);
    return owner === undefined ? [] : owner.#decodeMembers(owner.#startOf(id));
  }

  #ownerOf(id: TypeId): BtfTypes | undefined {
    if (id >= this.#firstId) return id < this.endId ? this : undefined;
    return id === 0 || this.#base === undefined ? undefined : this.#base.#ownerOf(id);
  }

  #startOf(id: TypeId): number {
    return this.#index.starts[id - this.#firstId]!;
  }

  #name(offset: number): string {
    if (offset < this.#firstString) return this.#base === undefined ? '' : this.#base.#name(offset);
    const at = offset - this.#firstString;
    return textAt(this.#index.strings.subarray(at, at + longestName), 0);
  }

  #decode(at: number): CType {
    const { words } = this.#index;
    const info = words[at + 1]!;
    const behind = words[at + 2]!;
    const name = this.#name(words[at]!);
    const flag = info >>> 31 === 1;
    switch ((info >>> 24) & 31) {
      case btfKind.int:
        return decodeInteger(name, behind, words[at + 3]!);
      case btfKind.pointer:
        return { kind: 'pointer', target: behind, size: pointerSize, sign: '*' };
      case btfKind.array:
        return { kind: 'array', element: words[at + 3]!, count: words[at + 5]! };
      case btfKind.struct:
        return { kind: 'struct', name, size: behind, isDeclaration: false };
      case btfKind.union:
        return { kind: 'union', name, size: behind, isDeclaration: false };
      case btfKind.forward:
        return { kind: flag ? 'union' : 'struct', name, size: 0, isDeclaration: true };
      case btfKind.enum:
      case btfKind.enum64:
        return { kind: 'enum', name, size: behind, isSigned: flag };
      case btfKind.float:
        return { kind: 'float', name, size: behind };
      case btfKind.prototype:
        return this.#decodePrototype(at);
      default:
        return decodeReference((info >>> 24) & 31, name, behind);
    }
  }

  #decodePrototype(at: number): CFunctionType {
    const { words } = this.#index;
    const count = words[at + 1]! & 0xffff;
    const parameters: CParameter[] = [];
    let isVariadic = false;
    for (let index = 0; index < count; index += 1) {
      const [name, type] = [words[at + 3 + index * 2]!, words[at + 4 + index * 2]!];
      // The last parameter of type void and without a name stands for `...`.
      isVariadic = type === 0 && name === 0 && index === count - 1;
      if (!isVariadic) parameters.push({ name: this.#name(name), type });
    }
    return { kind: 'function', returns: words[at + 2]!, parameters, isVariadic };
  }

  #decodeMembers(at: number): CMember[] {
    const { words } = this.#index;
    const info = words[at + 1]!;
    const kind = (info >>> 24) & 31;
    if (kind !== btfKind.struct && kind !== btfKind.union) return [];
    const hasBitFields = info >>> 31 === 1;
    return Array.from({ length: info & 0xffff }, (_, index) => {
      const place = at + 3 + index * 3;
      const [name, type, offset] = [this.#name(words[place]!), words[place + 1]!, words[place + 2]!];
      if (hasBitFields) return { name, type, bitOffset: offset & 0xffffff, bitSize: offset >>> 24 };
      return { name, type, ...this.#oldBitField(type, offset) };
    });
  }

  /** Before bit fields had their own form, an INT of fewer bits than its bytes hold was one. */
  #oldBitField(type: TypeId, offset: number): Pick<CMember, 'bitOffset' | 'bitSize'> {
    const owner = this.#ownerOf(type);
    if (owner === undefined) return { bitOffset: offset, bitSize: 0 };
    const { words } = owner.#index;
    const at = owner.#startOf(type);
    if (((words[at + 1]! >>> 24) & 31) !== btfKind.int) return { bitOffset: offset, bitSize: 0 };
    const bits = words[at + 3]! & 0xff;
    const isField = bits !== words[at + 2]! * 8 && bits > 0;
    return { bitOffset: offset + ((words[at + 3]! >>> 16) & 0xff), bitSize: isField ? bits : 0 };
  }

  /** Names and values of an enum, for showing them; at most `most`. */
  enumerators(id: TypeId, most = 4096): { readonly name: string; readonly value: bigint }[] {
    const owner = this.#ownerOf(id);
    if (owner === undefined) return [];
    if (owner !== this) return owner.enumerators(id, most);
    const { words } = this.#index;
    const at = this.#startOf(id);
    const kind = (words[at + 1]! >>> 24) & 31;
    const isSigned = words[at + 1]! >>> 31 === 1;
    const step = kind === btfKind.enum64 ? 3 : kind === btfKind.enum ? 2 : 0;
    const count = step === 0 ? 0 : Math.min(words[at + 1]! & 0xffff, most);
    return Array.from({ length: count }, (_, index) => {
      const place = at + 3 + index * step;
      const low = BigInt(words[place + 1]!);
      const raw = step === 3 ? (BigInt(words[place + 2]!) << 32n) | low : low;
      const value = isSigned ? BigInt.asIntN(step === 3 ? 64 : 32, raw) : raw;
      return { name: this.#name(words[place]!), value };
    });
  }
}

function decodeInteger(name: string, size: number, encoding: number): CType {
  const isSigned = (encoding & 0x01000000) !== 0;
  if ((encoding & 0x04000000) !== 0) return { kind: 'boolean', name, size, isSigned: false };
  if ((encoding & 0x02000000) !== 0) return { kind: 'character', name, size, isSigned };
  return { kind: 'integer', name, size, isSigned };
}

const qualifiers: Readonly<Record<number, string>> = {
  [btfKind.volatile]: 'volatile',
  [btfKind.const]: 'const',
  [btfKind.restrict]: 'restrict',
};

function decodeReference(kind: number, name: string, target: TypeId): CType {
  const word = qualifiers[kind];
  if (word !== undefined) return { kind: 'qualifier', word, target };
  if (kind === btfKind.typedef) return { kind: 'typedef', name, target };
  if (kind === btfKind.typeTag) return { kind: 'tag', tag: name, target };
  return { kind: 'unknown', why: `it is no type, but of kind ${kind}` };
}
