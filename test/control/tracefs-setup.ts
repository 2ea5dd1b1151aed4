/** A tracefs on a simulated kernel, and the plans that tests of control/ start from. */

import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import type { SimulatedKernelOptions } from '../../src/simulated/simulation-options.ts';
import { Tracefs } from '../../src/tracefs/tracefs.ts';
import { type FixtureVersion, readFixture } from '../simulated/fixtures.ts';

export const root = '/sys/kernel/tracing';
export const versions: readonly FixtureVersion[] = ['5.10', '6.1', '6.12', '6.18', '7.2'];

export interface Setup {
  readonly kernel: SimulatedKernel;
  readonly tracefs: Tracefs;
}

export function setUp(version: FixtureVersion = '6.12', options: SimulatedKernelOptions = {}): Setup {
  const kernel = new SimulatedKernel(readFixture(version), options);
  return { kernel, tracefs: new Tracefs(kernel, root) };
}

/** What `work` throws, as an error of kind `Kind`. */
export function errorFrom<E extends Error>(Kind: abstract new (...parts: never[]) => E, work: () => unknown): E {
  try {
    work();
  } catch (error) {
    if (error instanceof Kind) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** /proc/PID/stat of a task that started at `start`. */
export function statText(pid: number, start: string, state = 'S'): string {
  const fields = [state, ...Array.from({ length: 18 }, () => '0'), start, '0', '0'];
  return `${pid} (task) ${fields.join(' ')}\n`;
}
