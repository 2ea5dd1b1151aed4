/** %s: expressions that are texts, to source that writes them. */
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { Emitter } from './emitter.ts';
import { evaluate } from './evaluate.ts';
import type { Expression } from './expression.ts';
import { writeHexDump } from './hex-dump.ts';
import { kernelConstants, libtraceeventConstants } from './kernel-constants.ts';
import { emitKnownFunction } from './known-functions.ts';
import { encodeEscaped, encodeKernelText } from './literal-text.ts';
import type { Place } from './record-scope.ts';
import { writeArray, writeBitmask, writeDynamicText, writeHexBytes, writeRanges, writeText } from './record-text.ts';
import {
  type FlagTable,
  type SymbolTable,
  writeFlagsBig,
  writeFlagsWord,
  writeSymbolBig,
  writeSymbolWord,
} from './tables.ts';
import { PrintFmtError } from './tokens.ts';
import { asBig, convertValue, halvesOf, lowWord, truthOf, u64, type Value } from './values.ts';
import { stringAddressWriter } from './write-symbol.ts';

/** How libtraceevent cuts and pads each part of a text by itself. */
export type Fit = ((out: ByteWriter, from: number) => void) | undefined;

/** Writes what the expression gives; the emitter is in its state for calls. */
export function emitText(emitter: Emitter, expression: Expression, fit: Fit): void {
  const { scope, source } = emitter;
  scope.countStep();
  switch (expression.kind) {
    case 'string':
      return emitFitted(emitter, fit, `out.copy(${source.constant(textBytes(emitter, expression.text))});`);
    case 'name':
      return emitFitted(emitter, fit, `out.copy(${source.constant(encodeKernelText(expression.name))});`);
    case 'number':
      return emitFitted(emitter, fit, `out.text(${source.constant(String(expression.value))});`);
    case 'field':
      return emitFieldText(emitter, expression.name, fit);
    case 'choice': {
      source.line(`if(${truthOf(evaluate(scope, expression.test))}){`);
      emitText(emitter, expression.whenTrue, fit);
      source.line('}else{');
      emitText(emitter, expression.whenFalse, fit);
      source.line('}');
      return;
    }
    case 'table':
      return emitTable(emitter, expression, fit);
    case 'call':
      return emitCallText(emitter, expression.name, expression.args, fit);
    case 'cast':
      return scope.isTraceCmd ? undefined : emitText(emitter, expression.operand, fit);
    default:
      return scope.isTraceCmd ? undefined : emitPlaceText(emitter, expression);
  }
}

function textBytes({ scope }: Emitter, text: string): Uint8Array {
  return scope.isTraceCmd ? encodeKernelText(text) : encodeEscaped(text);
}

function emitFitted({ source }: Emitter, fit: Fit, code: string): void {
  if (fit === undefined) return source.line(code);
  const from = source.local();
  source.line(`const ${from}=out.length;${code}${source.constant(fit)}(out,${from});`);
}

function emitPlaceText(emitter: Emitter, expression: Expression): void {
  const place = emitter.scope.placeOf(expression);
  if (place === undefined) throw new PrintFmtError('%s is given no text');
  emitter.source.line(`${emitter.source.constant(writeText)}(out,b,${place.at},${place.limit});`);
}

function emitFieldText(emitter: Emitter, name: string, fit: Fit): void {
  const { scope, source } = emitter;
  const field = scope.field(name);
  const isAddress = !/\[/.test(field.type) && field.location === 'inline' && field.size === scope.context.abi.longSize;
  if (isAddress) {
    const { high, low } = halvesOf(scope.fieldValue(field), (code) => source.named(code));
    const write = source.constant(stringAddressWriter(scope.context, (text) => textBytes(emitter, text)));
    return source.line(`${write}(out,${high},${low});`);
  }
  if (!scope.isTraceCmd && (field.location === 'data-loc' || field.location === 'rel-loc')) {
    return emitDynamicText(emitter, name, fit);
  }
  const { at, limit } = scope.fieldPlace(field);
  emitFitted(emitter, fit, `${source.constant(writeText)}(out,b,${at},${limit});`);
}

function emitDynamicText(emitter: Emitter, name: string, fit: Fit): void {
  const { scope, source } = emitter;
  const field = scope.field(name);
  const constant = source.constant(scope.dynamicField(field));
  const code = `${source.constant(writeDynamicText)}(out,b,v,s,e,${constant});`;
  if (fit === undefined) return source.line(code);
  // libtraceevent pads no string of length 0.
  const from = source.local();
  const isEmpty = scope.isTraceCmd ? `if(${scope.dynamicPlace(field).limit}>${scope.dynamicPlace(field).at})` : '';
  source.line(`const ${from}=out.length;${code}${isEmpty}${source.constant(fit)}(out,${from});`);
}

function emitCallText(emitter: Emitter, name: string, args: readonly Expression[], fit: Fit): void {
  const { scope, source } = emitter;
  const first = args[0];
  if (first === undefined) throw new PrintFmtError(`${name.slice(0, 40)}() has no arguments`);
  const little = scope.context.abi.littleEndian;
  switch (name) {
    case '__get_str':
    case '__get_rel_str':
      if (first.kind !== 'name') break;
      return emitDynamicText(emitter, first.name, fit);
    case '__get_bitmask':
    case '__get_rel_bitmask':
      return emitMask(emitter, writeBitmask, scope.placeOf({ kind: 'call', name, args }), fit);
    case '__get_cpumask':
    case '__get_rel_cpumask':
      return emitMask(emitter, writeRanges, scope.placeOf({ kind: 'call', name, args }), fit);
    case '__print_hex':
    case '__print_hex_str': {
      const { at, limit } = limitedPlace(emitter, first, args[1]);
      return source.line(`${source.constant(writeHexBytes)}(out,b,${at},${limit},${name === '__print_hex' ? 32 : 0});`);
    }
    case '__print_array':
      return emitArray(emitter, first, args[1], args[2]);
    case '__print_dynamic_array': {
      if (first.kind !== 'name' || args[1] === undefined) break;
      const { at, limit } = scope.dynamicPlace(scope.field(first.name));
      const size = numberCode(emitter, args[1]);
      return source.line(`${source.constant(writeArray)}(out,v,${at},${limit},65536,${size},${little});`);
    }
    case '__print_hex_dump':
      return emitHexDump(emitter, args);
    default:
      return emitKnownFunction(emitter, name, args);
  }
  throw new PrintFmtError(`${name.slice(0, 40)}() has other arguments`);
}

function emitMask({ source, scope }: Emitter, write: typeof writeBitmask, place: Place | undefined, fit: Fit): void {
  if (place === undefined) throw new PrintFmtError('a mask is no dynamic field');
  const code = `${source.constant(write)}(out,b,${place.at},${place.limit},${scope.context.abi.littleEndian});`;
  emitFitted({ source, scope } as Emitter, fit, code);
}

/** Unsigned low 32 bits of a value. */
function numberCode({ scope }: Emitter, expression: Expression): string {
  return lowWord(evaluate(scope, expression));
}

/** `count` bytes of what an expression points to. */
function limitedPlace(
  emitter: Emitter,
  expression: Expression,
  count: Expression | undefined,
): { at: string; limit: string } {
  const { scope, source } = emitter;
  const place = scope.placeOf(expression);
  if (place === undefined) throw new PrintFmtError('bytes are asked for that are not in the record');
  if (count === undefined) return place;
  const end = scope.isTraceCmd ? 'e' : place.limit;
  return { at: place.at, limit: source.named(`Math.min(${place.at}+${numberCode(emitter, count)},${end},e)`) };
}

function emitArray(
  emitter: Emitter,
  base: Expression,
  count: Expression | undefined,
  size: Expression | undefined,
): void {
  const { scope, source } = emitter;
  if (count === undefined || size === undefined) throw new PrintFmtError('__print_array() has too few arguments');
  const place = scope.placeOf(base);
  if (place === undefined) throw new PrintFmtError('__print_array() prints no array of the record');
  const limit = scope.isTraceCmd ? 'e' : `Math.min(${place.limit},e)`;
  const numbers = `${numberCode(emitter, count)},${numberCode(emitter, size)}`;
  const little = scope.isTraceCmd || scope.context.abi.littleEndian;
  source.line(`${source.constant(writeArray)}(out,v,${place.at},${limit},${numbers},${little});`);
}

function emitHexDump(emitter: Emitter, args: readonly Expression[]): void {
  const { source } = emitter;
  const [prefix, kind, rowSize, groupSize, base, length, ascii] = args;
  if (prefix?.kind !== 'string' || base === undefined || ascii === undefined) {
    throw new PrintFmtError('__print_hex_dump() has other arguments');
  }
  const { at, limit } = limitedPlace(emitter, base, length);
  const text = source.constant(textBytes(emitter, prefix.text));
  const withOffset = kind?.kind === 'name' ? kind.name === 'DUMP_PREFIX_OFFSET' : numberCode(emitter, kind!) === '2';
  const numbers = `${numberCode(emitter, rowSize!)},${numberCode(emitter, groupSize!)}`;
  const isAscii = truthOf(evaluate(emitter.scope, ascii.kind === 'name' && ascii.name === 'true' ? one : ascii));
  source.line(`${source.constant(writeHexDump)}(out,b,${at},${limit},${text},${withOffset},${numbers},${isAscii});`);
}

const one: Expression = { kind: 'number', value: 1n, isUnsigned: false, isLong: false };

function emitTable(emitter: Emitter, table: Expression & { kind: 'table' }, fit: Fit): void {
  const { scope, source } = emitter;
  const long = { bits: scope.context.abi.longSize === 8 ? 64 : 32, isSigned: false } as const;
  const value = convertValue(evaluate(scope, table.value), scope.isTraceCmd ? u64 : long);
  const isWord = !value.isBig && value.low >= 0 && value.high < 2 ** 32;
  const code = isWord ? value.code : asUnsignedBig(value);
  if (table.name === '__print_flags') {
    const constant = source.constant(flagTable(emitter, table, fit));
    return source.line(`${source.constant(isWord ? writeFlagsWord : writeFlagsBig)}(out,${constant},${code});`);
  }
  const constant = source.constant(symbolTable(emitter, table, fit));
  source.line(`${source.constant(isWord ? writeSymbolWord : writeSymbolBig)}(out,${constant},${code});`);
}

function asUnsignedBig(value: Value): string {
  return value.isBig && !value.type.isSigned ? value.code : `BigInt.asUintN(64,${asBig(value)})`;
}

interface TableRow {
  readonly key: bigint;
  readonly name: Uint8Array;
}

/** The rows up to a NULL, without those whose number is not known. */
function tableRows(emitter: Emitter, { entries }: Expression & { kind: 'table' }): TableRow[] {
  const rows: TableRow[] = [];
  for (const { value, text } of entries) {
    if (text === undefined && !emitter.scope.isTraceCmd) break;
    const key = entryValue(emitter, value);
    if (key !== undefined) rows.push({ key, name: textBytes(emitter, text ?? '0') });
  }
  return rows;
}

function flagTable(emitter: Emitter, table: Expression & { kind: 'table' }, fit: Fit): FlagTable {
  const rows = tableRows(emitter, table);
  const { isTraceCmd } = emitter.scope;
  const isUnknown = ({ key }: TableRow): boolean => key >> 63n !== 0n;
  const zeroEntries = isTraceCmd ? rows.flatMap((row, index) => (isUnknown(row) ? [index] : [])) : undefined;
  return {
    masks: rows.map(({ key }) => key),
    words: rows.map(({ key }) => (key >> 32n === 0n ? Number(key) : Number.NaN)),
    names: rows.map(({ name }) => name),
    delimiter: textBytes(emitter, table.delimiter),
    zeroEntries: zeroEntries && new Set(zeroEntries),
    fit,
  };
}

function symbolTable(emitter: Emitter, table: Expression & { kind: 'table' }, fit: Fit): SymbolTable {
  const byWord = new Map<number, Uint8Array>();
  const byValue = new Map<bigint, Uint8Array>();
  for (const { key, name } of tableRows(emitter, table)) {
    // The kernel takes an empty name for no name.
    if (byValue.has(key) || (name.length === 0 && !emitter.scope.isTraceCmd)) continue;
    byValue.set(key, name);
    if (key >> 32n === 0n) byWord.set(Number(key), name);
  }
  return { byWord, byValue, fit };
}

/** The number of a table's entry, unsigned. libtraceevent takes what is negative or unknown for -1. */
function entryValue(emitter: Emitter, expression: Expression): bigint | undefined {
  const { scope } = emitter;
  const unknown = 0xffffffffffffffffn;
  if (scope.isTraceCmd) {
    if (expression.kind === 'name') return libtraceeventConstants.get(expression.name) ?? unknown;
    if (expression.kind === 'cast') return entryValue(emitter, expression.operand);
  } else if (expression.kind === 'name') return kernelConstants.get(expression.name);
  const { constant } = evaluate(scope, expression);
  if (constant === undefined) throw new PrintFmtError('a table has an entry without a number');
  if (!scope.isTraceCmd) return BigInt.asUintN(scope.context.abi.longSize * 8, constant);
  return expression.kind === 'number' || constant >> 63n === 0n ? constant : unknown;
}
