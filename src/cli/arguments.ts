/** Words of the command line to values. */

import os from 'node:os';

/**
 * Fetch args such as `-8(%bp):u64` look like options. They travel through yargs behind a mark that no argument can
 * begin with, and `unprotect` takes it off again.
 */
const mark = '\u0001';
const fetchArgLike = /^-u?(?:0x[0-9a-fA-F]+|\d+)\(/;

export function protectFetchArgs(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  return words.map((word, index) => (fetchArgLike.test(word) && (end < 0 || index < end) ? mark + word : word));
}

export function unprotect(word: string): string {
  return word.startsWith(mark) ? word.slice(mark.length) : word;
}

/** Splits one `-e 'SPEC ARG ...'`. */
export function splitProbeWords(text: string): string[] {
  return text.trim().split(/\s+/);
}

export const signalNumbers: Readonly<Record<string, number>> = os.constants.signals;
