/** The binary and unary operators of C over values (values.ts). Division by zero gives 0. */
import { PrintFmtError } from './tokens.ts';
import type { IntegerType } from './type-names.ts';
import {
  asBig,
  bigValue,
  commonType,
  conditionValue,
  constantValue,
  convertValue,
  cutConstant,
  exactNumber,
  int,
  isPlainNumber,
  lowWord,
  numberValue,
  signedWord,
  truthOf,
  typeBounds,
  type Value,
} from './values.ts';

const word = 0x100000000;

export function applyUnary(operator: string, operand: Value): Value {
  if (operator === '!') {
    if (operand.constant !== undefined) return constantValue(operand.constant === 0n ? 1n : 0n, int);
    return conditionValue(`!${truthOf(operand)}`);
  }
  const type = commonType(operand.type, operand.type);
  if (operator === '+') return convertValue(operand, type);
  if (operator === '-') return applyBinary('-', constantValue(0n, type), operand);
  if (operator === '~') return applyBinary('^', constantValue(-1n, type), operand);
  throw new PrintFmtError(`'${operator}' is not known`);
}

/** Both sides have been evaluated; && and || have no effects to skip. */
export function applyBinary(operator: string, left: Value, right: Value): Value {
  if (operator === '&&' || operator === '||') {
    return conditionValue(`${truthOf(left)}${operator}${truthOf(right)}`);
  }
  const isShift = operator === '<<' || operator === '>>';
  const type = isShift ? commonType(left.type, left.type) : commonType(left.type, right.type);
  const a = convertValue(left, type);
  const b = isShift ? right : convertValue(right, type);
  if (a.constant !== undefined && b.constant !== undefined) {
    const isComparison = /^[<>=!]=?$/.test(operator);
    return constantValue(foldConstants(operator, a.constant, b.constant, type), isComparison ? int : type);
  }
  if (isShift) return shiftValue(operator, a, b, type);
  if (/^(?:[<>]=?|==|!=)$/.test(operator)) return compareValues(operator, a, b);
  if (/^[&|^]$/.test(operator)) return combineBits(operator, a, b, type);
  if (/^[-+*/%]$/.test(operator)) return calculate(operator, a, b, type);
  throw new PrintFmtError(`'${operator}' is not known`);
}

function foldConstants(operator: string, a: bigint, b: bigint, type: IntegerType): bigint {
  const amount = BigInt.asUintN(type.bits === 64 ? 6 : 5, b);
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0n ? 0n : a / b;
    case '%':
      return b === 0n ? 0n : a % b;
    case '<<':
      return cutConstant(a << amount, type);
    case '>>':
      return a >> amount;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    default:
      return compareConstants(operator, a, b) ? 1n : 0n;
  }
}

function compareConstants(operator: string, a: bigint, b: bigint): boolean {
  switch (operator) {
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    default:
      throw new PrintFmtError(`'${operator}' is not known`);
  }
}

function compareValues(operator: string, a: Value, b: Value): Value {
  const script = operator === '==' ? '===' : operator === '!=' ? '!==' : operator;
  if (isPlainNumber(a) && isPlainNumber(b)) return conditionValue(`${a.code}${script}${b.code}`);
  return conditionValue(`${asBig(a)}${script}${asBig(b)}`);
}

function isWord({ isBig, low, high }: Value): boolean {
  return !isBig && low >= 0 && high < word;
}

function combineBits(operator: string, a: Value, b: Value, type: IntegerType): Value {
  if (operator === '&') {
    const mask = isWord(b) ? b : isWord(a) ? a : undefined;
    if (mask !== undefined) {
      const code = `${lowWord(a)}&${lowWord(b)}`;
      return numberValue(mask.high < 2 ** 31 ? `(${code})` : `((${code})>>>0)`, 0, mask.high, type);
    }
  }
  if (isWord(a) && isWord(b)) {
    return convertValue(numberValue(`((${a.code}${operator}${b.code})>>>0)`, 0, word - 1, type), type);
  }
  if (type.bits === 32) {
    const { low, high } = typeBounds(type);
    const code = `(${signedWord(a)}${operator}${signedWord(b)})`;
    return numberValue(type.isSigned ? code : `(${code}>>>0)`, low, high, type);
  }
  return bigValue(`${asBig(a)}${operator}${asBig(b)}`, type);
}

function calculate(operator: string, a: Value, b: Value, type: IntegerType): Value {
  if (!a.isBig && !b.isBig) {
    const exact = operator === '/' || operator === '%' ? divide(operator, a, b, type) : sum(operator, a, b, type);
    if (exact !== undefined) return exact;
    if (type.bits === 32 && operator === '*') {
      const code = `Math.imul(${signedWord(a)},${signedWord(b)})`;
      return numberValue(type.isSigned ? code : `(${code}>>>0)`, typeBounds(type).low, typeBounds(type).high, type);
    }
  }
  if (operator === '/' || operator === '%') {
    return bigValue(`(${asBig(b)}===0n?0n:${asBig(a)}${operator}${asBig(b)})`, type);
  }
  return bigValue(`${asBig(a)}${operator}${asBig(b)}`, type);
}

function sum(operator: string, a: Value, b: Value, type: IntegerType): Value | undefined {
  const code = `(${a.code}${operator}${b.code})`;
  if (operator === '+') return exactNumber(code, a.low + b.low, a.high + b.high, type);
  if (operator === '-') return exactNumber(code, a.low - b.high, a.high - b.low, type);
  const products = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
  return exactNumber(code, Math.min(...products), Math.max(...products), type);
}

function divide(operator: string, a: Value, b: Value, type: IntegerType): Value | undefined {
  if (!isPlainNumber(a) || !isPlainNumber(b)) return undefined;
  const largest = Math.max(Math.abs(a.low), Math.abs(a.high));
  const quotient = operator === '/' ? `Math.trunc(${a.code}/${b.code})` : `${a.code}%${b.code}`;
  const code = b.low > 0 || b.high < 0 ? `(${quotient})` : `(${b.code}===0?0:${quotient})`;
  return exactNumber(code, a.low < 0 || b.low < 0 ? -largest : 0, largest, type);
}

function shiftValue(operator: string, a: Value, b: Value, type: IntegerType): Value {
  const amount = b.constant === undefined ? undefined : Number(BigInt.asUintN(type.bits === 64 ? 6 : 5, b.constant));
  if (amount !== undefined) {
    const shifted = operator === '<<' ? shiftLeft(a, amount, type) : shiftRight(a, amount, type);
    if (shifted !== undefined) return shifted;
  } else if (type.bits === 32) {
    const { low, high } = typeBounds(type);
    const by = lowWord(b);
    if (type.isSigned) return numberValue(`(${signedWord(a)}${operator}${by})`, low, high, type);
    return numberValue(operator === '<<' ? `((${a.code}<<${by})>>>0)` : `(${a.code}>>>${by})`, low, high, type);
  }
  const by = amount === undefined ? `BigInt(${lowWord(b)}&${type.bits - 1})` : `${amount}n`;
  return bigValue(`(${asBig(a)}${operator}${by})`, type);
}

function shiftLeft(a: Value, amount: number, type: IntegerType): Value | undefined {
  if (a.isBig) return undefined;
  const factor = 2 ** amount;
  return exactNumber(`(${a.code}*${factor})`, a.low * factor, a.high * factor, type);
}

function shiftRight(a: Value, amount: number, type: IntegerType): Value | undefined {
  if (a.halves !== undefined && amount >= 32 && !type.isSigned) {
    const code = amount === 32 ? a.halves.high : `(${a.halves.high}>>>${amount - 32})`;
    return numberValue(code, 0, 2 ** (64 - amount) - 1, type);
  }
  if (!isPlainNumber(a)) return undefined;
  const factor = 2 ** amount;
  const low = Math.floor(a.low / factor);
  const high = Math.floor(a.high / factor);
  if (isWord(a) && amount < 32) return numberValue(`(${a.code}>>>${amount})`, low, high, type);
  return numberValue(`Math.floor(${a.code}/${factor})`, low, high, type);
}
