/** Values of event fields as text and as JSON. */

import { exactNumber } from '../base/json-text.ts';
import { quotedText, visibleText } from '../base/text.ts';
import { isUnreadable, type ShownField, type ShownValue } from '../session/shown-fields.ts';

/** `function+0x1f` for an address in the kernel; undefined where nothing is known of it. */
type FormatSymbol = (address: bigint) => string | undefined;

const noSymbols: FormatSymbol = () => undefined;

/** `name=value` as the text output shows it: a returned error as `ret=-2 ENOENT`. */
export function formatField({ name, value, style, error }: ShownField, symbolAt = noSymbols): string {
  if (error !== undefined) {
    const named = `${error.number} ${error.name}`;
    const isSame = style !== 'hex' && Number(value) === error.number;
    return `${name}=${isSame ? named : `${formatValue(value, style === 'hex' ? 'hex' : 'plain')} (${named})`}`;
  }
  const symbol = style === 'symbol' ? symbolOf(value, symbolAt) : undefined;
  return `${name}=${symbol === undefined ? formatValue(value, style) : visibleText(symbol)}`;
}

function symbolOf(value: ShownValue, symbolAt: FormatSymbol): string | undefined {
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  return isNumber ? symbolAt(BigInt.asUintN(64, BigInt(value))) : undefined;
}

function formatValue(value: ShownValue, style: ShownField['style']): string {
  if (value === null) return style === 'text' ? 'NULL' : '?';
  if (isUnreadable(value)) return `${hex(value.unreadable)} (unreadable)`;
  if (typeof value === 'string') return quotedText(value);
  if (typeof value === 'object') return `{${value.map((item) => formatValue(item, style)).join(',')}}`;
  if (isHex(style)) return hex(value);
  return style === 'signed-and-hex' ? `${value} (${hex(value)})` : String(value);
}

function isHex(style: ShownField['style']): boolean {
  return style === 'hex' || style === 'symbol';
}

/** Two's complement in 64 bits for negative numbers, as the kernel prints them. */
function hex(value: number | bigint): string {
  if (typeof value === 'number' && value >= 0) return `0x${value.toString(16)}`;
  return `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;
}

/** A value for JSON: numbers exact whatever their size, hexadecimal ones as strings; docs/json-output.md. */
export function jsonValue(value: ShownValue, style: ShownField['style'], symbolAt = noSymbols): unknown {
  if (value === null || typeof value === 'string') return value;
  if (isUnreadable(value)) return { unreadable: hex(value.unreadable) };
  if (typeof value === 'object') return value.map((item) => jsonValue(item, style, symbolAt));
  if (style === 'symbol') return symbolOf(value, symbolAt) ?? hex(value);
  return style === 'hex' ? hex(value) : exactNumber(value);
}
