/** printf's conversions of integers with flags, width and precision; the plain ones are digits.ts. */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { type Conversion, widest } from './conversions.ts';
import { putHex64, putOctal64, putUnsigned64 } from './digits.ts';

const scratch = new Uint8Array(32);

/**
 * A 64-bit number as unsigned halves; with letter d, the halves are of its absolute value and `isNegative` says its sign.
 */
export function writeNumber(
  out: ByteWriter,
  high: number,
  low: number,
  isNegative: boolean,
  conversion: Conversion,
  width: number,
  precision: number,
): void {
  const digits = precision === 0 && high === 0 && low === 0 ? 0 : putDigits(high, low, conversion.letter);
  const prefix = prefixOf(conversion, isNegative, high !== 0 || low !== 0);
  const isLeft = conversion.leftAligned || width < 0;
  const wanted = Math.min(Math.abs(width), widest);
  let zeros = Math.max(Math.min(precision, widest) - digits, 0);
  if (conversion.alternate && conversion.letter === 'o' && zeros === 0 && (digits === 0 || scratch[0] !== 0x30)) {
    zeros = 1;
  }
  if (conversion.zeroPadded && !isLeft && precision < 0) zeros = Math.max(wanted - digits - prefix.length, zeros);
  const missing = wanted - digits - zeros - prefix.length;
  if (!isLeft) out.fill(0x20, missing);
  out.text(prefix);
  out.fill(0x30, zeros);
  out.copy(scratch, 0, digits);
  if (isLeft) out.fill(0x20, missing);
}

function prefixOf({ letter, plus, space, alternate }: Conversion, isNegative: boolean, isSet: boolean): string {
  if (letter === 'd') return isNegative ? '-' : plus ? '+' : space ? ' ' : '';
  return alternate && isSet && (letter === 'x' || letter === 'X') ? `0${letter}` : '';
}

function putDigits(high: number, low: number, letter: string): number {
  switch (letter) {
    case 'x':
    case 'p':
      return putHex64(scratch, 0, high, low);
    case 'X': {
      const digits = putHex64(scratch, 0, high, low);
      for (let at = 0; at < digits; at += 1) if (scratch[at]! > 0x60) scratch[at]! -= 0x20;
      return digits;
    }
    case 'o':
      return putOctal64(scratch, 0, high, low);
    default:
      return putUnsigned64(scratch, 0, high, low);
  }
}

/** As writeNumber for a signed number given as two's complement halves. */
export function writeSigned(
  out: ByteWriter,
  high: number,
  low: number,
  conversion: Conversion,
  width: number,
  precision: number,
): void {
  if (high < 0x80000000) return writeNumber(out, high, low, false, conversion, width, precision);
  const negatedLow = (~low + 1) >>> 0;
  const negatedHigh = ((negatedLow === 0 ? 1 : 0) + ~high) >>> 0;
  writeNumber(out, negatedHigh, negatedLow, true, conversion, width, precision);
}
