/**
 * Compiles a field's description to a function that takes its value out of a record. Nothing here throws on damaged
 * records: what lies beyond the end of the record is clamped off, and a fixed field that is not there reads as null.
 */
import { decodeKernelText } from '../base/text.ts';
import type { EventField } from './event-field.ts';
import type { KernelAbi } from './kernel-abi.ts';

/**
 * bigint only for integers that are no safe number. null: the kernel could not read the text (an unmapped address: a
 * data-loc of length 0), or the record ends before the field.
 */
export type FieldValue = number | bigint | string | null | readonly FieldValue[];

/** `view` must show exactly the bytes of `record`, which starts at the common header. */
export type FieldReader = (record: Uint8Array, view: DataView) => FieldValue;

type IntegerReader = (view: DataView, at: number) => number | bigint;

/** The reader of one field; compile once, call for each record. */
export function compileFieldReader(field: EventField, abi: KernelAbi): FieldReader {
  switch (field.location) {
    case 'data-loc':
    case 'rel-loc':
      return compileLocated(field, abi);
    case 'rest':
      return compileSpan(field, abi, (record) => record.length - field.offset);
    case 'inline':
      return field.isArray ? compileSpan(field, abi, () => field.size) : compileScalar(field, abi);
  }
}

function compileScalar({ offset, size, signed }: EventField, { littleEndian }: KernelAbi): FieldReader {
  const end = offset + size;
  const read = integerReader(size, signed, littleEndian);
  return (record, view) => (end > record.length ? null : read(view, offset));
}

function compileSpan(field: EventField, abi: KernelAbi, lengthIn: (record: Uint8Array) => number): FieldReader {
  const { offset } = field;
  const read = compileElements(field, abi);
  return (record, view) => (offset > record.length ? null : read(record, view, offset, lengthIn(record)));
}

/** data_loc: u32 of length << 16 | offset, from the record's start, or for rel_loc from the end of that u32. */
function compileLocated(field: EventField, abi: KernelAbi): FieldReader {
  const relative = field.location === 'rel-loc';
  const read = compileElements(field, abi);
  const readOne = (record: Uint8Array, view: DataView, at: number): FieldValue => {
    if (at + 4 > record.length) return null;
    const word = view.getUint32(at, abi.littleEndian);
    const length = word >>> 16;
    if (length === 0) return field.isString ? null : [];
    const start = (word & 0xffff) + (relative ? at + 4 : 0);
    return start > record.length ? null : read(record, view, start, length);
  };
  const { offset, elements } = field;
  if (field.size === 2) return compileAncientLocated(field, abi);
  if (elements === undefined) return (record, view) => readOne(record, view, offset);
  return (record, view) => Array.from({ length: elements }, (_, index) => readOne(record, view, offset + index * 4));
}

/** Kernels of 2.6.3x: a u16 offset alone, the text ends at its NUL. */
function compileAncientLocated({ offset }: EventField, { littleEndian }: KernelAbi): FieldReader {
  return (record, view) => {
    if (offset + 2 > record.length) return null;
    const start = view.getUint16(offset, littleEndian);
    return start > record.length ? null : textAt(record, start, record.length - start);
  };
}

type SpanReader = (record: Uint8Array, view: DataView, start: number, length: number) => FieldValue;

function compileElements(field: EventField, abi: KernelAbi): SpanReader {
  if (field.isString) return (record, _view, start, length) => textAt(record, start, length);
  const size = field.elementSize === 'long' ? abi.longSize : field.elementSize;
  const read = integerReader(size, field.signed, abi.littleEndian);
  return (record, view, start, length) => {
    const end = Math.min(start + length, record.length);
    const values: (number | bigint)[] = [];
    for (let at = start; at + size <= end; at += size) values.push(read(view, at));
    return values;
  };
}

function textAt(record: Uint8Array, start: number, length: number): string {
  const end = Math.min(start + length, record.length);
  const nul = record.indexOf(0, start);
  return decodeKernelText(record.subarray(start, nul === -1 || nul > end ? end : nul));
}

function integerReader(size: number, signed: boolean, littleEndian: boolean): IntegerReader {
  switch (size) {
    case 1:
      return signed ? (view, at) => view.getInt8(at) : (view, at) => view.getUint8(at);
    case 2:
      return signed ? (view, at) => view.getInt16(at, littleEndian) : (view, at) => view.getUint16(at, littleEndian);
    case 4:
      return signed ? (view, at) => view.getInt32(at, littleEndian) : (view, at) => view.getUint32(at, littleEndian);
    case 8:
      return signed
        ? (view, at) => asPlainNumber(view.getBigInt64(at, littleEndian))
        : (view, at) => asPlainNumber(view.getBigUint64(at, littleEndian));
    default:
      return (view, at) => view.getUint8(at);
  }
}

function asPlainNumber(value: bigint): number | bigint {
  const plain = Number(value);
  return Number.isSafeInteger(plain) ? plain : value;
}
