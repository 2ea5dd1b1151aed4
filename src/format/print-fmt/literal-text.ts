/** Text from the traced system back to its bytes: the inverse of decodeKernelText, with or without C's escapes. */

const encoder = new TextEncoder();

/** Lone surrogates U+DC80..U+DCFF become the bytes that they stand for. */
export function encodeKernelText(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(text)) return encoder.encode(text);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (character.length === 1 && code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\x1b',
};

/** The bytes of a C string literal; NULs are left out, for they would end it. */
export function encodeEscaped(text: string): Uint8Array {
  if (!text.includes('\\')) return encodeKernelText(text);
  const plain = text.replace(/\\(?:x([\da-fA-F]{1,2})|([0-7]{1,3})|(.))/gs, (_, hex, octal, other) => {
    if (other !== undefined) return escapes[other] ?? other;
    const code = hex === undefined ? Number.parseInt(octal, 8) & 0xff : Number.parseInt(hex, 16);
    if (code === 0) return '';
    return String.fromCharCode(code < 0x80 ? code : 0xdc00 + code);
  });
  return encodeKernelText(plain);
}
