/** Words of the command line to values. */

import os from 'node:os';
import { UsageError } from '../base/errors.ts';
import { asPid, type Pid } from '../base/units.ts';

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

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `5`, `5s`, `500ms`, `2m` in milliseconds; a bare number is seconds. */
export function parseDuration(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (parts === null) {
    throw new UsageError({
      attempted: `reading the duration '${text}'`,
      why: 'it is none',
      remedy: 'e.g. 5, 5s, 500ms, 2m',
    });
  }
  return Number(parts[1]) * unitMs[parts[2] ?? 's']!;
}

/** `-p 1,2 -p 3` as pids. */
export function parsePids(words: readonly string[]): Pid[] {
  const pids = words
    .flatMap((word) => word.split(','))
    .map((word) => {
      if (!/^[1-9]\d{0,9}$/.test(word))
        throw new UsageError({ attempted: `reading the pid '${word}'`, why: 'it is no number' });
      return asPid(Number(word));
    });
  return [...new Set(pids)];
}

/** `4096`, `4M`, `1G` in KiB. */
export function parseSizeKb(text: string): number {
  const parts = /^(\d+)([kKmMgG])?$/.exec(text);
  if (parts === null) {
    throw new UsageError({
      attempted: `reading the size '${text}'`,
      why: 'it is none',
      remedy: 'KiB, or with K, M, G behind',
    });
  }
  return Number(parts[1]) * { k: 1, m: 1024, g: 1024 * 1024 }[(parts[2] ?? 'k').toLowerCase() as 'k' | 'm' | 'g'];
}

/** Splits one `-e 'SPEC ARG ...'`. */
export function splitProbeWords(text: string): string[] {
  return text.trim().split(/\s+/);
}

export const signalNumbers: Readonly<Record<string, number>> = os.constants.signals;
