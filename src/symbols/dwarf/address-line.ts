/**
 * The source line of the code at an address. Of a kernel, whose debug information is hundreds of megabytes, only the unit
 * is read that .debug_aranges (DWARF 5, section 6.1.2) names, and its line table.
 */
import type { ElfFile } from '../elf.ts';
import { attribute } from './dwarf-constants.ts';
import { DwarfCursor, DwarfDamage } from './dwarf-cursor.ts';
import { DwarfFunctions, type SourceLine } from './dwarf-functions.ts';
import { hasDwarf, openDwarfSections, type SectionReader } from './dwarf-sections.ts';
import { DwarfTypes } from './dwarf-types.ts';
import { type DwarfUnit, DwarfUnits } from './dwarf-units.ts';
import { visitLines } from './line-program.ts';

export interface AddressLine extends SourceLine {
  /** Where the compiler ran; relative names of files are relative to it. */
  readonly folder: string;
}

/** The line that the code at `address` (as the file's symbols have it) was made from; undefined where none is known. */
export function findAddressLine(debug: ElfFile, address: number): AddressLine | undefined {
  if (!hasDwarf(debug)) return undefined;
  const sections = openDwarfSections(debug);
  try {
    const { units, unit } = openUnitAt(sections, address) ?? {};
    return unit === undefined ? undefined : lineInUnit(units!, unit, address);
  } catch (error) {
    if (error instanceof DwarfDamage) return undefined;
    throw error;
  }
}

interface OpenUnit {
  readonly units: DwarfUnits;
  readonly unit: DwarfUnit;
}

function openUnitAt(sections: SectionReader, address: number): OpenUnit | undefined {
  const offset = findUnitOffset(sections, address);
  if (offset === undefined) {
    // A compiler may leave the table of addresses out: all is read then.
    const units = new DwarfUnits(sections);
    const code = new DwarfFunctions(units, new DwarfTypes(units)).at(address);
    return code === undefined ? undefined : { units, unit: code.entry.unit };
  }
  const length = unitLength(sections, offset);
  const own = sections.part('info', offset, length);
  const units = new DwarfUnits({
    ...sections,
    get: (name) => (name === 'info' ? own : name === 'types' ? none : sections.get(name)),
  });
  const unit = units.units[0];
  return unit === undefined ? undefined : { units, unit };
}

const none = new Uint8Array(0);
const longestUnitHead = 12;

/** Bytes of the unit with the field that says so. */
function unitLength(sections: SectionReader, offset: number): number {
  const cursor = new DwarfCursor(sections.part('info', offset, longestUnitHead), sections.littleEndian, 0);
  const { length } = cursor.initialLength();
  return cursor.at + length;
}

/** Of .debug_info, by .debug_aranges; undefined when nothing there holds `address`. */
function findUnitOffset(sections: SectionReader, address: number): number | undefined {
  const bytes = sections.get('aranges');
  for (let at = 0; at < bytes.length; ) {
    const cursor = new DwarfCursor(bytes, sections.littleEndian, at);
    const { length, offsetSize } = cursor.initialLength();
    const end = Math.min(cursor.at + length, bytes.length);
    cursor.skip(2);
    const offset = cursor.unsigned(offsetSize);
    const size = cursor.u8();
    cursor.skip(1);
    if (size !== 4 && size !== 8) throw new DwarfDamage(`addresses of ${size} bytes in a table of addresses`);
    // Pairs are aligned to their own size, counted from the set's start.
    const pairs = new DwarfCursor(
      bytes,
      sections.littleEndian,
      at + Math.ceil((cursor.at - at) / (2 * size)) * 2 * size,
      end,
    );
    while (pairs.at + 2 * size <= end) {
      const start = pairs.unsigned(size);
      const covered = pairs.unsigned(size);
      if (address >= start && address < start + covered) return offset;
    }
    at = end;
  }
  return undefined;
}

function lineInUnit(units: DwarfUnits, unit: DwarfUnit, address: number): AddressLine | undefined {
  const root = units.root(unit);
  const table = root && units.constant(root, attribute.stmtList);
  if (root === undefined || table === undefined) return undefined;
  let before: { readonly file: number; readonly line: number; readonly address: number } | undefined;
  let found: { readonly file: number; readonly line: number } | undefined;
  const { files } = visitLines(units.sections, table, ({ address: at, file, line, isEnd }) => {
    if (found === undefined && before !== undefined && before.address <= address && address < at) found = before;
    // Code of line 0 belongs to none; what is around it is near enough to look at.
    if (isEnd) before = undefined;
    // Of several rows for one address the first opens the function; the others are what was moved to its start.
    else if (line > 0 && before?.address !== at) before = { file, line, address: at };
  });
  if (found === undefined) return undefined;
  const folder = units.text(root, attribute.compDir) ?? '';
  return { file: files[found.file] ?? '', line: found.line, folder };
}
