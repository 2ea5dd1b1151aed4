/** `-o FILE` of a live command: its session recorded to a file, and nothing printed but the summary. */

import { UsageError } from '../base/errors.ts';
import { chooseRecordingBufferKb } from '../control/recording-buffer.ts';
import { sessionInstance } from '../control/session-names.ts';
import type { TracePlan } from '../control/trace-plan.ts';
import { checkPids, commonPlan } from '../session/common-plan.ts';
import { listCpus } from '../tracefs/trace-directory.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import type { Environment } from './environment.ts';
import type { LiveCommand } from './live-command.ts';
import type { LiveFilter } from './live-filter.ts';
import { type LiveOptions, usualMaxRate } from './live-options.ts';
import { runRecording } from './run-recording.ts';

/** Returns the exit status. */
export async function recordLive(
  environment: Environment,
  tracefs: Tracefs,
  options: LiveOptions,
  command: LiveCommand,
  filter: LiveFilter,
): Promise<number> {
  refuseViewOptions(options);
  checkPids(tracefs, options.pids);
  const { output, recording, command: argv, user, pids, ...rest } = options;
  return runRecording(environment, tracefs, {
    ...rest,
    user,
    path: output!,
    recording,
    command: argv,
    watchedPids: argv === undefined ? pids : [],
    formats: new Set(),
    // A recording keeps up with more than a view; only a limit that was asked for ends it.
    maxRate: options.maxRate === usualMaxRate ? Number.POSITIVE_INFINITY : options.maxRate,
    roundMs: undefined,
    date: false,
    offset: undefined,
    savedNames: undefined,
    title: command.title,
    notices: command.notices,
    probes: command.probes,
    makePlans: (target) => {
      const wanted = filter.plan(command.makePlan(commonPlan(tracefs, options, target)));
      filter.requireKernel('recording to a file');
      const plan = withRecordingBuffer(tracefs, options, wanted);
      const isOwn = plan.instance === undefined || plan.instance === sessionInstance();
      return [{ plan, name: isOwn ? '' : plan.instance! }];
    },
  });
}

/** Probes keep the kernel's own size also when recorded. */
function withRecordingBuffer(tracefs: Tracefs, { bufferSizeKb }: LiveOptions, plan: TracePlan): TracePlan {
  if (bufferSizeKb !== undefined || plan.bufferSizeKb === undefined) return plan;
  return { ...plan, bufferSizeKb: chooseRecordingBufferKb(tracefs.kernel, listCpus(tracefs.top).length) };
}

/** What only a view could do. */
function refuseViewOptions({ maxEvents, textPipe }: LiveOptions): void {
  const refuse = (flag: string, remedy: string) => {
    throw new UsageError({ attempted: `using ${flag} with -o`, why: 'a recording is not decoded', remedy });
  };
  if (maxEvents !== Number.POSITIVE_INFINITY) refuse('--max-events', 'limit it by --duration or --max-size');
  if (textPipe) refuse('--text-pipe', 'leave it out: `ftui report` prints the file as text');
}
