/** One JSON object a line, safe for a terminal and exact for integers of any size. */

/** JSON escapes C0 itself; DEL, C1, separators, bidi controls and the byte order mark could still act on a terminal. */
const unsafe = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** `value` as JSON without a line break. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    unsafe,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** TypeScript does not know it yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** A number that jsonLine writes with all its digits, beyond 2^53 too. */
export function exactNumber(value: number | bigint): unknown {
  return typeof value === 'bigint' ? rawJSON(String(value)) : value;
}
