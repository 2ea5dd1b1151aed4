/** Runs one live command: session, view, output, signals, summary, exit status. */

import { exitStatus } from '../base/errors.ts';
import { visibleText } from '../base/text.ts';
import { planWrites } from '../control/plan-writes.ts';
import { formatShellLines } from '../control/shell-lines.ts';
import { chooseClock } from '../control/trace-clock.ts';
import { commandPid, type PidReference, type TracePlan } from '../control/trace-plan.ts';
import { readState } from '../control/trace-state.ts';
import { exitStatusOf } from '../control/traced-command.ts';
import { checkPids, commonPlan } from '../session/common-plan.ts';
import { type EndReason, LiveSession } from '../session/live-session.ts';
import { startAllThreads } from '../tracefs/running-kernel.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { signalNumbers } from './arguments.ts';
import type { Environment } from './environment.ts';
import type { LiveCommand } from './live-command.ts';
import { LiveFilter } from './live-filter.ts';
import type { LiveOptions } from './live-options.ts';
import { openStandardOutput } from './output.ts';
import { SessionPrinter } from './session-printer.ts';
import { catchSignals } from './signals.ts';
import { wantsUi } from './wants-ui.ts';

/** Returns the exit status. */
export async function runLive(
  environment: Environment,
  tracefs: Tracefs,
  options: LiveOptions,
  command: LiveCommand,
): Promise<number> {
  const filter = new LiveFilter(command.chips?.text, tracefs, options.clock);
  if (options.output !== undefined) {
    // Loaded only now: what a view does not need would be a good part of its start.
    const { recordLive } = await import('./record-live.ts');
    return recordLive(environment, tracefs, options, command, filter);
  }
  if (command.screen !== undefined && wantsUi(options)) {
    const { openLiveUi } = await import('./open-ui.ts');
    return openLiveUi(environment, options, command.screen, filter.text);
  }
  checkPids(tracefs, options.pids);
  await startAllThreads();
  const makePlan = (target: PidReference | undefined) =>
    filter.plan(command.makePlan(commonPlan(tracefs, options, target)));
  if (options.dryRun) return printDryRun(tracefs, options, command, { makePlan, filter });
  const stop = new AbortController();
  const output = openStandardOutput(() => stop.abort('output-closed' satisfies EndReason));
  const printer = new SessionPrinter(output, options, command, filter);
  if (printer.textPipe && filter.text !== '') {
    makePlan(options.command === undefined ? undefined : commandPid);
    filter.requireKernel('showing the text that the kernel formats');
  }
  const { command: argv, user, json } = options;
  const start = () => environment.startCommand({ argv: argv!, user, outputToStderr: json });
  const signals = catchSignals(tracefs.kernel, () => stop.abort('interrupted' satisfies EndReason));
  try {
    const { note } = chooseClock(tracefs.kernel);
    if (options.verbose && options.clock === undefined && note !== undefined) printer.notice(note);
    for (const notice of command.notices) printer.notice(notice);
    const session = new LiveSession(
      {
        title: command.title,
        tracefs,
        makePlan,
        startCommand: argv === undefined ? undefined : () => signals.forwardTo(start()),
        watchedPids: argv === undefined ? options.pids : [],
        durationMs: options.durationMs,
        maxRate: options.maxRate,
        textPipe: printer.textPipe,
        journalFolder: environment.journalFolder(),
        force: options.force,
        stop: stop.signal,
      },
      printer,
    );
    const result = await session.run();
    await printer.summarise({ ...result, counts: printer.counts(), notices: printer.notices });
    if (result.command !== undefined) return exitStatusOf(result.command, signalNumbers);
    return result.reason === 'overload' ? exitStatus.failed : signals.exitStatus();
  } finally {
    signals.release();
  }
}

function printDryRun(
  tracefs: Tracefs,
  { command }: LiveOptions,
  live: LiveCommand,
  {
    makePlan,
    filter,
  }: { readonly makePlan: (target: PidReference | undefined) => TracePlan; readonly filter: LiveFilter },
): number {
  const plan = { ...makePlan(command === undefined ? undefined : commandPid), excludedPids: [] };
  const directory = plan.instance === undefined ? tracefs.top : tracefs.instance(plan.instance);
  const writes = planWrites(readState(plan.ownsInstance ? tracefs.top : directory, plan), plan);
  const filtered = filter.describe();
  for (const notice of [...live.notices, ...(filtered === undefined ? [] : [filtered])])
    process.stdout.write(`# ${visibleText(notice)}\n`);
  for (const line of formatShellLines(directory, tracefs.root, writes, command)) process.stdout.write(`${line}\n`);
  return exitStatus.fine;
}
