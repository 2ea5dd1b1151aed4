/** Runs one live command: session, view, output, signals, summary, exit status. */

import fs from 'node:fs/promises';
import { exitStatus, UsageError } from '../base/errors.ts';
import { visibleText } from '../base/text.ts';
import { planWrites } from '../control/plan-writes.ts';
import type { ProbeEvent } from '../control/probe-event.ts';
import { type CommonPlan, defaultBufferSizeKb } from '../control/session-plans.ts';
import { formatShellLines } from '../control/shell-lines.ts';
import { commandPid, type PidReference, type TracePlan } from '../control/trace-plan.ts';
import { readState } from '../control/trace-state.ts';
import { exitStatusOf } from '../control/traced-command.ts';
import { type EndReason, LiveSession, type SessionConsumer, type SessionContext } from '../session/live-session.ts';
import { countSiblingCalls } from '../session/sibling-calls.ts';
import { explainSilence, listAwaitedFunctions, readProbeHits } from '../session/silence.ts';
import { isAlive, readThreads } from '../tracefs/processes.ts';
import { listCpus } from '../tracefs/trace-directory.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { signalNumbers } from './arguments.ts';
import type { Environment } from './environment.ts';
import type { LiveOptions } from './live-options.ts';
import type { LiveView, Shown, Summary } from './live-view.ts';
import { type Output, openStandardOutput, printNotice } from './output.ts';
import { formatSummary, jsonSummary } from './print-summary.ts';
import { catchSignals } from './signals.ts';

export interface LiveCommand {
  /** For people and the journal: `graph do_sys_open`. */
  readonly title: string;
  /** What one hit is called in the summary: `event`. */
  readonly noun: string;
  readonly view: LiveView;
  readonly probes: readonly ProbeEvent[];
  /** Show trace_pipe's text whatever the options say. */
  readonly textPipe?: boolean | undefined;
  /** What was found out before tracing: substitutions, skipped symbols. */
  readonly notices: readonly string[];
  makePlan(common: CommonPlan): TracePlan;
}

/** How long a session may be silent before the user is told why that may be. */
const silenceMs = 3_000;

/** Returns the exit status. */
export async function runLive(
  environment: Environment,
  tracefs: Tracefs,
  options: LiveOptions,
  command: LiveCommand,
): Promise<number> {
  checkPids(tracefs, options);
  await startAllThreads();
  const makePlan = (target: PidReference | undefined) => command.makePlan(commonPlan(tracefs, options, target));
  if (options.dryRun) return printDryRun(tracefs, options, command, makePlan);
  const stop = new AbortController();
  const output = openStandardOutput(() => stop.abort('output-closed' satisfies EndReason));
  const printer = new SessionPrinter(output, options, command);
  const { command: argv, user, json } = options;
  const start = () => environment.startCommand({ argv: argv!, user, outputToStderr: json });
  const signals = catchSignals(tracefs.kernel, () => stop.abort('interrupted' satisfies EndReason));
  try {
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

function checkPids({ kernel }: Tracefs, { pids }: LiveOptions): void {
  const missing = pids.filter((pid) => !isAlive(kernel, pid));
  if (missing.length === 0) return;
  throw new UsageError({ attempted: `tracing pid ${missing.join(', ')}`, why: 'there is no such process' });
}

/** libuv starts its threads at the first asynchronous file operation: all must be there to be left out of the trace. */
async function startAllThreads(): Promise<void> {
  await Promise.all([1, 2, 3, 4].map(() => fs.stat('/')));
}

function commonPlan(tracefs: Tracefs, options: LiveOptions, target: PidReference | undefined): CommonPlan {
  const { clock, bufferSizeKb, cpus, pids } = options;
  const threads = pids.flatMap((pid) => readThreads(tracefs.kernel, pid));
  return {
    clock,
    bufferSizeKb: bufferSizeKb ?? defaultBufferSizeKb(listCpus(tracefs.top).length),
    cpus,
    pids: target === undefined ? threads : [...threads, target],
    excludedPids: readThreads(tracefs.kernel, process.pid),
  };
}

function printDryRun(
  tracefs: Tracefs,
  { command }: LiveOptions,
  live: LiveCommand,
  makePlan: (target: PidReference | undefined) => TracePlan,
): number {
  const plan = { ...makePlan(command === undefined ? undefined : commandPid), excludedPids: [] };
  const directory = plan.instance === undefined ? tracefs.top : tracefs.instance(plan.instance);
  const writes = planWrites(readState(tracefs.top, plan), plan);
  for (const notice of live.notices) process.stdout.write(`# ${visibleText(notice)}\n`);
  for (const line of formatShellLines(directory, tracefs.root, writes, command)) process.stdout.write(`${line}\n`);
  return exitStatus.fine;
}

/** Feeds a view with the session's items and prints what it makes of them. */
class SessionPrinter implements SessionConsumer {
  readonly notices: string[] = [];
  readonly textPipe: boolean;
  readonly #output: Output;
  readonly #options: LiveOptions;
  readonly #command: LiveCommand;
  #context: SessionContext | undefined;
  #shown = 0;
  #textLines = 0;
  #explained = false;
  /** Hits of the session's probes as the kernel counted them. */
  #hitsAtStop = 0;

  constructor(output: Output, options: LiveOptions, command: LiveCommand) {
    this.#output = output;
    this.#options = options;
    this.#command = command;
    this.textPipe = options.textPipe || command.textPipe === true;
  }

  begin(context: SessionContext): void {
    this.#context = context;
    if (!this.textPipe) this.#command.view.begin(context);
    if (this.#options.verbose) printNotice(`tracing: ${this.#command.title} (Ctrl-C ends)`);
  }

  items(items: Parameters<SessionConsumer['items']>[0]): boolean {
    const lines: string[] = [];
    for (const item of items) {
      if (this.#shown >= this.#options.maxEvents) break;
      this.#collect(lines, this.#command.view.show(item));
    }
    this.#output.lines(lines);
    return this.#shown < this.#options.maxEvents;
  }

  #collect(lines: string[], { lines: more, events }: Shown): void {
    lines.push(...more);
    this.#shown += events;
  }

  lines(lines: readonly string[]): boolean {
    const wanted = lines.slice(0, this.#options.maxEvents - this.#textLines);
    this.#textLines += wanted.length;
    const { json } = this.#options;
    this.#output.lines(wanted.map((text) => (json ? JSON.stringify({ type: 'line', text }) : visibleText(text))));
    return this.#textLines < this.#options.maxEvents;
  }

  drained(): Promise<void> {
    return this.#output.drained();
  }

  async idle(quietMs: number): Promise<void> {
    if (quietMs < silenceMs || !this.#isSilent() || this.#explained) return;
    this.#explainSilence();
    await this.#lookForSiblings();
  }

  notice(text: string): void {
    this.notices.push(text);
    if (!this.#options.quiet) printNotice(visibleText(text));
  }

  counts(): Readonly<Record<string, number>> {
    return this.textPipe ? { lines: this.#textLines } : { ...this.#command.view.counts(), shown: this.#shown };
  }

  /** Prints what is left, why nothing came if nothing did, and the summary. */
  async summarise(summary: Summary): Promise<void> {
    const rest: string[] = [];
    if (!this.textPipe && this.#shown < this.#options.maxEvents) this.#collect(rest, this.#command.view.finish());
    this.#output.lines(rest);
    if (this.#isSilent() && summary.records === 0) this.#explainSilence();
    const full = { ...summary, ...this.#withUnrecorded(summary), counts: this.counts(), notices: this.notices };
    if (this.#options.json) this.#output.line(jsonSummary(full));
    else if (!this.#options.quiet) printNotice(formatSummary(full, this.#command.noun));
    await this.#output.drained();
  }

  /**
   * Hits that the kernel counted and did not record: it drops a record whose text is too long (4060 bytes and more) and
   * counts that nowhere. Only comparable when every hit was to be recorded.
   */
  #withUnrecorded({ lost }: Summary): { lost: number } {
    const context = this.#context;
    const { plan } = context ?? {};
    if (plan === undefined || plan.probes.length === 0 || plan.pids.length > 0 || plan.cpus !== undefined)
      return { lost };
    if (plan.probeFilter !== undefined || this.textPipe || this.#shown >= this.#options.maxEvents) return { lost };
    const hits = this.#hitsAtStop - this.#command.view.hits - lost;
    if (hits <= 0) return { lost };
    this.notice(`${hits} hits were counted by the kernel and not recorded: it drops texts of about 4 KB and more`);
    return { lost: lost + hits };
  }

  /** The probes are off now and still there: the last moment to read their counts. */
  stopped(): void {
    if (this.#context === undefined || this.#context.plan.probes.length === 0) return;
    this.#hitsAtStop = readProbeHits(this.#context).reduce((sum, { hits }) => sum + hits, 0);
    if (this.#isSilent()) this.#explainSilence();
  }

  #isSilent(): boolean {
    return !this.textPipe && this.#command.view.hits === 0 && this.#context !== undefined;
  }

  #explainSilence(): void {
    if (this.#explained) return;
    this.#explained = true;
    const causes = explainSilence(this.#context!, this.#command.probes);
    this.notice(`armed, 0 hits: ${causes.join('; ')}`);
  }

  /** Looks for functions with a similar name that are called meanwhile: the work may have moved there. */
  async #lookForSiblings(): Promise<void> {
    const context = this.#context!;
    const awaited = listAwaitedFunctions(context, this.#command.probes);
    if (awaited.length === 0) return;
    const calls = await countSiblingCalls(context, awaited);
    const named = calls.slice(0, 3).map(({ name, calls }) => `${name} (${calls} in a second)`);
    if (named.length > 0) this.notice(`meanwhile called, with a similar name: ${named.join(', ')}`);
  }
}
