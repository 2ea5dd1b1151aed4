/**
 * Digits straight into a byte array: what printing millions of records consists of. Each function takes the array and
 * the place to write at, and returns the place behind; the caller has made room (at most 21 bytes are written).
 */

/** Decimal of an integer of up to 53 bits. */
export function putDecimal(into: Uint8Array, at: number, value: number): number {
  let place = at;
  let rest = value;
  if (rest < 0) {
    into[place++] = 0x2d;
    rest = -rest;
  }
  if (rest < 10) {
    into[place] = 0x30 + rest;
    return place + 1;
  }
  const end = place + countDigits(rest);
  let next = end;
  while (rest > 0x7fffffff) {
    const quotient = Math.floor(rest / 10);
    into[--next] = 0x30 + (rest - quotient * 10);
    rest = quotient;
  }
  let small = rest | 0;
  while (next > place) {
    const quotient = (small / 10) | 0;
    into[--next] = 0x30 + (small - quotient * 10);
    small = quotient;
  }
  return end;
}

function countDigits(value: number): number {
  if (value < 1e5) return value < 1e2 ? (value < 10 ? 1 : 2) : value < 1e3 ? 3 : value < 1e4 ? 4 : 5;
  let digits = 5;
  for (let limit = 1e5; value >= limit && digits < 16; limit *= 10) digits += 1;
  return digits;
}

/** Decimal of an unsigned 64-bit number given as unsigned 32-bit halves. */
export function putUnsigned64(into: Uint8Array, at: number, high: number, low: number): number {
  if (high === 0 && low < 10) {
    into[at] = 0x30 + low;
    return at + 1;
  }
  if (high < 0x200000) return putDecimal(into, at, high * 0x100000000 + low);
  // Long division by 10^9, 16 bits at a time: every step stays exact in a double.
  const base = 1e9;
  const first = high >>> 16;
  let rest = first % base;
  const q1 = Math.floor(first / base);
  let part = rest * 0x10000 + (high & 0xffff);
  const q2 = Math.floor(part / base);
  rest = part - q2 * base;
  part = rest * 0x10000 + (low >>> 16);
  const q3 = Math.floor(part / base);
  rest = part - q3 * base;
  part = rest * 0x10000 + (low & 0xffff);
  const q4 = Math.floor(part / base);
  rest = part - q4 * base;
  const quotient = ((q1 * 0x10000 + q2) * 0x10000 + q3) * 0x10000 + q4;
  const place = putDecimal(into, at, quotient);
  const end = place + 9;
  for (let next = end; next > place; ) {
    const tenth = (rest / 10) | 0;
    into[--next] = 0x30 + (rest - tenth * 10);
    rest = tenth;
  }
  return end;
}

/** Decimal of a signed 64-bit number given as unsigned 32-bit halves. */
export function putSigned64(into: Uint8Array, at: number, high: number, low: number): number {
  if (high < 0x80000000) return putUnsigned64(into, at, high, low);
  into[at] = 0x2d;
  const negatedLow = (~low + 1) >>> 0;
  return putUnsigned64(into, at + 1, ((negatedLow === 0 ? 1 : 0) + ~high) >>> 0, negatedLow);
}

/** Without a branch: which digit comes is not to be guessed. */
function hexDigit(digit: number): number {
  return 0x30 + digit + (((9 - digit) >> 31) & 39);
}

/** Lower case hexadecimal of an unsigned 32-bit number. */
export function putHex(into: Uint8Array, at: number, word: number): number {
  const digits = word === 0 ? 1 : (35 - Math.clz32(word)) >> 2;
  let rest = word;
  for (let next = at + digits; next > at; rest >>>= 4) {
    into[--next] = hexDigit(rest & 15);
  }
  return at + digits;
}

/** Lower case hexadecimal of a 64-bit number given as unsigned 32-bit halves. */
export function putHex64(into: Uint8Array, at: number, high: number, low: number): number {
  if (high === 0) return putHex(into, at, low);
  const end = putHex(into, at, high) + 8;
  let rest = low;
  for (let next = end; next > end - 8; rest >>>= 4) {
    into[--next] = hexDigit(rest & 15);
  }
  return end;
}

/** Octal of a 64-bit number given as unsigned 32-bit halves. */
export function putOctal64(into: Uint8Array, at: number, high: number, low: number): number {
  // 21 digits hold 63 bits; the 22nd holds the top bit.
  const digits: number[] = [];
  let top = high;
  let rest = low;
  do {
    digits.push(rest & 7);
    rest = ((rest >>> 3) | ((top & 7) << 29)) >>> 0;
    top >>>= 3;
  } while (rest !== 0 || top !== 0);
  let place = at;
  for (let index = digits.length - 1; index >= 0; index -= 1) into[place++] = 0x30 + digits[index]!;
  return place;
}
