/** Types of a program from its debug information (DWARF 5, chapter 5); a type's id is the offset of its entry. */

import type { CFunctionType, CMember, CParameter, CType, CTypes, TypeId } from '../c-types/c-type.ts';
import { attribute, encoding, tag } from './dwarf-constants.ts';
import { DwarfCursor, DwarfDamage } from './dwarf-cursor.ts';
import { findEntriesNamed } from './dwarf-scan.ts';
import type { DwarfEntry, DwarfUnits } from './dwarf-units.ts';

const qualifiers: Readonly<Record<number, string>> = {
  [tag.constType]: 'const',
  [tag.volatileType]: 'volatile',
  [tag.restrictType]: 'restrict',
  [tag.atomicType]: '_Atomic',
};
const pointers: Readonly<Record<number, '*' | '&' | '&&'>> = {
  [tag.pointerType]: '*',
  [tag.referenceType]: '&',
  [tag.rvalueReferenceType]: '&&',
};
const mostCached = 20_000;
const opPlusUconst = 0x23;

export class DwarfTypes implements CTypes {
  readonly pointerSize: number;
  readonly littleEndian: boolean;
  readonly #units: DwarfUnits;
  readonly #cache = new Map<TypeId, CType>();

  constructor(units: DwarfUnits) {
    this.#units = units;
    this.pointerSize = units.units[0]?.addressSize ?? 8;
    this.littleEndian = units.littleEndian;
  }

  /** The type that an entry's DW_AT_type names; void when it has none. */
  typeOf(entry: DwarfEntry): TypeId {
    const id = this.#units.reference(entry, attribute.type) ?? 0;
    return id !== 0 && this.#units.hasTypeUnits ? this.#inTypeUnit(id) : id;
  }

  /** A struct that is defined in a type unit is only announced elsewhere, with its signature. */
  #inTypeUnit(id: TypeId): TypeId {
    const entry = this.#units.entry(id);
    const full = entry && this.#units.reference(entry, attribute.signature);
    return full ?? id;
  }

  type(id: TypeId): CType {
    if (id === 0) return { kind: 'void' };
    const known = this.#cache.get(id);
    if (known !== undefined) return known;
    const entry = this.#units.entry(id);
    const type: CType = entry === undefined ? { kind: 'unknown', why: 'its entry is damaged' } : this.#decode(entry);
    if (this.#cache.size >= mostCached) this.#cache.clear();
    this.#cache.set(id, type);
    return type;
  }

  findDefinition(kind: 'struct' | 'union', name: string): TypeId | undefined {
    const tags = kind === 'struct' ? [tag.structureType, tag.classType] : [tag.unionType];
    return findEntriesNamed(this.#units, tags, name).find((it) => {
      const entry = this.#units.entry(it);
      const isDefinition = entry !== undefined && !entry.values.has(attribute.declaration);
      return isDefinition && this.#units.text(entry, attribute.name) === name;
    });
  }

  #decode(entry: DwarfEntry): CType {
    const name = this.#units.text(entry, attribute.name) ?? '';
    const size = this.#units.constant(entry, attribute.byteSize);
    const sign = pointers[entry.tag];
    if (sign !== undefined) {
      return { kind: 'pointer', target: this.typeOf(entry), size: size ?? entry.unit.addressSize, sign };
    }
    const word = qualifiers[entry.tag];
    if (word !== undefined) return { kind: 'qualifier', word, target: this.typeOf(entry) };
    switch (entry.tag) {
      case tag.baseType:
        return this.#baseType(entry, name, size ?? 0);
      case tag.typedef:
        return { kind: 'typedef', name, target: this.typeOf(entry) };
      case tag.structureType:
      case tag.classType:
      case tag.unionType:
        return this.#composite(entry, name, size ?? 0);
      case tag.enumerationType:
        return { kind: 'enum', name, size: size ?? 4, isSigned: this.#isSignedEnum(entry) };
      case tag.arrayType:
        return this.#array(entry);
      case tag.subroutineType:
      case tag.subprogram:
        return this.#functionType(entry);
      case tag.unspecifiedType:
        return { kind: 'void' };
      default:
        return { kind: 'unknown', why: `its entry has the tag 0x${entry.tag.toString(16)}` };
    }
  }

  #baseType(entry: DwarfEntry, name: string, size: number): CType {
    switch (this.#units.constant(entry, attribute.encoding)) {
      case encoding.boolean:
        return { kind: 'boolean', name, size, isSigned: false };
      case encoding.float:
        return { kind: 'float', name, size };
      case encoding.signed:
        return { kind: 'integer', name, size, isSigned: true };
      case encoding.signedChar:
        return { kind: 'character', name, size, isSigned: true };
      case encoding.unsignedChar:
      case encoding.utf:
      case encoding.ascii:
        return { kind: 'character', name, size, isSigned: false };
      default:
        return { kind: 'integer', name, size, isSigned: false };
    }
  }

  #composite(entry: DwarfEntry, name: string, size: number): CType {
    const kind = entry.tag === tag.unionType ? 'union' : 'struct';
    return { kind, name, size, isDeclaration: entry.values.has(attribute.declaration) };
  }

  #isSignedEnum(entry: DwarfEntry): boolean {
    const under = this.#units.referred(entry, attribute.type);
    if (under === undefined) return this.#hasNegative(entry);
    const encoded = this.#units.constant(under, attribute.encoding);
    return encoded === encoding.signed || encoded === encoding.signedChar;
  }

  /** Before DWARF 3 an enum named no type of its values. */
  #hasNegative(entry: DwarfEntry): boolean {
    for (const child of this.#units.children(entry, 4096)) {
      if ((this.#units.constant(child, attribute.constValue) ?? 0) < 0) return true;
    }
    return false;
  }

  /** Several dimensions are one entry with several ranges. */
  #array(entry: DwarfEntry): CType {
    const counts: (number | undefined)[] = [];
    for (const child of this.#units.children(entry, 16)) {
      if (child.tag !== tag.subrangeType) continue;
      const upper = this.#units.constant(child, attribute.upperBound);
      const count = this.#units.constant(child, attribute.count);
      const isKnown = upper !== undefined && upper < 2 ** 48;
      counts.push(count ?? (isKnown ? upper + 1 : undefined));
    }
    const known = counts.filter((count) => count !== undefined);
    const total = known.length === 0 ? undefined : known.reduce((product, count) => product * count, 1);
    const isWhole = known.length === Math.max(counts.length, 1);
    return { kind: 'array', element: this.typeOf(entry), count: isWhole ? total : undefined };
  }

  #functionType(entry: DwarfEntry): CFunctionType {
    const parameters: CParameter[] = [];
    let isVariadic = false;
    for (const child of this.#units.children(entry, 2000)) {
      if (child.tag === tag.unspecifiedParameters) isVariadic = true;
      if (child.tag !== tag.formalParameter) continue;
      parameters.push({ name: this.#units.text(child, attribute.name) ?? '', type: this.typeOf(child) });
    }
    return { kind: 'function', returns: this.typeOf(entry), parameters, isVariadic };
  }

  members(id: TypeId): readonly CMember[] {
    const entry = this.#units.entry(id);
    if (entry === undefined) return [];
    const isUnion = entry.tag === tag.unionType;
    if (!isUnion && entry.tag !== tag.structureType && entry.tag !== tag.classType) return [];
    const members: CMember[] = [];
    for (const child of this.#units.children(entry)) {
      // Without a place it is a static member of a class.
      const isMember = child.tag === tag.member && (isUnion || hasPlace(child));
      if (isMember || child.tag === tag.inheritance) members.push(this.#member(child));
    }
    return members;
  }

  #member(entry: DwarfEntry): CMember {
    const name = entry.tag === tag.inheritance ? '' : (this.#units.text(entry, attribute.name) ?? '');
    const type = this.typeOf(entry);
    const bitSize = this.#units.constant(entry, attribute.bitSize) ?? 0;
    const byteOffset = this.#memberOffset(entry);
    const dataBit = this.#units.constant(entry, attribute.dataBitOffset);
    const oldBit = this.#units.constant(entry, attribute.bitOffset);
    if (dataBit !== undefined) return { name, type, bitSize, bitOffset: byteOffset * 8 + dataBit };
    if (oldBit === undefined || bitSize === 0) return { name, type, bitSize, bitOffset: byteOffset * 8 };
    // DWARF 2 and 3 count from the highest bit of the storage.
    const storage = (this.#units.constant(entry, attribute.byteSize) ?? this.#sizeOf(type)) * 8;
    const low = this.littleEndian ? storage - oldBit - bitSize : oldBit;
    return { name, type, bitSize, bitOffset: byteOffset * 8 + low };
  }

  #sizeOf(id: TypeId): number {
    let type = this.type(id);
    for (let depth = 0; depth < 16 && 'target' in type && type.kind !== 'pointer'; depth += 1) {
      type = this.type(type.target);
    }
    return 'size' in type ? type.size : 4;
  }

  /** A number, or in DWARF 2 and 3 an expression that adds one. */
  #memberOffset(entry: DwarfEntry): number {
    const block = this.#units.block(entry, attribute.dataMemberLocation);
    if (block === undefined) return this.#units.constant(entry, attribute.dataMemberLocation) ?? 0;
    if (block[0] !== opPlusUconst) return 0;
    try {
      return new DwarfCursor(block, this.littleEndian, 1).uleb();
    } catch (cause) {
      if (!(cause instanceof DwarfDamage)) throw cause;
      return 0;
    }
  }
}

function hasPlace({ values }: DwarfEntry): boolean {
  const isStatic = values.has(attribute.external) || values.has(attribute.declaration);
  return values.has(attribute.dataMemberLocation) || values.has(attribute.dataBitOffset) || !isStatic;
}
