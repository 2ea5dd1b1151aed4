/** The engine's public door: what ui/ and other programs import. */

export { type Feature } from './tracefs/features.ts';
export { visibleText } from './base/text.ts';
