/** Times as function_graph prints them: seconds of the trace clock, cut after six digits. */

import type { Nanoseconds } from '../base/units.ts';

const nsPerSecond = 1_000_000_000n;

/** `1234.567890`, right aligned to 14 characters. */
export function formatTime(time: Nanoseconds): string {
  const micros = (time % nsPerSecond) / 1000n;
  return `${time / nsPerSecond}.${String(micros).padStart(6, '0')}`.padStart(14);
}

/** `bash-1234` and `[001]` in the columns that all line outputs share. */
export function formatTask(comm: string, pid: number): string {
  return `${comm}-${pid}`.padEnd(22);
}

export function formatCpu(cpu: number): string {
  return `[${String(cpu).padStart(3, '0')}]`;
}
