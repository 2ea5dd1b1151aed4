/** Values of event fields as text and as JSON. */

import { exactNumber } from '../base/json-text.ts';
import { quotedText } from '../base/text.ts';
import { isUnreadable, type ShownField, type ShownValue } from '../session/shown-fields.ts';

/** `name=value` as the text output shows it. */
export function formatField({ name, value, style }: ShownField): string {
  return `${name}=${formatValue(value, style)}`;
}

function formatValue(value: ShownValue, style: ShownField['style']): string {
  if (value === null) return style === 'text' ? 'NULL' : '?';
  if (isUnreadable(value)) return `${hex(value.unreadable)} (unreadable)`;
  if (typeof value === 'string') return quotedText(value);
  if (typeof value === 'object') return `{${value.map((item) => formatValue(item, style)).join(',')}}`;
  if (style === 'hex') return hex(value);
  return style === 'signed-and-hex' ? `${value} (${hex(value)})` : String(value);
}

/** Two's complement in 64 bits for negative numbers, as the kernel prints them. */
function hex(value: number | bigint): string {
  if (typeof value === 'number' && value >= 0) return `0x${value.toString(16)}`;
  return `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;
}

/** A value for JSON: numbers exact whatever their size, hexadecimal ones as strings; docs/json-output.md. */
export function jsonValue(value: ShownValue, style: ShownField['style']): unknown {
  if (value === null || typeof value === 'string') return value;
  if (isUnreadable(value)) return { unreadable: hex(value.unreadable) };
  if (typeof value === 'object') return value.map((item) => jsonValue(item, style));
  return style === 'hex' ? hex(value) : exactNumber(value);
}
