/** The trace clocks of the kernel: which a session uses when the user does not say, and which count something else. */

import type { KernelFiles } from '../tracefs/kernel-files.ts';

/** Clock sources that take a call into a driver to read: slow, and the call itself is traced with every event. */
const slowSources = new Set(['hpet', 'acpi_pm', 'pit', 'jiffies', 'refined-jiffies']);

/** Clocks whose stamps are no nanoseconds (kernel/trace/trace.c, trace_clocks: in_ns is 0). */
const countingClocks = new Set(['counter', 'x86-tsc', 'ppc-tb', 'uptime']);

export function isCountingClock(clock: string): boolean {
  return countingClocks.has(clock);
}

interface ChosenClock {
  readonly clock: string;
  /** Why it is not the usual one. */
  readonly note?: string | undefined;
}

/**
 * `mono` (CLOCK_MONOTONIC, the time that other tools show), or `global` on a machine whose clock source is slow: `mono`
 * would read it for every event.
 */
export function chooseClock(kernel: KernelFiles): ChosenClock {
  const source = readClockSource(kernel);
  if (source === undefined || !slowSources.has(source)) return { clock: 'mono' };
  return { clock: 'global', note: `the clock source is ${source}: tracing with the clock 'global' instead of 'mono'` };
}

function readClockSource(kernel: KernelFiles): string | undefined {
  try {
    return kernel.readText('/sys/devices/system/clocksource/clocksource0/current_clocksource').trim();
  } catch {
    return undefined;
  }
}
