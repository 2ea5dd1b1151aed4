/**
 * Expressions of a `print fmt` to values: with C's types, or as libtraceevent 1.8.4 computes them, where every value is
 * an unsigned 64-bit number and a cast only masks.
 */
import type { Expression } from './expression.ts';
import { kernelConstants } from './kernel-constants.ts';
import { applyBinary, applyUnary } from './operators.ts';
import type { RecordScope } from './record-scope.ts';
import { PrintFmtError } from './tokens.ts';
import { integerTypeOf } from './type-names.ts';
import {
  chooseValue,
  conditionValue,
  constantValue,
  convertValue,
  int,
  numberValue,
  truthOf,
  typeBounds,
  u64,
  type Value,
} from './values.ts';

/** Longer code is kept in a local: it may be used twice. */
const longestInline = 300;

export function evaluate(scope: RecordScope, expression: Expression): Value {
  scope.countStep();
  const value = evaluateFreely(scope, expression);
  if (value.constant !== undefined) return value;
  if (value.code.length <= longestInline) return value;
  const { halves: _, ...rest } = value;
  return { ...rest, code: scope.source.named(value.code) };
}

function evaluateFreely(scope: RecordScope, expression: Expression): Value {
  switch (expression.kind) {
    case 'number': {
      const bits = expression.isLong ? 64 : 32;
      return constantValue(expression.value, scope.isTraceCmd ? u64 : { bits, isSigned: !expression.isUnsigned });
    }
    case 'name':
      return namedValue(scope, expression.name);
    case 'field':
      return scope.fieldValue(scope.field(expression.name));
    case 'unary':
      return unaryValue(scope, expression);
    case 'binary':
      return binaryValue(scope, expression);
    case 'choice': {
      const test = evaluate(scope, expression.test);
      return chooseValue(truthOf(test), evaluate(scope, expression.whenTrue), evaluate(scope, expression.whenFalse));
    }
    case 'index':
      return indexValue(scope, expression.base, expression.index);
    case 'cast':
      return castValue(scope, expression.type, evaluate(scope, expression.operand));
    case 'sizeof':
      return sizeValue(scope, expression.type);
    case 'call':
      return callValue(scope, expression.name, expression.args);
    // A text has no number.
    case 'string':
    case 'table':
      return constantValue(0n, u64);
  }
}

function binaryValue(scope: RecordScope, { operator, left, right }: Expression & { kind: 'binary' }): Value {
  const value = applyBinary(operator, evaluate(scope, left), evaluate(scope, right));
  return scope.isTraceCmd ? convertValue(value, u64) : value;
}

function unaryValue(scope: RecordScope, { operator, operand }: Expression & { kind: 'unary' }): Value {
  if (operator === '*')
    return indexValue(scope, operand, { kind: 'number', value: 0n, isUnsigned: false, isLong: false });
  if (operator === '&') return constantValue(0n, u64);
  const value = applyUnary(operator, evaluate(scope, operand));
  return scope.isTraceCmd ? convertValue(value, u64) : value;
}

function namedValue(scope: RecordScope, name: string): Value {
  const known = scope.isTraceCmd ? undefined : kernelConstants.get(name);
  return constantValue(known ?? scope.context.addressOf(name) ?? 0n, u64);
}

function castValue(scope: RecordScope, type: string, value: Value): Value {
  if (!scope.isTraceCmd) {
    const known = integerTypeOf(type, scope.context.abi.longSize);
    return known === undefined ? value : convertValue(value, known);
  }
  const bits = maskedBits(type);
  return bits === undefined ? value : convertValue(convertValue(value, { bits, isSigned: false }), u64);
}

/** What libtraceevent keeps of a value behind a cast. */
function maskedBits(type: string): 8 | 16 | 32 | undefined {
  const word = type.replace(/^unsigned /, '');
  if (/^[us]8$|^char$/.test(word)) return 8;
  if (/^[us]16$|^short$/.test(word)) return 16;
  return /^[us]32$|^int$/.test(word) ? 32 : undefined;
}

function sizeValue(scope: RecordScope, type: string): Value {
  const { longSize } = scope.context.abi;
  const field = /^REC -> (\w+)$/.exec(type)?.[1];
  const size = field === undefined ? integerTypeOf(type, longSize)?.bits : scope.field(field).size * 8;
  if (size === undefined || size === 0) throw new PrintFmtError(`sizeof(${type.slice(0, 40)}) is not known`);
  return constantValue(BigInt(size / 8), scope.isTraceCmd ? u64 : { bits: 64, isSigned: false });
}

/** One element of an array in the record. */
function indexValue(scope: RecordScope, base: Expression, index: Expression): Value {
  const place = scope.placeOf(base);
  if (place === undefined) throw new PrintFmtError('an index is into no array of the record');
  const { source, context, isTraceCmd } = scope;
  const number = evaluate(scope, index);
  // libtraceevent does not multiply the index into a dynamic array.
  const factor = isTraceCmd && place.isDynamic ? 1 : place.elementSize;
  const own = isTraceCmd && place.field ? scope.elementSizeOf(place.field) : place.elementSize;
  const size = own === 0 && place.isDynamic ? context.abi.longSize : own;
  if (number.constant !== undefined && place.field && !place.isDynamic && base.kind === 'field') {
    const element = scope.elementValue(place.field, size, Number(number.constant));
    if (element !== undefined) return element;
  }
  const offset =
    number.constant === undefined ? `Number(${number.code})*${factor}` : `${Number(number.constant) * factor}`;
  const at = source.named(`${place.at}+${offset}`);
  const isSigned = place.isSigned && !isTraceCmd;
  const bits = (size * 8) as 8 | 16 | 32 | 64;
  if (![8, 16, 32, 64].includes(bits)) return constantValue(0n, u64);
  const limit = isTraceCmd ? 'e' : place.limit;
  const inside = `${at}>=s&&${at}+${size}<=${limit}`;
  const order = size === 1 ? '' : `,${context.abi.littleEndian}`;
  const read = `v.get${size === 8 ? 'Big' : ''}${isSigned ? 'Int' : 'Uint'}${bits}(${at}${order})`;
  const value = source.named(`${inside}?${read}:${size === 8 ? '0n' : '0'}`);
  const type = isTraceCmd ? u64 : { bits, isSigned };
  if (size === 8) return { code: value, isBig: true, ...typeBounds(type), type };
  const { low, high } = typeBounds({ bits, isSigned });
  return numberValue(value, low, high, type);
}

function callValue(scope: RecordScope, name: string, args: readonly Expression[]): Value {
  const [first] = args;
  if (first === undefined && !name.startsWith('__event_in_')) throw new PrintFmtError('a function has no arguments');
  switch (name) {
    case '__get_dynamic_array_len':
    case '__get_rel_dynamic_array_len': {
      if (first?.kind !== 'name') break;
      const { at, limit } = scope.dynamicPlace(scope.field(first.name));
      return numberValue(`(${limit}-${at})`, 0, 0xffff, scope.isTraceCmd ? u64 : int);
    }
    // The kernel's HZ is not recorded; entries of page tables are numbers in structures.
    case 'jiffies_to_msecs':
      return evaluate(scope, first!);
    case 'is_writable_pte':
      return applyBinary('&', evaluate(scope, first!), constantValue(2n, u64));
    case '__le16_to_cpup':
      return indexValue(scope, { kind: 'cast', type: '__le16 *', operand: first! }, zero);
    case '__print_ns_to_secs':
      return applyBinary('/', evaluate(scope, first!), constantValue(1_000_000_000n, u64));
    case '__print_ns_without_secs':
      return applyBinary('%', evaluate(scope, first!), constantValue(1_000_000_000n, u64));
    case '__event_in_hardirq':
      return flagValue(scope, 0x08);
    case '__event_in_softirq':
      return flagValue(scope, 0x10);
    case '__event_in_irq':
      return flagValue(scope, 0x18);
    default:
      if (/^(?:native_)?(?:make_)?(?:pte|pmd|pud|p4d|pgd)(?:_val)?$/.test(name)) return evaluate(scope, first!);
      // The address of what it points to; nothing prints it but as whether there is one.
      if (scope.placeOf({ kind: 'call', name, args }) !== undefined) return constantValue(1n, u64);
  }
  throw new PrintFmtError(`${name.slice(0, 40)}() is not known`);
}

const zero: Expression = { kind: 'number', value: 0n, isUnsigned: false, isLong: false };

function flagValue(scope: RecordScope, mask: number): Value {
  const flags = scope.fieldValue(scope.field('common_flags'));
  return conditionValue(`(${flags.code}&${mask})!==0`);
}
