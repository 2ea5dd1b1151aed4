/**
 * One live tracing session from beginning to end: set up, run, stop, drain, restore. Whatever happens in between, what
 * was changed is put back; docs/architecture.md tells the order and why.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Pid } from '../base/units.ts';
import { type LossCauses, noLosses } from '../capture/buffer-stats.ts';
import { type EventCatalogue, type EventName, readEventCatalogue } from '../capture/event-catalogue.ts';
import { createJournal, type Journal, type JournalFolder } from '../control/journal.ts';
import { planWrites, type SessionWrites } from '../control/plan-writes.ts';
import { siblingInstance } from '../control/session-names.ts';
import type { PidReference, TracePlan, Tracer } from '../control/trace-plan.ts';
import { readState } from '../control/trace-state.ts';
import type { CommandEnd, TracedCommand } from '../control/traced-command.ts';
import type { Undo } from '../control/undo.ts';
import { isAlive } from '../tracefs/processes.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { EventRate } from './event-rate.ts';
import { type CaptureOptions, type DataSink, SessionCapture } from './session-capture.ts';
import { directoryOf, refuseWhenBusy, undoKilledSessions } from './session-start.ts';
import { countProbeHits } from './silence.ts';
import { explainOverload } from './state-texts.ts';
import { TracefsChanges } from './tracefs-changes.ts';

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
  /** Whoever starts it has undone already what killed sessions left. */
  readonly isRecovered?: boolean | undefined;
  /** How the data is read, where a screen shows it. */
  readonly reading?: CaptureOptions | undefined;
}

/** Where a session's data goes. Calls come in this order: begin, started, any of the others, stopped. */
export interface SessionConsumer extends DataSink {
  begin(context: SessionContext): void;
  /** Events are being recorded from now on. */
  started(): void;
  /** Called about four times a second, with how long nothing has come; reading goes on when it is done. */
  idle(quietMs: number): Promise<void>;
  /** Tracing is off and everything still in place: the last look at the kernel's own counts. */
  stopped(): void;
  /** Something the user must know. */
  notice(text: string): void;
  /**
   * Called after each of the writes before begin(), so that a screen lives on meanwhile; the next one waits for it. A
   * session that is stopped in between undoes what it has written.
   */
  armed?(done: number, all: number): Promise<void>;
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
  readonly lossCauses: LossCauses;
  readonly wallMs: number;
  readonly command: CommandEnd | undefined;
}

const roundMs = 20;
/** Until the first event, and for this long at most, rounds are closer together: that event is waited for. */
const eagerRoundMs = 4;
const eagerForMs = 1_000;
const quietRoundMs = 50;
/** After this long without an event, rounds are further apart. */
const quietAfterMs = 1_000;
/** Between two looks at what is not an event: silence, pids that are gone. */
const lookMs = 250;
/** A reader that stays this far behind the events has lost the race. */
const maxLagMs = 5_000;
const longestRoundMs = 250;

export class LiveSession {
  readonly #request: SessionRequest;
  readonly #consumer: SessionConsumer;
  readonly #rate: EventRate;
  #plan!: TracePlan;
  #writes!: SessionWrites;
  #changes: TracefsChanges | undefined;
  #capture: SessionCapture | undefined;
  #context: SessionContext | undefined;
  #command: TracedCommand | undefined;
  #commandEnd: CommandEnd | undefined;

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
      this.#prepare();
      if (!(await this.#arm())) return this.#endBeforeBeginning();
      const capture = this.#begin();
      const begun = performance.now();
      const reason = await this.#watch(capture);
      this.#changes!.apply(this.#writes.stop);
      const wallMs = performance.now() - begun;
      await capture.drain();
      this.#consumer.stopped();
      this.#restore();
      if (this.#command !== undefined) this.#commandEnd = await this.#command.ended;
      return this.#summarise(capture, reason, wallMs);
    } catch (error) {
      this.#command?.abandon();
      this.#restore();
      throw error;
    } finally {
      process.removeListener('exit', leaveClean);
    }
  }

  /** Takes away what the session has changed, at once; for a process that exits. */
  restoreNow(): void {
    this.#restore();
  }

  /** What comes before the first write: from here to #begin the order is that of docs/architecture.md. */
  #prepare(): void {
    const { tracefs, makePlan, startCommand, journalFolder, title, force } = this.#request;
    if (this.#request.isRecovered !== true) {
      undoKilledSessions(tracefs, journalFolder.searched, (text) => this.#consumer.notice(text));
    }
    this.#command = startCommand?.();
    void this.#command?.ended.then((end) => {
      this.#commandEnd = end;
    });
    const plan = makePlan(this.#command?.pid);
    if (!plan.ownsInstance) {
      refuseWhenBusy(directoryOf(tracefs, plan), { title, force, notice: (text) => this.#consumer.notice(text) });
    }
    this.#writes = planWrites(readState(plan.ownsInstance ? tracefs.top : directoryOf(tracefs, plan), plan), plan);
    this.#plan = plan;
    this.#changes = new TracefsChanges(tracefs, this.#openJournal(plan));
  }

  /** Writes the settings; false when the session was stopped meanwhile. */
  async #arm(): Promise<boolean> {
    const { setup } = this.#writes;
    if (this.#consumer.armed === undefined) {
      this.#changes!.apply(setup);
      return true;
    }
    for (const [index, change] of setup.entries()) {
      this.#changes!.apply([change]);
      await this.#consumer.armed(index + 1, setup.length);
      if (this.#request.stop.aborted) return false;
    }
    return true;
  }

  async #endBeforeBeginning(): Promise<SessionResult> {
    this.#command?.abandon();
    this.#restore();
    const reason = this.#request.stop.reason as EndReason;
    const command = await this.#command?.ended;
    return { reason, records: 0, lost: 0, lostByCpu: new Map(), lossCauses: noLosses, wallMs: 0, command };
  }

  /** Opens the streams, lets events flow and the command go. */
  #begin(): SessionCapture {
    this.#capture = this.#openCapture(this.#plan);
    this.#changes!.apply(this.#writes.start);
    this.#consumer.started();
    this.#command?.release();
    return this.#capture;
  }

  /** The journal also owes the instance in which similarly named functions may be counted. */
  #openJournal(plan: TracePlan): Journal {
    const { tracefs, title, journalFolder } = this.#request;
    const changes = [...this.#writes.setup, ...this.#writes.start, ...this.#writes.stop];
    const undos: Undo[] = [
      ...changes.flatMap((change) => change.undo ?? []),
      { kind: 'instance', name: siblingInstance() },
    ];
    if (journalFolder.note !== undefined) this.#consumer.notice(journalFolder.note);
    const topLevel = plan.instance === undefined;
    return createJournal(journalFolder.path, tracefs.kernel, { title, undos, topLevel });
  }

  #openCapture(plan: TracePlan): SessionCapture {
    const { tracefs, textPipe, reading } = this.#request;
    const directory = directoryOf(tracefs, plan);
    const catalogue = textPipe ? undefined : readEventCatalogue(tracefs.top, listRecordedEvents(plan));
    const capture = new SessionCapture(directory, catalogue, plan.clock, this.#consumer, reading);
    this.#context = { tracefs, directory, plan, catalogue, origin: () => capture.origin };
    this.#consumer.begin(this.#context);
    return capture;
  }

  /** Rounds of reading until there is a reason to end. */
  async #watch(capture: SessionCapture): Promise<EndReason> {
    const { durationMs = Number.POSITIVE_INFINITY, stop } = this.#request;
    const stopped = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
    const begun = performance.now();
    let [lastEvent, lastLook, lastRound, lagMs] = [begun, begun, begun, 0];
    for (;;) {
      const now = performance.now();
      if (capture.readRound() > 0) lastEvent = now;
      // A screen may have kept this thread for long: that alone is no lag.
      const passed = this.#request.reading === undefined ? now - lastRound : Math.min(now - lastRound, longestRoundMs);
      lagMs = capture.isStarved ? lagMs + passed : 0;
      // A reader that may leave records out is only late as long as the buffers hold what comes.
      if (lagMs >= maxLagMs && this.#request.reading !== undefined && !capture.hasLostMore()) lagMs = 0;
      lastRound = now;
      if (stop.aborted) return stop.reason as EndReason;
      if (!capture.wantsMore) return 'max-events';
      if (this.#commandEnd !== undefined) return 'command';
      if (now - begun >= durationMs) return 'duration';
      if (this.#isOverloaded(capture, now, lagMs)) return 'overload';
      if (now - lastLook >= lookMs) {
        lastLook = now;
        await this.#consumer.idle(now - lastEvent);
        if (this.#areWatchedPidsGone()) return 'pids-gone';
      }
      await Promise.race([this.#consumer.drained(), stopped]);
      const isEager = capture.total === 0 && now - begun < eagerForMs;
      const pause = isEager ? eagerRoundMs : now - lastEvent > quietAfterMs ? quietRoundMs : roundMs;
      await sleep(capture.overloaded ? 0 : Math.min(pause, durationMs - (now - begun)), stop);
    }
  }

  #isOverloaded(capture: SessionCapture, now: number, lagMs: number): boolean {
    const rate = this.#rate.exceeded(now, () => Math.max(capture.countArrived(), this.#countHits()));
    if (rate === undefined && lagMs < maxLagMs) return false;
    const why =
      rate === undefined
        ? `the reader is ${Math.round(lagMs / 1000)} s behind`
        : `${rate} ${this.#hasProbes ? 'hits' : 'events'} a second came in`;
    this.#consumer.notice(explainOverload(why).line);
    return true;
  }

  get #hasProbes(): boolean {
    return (this.#context?.plan.probes.length ?? 0) > 0;
  }

  /** Hits of probes, also of those that a filter or a choice of tasks keeps out of the buffer: they cost as well. */
  #countHits(): number {
    const context = this.#context;
    if (context === undefined || !this.#hasProbes) return 0;
    return [...countProbeHits(context).values()].reduce((sum, hits) => sum + hits, 0);
  }

  #areWatchedPidsGone(): boolean {
    const { watchedPids, tracefs } = this.#request;
    return watchedPids.length > 0 && !watchedPids.some((pid) => isAlive(tracefs.kernel, pid));
  }

  /** Readers first: while one is open, the kernel changes no tracer and removes no instance. */
  #restore(): void {
    this.#capture?.close();
    this.#capture = undefined;
    for (const failure of this.#changes?.restore() ?? []) {
      this.#consumer.notice(`could not restore: ${failure.message}`);
    }
  }

  #summarise(capture: SessionCapture, reason: EndReason, wallMs: number): SessionResult {
    const lostByCpu = capture.countLost();
    const lost = [...lostByCpu.values()].reduce((sum, count) => sum + count, 0);
    const lossCauses = capture.countLossCauses();
    return { reason, records: capture.total, lost, lostByCpu, lossCauses, wallMs, command: this.#commandEnd };
  }
}

/** The tracer's own records, and the stacks that options add to events. */
const tracerRecords: Readonly<Record<Tracer, readonly string[]>> = {
  nop: ['kernel_stack', 'user_stack'],
  function: ['function', 'kernel_stack'],
  function_graph: ['funcgraph_entry', 'funcgraph_exit', 'fgraph_retaddr_entry'],
};

/** The events whose records the session can meet. */
function listRecordedEvents(plan: TracePlan): EventName[] {
  return [
    ...tracerRecords[plan.tracer].map((event) => ({ system: 'ftrace', event })),
    ...plan.events.map(({ system, event }) => ({ system, event })),
    ...plan.probes.map(({ group, event }) => ({ system: group, event })),
  ];
}

/** Sleeps, but wakes at once when `stop` is aborted. */
async function sleep(ms: number, stop: AbortSignal): Promise<void> {
  await delay(Math.max(ms, 0), undefined, { signal: stop }).catch(() => {});
}
