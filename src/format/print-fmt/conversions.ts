/**
 * The format string of a `print fmt` as pieces: literal bytes and conversions. The kernel reads it as lib/vsprintf.c does;
 * libtraceevent 1.8.4 knows fewer conversions and prints `>c<` for a character that it does not know.
 */
import { encodeEscaped, encodeKernelText } from './literal-text.ts';
import { PrintFmtError } from './tokens.ts';

export interface Conversion {
  readonly letter: 'd' | 'u' | 'x' | 'X' | 'o' | 'c' | 's' | 'p';
  readonly leftAligned: boolean;
  readonly plus: boolean;
  readonly space: boolean;
  readonly alternate: boolean;
  readonly zeroPadded: boolean;
  /** 'argument' where `*` takes it from one. */
  readonly width: number | 'argument' | undefined;
  readonly precision: number | 'argument' | undefined;
  /** -2 hh, -1 h, 0 none, 1 l and z, 2 ll. */
  readonly length: number;
  /** What follows `%p`: `S`, `I4`, `*phC` is `hC`. */
  readonly suffix: string;
  /** The kernel's own text of a probe: in quotes, or (fault) where the string could not be read. */
  readonly isQuoted?: boolean;
}

export type Piece =
  | { readonly kind: 'literal'; readonly bytes: Uint8Array }
  | { readonly kind: 'conversion'; readonly conversion: Conversion };

/** Wider or more precise than this is not printed, whatever the format says. */
export const widest = 4096;

const kernelConversion = /%([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?(hh|h|ll|l|L|z|Z|j|t)?(?:(p)([A-Za-z0-9]*)|([diuxXocs]))/y;

/** Escapes of the C string are still in `text`. */
export function splitAsKernel(text: string): Piece[] {
  const pieces: Piece[] = [];
  let literal = '';
  for (let at = 0; at < text.length; ) {
    kernelConversion.lastIndex = at;
    const parts = text[at] === '%' ? kernelConversion.exec(text) : null;
    if (parts === null) {
      const count = text[at] === '\\' || text.startsWith('%%', at) ? 2 : 1;
      literal += text.startsWith('%%', at) ? '%' : text.slice(at, at + count);
      at += count;
      continue;
    }
    if (literal !== '') pieces.push({ kind: 'literal', bytes: encodeEscaped(literal) });
    literal = '';
    const [all, flags, width, precision, length, pointer, suffix, letter] = parts;
    pieces.push({
      kind: 'conversion',
      conversion: conversionOf(flags!, width!, precision, lengthOf(length), pointer ?? letter!, suffix ?? ''),
    });
    at += all.length;
  }
  if (literal !== '') pieces.push({ kind: 'literal', bytes: encodeEscaped(literal) });
  return pieces;
}

function lengthOf(text: string | undefined): number {
  const lengths: Readonly<Record<string, number>> = { hh: -2, h: -1, l: 1, z: 1, Z: 1, t: 1, ll: 2, L: 2, j: 2 };
  return lengths[text ?? ''] ?? 0;
}

function conversionOf(
  flags: string,
  width: string,
  precision: string | undefined,
  length: number,
  letter: string,
  suffix: string,
): Conversion {
  return {
    letter: (letter === 'i' ? 'd' : letter) as Conversion['letter'],
    leftAligned: flags.includes('-'),
    plus: flags.includes('+'),
    space: flags.includes(' '),
    alternate: flags.includes('#'),
    zeroPadded: flags.includes('0'),
    width: countOf(width),
    precision: precision === undefined ? undefined : (countOf(precision) ?? 0),
    length,
    suffix,
  };
}

function countOf(text: string): number | 'argument' | undefined {
  if (text === '') return undefined;
  return text === '*' ? 'argument' : Math.min(Number(text), widest);
}

const unescaped: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** As libtraceevent reads it; its marks in the middle of flags (`%-5l#d`) come to the same. */
export function splitAsLibtraceevent(text: string): Piece[] {
  const pieces: Piece[] = [];
  let literal = '';
  const endLiteral = (): void => {
    if (literal !== '') pieces.push({ kind: 'literal', bytes: encodeKernelText(literal) });
    literal = '';
  };
  for (let at = 0; at < text.length; ) {
    const character = text[at]!;
    if (character === '\\') {
      const escaped = text[at + 1] ?? '';
      literal += unescaped[escaped] ?? escaped;
      at += 2;
    } else if (character !== '%' || text[at + 1] === '%') {
      literal += character;
      at += character === '%' ? 2 : 1;
    } else {
      const end = endOfConversion(text, at + 1);
      const letter = text[end];
      if (letter === undefined) break;
      if (!/[pcduixXos]/.test(letter)) literal += `>${letter}<`;
      endLiteral();
      const suffix = letter === 'p' ? pointerSuffix.exec(text.slice(end + 1, end + 8))![0] : '';
      if (/[pcduixXos]/.test(letter)) {
        const conversion = libtraceeventConversion(text.slice(at + 1, end), letter, suffix);
        pieces.push({ kind: 'conversion', conversion });
      }
      at = end + 1 + suffix.length;
    }
  }
  endLiteral();
  return pieces;
}

function endOfConversion(text: string, from: number): number {
  let at = from;
  while (at < text.length && /[#hlLzZ.0-9+*-]/.test(text[at]!)) at += 1;
  return at;
}

const pointerSuffix = /^(?:[FSfs]|[Mm][RF]?|[Ii](?:4[hnbl]?|6c?|S[pfs]*[hnlb]?c?)|[Ii]|U[LlBb]?|h[CDN]?)?/;

function libtraceeventConversion(marks: string, letter: string, suffix: string): Conversion {
  const parts = /^([-+#0]*)(\*|\d*)(?:\.(\*|\d*))?/.exec(marks)!;
  let length = 0;
  for (const mark of marks) {
    if (mark === 'h') length -= 1;
    else if (mark === 'l') length += 1;
    else if (mark === 'L') length = 2;
    else if (mark === 'z' || mark === 'Z') length = 1;
  }
  if (length < -2 || length > 2) throw new PrintFmtError(`%${marks}${letter} is no conversion`);
  return conversionOf(parts[1]!, parts[2]!, parts[3], length, letter, suffix);
}
