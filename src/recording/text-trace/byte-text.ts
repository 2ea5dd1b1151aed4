/**
 * Byte strings: texts with one character (U+0000..U+00FF) for each byte. Text traces are split and measured as such and
 * become real text (base/text.ts) where somebody reads them.
 */
import { decodeKernelText } from '../../base/text.ts';

const beyondAscii = /[^\x00-\x7f]/;

/** The text that a byte string stands for. */
export function decodeByteText(text: string): string {
  return beyondAscii.test(text) ? decodeKernelText(Buffer.from(text, 'latin1')) : text;
}

/** A text as decodeKernelText makes it, back to a byte string: for lines that were decoded before they came here. */
export function encodeByteText(text: string): string {
  if (!beyondAscii.test(text)) return text;
  return text.replace(/[^\x00-\x7f]/gu, (character) => {
    const code = character.charCodeAt(0);
    const isByte = character.length === 1 && code >= 0xdc80 && code <= 0xdcff;
    return isByte ? String.fromCharCode(code - 0xdc00) : Buffer.from(character, 'utf8').toString('latin1');
  });
}

/** A copy that does not keep alive the long text that it is a part of. */
export function detachText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
