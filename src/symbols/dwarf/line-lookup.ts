/** From source lines to addresses: `main.c:42`, and lines counted from where a function is declared (`func:3`). */

import { DwarfDamage } from './dwarf-cursor.ts';
import { type AddressRange, contains } from './dwarf-ranges.ts';
import type { DwarfSections } from './dwarf-sections.ts';
import { parseLineHeader } from './line-header.ts';
import { lineTableOffsets, visitLines } from './line-program.ts';

interface LineMatch {
  /** The source file as the debug information calls it. */
  readonly file: string;
  /** Where code of the line begins, ascending; more than one for loops, inlined copies and templates. */
  readonly addresses: readonly number[];
}

export interface LineLookup {
  /** One for each source file that fits the name and has code at the line. */
  readonly matches: readonly LineMatch[];
  /** Source files that fit the name, with code at the line or not. */
  readonly files: readonly string[];
  /** When nothing matches: the lines of these files with code before and behind the one asked for. */
  readonly nearest: readonly number[];
}

const mostAddresses = 10_000;

/** `wanted` is a path or the end of one: `main.c`, `src/main.c`. */
function isFileNamed(path: string, wanted: string): boolean {
  const clean = path.replace(/^\.\//, '');
  return clean === wanted || clean.endsWith(`/${wanted}`) || (wanted.startsWith('/') && wanted.endsWith(`/${clean}`));
}

/** Finds the code of a line; with `within`, only in these addresses. Damaged tables are told by `addProblem`. */
export function lookUpLine(
  sections: DwarfSections,
  file: string,
  line: number,
  addProblem: (problem: string) => void,
  within?: readonly AddressRange[],
): LineLookup {
  const found = new Map<string, Set<number>>();
  const files = new Set<string>();
  const near = { before: 0, behind: Number.POSITIVE_INFINITY };
  for (const offset of lineTableOffsets(sections, addProblem)) {
    try {
      searchTable(offset);
    } catch (cause) {
      if (!(cause instanceof DwarfDamage)) throw cause;
      addProblem(`a table of line numbers is damaged: ${cause.message}`);
    }
  }
  const matches = [...found].map(([name, addresses]) => ({
    file: name,
    addresses: [...addresses].sort((a, b) => a - b),
  }));
  const nearest = [near.before, near.behind].filter((it) => it > 0 && Number.isFinite(it));
  return { matches, files: [...files], nearest: matches.length > 0 ? [] : nearest };

  function searchTable(offset: number): void {
    const header = parseLineHeader(sections, offset);
    const fitting = new Map(
      header.files.flatMap((path, index) => (path !== '' && isFileNamed(path, file) ? [[index, path] as const] : [])),
    );
    for (const path of fitting.values()) files.add(path);
    if (fitting.size === 0) return;
    let previous = 0;
    visitLines(sections, offset, (row) => {
      const path = fitting.get(row.file);
      const isHere = path !== undefined && !row.isEnd && row.line > 0 && isCode(row.address);
      if (isHere && row.isStatement) note(row.line);
      // Only where code of the line begins: the rows behind belong to the same piece.
      if (isHere && row.isStatement && row.line === line && previous !== line) add(path, row.address);
      previous = isHere ? row.line : 0;
    });
  }

  function isCode(address: number): boolean {
    return address > 0 && (within === undefined || contains(within, address));
  }

  function note(other: number): void {
    if (other < line) near.before = Math.max(near.before, other);
    else if (other > line) near.behind = Math.min(near.behind, other);
  }

  function add(path: string, address: number): void {
    const addresses = found.get(path) ?? new Set();
    if (addresses.size < mostAddresses) addresses.add(address);
    found.set(path, addresses);
  }
}

export interface CodeLine {
  readonly file: string;
  readonly line: number;
  /** Where the line's first code is. */
  readonly address: number;
}

/** The lines that have code in `within`, each once, by file and number. */
export function listCodeLines(
  sections: DwarfSections,
  within: readonly AddressRange[],
  addProblem: (problem: string) => void,
): CodeLine[] {
  const firsts = new Map<string, CodeLine>();
  for (const offset of lineTableOffsets(sections, addProblem)) {
    try {
      const { files } = parseLineHeader(sections, offset);
      visitLines(sections, offset, ({ address, file, line, isEnd, isStatement }) => {
        if (isEnd || !isStatement || line === 0 || !contains(within, address)) return;
        const key = `${file}:${line}`;
        const known = firsts.get(key);
        const isFirst = known === undefined ? firsts.size < mostAddresses : address < known.address;
        if (isFirst) firsts.set(key, { file: files[file] ?? '', line, address });
      });
    } catch (cause) {
      if (!(cause instanceof DwarfDamage)) throw cause;
      addProblem(`a table of line numbers is damaged: ${cause.message}`);
    }
    // Code of a function is in the table of its own unit.
    if (firsts.size > 0) break;
  }
  return [...firsts.values()].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

/** The line of the code at `address`, and where the code behind the function's prologue begins. */
export function findPrologueEnd(
  sections: DwarfSections,
  range: AddressRange,
  addProblem: (problem: string) => void,
): number | undefined {
  const rows: { address: number; line: number; isPrologueEnd: boolean }[] = [];
  for (const offset of lineTableOffsets(sections, addProblem)) {
    try {
      visitLines(sections, offset, ({ address, line, isEnd, isPrologueEnd }) => {
        const isHere = !isEnd && address >= range.low && address < range.high;
        if (isHere && rows.length < mostAddresses) rows.push({ address, line, isPrologueEnd });
      });
    } catch (cause) {
      if (!(cause instanceof DwarfDamage)) throw cause;
      addProblem(`a table of line numbers is damaged: ${cause.message}`);
    }
    if (rows.length > 0) break;
  }
  rows.sort((a, b) => a.address - b.address);
  // Without the compiler's mark the second row is taken, as debuggers do: GCC gives the opening brace a row of its own.
  const marked = rows.find(({ isPrologueEnd }) => isPrologueEnd);
  return (marked ?? rows.find(({ address }) => address > range.low))?.address;
}
