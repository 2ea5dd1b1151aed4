/** CPU lists as the kernel writes them (`0-3,8`) and CPU masks as tracing_cpumask takes them (`1,0000000f`). */

import { UsageError } from './errors.ts';
import { asCpuId, type CpuId } from './units.ts';

/** The CPUs of a list such as `0-3,8`, ascending; throws UsageError for anything else. */
export function parseCpuList(text: string): CpuId[] {
  const cpus = new Set<number>();
  for (const part of text.trim().split(',')) {
    if (part === '') continue;
    const range = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
    const first = Number(range?.[1]);
    const last = Number(range?.[2] ?? first);
    if (range === null || last < first) {
      throw new UsageError({ attempted: `reading the CPU list '${text.trim()}'`, why: `'${part}' is no CPU or range` });
    }
    for (let cpu = first; cpu <= last; cpu += 1) cpus.add(cpu);
  }
  if (cpus.size === 0) {
    throw new UsageError({
      attempted: `reading the CPU list '${text.trim()}'`,
      why: 'it names no CPU',
      remedy: 'e.g. 0-3,8',
    });
  }
  return [...cpus].sort((a, b) => a - b).map(asCpuId);
}

/** The hexadecimal mask of `cpus` in the kernel's comma-grouped 32-bit words, highest word first. */
export function formatCpuMask(cpus: readonly number[]): string {
  let mask = 0n;
  for (const cpu of cpus) mask |= 1n << BigInt(cpu);
  const digits = mask.toString(16);
  const width = Math.ceil(digits.length / 8) * 8;
  const words = digits.length <= 8 ? [digits] : digits.padStart(width, '0').match(/.{8}/g)!;
  return words.join(',');
}

/** A mask without commas and leading zeros, for comparing. */
export function bareMask(mask: string): string {
  return mask.replaceAll(',', '').replace(/^0+(?=.)/, '');
}
