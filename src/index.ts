/** The engine's public door: what ui/ and other programs import. */

export { visibleText } from './base/text.ts';
export type { Feature } from './tracefs/features.ts';
