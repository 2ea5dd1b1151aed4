/** __print_flags and __print_symbolic (kernel/trace/trace_output.c), and libtraceevent's versions of them. */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { putHex64 } from './digits.ts';

export interface FlagTable {
  readonly masks: readonly bigint[];
  /** The masks as numbers, NaN where they have more than 32 bits. */
  readonly words: readonly number[];
  readonly names: readonly Uint8Array[];
  readonly delimiter: Uint8Array;
  /**
   * libtraceevent's way: a mask of 0 never matches, and an entry whose number is negative or not known (mask undefined
   * here) is what is printed, as the last, when no flag is left at that point.
   */
  readonly zeroEntries: ReadonlySet<number> | undefined;
  /** libtraceevent cuts and pads each name by itself. */
  readonly fit: ((out: ByteWriter, from: number) => void) | undefined;
}

export function writeFlagsWord(out: ByteWriter, table: FlagTable, value: number): void {
  const { words, names, delimiter, zeroEntries } = table;
  let rest = value;
  let isFirst = true;
  for (let index = 0; index < words.length && (rest !== 0 || zeroEntries !== undefined); index += 1) {
    if (rest === 0) {
      if (!zeroEntries!.has(index)) continue;
      return writeName(out, table, names[index]!);
    }
    const mask = words[index]!;
    if ((rest & mask) >>> 0 !== mask || (mask === 0 && zeroEntries !== undefined)) continue;
    rest = (rest & ~mask) >>> 0;
    if (!isFirst) out.copy(delimiter);
    isFirst = false;
    writeName(out, table, names[index]!);
  }
  if (rest !== 0) writeRest(out, delimiter, isFirst, 0, rest);
}

export function writeFlagsBig(out: ByteWriter, table: FlagTable, value: bigint): void {
  if (value >> 32n === 0n) return writeFlagsWord(out, table, Number(value));
  const { masks, names, delimiter, zeroEntries } = table;
  let rest = value;
  let isFirst = true;
  for (let index = 0; index < masks.length && (rest !== 0n || zeroEntries !== undefined); index += 1) {
    const isZeroEntry = zeroEntries?.has(index) === true;
    if (rest === 0n) {
      if (!isZeroEntry) continue;
      return writeName(out, table, names[index]!);
    }
    const mask = masks[index]!;
    if (isZeroEntry || (rest & mask) !== mask || (mask === 0n && zeroEntries !== undefined)) continue;
    rest &= ~mask;
    if (!isFirst) out.copy(delimiter);
    isFirst = false;
    writeName(out, table, names[index]!);
  }
  if (rest !== 0n) writeRest(out, delimiter, isFirst, Number(rest >> 32n), Number(rest & 0xffffffffn));
}

function writeName(out: ByteWriter, { fit }: { readonly fit: FlagTable['fit'] }, name: Uint8Array): void {
  const from = out.length;
  out.copy(name);
  if (fit !== undefined) fit(out, from);
}

function writeRest(out: ByteWriter, delimiter: Uint8Array, isFirst: boolean, high: number, low: number): void {
  if (!isFirst) out.copy(delimiter);
  writeHexNumber(out, high, low);
}

/** `0x` and the number. */
export function writeHexNumber(out: ByteWriter, high: number, low: number): void {
  out.reserve(20);
  out.byte(0x30);
  out.byte(0x78);
  out.length = putHex64(out.bytes, out.length, high, low);
}

export interface SymbolTable {
  readonly byWord: ReadonlyMap<number, Uint8Array>;
  readonly byValue: ReadonlyMap<bigint, Uint8Array>;
  readonly fit: ((out: ByteWriter, from: number) => void) | undefined;
}

export function writeSymbolWord(out: ByteWriter, table: SymbolTable, value: number): void {
  writeSymbolName(out, table, table.byWord.get(value), 0, value);
}

export function writeSymbolBig(out: ByteWriter, table: SymbolTable, value: bigint): void {
  writeSymbolName(out, table, table.byValue.get(value), Number(value >> 32n), Number(value & 0xffffffffn));
}

function writeSymbolName(
  out: ByteWriter,
  table: SymbolTable,
  name: Uint8Array | undefined,
  high: number,
  low: number,
): void {
  if (name === undefined) return writeHexNumber(out, high, low);
  writeName(out, table, name);
}
