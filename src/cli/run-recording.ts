/** Runs one recording: session, progress, signals, summary, exit status. */

import { exitStatus } from '../base/errors.ts';
import { visibleText } from '../base/text.ts';
import { joinWrites } from '../control/join-writes.ts';
import { planKallsymsAccess } from '../control/kallsyms-access.ts';
import { planWrites } from '../control/plan-writes.ts';
import type { ProbeEvent } from '../control/probe-event.ts';
import { planSavedNames } from '../control/saved-names.ts';
import { formatShellLines } from '../control/shell-lines.ts';
import { commandPid, type PidReference } from '../control/trace-plan.ts';
import { readState } from '../control/trace-state.ts';
import { exitStatusOf } from '../control/traced-command.ts';
import type { EndReason } from '../session/live-session.ts';
import { RecentRecordings, recentRecordingsFile } from '../session/recent-recordings.ts';
import type { RecordPlan } from '../session/record-buffers.ts';
import type { FinishedRecording } from '../session/record-output.ts';
import { RecordSession } from '../session/record-session.ts';
import { directoryOf } from '../session/session-start.ts';
import { startAllThreads } from '../tracefs/running-kernel.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { signalNumbers } from './arguments.ts';
import type { Environment } from './environment.ts';
import type { LiveOptions } from './live-options.ts';
import type { RecordingOptions } from './record-file-options.ts';
import { RecordPrinter } from './record-printer.ts';
import { catchSignals } from './signals.ts';
import { version } from './version.ts';

type SharedOptions = 'durationMs' | 'force' | 'dryRun' | 'quiet' | 'verbose' | 'json' | 'user' | 'command' | 'maxRate';

/** What to record, and how. */
export interface RecordingJob extends Pick<LiveOptions, SharedOptions> {
  readonly path: string;
  readonly recording: RecordingOptions;
  readonly watchedPids: readonly LiveOptions['pids'][number][];
  /** Systems whose event formats are stored besides those recorded; undefined stores all. */
  readonly formats: ReadonlySet<string> | undefined;
  /** Between two rounds of reading; undefined for what suits the buffers. */
  readonly roundMs: number | undefined;
  readonly date: boolean;
  readonly offset: string | undefined;
  /** How many names of tasks the kernel shall remember. */
  readonly savedNames: number | undefined;
  readonly title: string;
  readonly notices: readonly string[];
  readonly probes: readonly ProbeEvent[];
  makePlans(command: PidReference | undefined): readonly RecordPlan[];
}

/** Returns the exit status. */
export async function runRecording(environment: Environment, tracefs: Tracefs, job: RecordingJob): Promise<number> {
  if (job.dryRun) return printDryRun(tracefs, job);
  await startAllThreads();
  const stop = new AbortController();
  const signals = catchSignals(tracefs.kernel, () => stop.abort('interrupted' satisfies EndReason));
  const printer = new RecordPrinter(job, tracefs);
  const start = ({ command, user, json }: RecordingJob) =>
    signals.forwardTo(environment.startCommand({ argv: command!, user, outputToStderr: json }));
  try {
    for (const notice of job.notices) printer.notice(notice);
    const { path, recording, force } = job;
    const session = new RecordSession(
      {
        ...job,
        tracefs,
        makePlans: (command) => printer.remember(job.makePlans(command)),
        startRecorder: environment.startRecorder,
        startCommand: job.command === undefined ? undefined : () => start(job),
        target: { path, force, format: recording.format, maxBytes: recording.maxBytes },
        allowKallsyms: recording.kallsyms,
        producer: `ftui ${version}`,
        otherOptions: [],
        journalFolder: environment.journalFolder(),
        stop: stop.signal,
      },
      printer,
    );
    const result = await session.run();
    printer.summarise(result);
    if (result.file !== undefined) rememberRecording(result.file, result.records);
    if (result.failure !== undefined || result.reason === 'overload') return exitStatus.failed;
    return result.command === undefined ? signals.exitStatus() : exitStatusOf(result.command, signalNumbers);
  } finally {
    printer.close();
    signals.release();
  }
}

/** For the start screen. Only of somebody at a terminal: what runs in scripts and tests leaves no traces in a home. */
function rememberRecording({ path, size }: FinishedRecording, events: number): void {
  if (process.stderr.isTTY !== true) return;
  new RecentRecordings(recentRecordingsFile(process.env)).add(path, 'recorded', { bytes: size, events });
}

function printDryRun(tracefs: Tracefs, job: RecordingJob): number {
  const plans = job.makePlans(job.command === undefined ? undefined : commandPid);
  const writes = plans.map(({ plan: { excludedPids: _ours, ...rest } }) => {
    const plan = { ...rest, excludedPids: [] };
    return planWrites(readState(plan.ownsInstance ? tracefs.top : directoryOf(tracefs, plan), plan), plan);
  });
  const joined = joinWrites(writes);
  const access = job.recording.kallsyms ? planKallsymsAccess(tracefs.kernel).allow : [];
  const setup = [...access, ...planSavedNames(tracefs.top, job.savedNames), ...joined.setup];
  for (const notice of job.notices) process.stdout.write(`# ${visibleText(notice)}\n`);
  const lines = formatShellLines(directoryOf(tracefs, plans[0]!.plan), tracefs.root, { ...joined, setup }, job.command);
  for (const line of lines) process.stdout.write(`${line}\n`);
  return exitStatus.fine;
}
