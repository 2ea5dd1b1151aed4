/** %p and what may follow it (Documentation/core-api/printk-formats.rst). */
import { writeIp4, writeIp6, writeIp6Short, writeMac, writeSocketAddress, writeUuid } from './address-text.ts';
import type { Conversion } from './conversions.ts';
import type { DynamicCounts } from './emit-conversion.ts';
import type { Emitter } from './emitter.ts';
import { evaluate } from './evaluate.ts';
import type { Expression } from './expression.ts';
import { writeNumber } from './number-text.ts';
import type { Place } from './record-scope.ts';
import { fitText, writeBitmask, writeHexBytes, writeRanges } from './record-text.ts';
import { convertValue, halvesOf, lowWord, u64, type Value } from './values.ts';
import { pointerWriter, symbolWriter, type WriteAddress } from './write-symbol.ts';

export function emitPointer(
  emitter: Emitter,
  conversion: Conversion,
  counts: DynamicCounts,
  argument: Expression,
): void {
  const { source, scope } = emitter;
  const { suffix, width, leftAligned } = conversion;
  const isPadded = !scope.isTraceCmd && typeof width === 'number' && width > 0;
  emitter.calling(() => {
    const from = source.local();
    if (isPadded) source.line(`const ${from}=out.length;`);
    emitKind(emitter, suffix, counts, argument, conversion);
    if (isPadded) {
      source.line(`${source.constant(fitText)}(out,${from},${width},${leftAligned},undefined);`);
    }
  });
}

function emitKind(
  emitter: Emitter,
  suffix: string,
  counts: DynamicCounts,
  argument: Expression,
  conversion: Conversion,
): void {
  const { context, isTraceCmd } = emitter.scope;
  if (/^[sSfFB]/.test(suffix)) {
    const withOffset = isTraceCmd ? /^[SF]/.test(suffix) : /^[SFB]/.test(suffix);
    return emitAddress(emitter, symbolWriter(context, withOffset), argument);
  }
  if (/^[Mm]/.test(suffix)) return emitBytes(emitter, argument, 6, 'INVALIDMAC', writeMac, suffix);
  if (/^[Ii]4/.test(suffix)) {
    const isReversed = suffix[2] === 'l' || (suffix[2] === 'h' && context.abi.littleEndian);
    return emitBytes(emitter, argument, 4, 'INVALIDIPv4', writeIp4, suffix.startsWith('i'), isReversed);
  }
  if (/^[Ii]6/.test(suffix)) {
    const isShort = suffix.startsWith('I6c');
    return emitBytes(emitter, argument, 16, 'INVALIDIPv6', isShort ? writeIp6Short : writeIp6, suffix.startsWith('I'));
  }
  if (/^[Ii]S/.test(suffix)) return emitSocketAddress(emitter, suffix, argument);
  if (suffix.startsWith('U')) return emitBytes(emitter, argument, 16, 'INVALIDUUID', writeUuid, suffix.slice(1));
  if (suffix.startsWith('h')) return emitHexBuffer(emitter, suffix, counts, argument);
  if (suffix.startsWith('b')) return emitBitmap(emitter, suffix, counts, argument);
  if (suffix.startsWith('e') && !isTraceCmd) return emitErrno(emitter, argument);
  if (!isTraceCmd && (conversion.alternate || conversion.zeroPadded) && typeof conversion.width === 'number') {
    return emitWidePointer(emitter, conversion, argument);
  }
  emitAddress(emitter, pointerWriter(context), argument);
}

/** The value, or the address that stands for it where the argument is in the record itself. */
function pointerValue({ scope }: Emitter, argument: Expression): Value {
  return convertValue(evaluate(scope, argument), u64);
}

function emitAddress(emitter: Emitter, write: WriteAddress, argument: Expression): void {
  const { source } = emitter;
  const { high, low } = halvesOf(pointerValue(emitter, argument), (code) => source.named(code));
  source.line(`${source.constant(write)}(out,${high},${low});`);
}

function emitWidePointer(emitter: Emitter, conversion: Conversion, argument: Expression): void {
  const { source } = emitter;
  const { high, low } = halvesOf(pointerValue(emitter, argument), (code) => source.named(code));
  const shown = source.constant({ ...conversion, letter: 'x' });
  source.line(`${source.constant(writeNumber)}(out,${high},${low},false,${shown},${conversion.width},-1);`);
}

function emitErrno(emitter: Emitter, argument: Expression): void {
  const { source } = emitter;
  source.line(`out.decimal(${lowWord(pointerValue(emitter, argument))}|0);`);
}

/** The argument itself; `&REC->uuid`, which libtraceevent does not parse, is taken for the field. */
function withoutCasts(argument: Expression): Expression {
  const isAddress = argument.kind === 'unary' && argument.operator === '&';
  return argument.kind === 'cast' || isAddress ? withoutCasts(argument.operand) : argument;
}

/** Bytes of the record, `size` of them; libtraceevent wants a field of just that size. */
function emitBytes<Options extends (string | boolean)[]>(
  emitter: Emitter,
  argument: Expression,
  size: number,
  invalid: string,
  write: (out: never, bytes: Uint8Array, from: number, ...options: Options) => void,
  ...options: Options
): void {
  const { source, scope } = emitter;
  const bare = withoutCasts(argument);
  if (scope.isTraceCmd && bare.kind !== 'field') return emitWrongType(emitter, bare);
  const place = scope.placeOf(bare);
  if (place === undefined) return emitAddress(emitter, pointerWriter(scope.context), argument);
  const code = options.map((option) => source.constant(option)).join(',');
  const call = `${source.constant(write)}(out,b,${place.at}${code === '' ? '' : `,${code}`});`;
  if (scope.isTraceCmd && place.field?.size !== size) return source.line(`out.text(${source.constant(invalid)});`);
  source.line(`if(${place.at}+${size}<=e){${call}}`);
}

/** Numbers of enum tep_print_arg_type, which libtraceevent prints when it cannot use an argument. */
function argumentType({ scope }: Emitter, argument: Expression): number {
  switch (argument.kind) {
    case 'name':
    case 'number':
    case 'string':
    case 'sizeof':
      return 1;
    case 'field':
      return 2;
    case 'table':
      return argument.name === '__print_flags' ? 3 : 4;
    case 'cast':
      return 7;
    case 'call':
      if (/^__get_(?:rel_)?str$/.test(argument.name)) return 8;
      if (argument.name.endsWith('_array_len')) return 14;
      return scope.placeOf(argument) === undefined ? 12 : 10;
    default:
      return 11;
  }
}

function emitWrongType(emitter: Emitter, argument: Expression, text = 'ARG TYPE NOT FIELD BUT'): void {
  const { source } = emitter;
  source.line(`out.text(${source.constant(`${text} ${argumentType(emitter, argument)}`)});`);
}

function requirePlace(emitter: Emitter, argument: Expression): Place | undefined {
  const { scope } = emitter;
  const place = scope.placeOf(argument);
  if (place === undefined) emitAddress(emitter, pointerWriter(scope.context), argument);
  return place;
}

function emitSocketAddress(emitter: Emitter, suffix: string, argument: Expression): void {
  const { source, scope } = emitter;
  const bare = withoutCasts(argument);
  if (scope.isTraceCmd && bare.kind !== 'field' && scope.placeOf(bare)?.isDynamic !== true) {
    return emitWrongType(emitter, bare, 'ARG NOT FIELD NOR DYNAMIC ARRAY BUT TYPE');
  }
  const place = requirePlace(emitter, bare);
  if (place === undefined) return;
  const rest = `${place.at},Math.min(${place.limit},e),${source.constant(suffix)},${scope.context.abi.littleEndian}`;
  source.line(`${source.constant(writeSocketAddress)}(out,b,${rest});`);
}

const separators: Readonly<Record<string, number>> = { C: 0x3a, D: 0x2d, N: 0 };

/** %*ph: as many bytes as its width says, 64 at most in the kernel. */
function emitHexBuffer(emitter: Emitter, suffix: string, counts: DynamicCounts, argument: Expression): void {
  const { source, scope } = emitter;
  // libtraceevent takes dynamic arrays alone, without a cast.
  if (scope.isTraceCmd && argumentType(emitter, argument) !== 10) return emitWrongType(emitter, argument);
  const place = requirePlace(emitter, argument);
  if (place === undefined) return;
  const wanted = counts.width ?? '1';
  const most = scope.isTraceCmd ? wanted : `Math.min(${wanted},64)`;
  const limit = `Math.min(${place.at}+Math.max(${most},0),${place.limit},e)`;
  source.line(`${source.constant(writeHexBytes)}(out,b,${place.at},${limit},${separators[suffix[1] ?? ''] ?? 0x20});`);
}

/** %*pb and %*pbl: a mask of as many bits as the width says. */
function emitBitmap(emitter: Emitter, suffix: string, counts: DynamicCounts, argument: Expression): void {
  const { source, scope } = emitter;
  const place = requirePlace(emitter, argument);
  if (place === undefined) return;
  const limit = `Math.min(${place.at}+Math.ceil(Math.max(${counts.width ?? '0'},0)/8),${place.limit},e)`;
  const write = suffix.startsWith('bl') ? writeRanges : writeBitmask;
  source.line(`${source.constant(write)}(out,b,${place.at},${limit},${scope.context.abi.littleEndian});`);
}
