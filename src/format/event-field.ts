/**
 * One field of an event's records: from the C declaration in a `format` file to where its bytes are and how to read them
 * (include/trace/stages/stage4_event_fields.h, kernel/trace/trace_probe.c).
 */

/** inline: at its offset. data-loc, rel-loc: a u32 there tells where. rest: from its offset to the end of the record. */
export type FieldLocation = 'inline' | 'data-loc' | 'rel-loc' | 'rest';

export interface EventField {
  readonly name: string;
  /** The C declaration without the name: `char[16]`, `__data_loc char[]`, `const char *`. */
  readonly type: string;
  readonly offset: number;
  /** Bytes in the fixed part of the record: 4 for each data-loc and rel-loc, 0 for `rest`. */
  readonly size: number;
  readonly signed: boolean;
  readonly location: FieldLocation;
  /** Bytes of one element, or of the value itself when it is no array; 'long' for a kernel long in a dynamic array. */
  readonly elementSize: number | 'long';
  /** How many elements a fixed array has, or how many data-locs; undefined for a scalar, and where the record decides. */
  readonly elements: number | undefined;
  /** An array of any kind: its value is a list, or a text when isString. */
  readonly isArray: boolean;
  readonly isString: boolean;
  readonly isPointer: boolean;
  /** The kernel prints it as hexadecimal (0x%x, %p, ...), or it is a pointer. */
  readonly shownInHex: boolean;
}

interface FieldDeclaration {
  readonly declaration: string;
  readonly offset: number;
  readonly size: number;
  /** undefined where the kernel did not say. */
  readonly signed: boolean | undefined;
}

/** Splits off the name, and reads kind, element size and count from the type; undefined when there is no name. */
export function classifyField(
  from: FieldDeclaration,
  hexNames: ReadonlySet<string>,
  stringNames: ReadonlySet<string>,
): EventField | undefined {
  const named = splitDeclaration(from.declaration);
  if (named === undefined) return undefined;
  const { name, type } = named;
  const { offset, size } = from;
  const location = locationOf(type, size);
  const base = baseTypeOf(type);
  const isPointer = type.includes('*') && location === 'inline';
  const isArray = type.includes('[') || location !== 'inline';
  const elementSize = elementSizeOf(base, location, type, size);
  const isPlainChar = base === 'char' || base === 'signed char';
  const isText = isPlainChar || (isByte(base) && stringNames.has(name));
  return {
    name,
    type,
    offset,
    size,
    signed: from.signed ?? isSignedType(base),
    location,
    elementSize,
    elements: elementsOf({ type, location, isArray, size, elementSize }),
    isArray: isArray || (location === 'inline' && !isPointer && ![1, 2, 4, 8].includes(size)),
    isString: isArray && isText,
    isPointer,
    shownInHex: isPointer || hexNames.has(name),
  };
}

/** `unsigned long args[4]` and `__data_loc char[] name`: brackets after the name move into the type. */
function splitDeclaration(declaration: string): { name: string; type: string } | undefined {
  const bare = declaration.replace(/__attribute__\s*\(\(.*?\)\)/g, '').trim();
  const parts = /^(.*?)([A-Za-z_]\w*)\s*((?:\[[^\]]*\]\s*)*)$/s.exec(bare);
  if (!parts) return undefined;
  const before = parts[1]!.trim();
  const brackets = parts[3]!.replace(/\s+/g, '');
  return { name: parts[2]!, type: `${before.replace(/\s+/g, ' ')}${brackets}` };
}

function locationOf(type: string, size: number): FieldLocation {
  if (type.startsWith('__data_loc')) return 'data-loc';
  if (type.startsWith('__rel_loc')) return 'rel-loc';
  return size === 0 ? 'rest' : 'inline';
}

/** `__data_loc const unsigned char[][3]` -> `unsigned char`. */
function baseTypeOf(type: string): string {
  return type
    .replace(/\[.*$/s, '')
    .replace(/\b(?:__data_loc|__rel_loc|const|volatile)\b/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

const typeSizes: readonly (readonly [RegExp, number | 'long'])[] = [
  [/\*$/, 'long'],
  [/^(?:(?:un)?signed )?char$|^_*[us]8$|^u?int8_t$|^bool$|^_Bool$/, 1],
  [/^(?:unsigned )?short(?: int)?$|^_*[us]16$|^u?int16_t$|^_*[bl]e16$/, 2],
  [/^(?:(?:un)?signed )?int$|^unsigned$|^_*[us]32$|^u?int32_t$|^_*[bl]e32$|^pid_t$|^gfp_t$|^dev_t$/, 4],
  [/^(?:unsigned )?long long(?: int)?$|^_*[us]64$|^u?int64_t$|^_*[bl]e64$/, 8],
  [/^(?:unsigned )?long(?: int)?$|^size_t$|^ssize_t$|^cpumask_t$/, 'long'],
];

function elementSizeOf(base: string, location: FieldLocation, type: string, size: number): number | 'long' {
  const known = typeSizes.find(([pattern]) => pattern.test(base))?.[1];
  if (location !== 'inline') return known ?? 1;
  const count = fixedCount(type);
  if (count !== undefined && count > 0 && size % count === 0) return size / count;
  if (type.includes('[')) return isWhole(known, size) ? known : longOrByte(known, size);
  return [1, 2, 4, 8].includes(size) ? size : 1;
}

/** The count written as a number; the kernel prints some as the name of a macro. */
function fixedCount(type: string): number | undefined {
  const counts = [...type.matchAll(/\[(\d+)\]/g)];
  if (counts.length === 0 || counts.length !== type.split('[').length - 1) return undefined;
  return counts.reduce((product, [, count]) => product * Number(count), 1);
}

function isWhole(known: number | 'long' | undefined, size: number): known is number {
  return typeof known === 'number' && size % known === 0;
}

function longOrByte(known: number | 'long' | undefined, size: number): number | 'long' {
  return known === 'long' && size % 4 === 0 ? 'long' : 1;
}

function elementsOf(field: {
  type: string;
  location: FieldLocation;
  isArray: boolean;
  size: number;
  elementSize: number | 'long';
}): number | undefined {
  const { type, location, isArray, size, elementSize } = field;
  if (location === 'data-loc' || location === 'rel-loc') {
    // Synthetic events have a single one in 8 bytes.
    return size > 4 && /\d\]$/.test(type) ? Math.floor(size / 4) : undefined;
  }
  if (location === 'rest' || elementSize === 'long') return undefined;
  return isArray || elementSize !== size ? Math.floor(size / elementSize) : undefined;
}

function isByte(base: string): boolean {
  return /^(?:(?:un)?signed )?char$|^_*[us]8$|^u?int8_t$/.test(base);
}

function isSignedType(base: string): boolean {
  return !/\bunsigned\b|\*|^_*u\d+$|^uint|^bool$|^_*[bl]e\d+$|size_t|gfp_t|dev_t/.test(base);
}
