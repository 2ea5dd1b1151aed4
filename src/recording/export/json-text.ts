/**
 * JSON written piece by piece: exact for integers of any size, and safe for a terminal (docs/json-output.md). Trees are
 * written without recursion elsewhere; only plain values are written here.
 */
import { jsonLine } from '../../base/json-text.ts';
import { visibleText } from '../../base/text.ts';
import type { FieldValue } from '../../format/field-value.ts';

/** Texts that need no escape at all: most of them. */
const plain = /^[ !#-[\]-~]*$/;

/** A text as JSON that loses nothing: a byte that is no UTF-8 becomes `\udcNN`. */
export function quoteExactly(text: string): string {
  return plain.test(text) ? `"${text}"` : jsonLine(text);
}

/** A text as JSON for a viewer: what is no printable character becomes a visible escape, so that nothing can be misread. */
export function quoteVisibly(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(visibleText(text));
}

/** Deepest nesting of arrays in a field's value; damaged descriptions must not make more. */
const deepestArray = 4;

/** A field's value, all digits kept; `inHex` writes numbers as the live commands do, as texts of hexadecimal. */
export function exactValue(value: FieldValue, inHex: boolean, depth = 0): string {
  if (typeof value === 'string') return quoteExactly(value);
  if (value === null || depth > deepestArray) return 'null';
  if (typeof value === 'object') return `[${value.map((item) => exactValue(item, inHex, depth + 1)).join(',')}]`;
  return inHex ? `"${hexText(value)}"` : String(value);
}

/** A field's value for viewers, which read numbers as doubles: larger ones become hexadecimal texts. */
export function viewerValue(value: FieldValue, inHex: boolean, depth = 0): string {
  if (typeof value === 'string') return quoteVisibly(value);
  if (value === null || depth > deepestArray) return 'null';
  if (typeof value === 'object') return `[${value.map((item) => viewerValue(item, inHex, depth + 1)).join(',')}]`;
  if (typeof value === 'number' && !inHex) return String(value);
  return `"${value < 0 && !inHex ? value : hexText(value)}"`;
}

/** Two's complement in 64 bits for negative numbers, as the kernel prints them. */
export function hexText(value: number | bigint): string {
  if (typeof value === 'number' && value >= 0) return `0x${value.toString(16)}`;
  return `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;
}
