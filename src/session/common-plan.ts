/** What a session's options and this process say about any plan, whether its events are shown or recorded. */

import { UsageError } from '../base/errors.ts';
import type { CpuId, Pid } from '../base/units.ts';
import { sessionInstance } from '../control/session-names.ts';
import type { CommonPlan } from '../control/session-plans.ts';
import { chooseClock } from '../control/trace-clock.ts';
import type { PidReference } from '../control/trace-plan.ts';
import { isAlive, readThreads } from '../tracefs/processes.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';

/** Throws UsageError for a pid that does not run. */
export function checkPids({ kernel }: Tracefs, pids: readonly number[]): void {
  const missing = pids.filter((pid) => !isAlive(kernel, pid));
  if (missing.length === 0) return;
  throw new UsageError({ attempted: `tracing pid ${missing.join(', ')}`, why: 'there is no such process' });
}

interface CommonOptions {
  readonly clock: string | undefined;
  readonly bufferSizeKb: number | undefined;
  readonly cpus: readonly CpuId[] | undefined;
  readonly pids: readonly Pid[];
  /** Trace in this instance instead of an own one. */
  readonly instance: string | undefined;
}

/** `target` is the traced command, where only that is to be traced. */
export function commonPlan(tracefs: Tracefs, options: CommonOptions, target: PidReference | undefined): CommonPlan {
  const { clock, bufferSizeKb, cpus, pids } = options;
  const threads = pids.flatMap((pid) => readThreads(tracefs.kernel, pid));
  const { instance = sessionInstance() } = options;
  return {
    instance,
    ownsInstance: !tracefs.instanceNames().includes(instance),
    clock: clock ?? chooseClock(tracefs.kernel).clock,
    bufferSizeKb,
    cpus,
    pids: target === undefined ? threads : [...threads, target],
    excludedPids: readThreads(tracefs.kernel, process.pid),
  };
}
