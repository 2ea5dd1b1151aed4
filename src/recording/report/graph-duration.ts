/**
 * The duration column of function_graph as trace-cmd report 3.3.1 prints it: `+ 16.349 us  |  `. The number takes 7
 * columns at least, blanks behind it included.
 */
import { type ByteWriter, type WordText, wordTextOf } from '../../base/byte-writer.ts';

const point = 0x2e;
const zero = 0x30;

/** The column with room for a mark, so many digits of whole us, the point, and three digits. */
const columns: readonly WordText[] = [1, 2, 3].map((digits) =>
  wordTextOf(Buffer.from(`  ${' '.repeat(digits + 4)} us${' '.repeat(4 - digits)}|  `)),
);
const wholeDigits = digitsOf((value) => `${value}.`);
const restDigits = digitsOf((value) => String(value).padStart(3, '0'));

/** Four bytes each, for 0 to 999: what is shorter ends in blanks. */
function digitsOf(format: (value: number) => string): Int32Array {
  return Int32Array.from({ length: 1000 }, (_, value) => Buffer.from(format(value).padEnd(4)).readInt32LE());
}

/** A duration in ns; a negative one stands for the unsigned 64-bit number that it is there. */
export function writeDuration(out: ByteWriter, duration: number): void {
  if (duration < 0 || duration > Number.MAX_SAFE_INTEGER) return writeWrapped(out, duration);
  if (duration >= 1_000_000) return writeLong(out, duration);
  const ns = duration | 0;
  const us = (ns / 1000) | 0;
  const digits = us < 10 ? 1 : us < 100 ? 2 : 3;
  const at = out.length;
  out.words(columns[digits - 1]!);
  const { view } = out;
  view.setUint8(at, markOf(ns));
  view.setInt32(at + 2, wholeDigits[us]!, true);
  view.setInt32(at + 3 + digits, restDigits[ns - us * 1000]!, true);
}

function writeLong(out: ByteWriter, duration: number): void {
  const us = Math.floor(duration / 1000);
  out.reserve(40);
  out.byte(markOf(duration));
  out.byte(0x20);
  const from = out.length;
  out.decimal(us);
  if (us < 10_000_000 && out.length - from < 7) {
    out.byte(point);
    out.decimal(duration - us * 1000, 3, zero);
  }
  writeUnit(out, out.length - from);
}

/** A return before the call, as the unsigned difference that it is there. */
function writeWrapped(out: ByteWriter, difference: number): void {
  const duration = BigInt.asUintN(64, BigInt(difference));
  const us = String(duration / 1000n);
  out.text(`$ ${us}${us.length < 7 ? `.${String(duration % 1000n).padStart(3, '0')}` : ''}`);
  writeUnit(out, us.length < 7 ? us.length + 4 : us.length);
}

function writeUnit(out: ByteWriter, width: number): void {
  out.text(` us${' '.repeat(Math.max(8 - width, width > 7 ? 1 : 0))}|  `);
}

function markOf(duration: number): number {
  if (duration > 1_000_000_000) return 0x24;
  if (duration > 1_000_000) return 0x23;
  if (duration > 100_000) return 0x21;
  return duration > 10_000 ? 0x2b : 0x20;
}
