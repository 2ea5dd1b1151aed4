/**
 * Integers of C in the source of a function: as a JavaScript number wherever the value is sure to be exact in one, as a
 * bigint elsewhere. A number may stand for its value modulo 2^64, so that `a - b` of two u64 needs no bigint to be
 * printed as %d.
 */
import type { IntegerType } from './type-names.ts';

export interface Value {
  /** A JavaScript expression without effects: cheap, or a name. */
  readonly code: string;
  readonly isBig: boolean;
  /** Bounds of the number; for a bigint those of its type. */
  readonly low: number;
  readonly high: number;
  readonly type: IntegerType;
  /** Known while compiling; in the range of the type. */
  readonly constant?: bigint;
  /** The unsigned 32-bit halves of a 64-bit value, where they are cheaper than the whole. */
  readonly halves?: { readonly high: string; readonly low: string };
}

export const int: IntegerType = { bits: 32, isSigned: true };
export const u64: IntegerType = { bits: 64, isSigned: false };
export const s64: IntegerType = { bits: 64, isSigned: true };

const two32 = 0x100000000;
/** Numbers up to here are exact, and so are sums of two of them. */
const safe = 2 ** 52;

export function typeBounds({ bits, isSigned }: IntegerType): { low: number; high: number } {
  return isSigned ? { low: -(2 ** (bits - 1)), high: 2 ** (bits - 1) - 1 } : { low: 0, high: 2 ** bits - 1 };
}

/** `value` cut to `type`. */
export function cutConstant(value: bigint, { bits, isSigned }: IntegerType): bigint {
  return isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

export function constantValue(value: bigint, type: IntegerType): Value {
  const cut = cutConstant(value, type);
  const plain = Number(cut);
  if (Math.abs(plain) > safe) {
    const halves = {
      high: String(Number(BigInt.asUintN(64, cut) >> 32n)),
      low: String(Number(BigInt.asUintN(32, cut))),
    };
    return {
      code: `${cut < 0n ? `(${cut}n)` : `${cut}n`}`,
      isBig: true,
      ...typeBounds(type),
      type,
      constant: cut,
      halves,
    };
  }
  return { code: plain < 0 ? `(${plain})` : String(plain), isBig: false, low: plain, high: plain, type, constant: cut };
}

export function numberValue(code: string, low: number, high: number, type: IntegerType): Value {
  return { code, isBig: false, low, high, type };
}

export function bigValue(code: string, type: IntegerType): Value {
  const cut = type.isSigned ? `BigInt.asIntN(64,${code})` : `BigInt.asUintN(64,${code})`;
  return { code: cut, isBig: true, ...typeBounds(type), type };
}

/** Whether the number is the value itself, not only congruent to it. */
function isPlain({ isBig, low, type }: Value): boolean {
  return !isBig && (type.isSigned || low >= 0);
}

export function asBig(value: Value): string {
  if (value.constant !== undefined) return value.constant < 0n ? `(${value.constant}n)` : `${value.constant}n`;
  if (value.isBig) return value.code;
  return isPlain(value) ? `BigInt(${value.code})` : `BigInt.asUintN(64,BigInt(${value.code}))`;
}

/** Unsigned low 32 bits. */
export function lowWord(value: Value): string {
  if (value.halves !== undefined) return value.halves.low;
  if (value.isBig) return `Number(BigInt.asUintN(32,${value.code}))`;
  return value.low >= 0 && value.high < two32 ? value.code : `(${value.code}>>>0)`;
}

/** Signed low 32 bits. */
export function signedWord(value: Value): string {
  if (value.halves !== undefined) return `(${value.halves.low}|0)`;
  if (value.isBig) return `Number(BigInt.asIntN(32,${value.code}))`;
  return value.low >= -(2 ** 31) && value.high < 2 ** 31 ? value.code : `(${value.code}|0)`;
}

/** Both unsigned halves; `name` keeps a code in a local. */
export function halvesOf(value: Value, name: (code: string) => string): { high: string; low: string } {
  if (value.halves !== undefined) return value.halves;
  if (value.isBig) {
    const whole = name(`BigInt.asUintN(64,${value.code})`);
    return { high: `Number(${whole}>>32n)`, low: `Number(${whole}&0xffffffffn)` };
  }
  if (value.low >= 0 && value.high < two32) return { high: '0', low: value.code };
  const whole = name(value.code);
  return { high: `(Math.floor(${whole}/${two32})>>>0)`, low: `(${whole}>>>0)` };
}

/** A JavaScript condition. */
export function truthOf(value: Value): string {
  if (value.constant !== undefined) return value.constant === 0n ? 'false' : 'true';
  if (value.halves !== undefined) return `((${value.halves.high}|${value.halves.low})!==0)`;
  return value.isBig ? `(${value.code}!==0n)` : `(${value.code}!==0)`;
}

/** The value as one of `type`, as a C conversion does it. */
export function convertValue(value: Value, type: IntegerType): Value {
  if (value.constant !== undefined) return constantValue(value.constant, type);
  if (type.bits < 64) return cutToWord(value, type);
  if (!value.isBig) {
    const { low, high } = typeBounds(type);
    // Congruent is enough for 64 bits, and a u64 that came from a negative number becomes signed again.
    return value.low >= low && value.high <= high ? { ...value, type } : { ...value, type };
  }
  return value.type.isSigned === type.isSigned
    ? { ...value, type }
    : { ...bigValue(value.code, type), ...(value.halves && { halves: value.halves }) };
}

function cutToWord(value: Value, type: IntegerType): Value {
  const { low, high } = typeBounds(type);
  if (!value.isBig && value.low >= low && value.high <= high) return { ...value, type };
  const shift = 32 - type.bits;
  if (type.isSigned) {
    const word = signedWord(value);
    return numberValue(shift === 0 ? word : `((${word}<<${shift})>>${shift})`, low, high, type);
  }
  return numberValue(shift === 0 ? lowWord(value) : `(${lowWord(value)}&${high})`, low, high, type);
}

/** The common type of two operands. */
export function commonType(left: IntegerType, right: IntegerType): IntegerType {
  const bits = Math.max(left.bits, right.bits, 32) as 32 | 64;
  const isUnsigned = (!left.isSigned && left.bits === bits) || (!right.isSigned && right.bits === bits);
  return { bits, isSigned: !isUnsigned };
}

/** A choice between two values of one type. */
export function chooseValue(condition: string, whenTrue: Value, whenFalse: Value): Value {
  const type = commonType(whenTrue.type, whenFalse.type);
  const [yes, no] = [convertValue(whenTrue, type), convertValue(whenFalse, type)];
  if (yes.isBig || no.isBig) {
    return { code: `(${condition}?${asBig(yes)}:${asBig(no)})`, isBig: true, ...typeBounds(type), type };
  }
  const low = Math.min(yes.low, no.low);
  return numberValue(`(${condition}?${yes.code}:${no.code})`, low, Math.max(yes.high, no.high), type);
}

export function conditionValue(condition: string): Value {
  return numberValue(`(${condition}?1:0)`, 0, 1, int);
}

/** A number made of exact ones: cut to its type, or undefined when it may not be exact. */
export function exactNumber(code: string, low: number, high: number, type: IntegerType): Value | undefined {
  if (low < -safe || high > safe) return undefined;
  return convertValue(numberValue(code, low, high, type), type);
}

export { isPlain as isPlainNumber };
