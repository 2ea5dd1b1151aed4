/** Operands of comparisons as functions over a record: plain numbers where they are exact, 64 bits in halves, else BigInt. */
import type { EventField } from '../event-field.ts';
import type { KernelAbi } from '../kernel-abi.ts';
import type { ArithmeticOperator, ArithmeticValue, FilterDialect, NumericValue } from './filter-ast.ts';
import type { FilterScope } from './filter-context.ts';
import { findFilterField, isNumberField } from './filter-fields.ts';

/** Exact: between -2^31 and 2^32. */
export type PlainReader = (view: DataView, start: number, cpu: number) => number;
/** 64 bits, unsigned; what was signed and negative is from 2^63 on. */
type WideReader = (view: DataView, start: number, cpu: number, time: bigint) => bigint;

/** `end`: how many bytes the record must have. */
export type NumberReader =
  | { readonly kind: 'plain'; readonly end: number; readonly read: PlainReader; readonly isSigned: boolean }
  | {
      readonly kind: 'field';
      readonly end: number;
      readonly offset: number;
      readonly littleEndian: boolean;
      readonly isSigned: boolean;
    }
  | { readonly kind: 'constant'; readonly end: number; readonly value: bigint; readonly isSigned: boolean }
  | { readonly kind: 'computed'; readonly end: number; readonly read: WideReader; readonly isSigned: boolean };

/** undefined where the event has no such number. */
export function compileNumber(value: NumericValue, scope: FilterScope): NumberReader | undefined {
  switch (value.kind) {
    case 'number':
      return { kind: 'constant', end: 0, value: value.value, isSigned: value.value < 0n };
    case 'arithmetic':
      return compileArithmetic(value, scope);
    case 'field': {
      const found = findFilterField(scope.format, value.name, scope.dialect);
      if (found?.kind === 'cpu') return { kind: 'plain', end: 0, read: (_view, _start, cpu) => cpu, isSigned: true };
      if (found?.kind === 'time')
        return { kind: 'computed', end: 0, read: (_v, _s, _c, time) => unsigned(time), isSigned: false };
      if (found?.kind !== 'field' || !isReadAsNumber(found.field, scope.dialect)) return undefined;
      return compileField(found.field, scope.context.abi);
    }
  }
}

/** libtraceevent reads whatever has the size of a number, arrays and data-locs as well. */
function isReadAsNumber(field: EventField, dialect: FilterDialect): boolean {
  return isNumberField(field) || (dialect === 'trace-cmd' && [1, 2, 4, 8].includes(field.size));
}

/** Any operand as 64 bits. */
export function readAsBigInt(number: NumberReader): WideReader {
  switch (number.kind) {
    case 'constant': {
      const value = unsigned(number.value);
      return () => value;
    }
    case 'plain': {
      const { read } = number;
      return (view, start, cpu) => unsigned(BigInt(read(view, start, cpu)));
    }
    case 'field': {
      const { offset, littleEndian } = number;
      return (view, start) => view.getBigUint64(start + offset, littleEndian);
    }
    case 'computed':
      return number.read;
  }
}

export function unsigned(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function compileField({ offset, size, signed }: EventField, { littleEndian }: KernelAbi): NumberReader {
  const end = offset + size;
  if (size === 8) return { kind: 'field', end, offset, littleEndian, isSigned: signed };
  return { kind: 'plain', end, read: plainReader(offset, size, signed, littleEndian), isSigned: signed };
}

function plainReader(offset: number, size: number, signed: boolean, littleEndian: boolean): PlainReader {
  if (size === 1) {
    return signed ? (view, start) => view.getInt8(start + offset) : (view, start) => view.getUint8(start + offset);
  }
  if (size === 2) {
    return signed
      ? (view, start) => view.getInt16(start + offset, littleEndian)
      : (view, start) => view.getUint16(start + offset, littleEndian);
  }
  return signed
    ? (view, start) => view.getInt32(start + offset, littleEndian)
    : (view, start) => view.getUint32(start + offset, littleEndian);
}

/** All arithmetic is of unsigned 64 bits; what is divided by 0 is 0. */
function compileArithmetic({ operator, left, right }: ArithmeticValue, scope: FilterScope): NumberReader | undefined {
  const [a, b] = [compileNumber(left, scope), compileNumber(right, scope)];
  if (a === undefined || b === undefined) return undefined;
  const [readLeft, readRight] = [readAsBigInt(a), readAsBigInt(b)];
  const compute = computations[operator];
  const isSigned = a.isSigned || b.isSigned;
  return {
    kind: 'computed',
    end: Math.max(a.end, b.end),
    read: (view, start, cpu, time) =>
      unsigned(compute(readLeft(view, start, cpu, time), readRight(view, start, cpu, time))),
    isSigned,
  };
}

/** Shifts take their count modulo 64, like the processors do. */
const computations: Readonly<Record<ArithmeticOperator, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0n ? 0n : a / b),
  '%': (a, b) => (b === 0n ? 0n : a % b),
  '<<': (a, b) => a << (b & 63n),
  '>>': (a, b) => a >> (b & 63n),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
};
