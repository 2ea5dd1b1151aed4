/**
 * The units of .debug_info and .debug_types (DWARF 5, section 7.5.1) and their entries, read one by one. An entry is
 * known by its offset; those of .debug_types follow those of .debug_info.
 */

import { type Abbreviation, type AbbreviationTable, AbbreviationTables } from './dwarf-abbreviations.ts';
import { attribute, form } from './dwarf-constants.ts';
import { DwarfCursor, DwarfDamage, nameAt } from './dwarf-cursor.ts';
import { type AttributeValue, type FormSizes, readForm } from './dwarf-forms.ts';
import type { DwarfSections } from './dwarf-sections.ts';

export interface DwarfUnit extends FormSizes {
  /** Of its header. */
  readonly offset: number;
  /** Of its first entry. */
  readonly firstEntry: number;
  readonly end: number;
  readonly abbreviationsAt: number;
  /** Of a type unit: the type's signature in hexadecimal, and where its entry is. */
  readonly signature: string | undefined;
  readonly typeEntry: number;
}

export interface DwarfEntry {
  readonly offset: number;
  readonly unit: DwarfUnit;
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly values: ReadonlyMap<number, AttributeValue>;
  /** Where the next entry starts: its first child if it has any. */
  readonly next: number;
}

const unitKinds = { compile: 1, type: 2, partial: 3, skeleton: 4, splitCompile: 5, splitType: 6 } as const;
const mostProblems = 20;
const mostUnits = 200_000;

export class DwarfUnits {
  readonly sections: DwarfSections;
  readonly info: Uint8Array;
  readonly units: readonly DwarfUnit[];
  readonly #tables: AbbreviationTables;
  readonly #problems: string[];
  readonly #signatures = new Map<string, number>();
  readonly #roots = new Map<DwarfUnit, DwarfEntry>();

  constructor(sections: DwarfSections) {
    this.sections = sections;
    this.#problems = sections.problems;
    const [info, types] = [sections.get('info'), sections.get('types')];
    this.info = types.length === 0 ? info : Buffer.concat([info, types]);
    this.#tables = new AbbreviationTables(sections.get('abbrev'), sections.littleEndian);
    this.units = [...this.#parseUnits(0, info.length, false), ...this.#parseUnits(info.length, this.info.length, true)];
  }

  get littleEndian(): boolean {
    return this.sections.littleEndian;
  }

  get hasTypeUnits(): boolean {
    return this.#signatures.size > 0;
  }

  /** Tells the user what is damaged or missing; the same sentence once. */
  addProblem(problem: string): void {
    const isNew = !this.#problems.includes(problem);
    if (isNew && this.#problems.length < mostProblems) this.#problems.push(problem);
  }

  cursor(at: number, end: number): DwarfCursor {
    return new DwarfCursor(this.info, this.littleEndian, at, end);
  }

  #parseUnits(start: number, end: number, areTypes: boolean): DwarfUnit[] {
    const units: DwarfUnit[] = [];
    for (let at = start; at < end; ) {
      if (units.length === mostUnits) {
        this.addProblem(`the debug information has more than ${mostUnits} units: the rest is not read`);
        break;
      }
      const cursor = this.cursor(at, end);
      try {
        const { length, offsetSize } = cursor.initialLength();
        const unitEnd = cursor.at + length;
        if (unitEnd > end) this.addProblem(`the debug information is cut off at its byte ${at}`);
        const unit = parseHeader(cursor, at, Math.min(unitEnd, end), offsetSize, areTypes);
        if (typeof unit === 'string') this.addProblem(unit);
        else units.push(unit);
        if (typeof unit !== 'string' && unit.signature !== undefined) {
          this.#signatures.set(unit.signature, unit.typeEntry);
        }
        at = unitEnd;
      } catch (cause) {
        this.#damaged(cause, at);
        break;
      }
    }
    return units;
  }

  #damaged(cause: unknown, at: number): void {
    if (!(cause instanceof DwarfDamage)) throw cause;
    this.addProblem(`the debug information is damaged at its byte ${at}: ${cause.message}`);
  }

  /** The unit that holds the entry at `offset`. */
  unitOf(offset: number): DwarfUnit | undefined {
    let from = 0;
    let to = this.units.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.units[middle]!.end <= offset) from = middle + 1;
      else to = middle;
    }
    const unit = this.units[from];
    return unit !== undefined && offset >= unit.firstEntry ? unit : undefined;
  }

  abbreviationsOf(unit: DwarfUnit): AbbreviationTable {
    return this.#tables.at(unit.abbreviationsAt);
  }

  /** The entry at `offset`; undefined for the end of a list of children, and for what is damaged. */
  entry(offset: number): DwarfEntry | undefined {
    const unit = this.unitOf(offset);
    if (unit === undefined) return undefined;
    try {
      return this.#readEntry(unit, offset);
    } catch (cause) {
      this.#damaged(cause, offset);
      return undefined;
    }
  }

  #readEntry(unit: DwarfUnit, offset: number): DwarfEntry | undefined {
    const cursor = this.cursor(offset, unit.end);
    const code = cursor.uleb();
    if (code === 0) return undefined;
    const abbreviation = this.abbreviation(unit, code);
    const values = new Map<number, AttributeValue>();
    for (const shape of abbreviation.attributes) {
      values.set(shape.name, readForm(cursor, shape.form, shape.implicit, unit));
    }
    const { tag, hasChildren } = abbreviation;
    return { offset, unit, tag, hasChildren, values, next: cursor.at };
  }

  abbreviation(unit: DwarfUnit, code: number): Abbreviation {
    const abbreviation = this.abbreviationsOf(unit).get(code);
    if (abbreviation === undefined) throw new DwarfDamage(`there is no abbreviation ${code}`);
    return abbreviation;
  }

  /** The unit's own entry; undefined when it is damaged. */
  root(unit: DwarfUnit): DwarfEntry | undefined {
    const known = this.#roots.get(unit) ?? this.entry(unit.firstEntry);
    if (known !== undefined) this.#roots.set(unit, known);
    return known;
  }

  /** The direct children of an entry, at most `most`. */
  *children(parent: DwarfEntry, most = 20_000): Generator<DwarfEntry> {
    if (!parent.hasChildren) return;
    let at = parent.next;
    for (let count = 0; count < most; count += 1) {
      const entry = this.entry(at);
      if (entry === undefined) return;
      yield entry;
      const next = this.#behind(entry);
      if (next === undefined) return;
      at = next;
    }
  }

  /** Where the entry's next sibling starts. */
  #behind(entry: DwarfEntry): number | undefined {
    if (!entry.hasChildren) return entry.next;
    const sibling = this.reference(entry, attribute.sibling);
    if (sibling !== undefined && sibling > entry.next && sibling <= entry.unit.end) return sibling;
    let at = entry.next;
    for (let depth = 1; depth > 0; ) {
      if (at >= entry.unit.end) return undefined;
      const inner = this.entry(at);
      if (inner === undefined && this.info[at] !== 0) return undefined;
      if (inner === undefined) depth -= 1;
      else if (inner.hasChildren) depth += 1;
      at = inner?.next ?? at + 1;
    }
    return at;
  }

  /** The entry that an attribute refers to. */
  reference(entry: DwarfEntry, name: number): number | undefined {
    const found = entry.values.get(name);
    if (found === undefined) return undefined;
    switch (found.form) {
      case form.ref1:
      case form.ref2:
      case form.ref4:
      case form.ref8:
      case form.refUdata:
        return entry.unit.offset + found.value;
      case form.refAddr:
        return found.value;
      case form.refSig8:
        return this.#signatures.get(hexadecimal(this.info.subarray(found.value, found.value + 8)));
      case form.refSup4:
      case form.refSup8:
      case form.gnuRefAlt:
        this.addProblem('a part of the debug information is in a file shared by many (dwz), which is not read');
        return undefined;
      default:
        return undefined;
    }
  }

  referred(entry: DwarfEntry, name: number): DwarfEntry | undefined {
    const offset = this.reference(entry, name);
    return offset === undefined ? undefined : this.entry(offset);
  }

  /** A number that is stored as such. */
  constant(entry: DwarfEntry, name: number): number | undefined {
    const found = entry.values.get(name);
    return found === undefined || found.length > 0 ? undefined : found.value;
  }

  block(entry: DwarfEntry, name: number): Uint8Array | undefined {
    const found = entry.values.get(name);
    const isBlock = found !== undefined && blockForms.has(found.form);
    return isBlock ? this.info.subarray(found.value, found.value + found.length) : undefined;
  }

  text(entry: DwarfEntry, name: number): string | undefined {
    const found = entry.values.get(name);
    if (found === undefined) return undefined;
    const place = this.textPlace(entry.unit, found);
    return place && nameAt(place.bytes, place.at);
  }

  /** Where a text is stored, for comparing without making strings. */
  textPlace(unit: DwarfUnit, found: AttributeValue): { readonly bytes: Uint8Array; readonly at: number } | undefined {
    switch (found.form) {
      case form.string:
        return { bytes: this.info, at: found.value };
      case form.strp:
        return { bytes: this.sections.get('str'), at: found.value };
      case form.lineStrp:
        return { bytes: this.sections.get('line_str'), at: found.value };
      case form.strx:
      case form.strx1:
      case form.strx2:
      case form.strx3:
      case form.strx4:
      case form.gnuStrIndex:
        return this.#indexedText(unit, found.value);
      case form.strpSup:
      case form.gnuStrpAlt:
        this.addProblem('a part of the names is in a file shared by many (dwz), which is not read');
        return undefined;
      default:
        return undefined;
    }
  }

  #indexedText(unit: DwarfUnit, index: number): { bytes: Uint8Array; at: number } | undefined {
    const headerSize = unit.offsetSize === 8 ? 16 : 8;
    const base = this.base(unit, attribute.strOffsetsBase) ?? headerSize;
    const at = this.tableNumber('str_offsets', base + index * unit.offsetSize, unit.offsetSize);
    return at === undefined ? undefined : { bytes: this.sections.get('str'), at };
  }

  /** A base that the unit's own entry states. */
  base(unit: DwarfUnit, name: number): number | undefined {
    const root = this.root(unit);
    return root && this.constant(root, name);
  }

  /** A number in a table; undefined behind its end. */
  tableNumber(section: 'str_offsets' | 'addr' | 'rnglists' | 'loclists', at: number, size: number) {
    const bytes = this.sections.get(section);
    if (!(at >= 0 && at + size <= bytes.length)) return undefined;
    return new DwarfCursor(bytes, this.littleEndian, at).unsigned(size);
  }

  /** An address, stored or by its index in .debug_addr. */
  address(entry: DwarfEntry, name: number): number | undefined {
    const found = entry.values.get(name);
    if (found === undefined) return undefined;
    if (found.form === form.addr) return found.value;
    return addressIndexForms.has(found.form) ? this.indexedAddress(entry.unit, found.value) : undefined;
  }

  indexedAddress(unit: DwarfUnit, index: number): number | undefined {
    const base = this.base(unit, attribute.addrBase) ?? 8;
    return this.tableNumber('addr', base + index * unit.addressSize, unit.addressSize);
  }
}

const blockForms = new Set<number>([form.block, form.block1, form.block2, form.block4, form.exprloc, form.data16]);
const addressIndexForms = new Set<number>([
  ...[form.addrx, form.addrx1, form.addrx2, form.addrx3, form.addrx4, form.gnuAddrIndex],
]);

function hexadecimal(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

/** A sentence when the unit is of a kind or version that is not read. */
function parseHeader(
  cursor: DwarfCursor,
  offset: number,
  end: number,
  offsetSize: 4 | 8,
  isTypeUnit: boolean,
): DwarfUnit | string {
  const version = cursor.u16();
  if (version < 2 || version > 5) return `a unit is of DWARF ${version}, which is not known here`;
  const kind = version >= 5 ? cursor.u8() : isTypeUnit ? unitKinds.type : unitKinds.compile;
  const early = version >= 5 ? cursor.u8() : 0;
  const abbreviationsAt = cursor.unsigned(offsetSize);
  const addressSize = version >= 5 ? early : cursor.u8();
  if (addressSize !== 4 && addressSize !== 8) return `a unit has addresses of ${addressSize} bytes`;
  if (kind === unitKinds.skeleton || kind === unitKinds.splitCompile) {
    return 'the debug information is split into .dwo files, which are not read';
  }
  const base = { offset, end, version, addressSize, offsetSize, abbreviationsAt } as const;
  if (kind !== unitKinds.type) return { ...base, firstEntry: cursor.at, signature: undefined, typeEntry: 0 };
  const at = cursor.skip(8);
  const signature = hexadecimal(cursor.bytes.subarray(at, at + 8));
  const typeEntry = offset + cursor.unsigned(offsetSize);
  return { ...base, firstEntry: cursor.at, signature, typeEntry };
}
