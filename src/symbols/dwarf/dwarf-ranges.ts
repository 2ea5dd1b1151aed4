/** Address ranges of entries: low and high, .debug_ranges (DWARF 4) and .debug_rnglists (DWARF 5, section 7.25). */

import { attribute, form } from './dwarf-constants.ts';
import { DwarfCursor, DwarfDamage } from './dwarf-cursor.ts';
import type { DwarfEntry, DwarfUnit, DwarfUnits } from './dwarf-units.ts';

/** Addresses from `low` up to, not including, `high`. */
export interface AddressRange {
  readonly low: number;
  readonly high: number;
}

/** Longer lists are damage. */
const mostRanges = 20_000;

/** The code of an entry; empty when it has none. */
export function rangesOf(units: DwarfUnits, entry: DwarfEntry): AddressRange[] {
  const listed = entry.values.get(attribute.ranges);
  if (listed !== undefined) return listedRanges(units, entry.unit, listed.form, listed.value);
  const low = units.address(entry, attribute.lowPc);
  const end = entry.values.get(attribute.highPc);
  if (low === undefined || end === undefined) return [];
  const asAddress = units.address(entry, attribute.highPc);
  return keepReal([{ low, high: asAddress ?? low + end.value }]);
}

/** Code that the linker left out has address 0 (or the highest one), and ranges of nothing are none. */
function keepReal(ranges: readonly AddressRange[]): AddressRange[] {
  return ranges.filter(({ low, high }) => low > 0 && high > low && high <= Number.MAX_SAFE_INTEGER);
}

export function contains(ranges: readonly AddressRange[], address: number): boolean {
  return ranges.some(({ low, high }) => address >= low && address < high);
}

function listedRanges(units: DwarfUnits, unit: DwarfUnit, shape: number, value: number): AddressRange[] {
  const root = units.root(unit);
  const base = (root && units.address(root, attribute.lowPc)) ?? 0;
  try {
    const ranges = unit.version >= 5 ? newList(units, unit, shape, value, base) : oldList(units, unit, value, base);
    return keepReal(ranges);
  } catch (cause) {
    if (!(cause instanceof DwarfDamage)) throw cause;
    units.addProblem(`a list of address ranges is damaged: ${cause.message}`);
    return [];
  }
}

function oldList(units: DwarfUnits, unit: DwarfUnit, offset: number, unitBase: number): AddressRange[] {
  const cursor = new DwarfCursor(units.sections.get('ranges'), units.littleEndian, offset);
  const ranges: AddressRange[] = [];
  const highest = unit.addressSize === 8 ? 2 ** 64 : 0xffffffff;
  for (let base = unitBase; ranges.length < mostRanges; ) {
    const low = cursor.unsigned(unit.addressSize);
    const high = cursor.unsigned(unit.addressSize);
    if (low === 0 && high === 0) break;
    if (low === highest) base = high;
    else ranges.push({ low: base + low, high: base + high });
  }
  return ranges;
}

/** DW_RLE_*. */
const rangeEntry = {
  end: 0,
  baseX: 1,
  startXEndX: 2,
  startXLength: 3,
  offsetPair: 4,
  base: 5,
  startEnd: 6,
  startLength: 7,
};

function newList(units: DwarfUnits, unit: DwarfUnit, shape: number, value: number, unitBase: number): AddressRange[] {
  const offset = shape === form.rnglistx ? listOffset(units, unit, 'rnglists', value) : value;
  const cursor = new DwarfCursor(units.sections.get('rnglists'), units.littleEndian, offset);
  const ranges: AddressRange[] = [];
  for (let base = unitBase; ranges.length < mostRanges; ) {
    const kind = cursor.u8();
    if (kind === rangeEntry.end) break;
    if (kind === rangeEntry.baseX) base = units.indexedAddress(unit, cursor.uleb()) ?? 0;
    else if (kind === rangeEntry.base) base = cursor.unsigned(unit.addressSize);
    else ranges.push(readRange(cursor, kind, units, unit, base));
  }
  return ranges;
}

function readRange(cursor: DwarfCursor, kind: number, units: DwarfUnits, unit: DwarfUnit, base: number): AddressRange {
  const indexed = (): number => units.indexedAddress(unit, cursor.uleb()) ?? 0;
  const address = (): number => cursor.unsigned(unit.addressSize);
  switch (kind) {
    case rangeEntry.startXEndX:
      return { low: indexed(), high: indexed() };
    case rangeEntry.startXLength:
      return rangeOfLength(indexed(), cursor.uleb());
    case rangeEntry.offsetPair:
      return { low: base + cursor.uleb(), high: base + cursor.uleb() };
    case rangeEntry.startEnd:
      return { low: address(), high: address() };
    case rangeEntry.startLength:
      return rangeOfLength(address(), cursor.uleb());
    default:
      throw new DwarfDamage(`it holds an entry of kind ${kind}`);
  }
}

function rangeOfLength(low: number, length: number): AddressRange {
  return { low, high: low + length };
}

/** Lists given by index: a table of offsets from its own start. */
export function listOffset(units: DwarfUnits, unit: DwarfUnit, name: 'rnglists' | 'loclists', index: number): number {
  const attributeOfBase = name === 'rnglists' ? attribute.rnglistsBase : attribute.loclistsBase;
  const base = units.base(unit, attributeOfBase) ?? (unit.offsetSize === 8 ? 20 : 12);
  const offset = units.tableNumber(name, base + index * unit.offsetSize, unit.offsetSize);
  if (offset === undefined) throw new DwarfDamage(`it has no list ${index}`);
  return base + offset;
}
