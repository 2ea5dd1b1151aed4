/**
 * `field=value` of each field: what is printed of an event whose print fmt cannot be used. In trace-cmd's style as
 * libtraceevent 1.8.4 prints fields, with its mark in front.
 */
import type { ByteWriter } from '../base/byte-writer.ts';
import type { EventField } from './event-field.ts';
import type { EventFormat } from './event-format.ts';
import type { EventTextContext, WriteEventText } from './event-text.ts';
import { putDecimal, putHex, putHex64, putSigned64, putUnsigned64 } from './print-fmt/digits.ts';
import { type DynamicField, locateDynamic, writeText } from './print-fmt/record-text.ts';

export function fieldListWriter(format: EventFormat, context: EventTextContext): WriteEventText {
  const isTraceCmd = context.style === 'trace-cmd';
  const fields = format.fields.map((field) => ({ name: `${field.name}=`, write: rawFieldWriter(field, context) }));
  return (out, bytes, view, start, end) => {
    if (isTraceCmd) out.text('[FAILED TO PARSE]');
    let isFirst = !isTraceCmd;
    for (const { name, write } of fields) {
      if (!isFirst) out.text(' ');
      isFirst = false;
      out.text(name);
      write(out, bytes, view, start, end);
    }
  };
}

/** An array in the eyes of libtraceevent: it has brackets. */
export function isArrayField({ type }: EventField): boolean {
  return type.includes('[');
}

/** One field without its print fmt. For libtraceevent a text that was not printable once is none ever after. */
export function rawFieldWriter(field: EventField, { abi, style }: EventTextContext): WriteEventText {
  const isTraceCmd = style === 'trace-cmd';
  if (!isArrayField(field) && (isTraceCmd || field.location === 'inline')) return scalarWriter(field, abi.littleEndian);
  let isText = /char|u8|s8/.test(field.type);
  const dynamic: DynamicField | undefined =
    field.location === 'data-loc' || field.location === 'rel-loc'
      ? { ...field, isRelative: field.location === 'rel-loc', littleEndian: abi.littleEndian, dropsBeyond: true }
      : undefined;
  return (out, bytes, view, start, end) => {
    const place = dynamic && locateDynamic(view, start, end, dynamic);
    const from = place === undefined ? Math.min(start + field.offset, end) : Math.floor(place / 65536);
    const isRest = field.size === 0 && !isTraceCmd;
    const length = place === undefined ? (isRest ? end - from : field.size) : place % 65536;
    const limit = Math.min(from + length, end);
    // libtraceevent looks at the array and then trusts the NUL.
    const isShownAsText = isText && isPrintable(bytes, from, limit);
    if (isTraceCmd) isText = isShownAsText;
    if (isShownAsText) writeText(out, bytes, from, isTraceCmd ? end : limit);
    else writeBytes(out, bytes, from, limit);
  };
}

function isPrintable(bytes: Uint8Array, from: number, limit: number): boolean {
  for (let at = from; at < limit && bytes[at] !== 0; at += 1) {
    const byte = bytes[at]!;
    if (!(byte >= 0x20 && byte < 0x7f) && !(byte >= 9 && byte <= 13)) return false;
  }
  return true;
}

function writeBytes(out: ByteWriter, bytes: Uint8Array, from: number, limit: number): void {
  out.text('ARRAY[');
  for (let at = from; at < limit; at += 1) {
    if (at > from) out.text(', ');
    out.reserve(4);
    if (bytes[at]! < 16) out.byte(0x30);
    out.length = putHex(out.bytes, out.length, bytes[at]!);
  }
  out.text(']');
}

function scalarWriter({ offset, size, signed, isPointer, type }: EventField, littleEndian: boolean): WriteEventText {
  const inHex = isPointer || (/long/.test(type) && (!signed || size === 4));
  return (out, _bytes, view, start, end) => {
    const at = start + offset;
    out.reserve(24);
    const isNumber = at + size <= end && [1, 2, 4, 8].includes(size);
    const [high, low] = isNumber ? readHalves(view, at, size, littleEndian) : [0, 0];
    if (inHex) {
      out.byte(0x30);
      out.byte(0x78);
      out.length = putHex64(out.bytes, out.length, high, low);
    } else if (!signed) out.length = putUnsigned64(out.bytes, out.length, high, low);
    else if (size === 8) out.length = putSigned64(out.bytes, out.length, high, low);
    else {
      const shift = 32 - size * 8;
      const value = (low << shift) >> shift;
      // libtraceevent prints a short with %2d.
      if (size === 2 && value >= 0 && value < 10) out.byte(0x20);
      out.length = putDecimal(out.bytes, out.length, value);
    }
  };
}

/** The unsigned halves of a number of 1, 2, 4 or 8 bytes. */
function readHalves(view: DataView, at: number, size: number, littleEndian: boolean): [number, number] {
  if (size === 1) return [0, view.getUint8(at)];
  if (size === 2) return [0, view.getUint16(at, littleEndian)];
  if (size === 4) return [0, view.getUint32(at, littleEndian)];
  const first = view.getUint32(at, littleEndian);
  const second = view.getUint32(at + 4, littleEndian);
  return littleEndian ? [second, first] : [first, second];
}
