/**
 * The SPEC word of a uprobe: SYMBOL, SYMBOL+OFFSET, 0xADDRESS (virtual, as `nm` prints it) or @0xOFFSET (in the file),
 * each with `%return` behind it for the moment the function returns. SYMBOL may carry a version (`memcpy@GLIBC_2.14`). Or a
 * line of the source: FILE:LINE, or FUNCTION:LINES counted from the line that the function begins in.
 */

import { UsageError } from '../base/errors.ts';

interface SpecBase {
  /** As the user wrote it. */
  readonly text: string;
  readonly isReturn: boolean;
}

export interface SymbolSpec extends SpecBase {
  readonly kind: 'symbol';
  /** A name, with its version if one was given, or a kernel glob. */
  readonly symbol: string;
  readonly offset: number;
}

export interface PlaceSpec extends SpecBase {
  /** `address` is virtual, `fileOffset` counts bytes of the file. */
  readonly kind: 'address' | 'fileOffset';
  readonly value: number;
}

export interface LineSpec extends SpecBase {
  readonly kind: 'line';
  /** A source file, or the end of its path, or a function. */
  readonly place: string;
  readonly line: number;
}

export type UprobeSpec = SymbolSpec | PlaceSpec | LineSpec;

/** A SPEC that cannot be read; `position` counts characters from 0. The message shows the place with a caret. */
export class SpecError extends UsageError {
  readonly position: number;

  constructor(text: string, position: number, why: string) {
    super({
      attempted: `reading the probe '${text}'`,
      why: `${why}\n  ${text}\n  ${' '.repeat(position)}^`,
      remedy: 'write SYMBOL, SYMBOL+OFFSET, 0xADDRESS or @0xOFFSET, and %return behind it for the return, or FILE:LINE',
    });
    this.position = position;
  }
}

const returnMark = '%return';
const mostLines = 100_000_000;

/** Throws SpecError with the position of the mistake. */
export function parseUprobeSpec(text: string): UprobeSpec {
  const space = text.search(/\s/);
  if (text === '' || space >= 0)
    throw new SpecError(text, Math.max(space, 0), 'a symbol or an address is missing here');
  const place = cutReturn(text);
  const base = { text, isReturn: place !== text };
  if (place === '') throw new SpecError(text, 0, 'a symbol or an address must come first');
  if (place.startsWith('@')) return { kind: 'fileOffset', value: parseNumber(text, place.slice(1), 1, true), ...base };
  if (/^[0-9]/.test(place)) return { kind: 'address', value: parseNumber(text, place, 0, true), ...base };
  const line = parseLine(text, place);
  if (line !== undefined) return { kind: 'line', ...line, ...base };
  // Only the last plus counts, and only with a number behind it: C++ and Go names hold signs.
  const plus = place.lastIndexOf('+');
  if (plus < 0 || /^operator\+/.test(place)) return { kind: 'symbol', symbol: place, offset: 0, ...base };
  if (plus === 0) throw new SpecError(text, 0, 'the symbol in front of the offset is missing');
  const offset = parseNumber(text, place.slice(plus + 1), plus + 1, false);
  return { kind: 'symbol', symbol: place.slice(0, plus), offset, ...base };
}

/** `main.c:42`; undefined for what has no line behind a single colon, as the names of C++ and Rust. */
function parseLine(text: string, place: string): { place: string; line: number } | undefined {
  const [, before, digits] = /^(.*(?<!:)):(|\d[^:]*)$/.exec(place) ?? [];
  if (before === undefined || digits === undefined) return undefined;
  const position = before.length + 1;
  if (before === '') throw new SpecError(text, 0, 'the file or the function in front of the line is missing');
  if (digits === '') throw new SpecError(text, position, 'the number of the line is missing');
  const wrong = digits.search(/\D/);
  if (wrong >= 0) throw new SpecError(text, position + wrong, 'this is no digit of a line');
  const line = Number(digits);
  if (line > mostLines) throw new SpecError(text, position, 'no source has as many lines');
  if (place !== text) throw new SpecError(text, place.length, 'a function returns as a whole, not from a line');
  return { place: before, line };
}

function cutReturn(text: string): string {
  const percent = text.lastIndexOf('%');
  if (percent < 0) return text;
  if (text.slice(percent) !== returnMark) throw new SpecError(text, percent, `only ${returnMark} may follow here`);
  return text.slice(0, percent);
}

function parseNumber(text: string, digits: string, position: number, mustBeHexadecimal: boolean): number {
  const prefix = /^0x/i.test(digits) ? 2 : 0;
  if (digits === '') throw new SpecError(text, position, 'a number is missing here');
  if (mustBeHexadecimal && prefix === 0) throw new SpecError(text, position, 'an address starts with 0x');
  const wrong = digits.slice(prefix).search(prefix === 2 ? /[^0-9a-f]/i : /[^0-9]/);
  if (wrong >= 0 || digits.length === prefix) {
    const kind = prefix === 2 ? 'hexadecimal' : 'decimal (write 0x in front of a hexadecimal one)';
    throw new SpecError(text, position + prefix + Math.max(wrong, 0), `this is no digit of a number, ${kind}`);
  }
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) throw new SpecError(text, position, 'the number is too large');
  return value;
}
