/**
 * The duration column of function_graph as trace-cmd report 3.3.1 prints it: `+ 16.349 us  |  `. The number takes 7
 * columns at least, blanks behind it included.
 */
import { type ByteWriter, type WordText, wordTextOf } from '../../base/byte-writer.ts';
import { digitPairs, digitTriples } from '../../base/digit-pairs.ts';

const point = 0x2e;
/** A blank as the last of four bytes. */
const highBlank = 0x20 << 24;
const zero = 0x30;

/** The column with room for a mark, so many digits of whole us, the point, and three digits. */
const columns: readonly WordText[] = [1, 2, 3].map((digits) =>
  wordTextOf(Buffer.from(`  ${' '.repeat(digits + 4)} us${' '.repeat(4 - digits)}|  `)),
);
/** `0.` to `999.` as digitTriples has the digits; blanks fill the rest. */
const wholeDigits = Int32Array.from({ length: 1000 }, (_, value) => {
  if (value < 10) return (0x30 + value) | (point << 8) | 0x20200000;
  if (value < 100) return digitPairs[value]! | (point << 16) | 0x20000000;
  return digitTriples[value]! | (point << 24);
});

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
  view.setInt32(at + 3 + digits, digitTriples[ns - us * 1000]! | highBlank, true);
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
