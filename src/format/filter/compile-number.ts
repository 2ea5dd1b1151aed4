/** Compiles comparisons of numbers, exact in all 64 bits, without BigInt where two halves will do. */
import type { ComparisonNode, ComparisonOperator, NumericValue } from './filter-ast.ts';
import type { FilterScope, RecordTest } from './filter-context.ts';
import { compileNumber, type NumberReader, type PlainReader, readAsBigInt, unsigned } from './number-reader.ts';

/** undefined where the event lacks a field. */
export function compileComparison(node: ComparisonNode, scope: FilterScope): RecordTest | undefined {
  const left = compileNumber(node.left, scope);
  const right = compileNumber(node.right, scope);
  if (left === undefined || right === undefined) return undefined;
  if (left.kind === 'constant' && right.kind !== 'constant') {
    return compareNumbers(mirrored[node.operator], right, left, isSignedComparison(right, left, scope));
  }
  return compareNumbers(node.operator, left, right, isSignedComparison(left, right, scope));
}

/** Holds where the value is not 0. */
export function compileTruth(value: NumericValue, scope: FilterScope): RecordTest | undefined {
  const mask = compileMaskTest(value, scope);
  if (mask !== undefined) return mask;
  const number = compileNumber(value, scope);
  return number === undefined ? undefined : compareNumbers('!=', number, zero, false);
}

const zero: NumberReader = { kind: 'constant', end: 0, value: 0n, isSigned: false };

const mirrored: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/**
 * libtraceevent compares unsigned 64 bits, whatever the field; it has no negative numbers, so a filter with one is compared
 * as it is meant. The kernel follows the field.
 */
function isSignedComparison(left: NumberReader, right: NumberReader, { dialect }: FilterScope): boolean {
  if (dialect === 'kernel') return left.isSigned;
  return [left, right].some((number) => number.kind === 'constant' && number.value < 0n);
}

function compareNumbers(
  operator: ComparisonOperator,
  left: NumberReader,
  right: NumberReader,
  isSigned: boolean,
): RecordTest {
  if (left.kind === 'plain' && right.kind === 'plain') {
    return comparePlain(operator, left, right.read, right.end, isSigned);
  }
  if (left.kind === 'plain' && right.kind === 'constant' && isPlain(right.value)) {
    const constant = Number(right.value);
    return comparePlain(operator, left, () => constant, 0, isSigned);
  }
  if (left.kind === 'field' && right.kind === 'constant') return compareHalves(operator, left, right.value, isSigned);
  return compareWide(operator, left, right, isSigned);
}

function isPlain(value: bigint): boolean {
  return value >= -0x8000_0000n && value <= 0xffff_ffffn;
}

function comparePlain(
  operator: ComparisonOperator,
  left: { readonly end: number; readonly read: PlainReader },
  readRight: PlainReader,
  rightEnd: number,
  isSigned: boolean,
): RecordTest {
  const end = Math.max(left.end, rightEnd);
  const order = isSigned ? (a: number, b: number) => a - b : orderUnsigned;
  const accepts = acceptOrder(operator);
  const { read } = left;
  if (operator === '==') {
    return (_bytes, view, start, stop, cpu) =>
      start + end <= stop && read(view, start, cpu) === readRight(view, start, cpu);
  }
  if (operator === '!=') {
    return (_bytes, view, start, stop, cpu) =>
      start + end <= stop && read(view, start, cpu) !== readRight(view, start, cpu);
  }
  return (_bytes, view, start, stop, cpu) =>
    start + end <= stop && accepts(order(read(view, start, cpu), readRight(view, start, cpu)));
}

/** Negative numbers are the large ones of 64 bits. */
function orderUnsigned(a: number, b: number): number {
  return a < 0 === b < 0 ? a - b : b - a;
}

function acceptOrder(operator: ComparisonOperator): (order: number) => boolean {
  switch (operator) {
    case '==':
      return (order) => order === 0;
    case '!=':
      return (order) => order !== 0;
    case '<':
      return (order) => order < 0;
    case '<=':
      return (order) => order <= 0;
    case '>':
      return (order) => order > 0;
    case '>=':
      return (order) => order >= 0;
  }
}

interface WideField {
  readonly end: number;
  readonly offset: number;
  readonly littleEndian: boolean;
}

function compareHalves(
  operator: ComparisonOperator,
  field: WideField,
  constant: bigint,
  isSigned: boolean,
): RecordTest {
  const { end, offset, littleEndian } = field;
  const [highAt, lowAt] = littleEndian ? [offset + 4, offset] : [offset, offset + 4];
  const wanted = unsigned(constant);
  const wantedHigh = Number(isSigned ? BigInt.asIntN(32, wanted >> 32n) : wanted >> 32n);
  const wantedLow = Number(wanted & 0xffff_ffffn);
  const accepts = acceptOrder(operator);
  return (_bytes, view, start, stop) => {
    if (start + end > stop) return false;
    const high = isSigned ? view.getInt32(start + highAt, littleEndian) : view.getUint32(start + highAt, littleEndian);
    if (high !== wantedHigh) return accepts(high - wantedHigh);
    return accepts(view.getUint32(start + lowAt, littleEndian) - wantedLow);
  };
}

function compareWide(
  operator: ComparisonOperator,
  left: NumberReader,
  right: NumberReader,
  isSigned: boolean,
): RecordTest {
  const end = Math.max(left.end, right.end);
  const [readLeft, readRight] = [readAsBigInt(left), readAsBigInt(right)];
  const accepts = acceptOrder(operator);
  return (_bytes, view, start, stop, cpu, time) => {
    if (start + end > stop) return false;
    let a = readLeft(view, start, cpu, time);
    let b = readRight(view, start, cpu, time);
    if (isSigned) {
      a = BigInt.asIntN(64, a);
      b = BigInt.asIntN(64, b);
    }
    return accepts(a < b ? -1 : a > b ? 1 : 0);
  };
}

/** `flags & 4` alone. */
function compileMaskTest(value: NumericValue, scope: FilterScope): RecordTest | undefined {
  if (value.kind !== 'arithmetic' || value.operator !== '&' || value.right.kind !== 'number') return undefined;
  const number = compileNumber(value.left, scope);
  const mask = unsigned(value.right.value);
  const low = Number(mask & 0xffff_ffffn);
  if (number?.kind === 'plain' && mask === BigInt(low)) {
    const { end, read } = number;
    return (_bytes, view, start, stop, cpu) => start + end <= stop && (read(view, start, cpu) & low) !== 0;
  }
  if (number?.kind !== 'field') return undefined;
  const { end, offset, littleEndian } = number;
  const [highAt, lowAt] = littleEndian ? [offset + 4, offset] : [offset, offset + 4];
  const high = Number(mask >> 32n);
  return (_bytes, view, start, stop) =>
    start + end <= stop &&
    ((view.getUint32(start + lowAt, littleEndian) & low) | (view.getUint32(start + highAt, littleEndian) & high)) !== 0;
}
