/** Text for XML 1.0, whatever it holds: characters that XML cannot have at all become visible escapes first. */
import { visibleText } from '../../base/text.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For elements and attributes. */
export function escapeXml(text: string): string {
  return visibleText(text)
    .replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"']/g, (character) => entities[character]!);
}
