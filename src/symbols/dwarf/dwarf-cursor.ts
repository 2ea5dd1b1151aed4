/** Reads the numbers of DWARF sections (DWARF 5, section 7) within bounds: what ends early is damage, never a crash. */

import { textAt } from '../elf-layout.ts';

/** Longer names are cut: without their NUL they would go on to the end of the section. */
const longestName = 16_384;

/** The NUL-terminated name at `at` of a section. */
export function nameAt(bytes: Uint8Array, at: number): string {
  return at < bytes.length ? textAt(bytes.subarray(at, at + longestName), 0) : '';
}

/** Debug information that contradicts itself; caught where a unit or table is read, and told as a sentence. */
export class DwarfDamage extends Error {}

export class DwarfCursor {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  at: number;
  readonly end: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, littleEndian: boolean, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.littleEndian = littleEndian;
    // A place in front of the section is as wrong as one behind it.
    this.at = at >= 0 ? at : Number.POSITIVE_INFINITY;
    this.end = Math.min(end, bytes.length);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Moves on by `count` bytes and returns where it was. */
  skip(count: number): number {
    const { at } = this;
    if (!(count >= 0 && at + count <= this.end)) throw new DwarfDamage('it ends in the middle of an entry');
    this.at = at + count;
    return at;
  }

  u8(): number {
    return this.bytes[this.skip(1)]!;
  }

  u16(): number {
    return this.#view.getUint16(this.skip(2), this.littleEndian);
  }

  u24(): number {
    const [a, b, c] = [this.u8(), this.u8(), this.u8()];
    return this.littleEndian ? a | (b << 8) | (c << 16) : (a << 16) | (b << 8) | c;
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4), this.littleEndian);
  }

  /** Exact up to 2^53; addresses and offsets are. */
  u64(): number {
    const at = this.skip(8);
    const [low, high] = this.littleEndian ? [at, at + 4] : [at + 4, at];
    return this.#view.getUint32(high, this.littleEndian) * 2 ** 32 + this.#view.getUint32(low, this.littleEndian);
  }

  unsigned(size: number): number {
    if (size === 1) return this.u8();
    if (size === 2) return this.u16();
    if (size === 4) return this.u32();
    if (size === 8) return this.u64();
    throw new DwarfDamage(`there are no numbers of ${size} bytes`);
  }

  signed(size: number): number {
    const at = this.skip(size);
    if (size === 1) return this.#view.getInt8(at);
    if (size === 2) return this.#view.getInt16(at, this.littleEndian);
    if (size === 4) return this.#view.getInt32(at, this.littleEndian);
    if (size === 8) return Number(this.#view.getBigInt64(at, this.littleEndian));
    throw new DwarfDamage(`there are no numbers of ${size} bytes`);
  }

  uleb(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 16; count += 1) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw new DwarfDamage('a number never ends');
  }

  sleb(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 16; count += 1) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      factor *= 128;
      if (byte < 0x80) return (byte & 0x40) === 0 ? value : value - factor;
    }
    throw new DwarfDamage('a number never ends');
  }

  /** Passes a NUL-terminated text and returns where it starts. */
  skipText(): number {
    const { at } = this;
    const end = this.bytes.indexOf(0, at);
    if (end < 0 || end >= this.end) throw new DwarfDamage('a name never ends');
    this.at = end + 1;
    return at;
  }

  skipLeb(): void {
    while (this.u8() >= 0x80);
  }

  /** The length in front of a unit or table; the format that it announces (4 or 8 bytes an offset). */
  initialLength(): { readonly length: number; readonly offsetSize: 4 | 8 } {
    const first = this.u32();
    if (first < 0xfffffff0) return { length: first, offsetSize: 4 };
    if (first !== 0xffffffff) throw new DwarfDamage('a length is one of those reserved');
    return { length: this.u64(), offsetSize: 8 };
  }
}
