/** The header of a line number program (DWARF 5, section 6.2.4; older forms in DWARF 2 to 4). */

import { form } from './dwarf-constants.ts';
import { DwarfCursor, DwarfDamage, nameAt } from './dwarf-cursor.ts';
import { readForm } from './dwarf-forms.ts';
import type { DwarfSections } from './dwarf-sections.ts';

export interface LineHeader {
  readonly version: number;
  /** Where the program starts and ends in .debug_line. */
  readonly start: number;
  readonly end: number;
  readonly minimumLength: number;
  readonly defaultIsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly opcodeLengths: readonly number[];
  /** Paths by the number that rows use, as far as the file states them: relative to the unit's folder, often. */
  readonly files: readonly string[];
  readonly addressSize: number;
}

/** Content types of DWARF 5's file tables. */
const content = { path: 1, folder: 2 } as const;

/** Reads the header at `offset` of .debug_line. Throws DwarfDamage. */
export function parseLineHeader(sections: DwarfSections, offset: number): LineHeader {
  const bytes = sections.get('line');
  const head = new DwarfCursor(bytes, sections.littleEndian, offset);
  const { length, offsetSize } = head.initialLength();
  const end = Math.min(head.at + length, bytes.length);
  const cursor = new DwarfCursor(bytes, sections.littleEndian, head.at, end);
  const version = cursor.u16();
  if (version < 2 || version > 5) throw new DwarfDamage(`a line table is of version ${version}`);
  const addressSize = version >= 5 ? cursor.u8() : 8;
  if (version >= 5) cursor.skip(1);
  const headerLength = cursor.unsigned(offsetSize);
  const start = cursor.at + headerLength;
  if (start > end) throw new DwarfDamage('the header of a line table is longer than the table');
  const minimumLength = cursor.u8();
  if (version >= 4) cursor.skip(1);
  const defaultIsStatement = cursor.u8() !== 0;
  const [lineBase, lineRange, opcodeBase] = [cursor.signed(1), cursor.u8(), cursor.u8()];
  if (lineRange === 0 || opcodeBase === 0) throw new DwarfDamage('a line table has no range of lines');
  const opcodeLengths = Array.from({ length: opcodeBase - 1 }, () => cursor.u8());
  const tables = new DwarfCursor(bytes, sections.littleEndian, cursor.at, start);
  const sizes = { version, addressSize, offsetSize };
  const files = version >= 5 ? newFiles(tables, sections, sizes) : oldFiles(tables, sections);
  const numbers = { minimumLength, defaultIsStatement, lineBase, lineRange, opcodeBase, opcodeLengths };
  return { version, start, end, addressSize, files, ...numbers };
}

/** Folders and files, each list ended by an empty name; both are numbered from 1. */
function oldFiles(cursor: DwarfCursor, sections: DwarfSections): string[] {
  const bytes = sections.get('line');
  const folders = [''];
  for (let name = nameAt(bytes, cursor.skipText()); name !== ''; name = nameAt(bytes, cursor.skipText())) {
    folders.push(name);
  }
  const files = [''];
  for (let name = nameAt(bytes, cursor.skipText()); name !== ''; name = nameAt(bytes, cursor.skipText())) {
    const folder = folders[cursor.uleb()] ?? '';
    cursor.skipLeb();
    cursor.skipLeb();
    files.push(joinPath(folder, name));
  }
  return files;
}

const mostFiles = 100_000;
/** Characters of all names of one table. */
const longestPaths = 8_000_000;

interface TableRow {
  readonly path: string;
  readonly folder: number;
}

type Sizes = { readonly version: number; readonly addressSize: number; readonly offsetSize: 4 | 8 };

function newFiles(cursor: DwarfCursor, sections: DwarfSections, sizes: Sizes): string[] {
  const folders = readTable(cursor, sections, sizes);
  const files = readTable(cursor, sections, sizes);
  return files.map(({ path, folder }) => joinPath(folder === 0 ? '' : (folders[folder]?.path ?? ''), path));
}

function readTable(cursor: DwarfCursor, sections: DwarfSections, sizes: Sizes): TableRow[] {
  const shapes = Array.from({ length: cursor.u8() }, () => [cursor.uleb(), cursor.uleb()] as const);
  const count = cursor.uleb();
  // Every row has a path, which takes a byte at least.
  if (count > cursor.end - cursor.at || count > mostFiles)
    throw new DwarfDamage('a table of files is longer than its section');
  let length = 0;
  return Array.from({ length: count }, () => {
    if (length > longestPaths) throw new DwarfDamage('the names of the files are longer than any real ones');
    let path = '';
    let folder = 0;
    for (const [kind, shape] of shapes) {
      const value = readForm(cursor, shape, 0, sizes);
      if (kind === content.folder) folder = value.value;
      if (kind === content.path) path = pathText(sections, shape, value.value);
    }
    length += path.length;
    return { path, folder };
  });
}

function pathText(sections: DwarfSections, shape: number, at: number): string {
  if (shape === form.lineStrp) return nameAt(sections.get('line_str'), at);
  if (shape === form.strp) return nameAt(sections.get('str'), at);
  return shape === form.string ? nameAt(sections.get('line'), at) : '';
}

function joinPath(folder: string, name: string): string {
  return folder === '' || name.startsWith('/') ? name : `${folder}/${name}`;
}
