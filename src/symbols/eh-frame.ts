/**
 * Function starts of a stripped binary, from the table that exception handling needs: .eh_frame_hdr, sorted, one row for
 * each frame description of .eh_frame. Mirrors the Linux Standard Base core, chapter 10.6.
 */

import type { ElfFile } from './elf.ts';

/** A range of code that has one frame description: a function, or the part of one that was moved away (`.cold`). */
export interface CodeRange {
  readonly address: number;
  readonly size: number;
}

/** DW_EH_PE_sdata4, relative to the table: what every linker writes. */
const tableEncoding = 0x3b;
const udata4 = 3;
const rowSize = 8;

/** The range that holds virtual address `address`; undefined where no table or no row tells. */
export function findCodeRange(elf: ElfFile, address: number): CodeRange | undefined {
  const section = elf.layout.sections.find(({ name }) => name === '.eh_frame_hdr');
  const bytes = section && elf.bytesOf(section);
  if (bytes === undefined || bytes.length < 12 || bytes[2] !== udata4 || bytes[3] !== tableEncoding) return undefined;
  const { view, littleEndian } = elf.numbers(bytes);
  const base = section!.address;
  const start = 4 + (encodedSize(bytes[1]!) ?? 8);
  const startOf = (row: number): number => base + view.getInt32(start + 4 + row * rowSize, littleEndian);
  let from = 0;
  let to = Math.min(view.getUint32(start, littleEndian), Math.floor((bytes.length - start - 4) / rowSize));
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (startOf(middle) > address) to = middle;
    else from = middle + 1;
  }
  if (from === 0) return undefined;
  const row = from - 1;
  const description = base + view.getInt32(start + 8 + row * rowSize, littleEndian);
  const size = sizeInDescription(elf, description, startOf(row));
  return size === undefined || address >= startOf(row) + size ? undefined : { address: startOf(row), size };
}

function encodedSize(encoding: number): number | undefined {
  const sizes: Readonly<Record<number, number>> = { 2: 2, 3: 4, 4: 8 };
  return sizes[encoding & 7];
}

/** A description holds length, CIE distance, start and size; only starts of 4 bytes relative to their place are read. */
function sizeInDescription(elf: ElfFile, description: number, start: number): number | undefined {
  const bytes = elf.codeAt(description, 16);
  if (bytes.length < 16) return undefined;
  const { view, littleEndian } = elf.numbers(bytes);
  const isRelative = description + 8 + view.getInt32(8, littleEndian) === start;
  return isRelative ? view.getUint32(12, littleEndian) : undefined;
}
