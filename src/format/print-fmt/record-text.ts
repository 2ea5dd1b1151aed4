/** Parts of a record as text, for the functions made from a `print fmt`: strings, arrays and masks, cut at its end. */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { putDecimal, putHex, putHex64 } from './digits.ts';

/** Bytes from `from` to a NUL or to `limit`. */
export function writeText(out: ByteWriter, bytes: Uint8Array, from: number, limit: number): void {
  out.reserve(Math.max(limit - from, 0));
  const into = out.bytes;
  let place = out.length;
  for (let at = from; at < limit; at += 1) {
    const byte = bytes[at]!;
    if (byte === 0) break;
    into[place++] = byte;
  }
  out.length = place;
}

/** How the u32 of a dynamic array is read. */
export interface DynamicField {
  readonly offset: number;
  /** 2 on ancient kernels: the offset alone. 8 in synthetic events. */
  readonly size: number;
  readonly isRelative: boolean;
  readonly littleEndian: boolean;
  /** libtraceevent: an offset beyond the record counts as 0, a length beyond it as 0; else they are cut. */
  readonly dropsBeyond: boolean;
}

/** Where a dynamic array is: its place in the view * 65536 + its bytes. */
export function locateDynamic(view: DataView, start: number, end: number, field: DynamicField): number {
  const at = start + field.offset;
  if (at + field.size > end || ![2, 4, 8].includes(field.size)) return start * 65536;
  const size = end - start;
  // Of the 8 bytes in synthetic events the lower half counts.
  const wordAt = field.size === 8 && !field.littleEndian ? at + 4 : at;
  const word = field.size === 2 ? view.getUint16(at, field.littleEndian) : view.getUint32(wordAt, field.littleEndian);
  const base = field.isRelative ? field.offset + field.size : 0;
  let offset = word & 0xffff;
  let length = field.size === 2 ? Math.max(size - offset, 0) : word >>> 16;
  if (field.dropsBeyond) {
    if (offset + length > size) length = 0;
    if (offset > size) offset = 0;
  }
  offset = Math.min(offset + base, size);
  length = Math.min(length, size - offset, 0xffff);
  return (start + offset) * 65536 + length;
}

/** A dynamic string; `limit` is the record's end where the reader trusts the NUL, else the array's own. */
export function writeDynamicText(
  out: ByteWriter,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  field: DynamicField,
): void {
  const place = locateDynamic(view, start, end, field);
  const length = place % 65536;
  if (length === 0) return;
  const from = Math.floor(place / 65536);
  writeText(out, bytes, from, field.dropsBeyond ? end : from + length);
}

/** Cuts and pads what was written since `from`. */
export function fitText(
  out: ByteWriter,
  from: number,
  width: number,
  isLeftAligned: boolean,
  precision: number | undefined,
): void {
  if (precision !== undefined && precision >= 0 && out.length - from > precision) out.length = from + precision;
  const length = out.length - from;
  const missing = Math.min(width, 4096) - length;
  if (missing <= 0) return;
  out.fill(0x20, missing);
  if (isLeftAligned) return;
  out.bytes.copyWithin(from + missing, from, from + length);
  out.bytes.fill(0x20, from, from + missing);
}

/** `aa bb`; separator 0 for none. */
export function writeHexBytes(
  out: ByteWriter,
  bytes: Uint8Array,
  from: number,
  limit: number,
  separator: number,
): void {
  out.reserve(Math.max(limit - from, 0) * 3);
  const into = out.bytes;
  let place = out.length;
  for (let at = from; at < limit; at += 1) {
    if (at > from && separator !== 0) into[place++] = separator;
    const byte = bytes[at]!;
    if (byte < 16) into[place++] = 0x30;
    place = putHex(into, place, byte);
  }
  out.length = place;
}

/** `{0x1,0x2}`; `limit` is where the elements must end. */
export function writeArray(
  out: ByteWriter,
  view: DataView,
  from: number,
  limit: number,
  count: number,
  elementSize: number,
  littleEndian: boolean,
): void {
  if (![1, 2, 4, 8].includes(elementSize)) {
    out.text(`{BAD SIZE:${elementSize}}`);
    return;
  }
  out.reserve(1);
  out.byte(0x7b);
  for (let index = 0, at = from; index < count && at + elementSize <= limit; index += 1, at += elementSize) {
    out.reserve(24);
    if (index > 0) out.byte(0x2c);
    out.byte(0x30);
    out.byte(0x78);
    out.length = putElement(out.bytes, out.length, view, at, elementSize, littleEndian);
  }
  out.reserve(1);
  out.byte(0x7d);
}

function putElement(
  into: Uint8Array,
  at: number,
  view: DataView,
  from: number,
  size: number,
  littleEndian: boolean,
): number {
  if (size === 1) return putHex(into, at, view.getUint8(from));
  if (size === 2) return putHex(into, at, view.getUint16(from, littleEndian));
  if (size === 4) return putHex(into, at, view.getUint32(from, littleEndian));
  const first = view.getUint32(from, littleEndian);
  const second = view.getUint32(from + 4, littleEndian);
  return littleEndian ? putHex64(into, at, second, first) : putHex64(into, at, first, second);
}

/** The byte with bits 8 * index and up of a mask made of kernel longs. */
function maskByte(bytes: Uint8Array, from: number, limit: number, index: number, littleEndian: boolean): number {
  return bytes[littleEndian ? from + index : limit - 1 - index]!;
}

/** A mask as hexadecimal words of 32 bits, the highest first, commas between. */
export function writeBitmask(
  out: ByteWriter,
  bytes: Uint8Array,
  from: number,
  limit: number,
  littleEndian: boolean,
): void {
  const size = limit - from;
  out.reserve(Math.max(size, 0) * 3);
  for (let index = size - 1; index >= 0; index -= 1) {
    const byte = maskByte(bytes, from, limit, index, littleEndian);
    if (byte < 16) out.byte(0x30);
    out.length = putHex(out.bytes, out.length, byte);
    if (index > 0 && index % 4 === 0) out.byte(0x2c);
  }
}

/** A mask as ranges: `0-3,8`. */
export function writeRanges(
  out: ByteWriter,
  bytes: Uint8Array,
  from: number,
  limit: number,
  littleEndian: boolean,
): void {
  const bits = (limit - from) * 8;
  const isSet = (bit: number): boolean =>
    bit < bits && ((maskByte(bytes, from, limit, bit >> 3, littleEndian) >> (bit & 7)) & 1) === 1;
  let isFirst = true;
  for (let bit = 0; bit < bits; bit += 1) {
    if (!isSet(bit)) continue;
    const first = bit;
    while (isSet(bit + 1)) bit += 1;
    out.reserve(44);
    if (!isFirst) out.byte(0x2c);
    isFirst = false;
    out.length = putDecimal(out.bytes, out.length, first);
    if (bit === first) continue;
    out.byte(0x2d);
    out.length = putDecimal(out.bytes, out.length, bit);
  }
}
