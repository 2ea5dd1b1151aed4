/**
 * One quick pass over all entries, for what has no index: functions by name, their inlined copies, structs by name.
 * Entries that are not asked for are passed without being decoded; names are compared as bytes.
 */

import type { Abbreviation } from './dwarf-abbreviations.ts';
import { attribute, form, tag } from './dwarf-constants.ts';
import { type DwarfCursor, DwarfDamage } from './dwarf-cursor.ts';
import { readForm, sizeOfForm } from './dwarf-forms.ts';
import type { DwarfUnit, DwarfUnits } from './dwarf-units.ts';

/** What a scan does with one entry of the tags it asked for. */
type VisitEntry = (offset: number, shape: EntryShape, unit: DwarfUnit, owner: number) => void;

/** An abbreviation made ready for passing many entries. */
interface EntryShape {
  readonly abbreviation: Abbreviation;
  /** Bytes of all its values; -1 when they vary. */
  readonly size: number;
  readonly isWanted: boolean;
}

/** Visits the entries with one of `tags`; `owner` is the function around an entry, 0 outside of functions. */
function scanEntries(units: DwarfUnits, tags: ReadonlySet<number>, visit: VisitEntry): void {
  for (const unit of units.units) {
    try {
      scanUnit(units, unit, tags, visit);
    } catch (cause) {
      if (!(cause instanceof DwarfDamage)) throw cause;
      units.addProblem(`the unit at byte ${unit.offset} of the debug information is damaged: ${cause.message}`);
    }
  }
}

function scanUnit(units: DwarfUnits, unit: DwarfUnit, tags: ReadonlySet<number>, visit: VisitEntry): void {
  const shapes = new Map<number, EntryShape>();
  const cursor = units.cursor(unit.firstEntry, unit.end);
  let depth = 0;
  let owner = 0;
  let ownerDepth = -1;
  while (cursor.at < cursor.end) {
    const offset = cursor.at;
    const code = cursor.uleb();
    if (code === 0) {
      depth -= 1;
      if (depth <= ownerDepth) [owner, ownerDepth] = [0, -1];
      if (depth <= 0) return;
      continue;
    }
    const shape = shapes.get(code) ?? addShape(shapes, code, units.abbreviation(unit, code), unit, tags);
    const { hasChildren, tag: kind } = shape.abbreviation;
    if (kind === tag.subprogram && hasChildren && ownerDepth < 0) [owner, ownerDepth] = [offset, depth];
    if (shape.isWanted) visit(offset, shape, unit, owner);
    passValues(cursor, shape, unit);
    if (hasChildren) depth += 1;
    else if (depth === 0) return;
  }
}

function addShape(
  shapes: Map<number, EntryShape>,
  code: number,
  abbreviation: Abbreviation,
  unit: DwarfUnit,
  tags: ReadonlySet<number>,
): EntryShape {
  const sizes = abbreviation.attributes.map((it) => fixedSize(it.form, unit));
  const size = sizes.some((it) => it < 0) ? -1 : sizes.reduce((sum, it) => sum + it, 0);
  const shape = { abbreviation, size, isWanted: tags.has(abbreviation.tag) };
  shapes.set(code, shape);
  return shape;
}

function fixedSize(shape: number, unit: DwarfUnit): number {
  if (shape === form.flagPresent || shape === form.implicitConst) return 0;
  if (shape === form.data16) return 16;
  if (shape === form.refSig8) return 8;
  return sizeOfForm(shape, unit) || -1;
}

function passValues(cursor: DwarfCursor, { abbreviation, size }: EntryShape, unit: DwarfUnit): void {
  if (size >= 0) {
    cursor.skip(size);
    return;
  }
  for (const { form: shape } of abbreviation.attributes) passValue(cursor, shape, unit);
}

function passValue(cursor: DwarfCursor, shape: number, unit: DwarfUnit): void {
  const size = fixedSize(shape, unit);
  if (size >= 0) cursor.skip(size);
  else if (shape === form.exprloc) cursor.skip(cursor.uleb());
  else if (shape === form.udata || shape === form.sdata || shape === form.refUdata) cursor.skipLeb();
  else readForm(cursor, shape, 0, unit);
}

const lessThan = 0x3c;
const nameAttributes: ReadonlySet<number> = new Set([attribute.name, attribute.linkageName, attribute.mipsLinkageName]);

/** Whether one of the names of the entry at `offset` is `wanted`, template arguments left aside. */
function isNamed(units: DwarfUnits, offset: number, shape: EntryShape, unit: DwarfUnit, wanted: Buffer): boolean {
  const cursor = units.cursor(offset, unit.end);
  cursor.skipLeb();
  for (const { name, form: stored, implicit } of shape.abbreviation.attributes) {
    if (!nameAttributes.has(name)) {
      passValue(cursor, stored, unit);
      continue;
    }
    const place = units.textPlace(unit, readForm(cursor, stored, implicit, unit));
    if (place !== undefined && isText(place.bytes, place.at, wanted)) return true;
  }
  return false;
}

/** `f` is the name of `f` and of `f<int>`. */
function isText(bytes: Uint8Array, at: number, wanted: Buffer): boolean {
  for (let index = 0; index < wanted.length; index += 1) if (bytes[at + index] !== wanted[index]) return false;
  const behind = bytes[at + wanted.length];
  return behind === 0 || behind === lessThan;
}

/** Offsets of the entries with one of `tags` that are called `name` (or `name<...>`), by their plain or their linkage name. */
export function findEntriesNamed(units: DwarfUnits, tags: readonly number[], name: string): number[] {
  const found: number[] = [];
  const wanted = Buffer.from(name);
  if (name === '') return found;
  scanEntries(units, new Set(tags), (offset, shape, unit) => {
    if (isNamed(units, offset, shape, unit, wanted)) found.push(offset);
  });
  return found;
}

/** Entries that are copies of others: concrete functions of abstract ones, and code inlined into other functions. */
export interface OriginIndex {
  /** Places of the entries that refer to `target` by an abstract origin or a specification. */
  copiesOf(target: number): { readonly offset: number; readonly owner: number }[];
}

const originAttributes: ReadonlySet<number> = new Set([attribute.abstractOrigin, attribute.specification]);
/** Far more than in any library of a distribution; the rest is left out, with a sentence. */
const mostOrigins = 2_000_000;

/** One pass; 24 bytes for each copy in the file. */
export function indexOrigins(units: DwarfUnits): OriginIndex {
  const rows: number[] = [];
  const wanted = new Set<number>([tag.subprogram, tag.inlinedSubroutine]);
  scanEntries(units, wanted, (offset, shape, unit, owner) => {
    const target = originOf(units, offset, shape, unit);
    if (target !== undefined && rows.length < mostOrigins * 3) rows.push(target, offset, owner);
  });
  if (rows.length === mostOrigins * 3) {
    units.addProblem(`the program has more than ${mostOrigins} inlined copies: the rest is not known`);
  }
  const packed = Float64Array.from(rows);
  return {
    copiesOf(target) {
      const found: { offset: number; owner: number }[] = [];
      for (let at = 0; at < packed.length; at += 3) {
        if (packed[at] === target) found.push({ offset: packed[at + 1]!, owner: packed[at + 2]! });
      }
      return found;
    },
  };
}

function originOf(units: DwarfUnits, offset: number, shape: EntryShape, unit: DwarfUnit): number | undefined {
  if (!shape.abbreviation.attributes.some(({ name }) => originAttributes.has(name))) return undefined;
  const cursor = units.cursor(offset, unit.end);
  cursor.skipLeb();
  for (const { name, form: stored, implicit } of shape.abbreviation.attributes) {
    if (!originAttributes.has(name)) {
      passValue(cursor, stored, unit);
      continue;
    }
    const { form: shown, value } = readForm(cursor, stored, implicit, unit);
    return shown === form.refAddr ? value : unit.offset + value;
  }
  return undefined;
}
