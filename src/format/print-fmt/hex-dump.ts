/** __print_hex_dump: rows of bytes as lib/hexdump.c prints them. */
import type { ByteWriter } from '../../base/byte-writer.ts';

/** Rows end in a newline, each begins with `prefix` and, if asked for, its offset. */
export function writeHexDump(
  out: ByteWriter,
  bytes: Uint8Array,
  from: number,
  limit: number,
  prefix: Uint8Array,
  withOffset: boolean,
  rowSize: number,
  groupSize: number,
  withText: boolean,
): void {
  const row = rowSize === 32 ? 32 : 16;
  const group = [1, 2, 4, 8].includes(groupSize) && (limit - from) % groupSize === 0 ? groupSize : 1;
  const columns = Math.floor(row / group) * (group * 2 + 1);
  for (let at = from; at < limit; at += row) {
    out.copy(prefix);
    if (withOffset) out.text(`${(at - from).toString(16).padStart(8, '0')}: `);
    const part = bytes.subarray(at, Math.min(at + row, limit));
    const words = rowWords(part, group);
    out.text(withText ? `${words.padEnd(columns)} ${visibleAscii(part)}` : words);
    out.text('\n');
  }
}

/** Groups are printed as little endian numbers. */
function rowWords(bytes: Uint8Array, group: number): string {
  const words: string[] = [];
  for (let at = 0; at < bytes.length; at += group) {
    const digits = Array.from(bytes.subarray(at, at + group), (byte) => byte.toString(16).padStart(2, '0'));
    words.push(digits.reverse().join(''));
  }
  return words.join(' ');
}

function visibleAscii(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
}
