/** Abbreviation tables (.debug_abbrev, DWARF 5, section 7.5.3): the shape of each kind of entry of a unit. */

import { form } from './dwarf-constants.ts';
import { DwarfCursor, DwarfDamage } from './dwarf-cursor.ts';

interface AttributeShape {
  readonly name: number;
  readonly form: number;
  /** The value itself, of DW_FORM_implicit_const. */
  readonly implicit: number;
}

export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeShape[];
}

export type AbbreviationTable = ReadonlyMap<number, Abbreviation>;

/** Real entries have at most some 30 attributes. */
const mostAttributes = 512;
/** In all tables of a file together; damaged units may each claim a table of their own inside another's. */
const mostAbbreviations = 4_000_000;

export class AbbreviationTables {
  readonly #bytes: Uint8Array;
  readonly #littleEndian: boolean;
  readonly #tables = new Map<number, AbbreviationTable>();
  #left = mostAbbreviations;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.#bytes = bytes;
    this.#littleEndian = littleEndian;
  }

  /** The table at `offset`. Throws DwarfDamage. */
  at(offset: number): AbbreviationTable {
    const known = this.#tables.get(offset);
    if (known !== undefined) return known;
    if (offset >= this.#bytes.length) throw new DwarfDamage('its abbreviations lie behind their section');
    const table = this.#parse(new DwarfCursor(this.#bytes, this.#littleEndian, offset));
    this.#tables.set(offset, table);
    return table;
  }

  #parse(cursor: DwarfCursor): AbbreviationTable {
    const table = new Map<number, Abbreviation>();
    for (let code = cursor.uleb(); code !== 0; code = cursor.at < cursor.end ? cursor.uleb() : 0) {
      this.#left -= 1;
      if (this.#left < 0) throw new DwarfDamage('there are more abbreviations than any real file has');
      const tag = cursor.uleb();
      const hasChildren = cursor.u8() !== 0;
      table.set(code, { tag, hasChildren, attributes: parseShapes(cursor) });
    }
    return table;
  }
}

function parseShapes(cursor: DwarfCursor): AttributeShape[] {
  const shapes: AttributeShape[] = [];
  for (;;) {
    const name = cursor.uleb();
    const shape = cursor.uleb();
    const implicit = shape === form.implicitConst ? cursor.sleb() : 0;
    if (name === 0 && shape === 0) return shapes;
    if (shapes.length === mostAttributes) throw new DwarfDamage('an abbreviation has too many attributes');
    shapes.push({ name, form: shape, implicit });
  }
}
