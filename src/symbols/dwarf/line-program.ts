/** Line number programs (DWARF 5, section 6.2): which source line each address belongs to. */

import { DwarfCursor, DwarfDamage } from './dwarf-cursor.ts';
import type { DwarfSections } from './dwarf-sections.ts';
import { type LineHeader, parseLineHeader } from './line-header.ts';

interface LineRow {
  readonly address: number;
  /** Number in the header's `files`. */
  readonly file: number;
  /** 0 when the code belongs to no line. */
  readonly line: number;
  readonly isStatement: boolean;
  /** The first address behind a sequence; belongs to no line itself. */
  readonly isEnd: boolean;
  /** The compiler's hint where a function's own code begins. */
  readonly isPrologueEnd: boolean;
}

type VisitRow = (row: LineRow) => void;

/** Where each table of .debug_line starts; ends at damage. */
export function lineTableOffsets(sections: DwarfSections, addProblem: (problem: string) => void): number[] {
  const bytes = sections.get('line');
  const offsets: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    try {
      const cursor = new DwarfCursor(bytes, sections.littleEndian, at);
      const { length } = cursor.initialLength();
      offsets.push(at);
      at = cursor.at + length;
    } catch (cause) {
      if (!(cause instanceof DwarfDamage)) throw cause;
      addProblem(`the line numbers are damaged: ${cause.message}`);
      break;
    }
  }
  return offsets;
}

/** Visits the rows of the table at `offset` in its own order; each byte makes one row at most. Throws DwarfDamage. */
export function visitLines(sections: DwarfSections, offset: number, visit: VisitRow): LineHeader {
  const header = parseLineHeader(sections, offset);
  const cursor = new DwarfCursor(sections.get('line'), sections.littleEndian, header.start, header.end);
  const machine = new LineMachine(header, cursor, visit);
  while (cursor.at < cursor.end) machine.step();
  return header;
}

class LineMachine {
  readonly #header: LineHeader;
  readonly #cursor: DwarfCursor;
  readonly #visit: VisitRow;
  #address = 0;
  #file = 1;
  #line = 1;
  #isStatement: boolean;
  #isPrologueEnd = false;

  constructor(header: LineHeader, cursor: DwarfCursor, visit: VisitRow) {
    this.#header = header;
    this.#cursor = cursor;
    this.#visit = visit;
    this.#isStatement = header.defaultIsStatement;
  }

  step(): void {
    const code = this.#cursor.u8();
    const { opcodeBase, lineBase, lineRange } = this.#header;
    if (code >= opcodeBase) {
      const adjusted = code - opcodeBase;
      this.#advance(Math.floor(adjusted / lineRange));
      this.#line += lineBase + (adjusted % lineRange);
      this.#emit(false);
    } else if (code === 0) this.#extended();
    else this.#standard(code);
  }

  #advance(count: number): void {
    this.#address += count * this.#header.minimumLength;
  }

  #emit(isEnd: boolean): void {
    this.#visit({
      address: this.#address,
      file: this.#file,
      line: this.#line,
      isStatement: this.#isStatement,
      isEnd,
      isPrologueEnd: this.#isPrologueEnd,
    });
    this.#isPrologueEnd = false;
  }

  #standard(code: number): void {
    const cursor = this.#cursor;
    switch (code) {
      case 1:
        return this.#emit(false);
      case 2:
        return this.#advance(cursor.uleb());
      case 3:
        this.#line += cursor.sleb();
        return;
      case 4:
        this.#file = cursor.uleb();
        return;
      case 6:
        this.#isStatement = !this.#isStatement;
        return;
      case 8:
        return this.#advance(Math.floor((255 - this.#header.opcodeBase) / this.#header.lineRange));
      case 9:
        this.#address += cursor.u16();
        return;
      case 10:
        this.#isPrologueEnd = true;
        return;
      default:
        for (let count = this.#header.opcodeLengths[code - 1] ?? 0; count > 0; count -= 1) cursor.skipLeb();
    }
  }

  #extended(): void {
    const cursor = this.#cursor;
    const length = cursor.uleb();
    const start = cursor.skip(length);
    const code = length > 0 ? cursor.bytes[start] : 0;
    if (code === 1) {
      this.#emit(true);
      [this.#address, this.#file, this.#line] = [0, 1, 1];
      this.#isStatement = this.#header.defaultIsStatement;
    } else if (code === 2 && (length === 9 || length === 5)) {
      this.#address = new DwarfCursor(cursor.bytes, cursor.littleEndian, start + 1).unsigned(length - 1);
    }
  }
}
