/** One conversion of a format string with its arguments, to source that writes it. */
import { type Conversion, widest } from './conversions.ts';
import { putDecimal, putHex, putHex64, putSigned64, putUnsigned64 } from './digits.ts';
import { emitPointer } from './emit-pointer.ts';
import { emitText, type Fit } from './emit-text.ts';
import type { Emitter } from './emitter.ts';
import { evaluate } from './evaluate.ts';
import type { Expression } from './expression.ts';
import { writeNumber, writeSigned } from './number-text.ts';
import { fitText } from './record-text.ts';
import { convertValue, halvesOf, isPlainNumber, lowWord, s64, signedWord, u64, type Value } from './values.ts';

/** What `*` took: code of signed numbers. */
export interface DynamicCounts {
  readonly width: string | undefined;
  readonly precision: string | undefined;
}

export function emitConversion(
  emitter: Emitter,
  conversion: Conversion,
  stars: { readonly width: Expression | undefined; readonly precision: Expression | undefined },
  argument: Expression,
): void {
  const { source } = emitter;
  const count = (expression: Expression | undefined): string | undefined => {
    if (expression === undefined) return undefined;
    return source.named(signedWord(evaluate(emitter.scope, expression)));
  };
  const counts = { width: count(stars.width), precision: count(stars.precision) };
  if (conversion.letter === 's') emitString(emitter, conversion, counts, argument);
  else if (conversion.letter === 'p') emitPointer(emitter, conversion, counts, argument);
  else emitNumber(emitter, conversion, counts, evaluate(emitter.scope, argument));
}

function hasPlainShape(conversion: Conversion): boolean {
  const { leftAligned, plus, space, alternate, width, precision } = conversion;
  return !leftAligned && !plus && !space && !alternate && width === undefined && precision === undefined;
}

function emitString(emitter: Emitter, conversion: Conversion, counts: DynamicCounts, argument: Expression): void {
  const { source, scope } = emitter;
  const { width, precision, leftAligned } = conversion;
  if (conversion.isQuoted) return emitter.calling(() => emitQuoted(emitter, argument));
  if (width === undefined && precision === undefined) {
    return emitter.calling(() => emitText(emitter, argument, undefined));
  }
  const isStatic = counts.width === undefined && counts.precision === undefined;
  if (scope.isTraceCmd && isStatic) {
    const limit = typeof precision === 'number' ? precision : undefined;
    const fit: Fit = (out, from) => fitText(out, from, typeof width === 'number' ? width : 0, leftAligned, limit);
    return emitter.calling(() => emitText(emitter, argument, fit));
  }
  emitter.calling(() => {
    const from = source.local();
    source.line(`const ${from}=out.length;`);
    emitText(emitter, argument, undefined);
    const wanted = counts.width ?? String(width ?? 0);
    const limit = counts.precision ?? String(precision ?? -1);
    const isLeft = counts.width === undefined ? String(leftAligned) : `${leftAligned}||${wanted}<0`;
    source.line(`${source.constant(fitText)}(out,${from},Math.min(Math.abs(${wanted}),${widest}),${isLeft},${limit});`);
  });
}

function emitQuoted(emitter: Emitter, argument: Expression): void {
  const { source, scope } = emitter;
  const place = scope.placeOf(argument);
  source.line(place === undefined ? '{' : `if(${place.limit}===${place.at})out.text('(fault)');else{`);
  source.line(`out.text('"');`);
  emitText(emitter, argument, undefined);
  source.line(`out.text('"');}`);
}

function emitNumber(emitter: Emitter, conversion: Conversion, counts: DynamicCounts, value: Value): void {
  const { source } = emitter;
  if (conversion.letter === 'c') return emitCharacter(emitter, conversion, counts, value);
  const cut = cutToLength(emitter, conversion, value);
  if (hasPlainShape(conversion) && 'dux'.includes(conversion.letter)) return emitPlain(emitter, conversion, cut);
  const { high, low } = signedHalves(emitter, cut);
  const width = counts.width ?? String(conversion.width ?? 0);
  const precision = counts.precision ?? String(conversion.precision ?? -1);
  const constant = source.constant(conversion);
  emitter.calling(() => {
    if (conversion.letter === 'd') {
      return source.line(`${source.constant(writeSigned)}(out,${high},${low},${constant},${width},${precision});`);
    }
    source.line(`${source.constant(writeNumber)}(out,${high},${low},false,${constant},${width},${precision});`);
  });
}

/** The value as printf reads it from its arguments: hh, h and int are cut, a long has the kernel's size. */
function cutToLength({ scope }: Emitter, { letter, length }: Conversion, value: Value): Value {
  const isSigned = letter === 'd';
  const isLong = length === 2 || (length === 1 && scope.context.abi.longSize === 8);
  if (isLong) return convertValue(value, isSigned ? s64 : u64);
  const bits = length === -2 ? 8 : length === -1 ? 16 : 32;
  return convertValue(value, { bits, isSigned });
}

/** Unsigned halves; those of a negative 32-bit number are sign-extended. */
function signedHalves({ source }: Emitter, value: Value): { high: string; low: string } {
  const { high, low } = halvesOf(value, (code) => source.named(code));
  return { high: source.named(high), low: source.named(low) };
}

function emitPlain(emitter: Emitter, { letter }: Conversion, value: Value): void {
  const { source } = emitter;
  if (letter === 'x') {
    const { high, low } = signedHalves(emitter, value);
    if (high === '0') return emitter.direct(8, `p=${source.constant(putHex)}(t,p,${low});`);
    return emitter.direct(16, `p=${source.constant(putHex64)}(t,p,${high},${low});`);
  }
  if (isPlainNumber(value)) {
    const code = source.named(value.code);
    return emitter.direct(21, `p=${source.constant(putDecimal)}(t,p,${code});`);
  }
  const { high, low } = signedHalves(emitter, value);
  const put = source.constant(letter === 'd' ? putSigned64 : putUnsigned64);
  emitter.direct(21, `p=${put}(t,p,${high},${low});`);
}

/** %c; what trace-cmd prints of a line ends at a NUL. */
function emitCharacter(emitter: Emitter, conversion: Conversion, counts: DynamicCounts, value: Value): void {
  const { source, scope } = emitter;
  const byte = source.named(`${lowWord(value)}&255`);
  const width = counts.width ?? String(conversion.width ?? 0);
  const missing = `Math.min(Math.abs(${width})-1,${widest})`;
  const isLeft = counts.width === undefined ? String(conversion.leftAligned) : `${conversion.leftAligned}||${width}<0`;
  emitter.calling(() => {
    source.line(`if(!(${isLeft}))out.fill(32,${missing});`);
    source.line(`if(${byte}!==0){out.reserve(1);out.byte(${byte});}${scope.isTraceCmd ? 'else return true;' : ''}`);
    source.line(`if(${isLeft})out.fill(32,${missing});`);
  });
}
