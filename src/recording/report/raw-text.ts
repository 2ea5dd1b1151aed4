/** Fields instead of print fmt: `trace-cmd report -R` (libtraceevent 1.8.4, print_selected_fields). */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { encodeKernelText } from '../../base/text.ts';
import type { EventField, EventFormat } from '../../format/event-format.ts';
import type { WriteEventText } from '../../format/event-text.ts';
import type { KernelAbi } from '../../format/kernel-abi.ts';

/** ` name=value` for each field; arrays that are no printable text as `ARRAY[0a, ff]`. */
export function compileRawText(format: EventFormat, abi: KernelAbi): WriteEventText {
  const fields = format.fields.map((field) => ({ field, label: Buffer.from(` ${field.name}=`, 'latin1') }));
  return (out, bytes, view, start, end) => {
    for (const { field, label } of fields) {
      out.copy(label);
      writeField(out, field, { bytes, view, start, end }, abi);
    }
  };
}

interface Record {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

function writeField(out: ByteWriter, field: EventField, record: Record, abi: KernelAbi): void {
  if (field.isArray) return writeArray(out, field, record, abi);
  const at = record.start + field.offset;
  if (at + field.size > record.end) return;
  const value = readNumber(record.view, at, field.size, abi);
  const isLong = /\blong\b/.test(field.type);
  if (field.isPointer) return out.text(`0x${value.toString(16)}`);
  const signed = BigInt.asIntN(field.size * 8, value);
  if (!field.signed) return out.text(isLong ? `0x${value.toString(16)}` : String(value));
  if (field.size === 4 && isLong) return out.text(`0x${value.toString(16)}`);
  out.text(field.size === 2 ? String(signed).padStart(2) : String(signed));
}

function writeArray(out: ByteWriter, field: EventField, { bytes, view, start, end }: Record, abi: KernelAbi): void {
  let from = start + field.offset;
  let length = field.location === 'rest' ? end - from : field.size;
  if (field.location === 'data-loc' || field.location === 'rel-loc') {
    if (from + 4 > end) return;
    const word = view.getUint32(from, abi.littleEndian);
    length = word >>> 16;
    from = (field.location === 'rel-loc' ? from + 4 : start) + (word & 0xffff);
  }
  const part = bytes.subarray(Math.min(from, end), Math.min(from + Math.max(length, 0), end));
  if (field.isString && isPrintable(part)) {
    const zero = part.indexOf(0);
    return out.copy(zero < 0 ? part : part.subarray(0, zero));
  }
  out.copy(encodeKernelText(`ARRAY[${[...part].map((byte) => byte.toString(16).padStart(2, '0')).join(', ')}]`));
}

/** Printable characters and blanks up to the first NUL. */
function isPrintable(part: Uint8Array): boolean {
  for (const byte of part) {
    if (byte === 0) return true;
    const isText = (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d);
    if (!isText) return false;
  }
  return true;
}

function readNumber(view: DataView, at: number, size: number, { littleEndian }: KernelAbi): bigint {
  if (size === 1) return BigInt(view.getUint8(at));
  if (size === 2) return BigInt(view.getUint16(at, littleEndian));
  return size === 4 ? BigInt(view.getUint32(at, littleEndian)) : view.getBigUint64(at, littleEndian);
}
