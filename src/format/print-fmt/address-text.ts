/** The kinds of %p that print bytes of a record: %pM, %pI4, %pI6c, %pIS, %pU (lib/vsprintf.c). */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { putDecimal, putHex } from './digits.ts';

const colon = 0x3a;
const dash = 0x2d;

/** %pM, %pm, %pMR, %pMF. */
export function writeMac(out: ByteWriter, bytes: Uint8Array, from: number, suffix: string): void {
  const separator = suffix.startsWith('m') ? 0 : suffix.includes('F') ? dash : colon;
  out.reserve(20);
  for (let index = 0; index < 6; index += 1) {
    if (index > 0 && separator !== 0) out.byte(separator);
    putByte(out, bytes[suffix.includes('R') ? from + 5 - index : from + index]!);
  }
}

function putByte(out: ByteWriter, byte: number): void {
  if (byte < 16) out.byte(0x30);
  out.length = putHex(out.bytes, out.length, byte);
}

/** %pI4 and %pi4; `isReversed` for the byte orders l and (on a little endian machine) h. */
export function writeIp4(
  out: ByteWriter,
  bytes: Uint8Array,
  from: number,
  withZeros: boolean,
  isReversed: boolean,
): void {
  out.reserve(20);
  for (let index = 0; index < 4; index += 1) {
    if (index > 0) out.byte(0x2e);
    const byte = bytes[isReversed ? from + 3 - index : from + index]!;
    if (withZeros && byte < 100) out.byte(0x30);
    if (withZeros && byte < 10) out.byte(0x30);
    out.length = putDecimal(out.bytes, out.length, byte);
  }
}

/** %pI6, %pi6 (no colons). */
export function writeIp6(out: ByteWriter, bytes: Uint8Array, from: number, withColons: boolean): void {
  out.reserve(48);
  for (let index = 0; index < 16; index += 1) {
    if (withColons && index > 0 && index % 2 === 0) out.byte(colon);
    putByte(out, bytes[from + index]!);
  }
}

/** %pI6c: RFC 5952, the last four bytes dotted for mapped IPv4 and ISATAP addresses. */
export function writeIp6Short(out: ByteWriter, bytes: Uint8Array, from: number): void {
  const words = Array.from({ length: 8 }, (_, index) => bytes[from + index * 2]! * 256 + bytes[from + index * 2 + 1]!);
  const isMapped = words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff;
  const isIsatap = (words[4]! | 0x0200) === 0x0200 && words[5] === 0x5efe;
  const count = isMapped || isIsatap ? 6 : 8;
  const gap = longestZeros(words, count);
  out.reserve(48);
  let needsColon = false;
  for (let index = 0; index < count; index += 1) {
    if (index === gap.start) {
      if (needsColon || index === 0) out.byte(colon);
      out.byte(colon);
      needsColon = false;
      index += gap.length - 1;
      continue;
    }
    if (needsColon) out.byte(colon);
    out.length = putHex(out.bytes, out.length, words[index]!);
    needsColon = true;
  }
  if (count === 8) return;
  if (needsColon) out.byte(colon);
  writeIp4(out, bytes, from + 12, false, false);
}

/** The first longest run of at least two zero words. */
function longestZeros(words: readonly number[], count: number): { start: number; length: number } {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < count; start += 1) {
    let length = 0;
    while (start + length < count && words[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  return best;
}

/** %pISpc and its like, from a struct sockaddr; nothing for other families. */
export function writeSocketAddress(
  out: ByteWriter,
  bytes: Uint8Array,
  from: number,
  limit: number,
  suffix: string,
  littleEndian: boolean,
): void {
  if (limit - from < 2) return;
  const family = littleEndian ? bytes[from]! + bytes[from + 1]! * 256 : bytes[from]! * 256 + bytes[from + 1]!;
  const withPort = suffix.includes('p');
  const port = bytes[from + 2]! * 256 + bytes[from + 3]!;
  if (family === 2) {
    if (limit - from < 16) return out.text('INVALIDIPv4');
    writeIp4(out, bytes, from + 4, suffix.startsWith('i'), /l|h/.test(suffix) && littleEndian);
  } else if (family === 10) {
    if (limit - from < 28) return out.text('INVALIDIPv6');
    if (withPort) out.text('[');
    if (suffix.includes('c')) writeIp6Short(out, bytes, from + 8);
    else writeIp6(out, bytes, from + 8, suffix.startsWith('I'));
    if (withPort) out.text(']');
  } else return;
  if (!withPort) return;
  out.reserve(8);
  out.byte(colon);
  out.length = putDecimal(out.bytes, out.length, port);
}

const guidOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** %pU, %pUb, %pUl; capital letters with %pUB and %pUL. */
export function writeUuid(out: ByteWriter, bytes: Uint8Array, from: number, suffix: string): void {
  const isGuid = /[lL]/.test(suffix);
  const start = out.length;
  out.reserve(40);
  for (let index = 0; index < 16; index += 1) {
    if (index === 4 || index === 6 || index === 8 || index === 10) out.byte(dash);
    putByte(out, bytes[from + (isGuid ? guidOrder[index]! : index)]!);
  }
  if (!/[LB]/.test(suffix)) return;
  for (let at = start; at < out.length; at += 1) if (out.bytes[at]! > 0x60) out.bytes[at]! -= 0x20;
}
