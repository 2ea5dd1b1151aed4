/**
 * One live tracing session from beginning to end: set up, run, stop, drain, restore. Whatever happens in between, what
 * was changed is put back; docs/architecture.md tells the order and why.
 */

import { BusyError } from '../base/errors.ts';
import type { Pid } from '../base/units.ts';
import { type BufferStats, countLost, readBufferStats } from '../capture/buffer-stats.ts';
import { type EventCatalogue, type EventName, readEventCatalogue } from '../capture/event-catalogue.ts';
import { RawCapture } from '../capture/raw-capture.ts';
import { TextCapture } from '../capture/text-capture.ts';
import { applyChanges } from '../control/apply-writes.ts';
import { createJournal, type Journal, type JournalFolder } from '../control/journal.ts';
import { type PlannedChange, planWrites, type SessionWrites } from '../control/plan-writes.ts';
import { type Recovery, recoverDeadSessions } from '../control/recovery.ts';
import { siblingInstance } from '../control/session-names.ts';
import { findTopLevelUsers } from '../control/top-level-users.ts';
import type { PidReference, TracePlan } from '../control/trace-plan.ts';
import { readState } from '../control/trace-state.ts';
import type { CommandEnd, TracedCommand } from '../control/traced-command.ts';
import { applyUndos, type Undo } from '../control/undo.ts';
import type { StreamItem } from '../ring-buffer/stream-item.ts';
import { isAlive } from '../tracefs/processes.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { EventRate } from './event-rate.ts';

/** Why a session ended. */
export type EndReason =
  | 'command'
  | 'duration'
  | 'max-events'
  | 'pids-gone'
  | 'interrupted'
  | 'overload'
  | 'output-closed';

export interface SessionRequest {
  /** For people and for the journal: `graph do_sys_open`. */
  readonly title: string;
  readonly tracefs: Tracefs;
  /** The plan, once the pid of the traced command is known (undefined without a command). */
  makePlan(command: PidReference | undefined): TracePlan;
  /** Starts the traced command blocked. */
  readonly startCommand?: (() => TracedCommand) | undefined;
  /** The session ends when all of these have exited. */
  readonly watchedPids: readonly Pid[];
  readonly durationMs?: number | undefined;
  /** Events a second at which a live view gives up. */
  readonly maxRate: number;
  /** Stream trace_pipe's own text instead of decoding sub-buffers. */
  readonly textPipe: boolean;
  readonly journalFolder: JournalFolder;
  /** Go on although somebody else uses the top level. */
  readonly force: boolean;
  /** Aborted by Ctrl-C, a signal, or a closed output; its reason is an EndReason. */
  readonly stop: AbortSignal;
}

/** Where a session's data goes. Calls come in this order: begin, then any of the others, then the result of run(). */
export interface SessionConsumer {
  begin(context: SessionContext): void;
  /** Items in order of time. Returns false when it wants no more. */
  items(items: readonly StreamItem[]): boolean;
  /** Lines of trace_pipe, with textPipe. */
  lines(lines: readonly string[]): boolean;
  /** Resolves when the output can take more. */
  drained(): Promise<void>;
  /** Called about four times a second, with how long nothing has come; reading goes on when it is done. */
  idle(quietMs: number): Promise<void>;
  /** Tracing is off and everything still in place: the last look at the kernel's own counts. */
  stopped(): void;
  /** Something the user must know. */
  notice(text: string): void;
}

export interface SessionContext {
  readonly tracefs: Tracefs;
  readonly directory: TraceDirectory;
  readonly plan: TracePlan;
  /** Undefined with textPipe. */
  readonly catalogue: EventCatalogue | undefined;
  /** The stamp, in ns of the trace clock, that item times are relative to. */
  origin(): bigint;
}

export interface SessionResult {
  readonly reason: EndReason;
  /** Records read. */
  readonly records: number;
  readonly lost: number;
  /** Lost events by CPU, only the CPUs that lost some. */
  readonly lostByCpu: ReadonlyMap<number, number>;
  readonly wallMs: number;
  readonly command: CommandEnd | undefined;
}

const roundMs = 20;
const quietRoundMs = 50;
/** A reader that stays this far behind the events has lost the race. */
const maxLagMs = 5_000;

export class LiveSession {
  readonly #request: SessionRequest;
  readonly #consumer: SessionConsumer;
  #directory!: TraceDirectory;
  #plan!: TracePlan;
  #writes!: SessionWrites;
  #journal: Journal | undefined;
  #undos: Undo[] = [];
  #raw: RawCapture | undefined;
  #text: TextCapture | undefined;
  #statsBefore: BufferStats[] = [];
  #statsAfter: BufferStats[] = [];
  #command: TracedCommand | undefined;
  #commandEnd: CommandEnd | undefined;
  #rate: EventRate;
  #lostMarks = new Map<number, number>();
  #wantsMore = true;

  constructor(request: SessionRequest, consumer: SessionConsumer) {
    this.#request = request;
    this.#consumer = consumer;
    this.#rate = new EventRate(request.maxRate);
  }

  /** Runs the session; throws what made it fail, after putting everything back. */
  async run(): Promise<SessionResult> {
    const leaveClean = () => this.#restore();
    process.once('exit', leaveClean);
    try {
      this.#setUp();
      const begun = performance.now();
      const reason = await this.#watch();
      this.#apply(this.#writes.stop);
      const wallMs = performance.now() - begun;
      await this.#drain();
      this.#consumer.stopped();
      this.#restore();
      await this.#awaitCommand();
      return this.#summarise(reason, wallMs);
    } catch (error) {
      this.#command?.abandon();
      this.#restore();
      throw error;
    } finally {
      process.removeListener('exit', leaveClean);
    }
  }

  /** Everything up to letting the command go, in the order of design section 4. */
  #setUp(): void {
    const { tracefs, makePlan, startCommand, title, journalFolder } = this.#request;
    this.#reportRecoveries(recoverDeadSessions(tracefs));
    this.#command = startCommand?.();
    void this.#command?.ended.then((end) => {
      this.#commandEnd = end;
    });
    this.#plan = makePlan(this.#command?.pid);
    const topLevel = this.#plan.instance === undefined;
    this.#directory = topLevel ? tracefs.top : tracefs.instance(this.#plan.instance!);
    if (topLevel) this.#refuseWhenBusy();
    this.#writes = planWrites(readState(tracefs.top, this.#plan), this.#plan);
    const changes = [...this.#writes.setup, ...this.#writes.start, ...this.#writes.stop];
    const looking: Undo = { kind: 'instance', name: siblingInstance() };
    const undos = [...changes.flatMap((change) => change.undo ?? []), looking];
    this.#journal = createJournal(journalFolder.path, tracefs.kernel, {
      tracefs: tracefs.root,
      title,
      undos,
      topLevel,
    });
    if (journalFolder.note !== undefined) this.#consumer.notice(journalFolder.note);
    this.#apply(this.#writes.setup);
    this.#openCapture();
    this.#apply(this.#writes.start);
    this.#command?.release();
  }

  #reportRecoveries(recoveries: readonly Recovery[]): void {
    for (const { title, pid, report } of recoveries) {
      this.#consumer.notice(`undid what a killed session left (pid ${pid}: ${title})`);
      for (const skipped of report.skipped) this.#consumer.notice(`left as it is: ${skipped}`);
      for (const failure of report.failed) this.#consumer.notice(`could not undo: ${failure.message}`);
    }
  }

  #refuseWhenBusy(): void {
    const { tracefs, force, title } = this.#request;
    const users = findTopLevelUsers(tracefs.top);
    if (users.length > 0 && !force) {
      throw new BusyError({
        attempted: `starting '${title}'`,
        why: `someone else is tracing: ${users.join('; ')}`,
        remedy: '`ftui status` shows it all; --force goes on and restores these settings afterwards',
      });
    }
    if (users.length > 0) this.#consumer.notice(`going on although someone else is tracing: ${users.join('; ')}`);
    const old = readBufferStats(tracefs.top).reduce((sum, { entries }) => sum + entries, 0);
    if (old > 0) this.#consumer.notice(`erasing ${old} old entries from the idle top-level buffer`);
  }

  /**
   * Applies changes one by one. An undo is owed once its write has begun (a list may have taken some of its words), and
   * harmless where it did nothing; only emptying the trace is not undone where it failed.
   */
  #apply(changes: readonly PlannedChange[]): void {
    for (const change of changes) {
      if (change.undo !== undefined && change.undo.kind !== 'clear-trace') this.#undos.push(change.undo);
      applyChanges(this.#request.tracefs, [change]);
      if (change.undo?.kind === 'clear-trace') this.#undos.push(change.undo);
    }
  }

  #openCapture(): void {
    const { tracefs, textPipe } = this.#request;
    this.#statsBefore = readBufferStats(this.#directory);
    if (textPipe) {
      this.#text = new TextCapture(this.#directory);
      this.#text.open();
    }
    const catalogue = textPipe ? undefined : readEventCatalogue(tracefs.top, listRecordedEvents(this.#plan));
    if (catalogue !== undefined) {
      this.#raw = new RawCapture(this.#directory, catalogue.layout);
      this.#raw.open();
    }
    const origin = () => this.#raw?.origin ?? 0n;
    this.#consumer.begin({ tracefs, directory: this.#directory, plan: this.#plan, catalogue, origin });
  }

  /** Rounds of reading until there is a reason to end. */
  async #watch(): Promise<EndReason> {
    const { durationMs = Number.POSITIVE_INFINITY, stop } = this.#request;
    const begun = performance.now();
    let lastEvent = begun;
    let lastLook = begun;
    let lastCaughtUp = begun;
    for (;;) {
      const now = performance.now();
      const count = this.#readRound();
      if (count > 0) lastEvent = now;
      if (this.#raw?.overloaded !== true) lastCaughtUp = now;
      if (stop.aborted) return stop.reason as EndReason;
      if (!this.#wantsMore) return 'max-events';
      if (this.#commandEnd !== undefined) return 'command';
      if (now - begun >= durationMs) return 'duration';
      if (this.#isOverloaded(count, now, now - lastCaughtUp)) return 'overload';
      if (now - lastLook >= 250) {
        lastLook = now;
        await this.#consumer.idle(now - lastEvent);
        if (this.#areWatchedPidsGone()) return 'pids-gone';
      }
      await this.#consumer.drained();
      const pause = Math.min(now - lastEvent > 1_000 ? quietRoundMs : roundMs, durationMs - (now - begun));
      await this.#pause(this.#raw?.overloaded === true ? 0 : Math.max(pause, 0));
    }
  }

  /** Sleeps, but wakes for the end of the command and for Ctrl-C. */
  async #pause(ms: number): Promise<void> {
    const { stop } = this.#request;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        stop.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      stop.addEventListener('abort', wake);
    });
  }

  #readRound(): number {
    if (this.#raw !== undefined) return this.#deliver(this.#raw.readRound());
    const lines = this.#text?.readLines() ?? [];
    if (lines.length > 0) this.#wantsMore = this.#consumer.lines(lines) && this.#wantsMore;
    return lines.length;
  }

  #deliver(items: readonly StreamItem[]): number {
    if (items.length === 0) return 0;
    for (const item of items) {
      if (item.kind === 'lost') this.#lostMarks.set(item.cpu, (this.#lostMarks.get(item.cpu) ?? 0) + (item.count ?? 1));
    }
    if (this.#wantsMore) this.#wantsMore = this.#consumer.items(items);
    this.#rate.add(items.length);
    return items.length;
  }

  #isOverloaded(count: number, now: number, lagMs: number): boolean {
    const rate = this.#rate.isExceeded(now);
    if (rate === undefined && lagMs < maxLagMs) return false;
    const why =
      rate === undefined ? `the reader is ${Math.round(lagMs / 1000)} s behind` : `${rate} events a second came in`;
    this.#consumer.notice(`tracing stopped: ${why}${count > 0 ? ' (narrow the filter, or raise --max-rate)' : ''}`);
    return true;
  }

  #areWatchedPidsGone(): boolean {
    const { watchedPids, tracefs } = this.#request;
    return watchedPids.length > 0 && !watchedPids.some((pid) => isAlive(tracefs.kernel, pid));
  }

  async #drain(): Promise<void> {
    if (this.#raw !== undefined) {
      for (const items of this.#raw.drain()) {
        this.#deliver(items);
        await this.#consumer.drained();
      }
    }
    while (this.#text !== undefined && this.#readRound() > 0) await this.#consumer.drained();
    this.#statsAfter = readBufferStats(this.#directory);
  }

  /** Puts everything back; safe to call twice, synchronous so that it also works while the process exits. */
  #restore(): void {
    this.#raw?.close();
    this.#text?.close();
    this.#raw = undefined;
    this.#text = undefined;
    if (this.#journal === undefined) return;
    const report = applyUndos(this.#request.tracefs, this.#undos, { afterCrash: false });
    this.#undos = [];
    if (report.failed.length === 0) this.#journal.remove();
    for (const failure of report.failed) this.#consumer.notice(`could not restore: ${failure.message}`);
    this.#journal = undefined;
  }

  /** The command may outlive the trace (a duration, a limit, Ctrl-C that it ignores): its status is still ours. */
  async #awaitCommand(): Promise<void> {
    if (this.#command !== undefined) this.#commandEnd = await this.#command.ended;
  }

  #summarise(reason: EndReason, wallMs: number): SessionResult {
    const lostByCpu = new Map<number, number>();
    for (const after of this.#statsAfter) {
      const before = this.#statsBefore.find(({ cpu }) => cpu === after.cpu);
      const lost = Math.max(countLost(before, after), this.#lostMarks.get(after.cpu) ?? 0);
      if (lost > 0) lostByCpu.set(after.cpu, lost);
    }
    const lost = [...lostByCpu.values()].reduce((sum, count) => sum + count, 0);
    return { reason, records: this.#rate.total, lost, lostByCpu, wallMs, command: this.#commandEnd };
  }
}

/** The events whose records the session will meet, besides those of the tracers. */
function listRecordedEvents(plan: TracePlan): EventName[] {
  const probes = plan.probes.map(({ group, event }) => ({ system: group, event }));
  return [...plan.events.map(({ system, event }) => ({ system, event })), ...probes];
}
