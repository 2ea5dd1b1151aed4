/** Spans of time and sizes as people write them. */
import { UsageError } from './errors.ts';

const unitMs: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const durationForm = /^(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)?$/;

/** Whether parseDuration() takes it. */
export function isDuration(text: string): boolean {
  return durationForm.test(text);
}

/** `5`, `5s`, `500ms`, `20us`, `2m` in milliseconds; a bare number is seconds. Throws UsageError. */
export function parseDuration(text: string): number {
  const parts = durationForm.exec(text);
  if (parts === null) {
    throw new UsageError({
      attempted: `reading the duration '${text}'`,
      why: 'it is none',
      remedy: 'e.g. 5, 5s, 500ms, 2m',
    });
  }
  return Number(parts[1]) * unitMs[parts[2] ?? 's']!;
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
