/**
 * Names that people write for the symbols of C++ and Rust compilers: `shop::Order::total`, `core::fmt::Write::write_fmt`.
 * Only the name of the function, without types: what a person types to choose it.
 */

import { readItaniumName } from './itanium-name.ts';

/** The name in the source; undefined for symbols that are not mangled, and for what cannot be read. */
export function readableName(symbol: string): string | undefined {
  if (symbol.startsWith('_ZN') && /17h[0-9a-f]{16}E/.test(symbol)) return readLegacyRustName(symbol);
  if (symbol.startsWith('_Z')) return readItaniumName(symbol);
  return symbol.startsWith('_R') ? readRustName(symbol) : undefined;
}

/** Whether `wanted` is the readable name or its end, from a `::` on. */
export function isReadableAs(readable: string, wanted: string): boolean {
  return readable === wanted || readable.endsWith(`::${wanted}`);
}

const escapes: Readonly<Record<string, string>> = {
  ...{ SP: '@', BP: '*', RF: '&', LT: '<', GT: '>', LP: '(', RP: ')', C: ',' },
};

/** As C++ writes nested names, a hash as the last part, and other characters as `$LT$` or `$u7b$`. */
function readLegacyRustName(symbol: string): string | undefined {
  const parts: string[] = [];
  for (let at = 3; symbol[at] !== 'E'; ) {
    const digits = /^\d+/.exec(symbol.slice(at, at + 6))?.[0];
    if (digits === undefined) return undefined;
    const start = at + digits.length;
    at = start + Number(digits);
    if (at >= symbol.length) return undefined;
    parts.push(symbol.slice(start, at));
  }
  return parts.slice(0, -1).map(unescapeRust).join('::');
}

function unescapeRust(part: string): string {
  return part
    .replace(/^_(?=\$)/, '')
    .replace(/\$(?:u([0-9a-f]{1,6})|([A-Z]{1,2}))\$/g, (whole, code: string | undefined, name: string | undefined) => {
      if (name !== undefined) return escapes[name] ?? whole;
      const point = Number.parseInt(code!, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    })
    .replaceAll('..', '::');
}

/** Symbols of newer compilers (RFC 2603); paths of crates, modules and functions only. */
function readRustName(symbol: string): string | undefined {
  const text = symbol.slice(2);
  return readPath(0, 0)?.parts.join('::');

  function readPath(at: number, depth: number): { parts: string[]; end: number } | undefined {
    if (depth > 32) return undefined;
    switch (text[at]) {
      case 'C': {
        const name = readIdentifier(at + 1);
        return name && { parts: [name.text], end: name.end };
      }
      case 'N': {
        const around = readPath(at + 2, depth + 1);
        const name = around && readIdentifier(around.end);
        if (name === undefined) return undefined;
        const own = text[at + 1] === 'C' && name.text === '' ? '{closure}' : name.text;
        return { parts: [...around!.parts, own], end: name.end };
      }
      case 'I':
        // What it is made for stands behind it: the end of that is not looked for.
        return at === 0 ? readPath(at + 1, depth + 1) : undefined;
      case 'B': {
        const back = /^B([0-9A-Za-z]*)_/.exec(text.slice(at, at + 16));
        const target = back === null ? at : numberOf(back[1]!);
        const path = target < at ? readPath(target, depth + 1) : undefined;
        return path && { parts: path.parts, end: at + back![0].length };
      }
      default:
        return undefined;
    }
  }

  /** `[s NUMBER _] LENGTH [_] BYTES`; names of other letters (punycode) are not read. */
  function readIdentifier(at: number): { text: string; end: number } | undefined {
    const head = /^(?:s[0-9A-Za-z]*_)?(\d+)_?/.exec(text.slice(at, at + 32));
    if (head === null) return undefined;
    const start = at + head[0].length;
    const end = start + Number(head[1]);
    return end > text.length ? undefined : { text: text.slice(start, end), end };
  }
}

/** Base 62, digits before small and capital letters; counted from 1 but for the empty one. */
function numberOf(digits: string): number {
  if (digits === '') return 0;
  const alphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  return [...digits].reduce((sum, digit) => sum * 62 + alphabet.indexOf(digit), 0) + 1;
}
