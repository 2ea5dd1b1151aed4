/** Locations that change along a function: .debug_loc (DWARF 4) and .debug_loclists (DWARF 5, section 7.29). */

import { attribute, form } from './dwarf-constants.ts';
import { DwarfCursor, DwarfDamage } from './dwarf-cursor.ts';
import { listOffset } from './dwarf-ranges.ts';
import type { DwarfEntry, DwarfUnit, DwarfUnits } from './dwarf-units.ts';

/** An expression, or why there is none at that address. */
type FoundLocation =
  | { readonly kind: 'expression'; readonly expression: Uint8Array; readonly isListed: boolean }
  | { readonly kind: 'none'; readonly why: string };

const mostEntries = 100_000;
const gone = 'it was optimised away at this address';

/** The location of a variable at `address`. */
export function locationAt(units: DwarfUnits, entry: DwarfEntry, address: number): FoundLocation {
  const expression = units.block(entry, attribute.location);
  if (expression !== undefined) return { kind: 'expression', expression, isListed: false };
  const listed = entry.values.get(attribute.location);
  if (listed === undefined) return { kind: 'none', why: 'it was optimised away' };
  const { unit } = entry;
  const root = units.root(unit);
  const base = (root && units.address(root, attribute.lowPc)) ?? 0;
  const search = { units, unit, address, base };
  try {
    const found = unit.version >= 5 ? inNewList(search, listed.form, listed.value) : inOldList(search, listed.value);
    return found === undefined
      ? { kind: 'none', why: gone }
      : { kind: 'expression', expression: found, isListed: true };
  } catch (cause) {
    if (!(cause instanceof DwarfDamage)) throw cause;
    return { kind: 'none', why: `its list of locations is damaged: ${cause.message}` };
  }
}

/** Whether the variable's location changes along the code, as only optimised code has it. */
export function hasLocationList(entry: DwarfEntry): boolean {
  const shape = entry.values.get(attribute.location)?.form;
  const lists: readonly (number | undefined)[] = [form.secOffset, form.loclistx, form.data4, form.data8];
  return shape !== undefined && lists.includes(shape);
}

interface ListSearch {
  readonly units: DwarfUnits;
  readonly unit: DwarfUnit;
  readonly address: number;
  readonly base: number;
}

function inOldList(search: ListSearch, offset: number): Uint8Array | undefined {
  const { units, unit, address } = search;
  const cursor = new DwarfCursor(units.sections.get('loc'), units.littleEndian, offset);
  const highest = unit.addressSize === 8 ? 2 ** 64 : 0xffffffff;
  let { base } = search;
  for (let count = 0; count < mostEntries; count += 1) {
    const low = cursor.unsigned(unit.addressSize);
    const high = cursor.unsigned(unit.addressSize);
    if (low === 0 && high === 0) return undefined;
    if (low === highest) {
      base = high;
      continue;
    }
    const expression = takeExpression(cursor, cursor.u16());
    if (address >= base + low && address < base + high) return expression;
  }
  return undefined;
}

function takeExpression(cursor: DwarfCursor, length: number): Uint8Array {
  const start = cursor.skip(length);
  return cursor.bytes.subarray(start, start + length);
}

/** DW_LLE_*. */
const listEntry = {
  end: 0,
  baseX: 1,
  startXEndX: 2,
  startXLength: 3,
  offsetPair: 4,
  default: 5,
  base: 6,
  startEnd: 7,
  startLength: 8,
};

function inNewList(search: ListSearch, shape: number, value: number): Uint8Array | undefined {
  const { units, unit, address } = search;
  const offset = shape === form.loclistx ? listOffset(units, unit, 'loclists', value) : value;
  const cursor = new DwarfCursor(units.sections.get('loclists'), units.littleEndian, offset);
  let { base } = search;
  let fallback: Uint8Array | undefined;
  for (let count = 0; count < mostEntries; count += 1) {
    const kind = cursor.u8();
    if (kind === listEntry.end) return fallback;
    if (kind === listEntry.baseX) base = units.indexedAddress(unit, cursor.uleb()) ?? 0;
    else if (kind === listEntry.base) base = cursor.unsigned(unit.addressSize);
    else if (kind === listEntry.default) fallback = takeExpression(cursor, cursor.uleb());
    else {
      const [low, high] = readBounds(cursor, kind, { ...search, base });
      const expression = takeExpression(cursor, cursor.uleb());
      if (address >= low && address < high) return expression;
    }
  }
  return fallback;
}

function readBounds(cursor: DwarfCursor, kind: number, { units, unit, base }: ListSearch): [number, number] {
  const indexed = (): number => units.indexedAddress(unit, cursor.uleb()) ?? 0;
  const direct = (): number => cursor.unsigned(unit.addressSize);
  const ofLength = (low: number): [number, number] => [low, low + cursor.uleb()];
  switch (kind) {
    case listEntry.startXEndX:
      return [indexed(), indexed()];
    case listEntry.startXLength:
      return ofLength(indexed());
    case listEntry.offsetPair:
      return [base + cursor.uleb(), base + cursor.uleb()];
    case listEntry.startEnd:
      return [direct(), direct()];
    case listEntry.startLength:
      return ofLength(direct());
    default:
      throw new DwarfDamage(`it holds an entry of kind ${kind}`);
  }
}
