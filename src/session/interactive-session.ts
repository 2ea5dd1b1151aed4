/**
 * A tracing session that a person steers: what is traced changes while it runs, its events go to listeners, and into a
 * file when that is wanted. Two live sessions carry it (wanted-traces.ts); each restores what it has changed, and the
 * process's exit does so for both.
 */

import { asFtuiError, UsageError } from '../base/errors.ts';
import type { Pid } from '../base/units.ts';
import type { TimeOrigin } from '../capture/raw-capture.ts';
import type { JournalFolder } from '../control/journal.ts';
import type { CommandEnd, TracedCommand } from '../control/traced-command.ts';
import type { FilterChip } from '../format/filter/filter-chips.ts';
import type { KernelSymbolName } from '../symbols/kallsyms.ts';
import { startAllThreads } from '../tracefs/running-kernel.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { readCommandTasks } from './command-tasks.ts';
import type { EventStream, StreamListener } from './event-stream.ts';
import type { EndReason } from './live-session.ts';
import type { FinishedRecording } from './record-output.ts';
import type { Recorder } from './record-threads.ts';
import { SessionFeed } from './session-feed.ts';
import { SessionRecorder } from './session-recorder.ts';
import { undoKilledSessions } from './session-start.ts';
import { composeStatus, type SessionNotice, type SessionState, type SessionStatus } from './session-status.ts';
import { hiddenAddresses, SessionSymbols } from './session-symbols.ts';
import { StateNotices } from './state-notices.ts';
import { TraceHalf } from './trace-half.ts';
import {
  type CheckedTraces,
  checkWanted,
  describeWanted,
  type HalfName,
  type HalfPlans,
  halfNames,
  listChangedHalves,
  noTraces,
  type WantedEvent,
  type WantedTraces,
} from './wanted-traces.ts';

export interface InteractiveOptions {
  readonly tracefs: Tracefs;
  readonly journalFolder: JournalFolder;
  /** Events a second at which tracing is stopped. */
  readonly maxRate?: number | undefined;
  /** Milliseconds that a round of reading may take of every 20 or so; more events are only counted. */
  readonly budgetMs?: number | undefined;
  /** Go on although somebody else uses the top level. */
  readonly force?: boolean | undefined;
  /** Without it nothing can be recorded. */
  readonly startRecorder?: (() => Promise<Recorder>) | undefined;
  /** Starts the command to trace, blocked; it runs from the first start() on, and the session ends with it. */
  readonly startCommand?: (() => TracedCommand | Promise<TracedCommand>) | undefined;
  /** `ftui 0.1.0`, stored in recordings. */
  readonly producer?: string | undefined;
}

const usualMaxRate = 2_000_000;
const usualBudgetMs = 12;
const pulseMs = 50;
/** Pulses between two looks at rates, and between two at the buffers. */
const pulsesPerTick = 5;
const pulsesPerLook = 20;
const mostNotices = 200;

export class InteractiveSession implements EventStream {
  readonly timeIsNanoseconds = true;
  /** Grows with every change of status(). */
  version = 0;
  /** The wanted chips that the kernel applies itself. */
  chipsInKernel: readonly FilterChip[] = [];
  readonly #options: InteractiveOptions;
  readonly #feed = new SessionFeed();
  readonly #halves: Readonly<Record<HalfName, TraceHalf>>;
  readonly #origin: TimeOrigin = { value: undefined };
  readonly #watchers = new Set<() => void>();
  #wanted: WantedTraces = noTraces;
  #checked: CheckedTraces | undefined;
  #state: SessionState = { kind: 'idle', reason: undefined };
  #startedAt: number | undefined;
  #ranMs = 0;
  #eventsAtStart = 0;
  #notices: readonly SessionNotice[] = [];
  readonly #stateNotices = new StateNotices();
  readonly #quiet = new Map<HalfName, string[]>();
  #interruptedMs: number | undefined;
  readonly #recorder: SessionRecorder;
  #command: TracedCommand | undefined;
  #commandEnd: CommandEnd | undefined;
  readonly #symbols: SessionSymbols;
  #pulse: NodeJS.Timeout | undefined;
  #pulses = 0;
  /** The start that is under way. */
  #arming: { isCancelled: boolean } | undefined;
  #isReleased = false;
  /** What has been asked for is done one after the other. */
  #tasks: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(options: InteractiveOptions) {
    this.#options = options;
    this.#symbols = new SessionSymbols(options.tracefs.kernel);
    this.#recorder = new SessionRecorder(options.startRecorder, () => this.#changed());
    const { tracefs, journalFolder, force = false, maxRate = usualMaxRate, budgetMs = usualBudgetMs } = options;
    const host = {
      ...{ tracefs, journalFolder, force, maxRate, budgetMs, origin: this.#origin },
      symbols: this.#symbols,
      items: (half: HalfName, items: Parameters<SessionFeed['add']>[1]) => {
        if (items.length > 0) this.#quiet.delete(half);
        this.#feed.add(half, items, !this.#halves[half === 'graph' ? 'events' : 'graph'].isRunning);
      },
      skipped: (counts: ReadonlyMap<string, number>) => this.#feed.addSkipped(counts),
      page: (half: HalfName, cpu: number, page: Uint8Array, records: number) =>
        this.#recorder.add(half, cpu, page, records),
      notice: (text: string) => this.#addNotice(text),
      quiet: (half: HalfName, sentence: string) => this.#addQuiet(half, sentence),
      arming: (half: HalfName, share: number) => this.#showArming(half, share),
      ended: (half: HalfName, reason: EndReason | undefined, error: unknown) => this.#afterEnd(half, reason, error),
    };
    this.#halves = { graph: new TraceHalf('graph', host), events: new TraceHalf('events', host) };
  }

  get origin(): bigint {
    return this.#origin.value ?? 0n;
  }

  get wanted(): WantedTraces {
    return this.#wanted;
  }

  get isRunning(): boolean {
    return this.#state.kind === 'running';
  }

  /** Its command has ended: it can trace nothing more. */
  get isOver(): boolean {
    return this.#commandEnd !== undefined;
  }

  subscribe(listener: StreamListener): () => void {
    return this.#feed.subscribe(listener);
  }

  /** Calls `watcher` after each change of status(); returns what ends that. */
  onChange(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  symbolName(address: bigint): KernelSymbolName | undefined {
    return this.#symbols.nameOf(address);
  }

  isAskedFor(root: bigint): boolean {
    return this.#symbols.isRoot(root);
  }

  describeWanted(): string {
    return describeWanted(this.#wanted);
  }

  /**
   * Changes what is traced. Rejects with UsageError or UnsupportedError for what is not there, nothing being changed.
   * While the session runs it is in force when this resolves: events come and go in place, for anything else one half
   * starts anew; the kernel's refusal puts events back as they were, and ends the session where it is of more than these.
   */
  want(change: Partial<WantedTraces>): Promise<void> {
    return this.#enqueue(async () => {
      const before = this.#wanted;
      const wanted = { ...before, ...change };
      const checked = checkWanted(this.#options.tracefs, wanted);
      const plans = this.#plan(checked);
      for (const notice of checked.notices) this.#addNotice(notice);
      [this.#wanted, this.#checked] = [wanted, checked];
      this.#symbols.addRoots(checked.roots);
      try {
        if (this.isRunning) await this.#adapt(before, plans);
      } finally {
        this.#changed();
      }
    });
  }

  /** Begins to trace what is wanted; rejects with what keeps it from that, and everything is as before. */
  start(): Promise<void> {
    return this.#enqueue(async () => {
      if (this.isRunning) return;
      if (this.#checked === undefined || describeWanted(this.#wanted) === describeWanted(noTraces)) {
        const remedy = 'choose a function, an event or a probe';
        throw new UsageError({ attempted: 'starting to trace', why: 'nothing is chosen', remedy });
      }
      if (this.#commandEnd !== undefined) {
        throw new UsageError({ attempted: 'starting to trace', why: 'the traced command has ended' });
      }
      try {
        await this.#arm(this.#checked);
      } catch (error) {
        await this.#endHalves();
        this.#abandonCommand();
        this.#setState({ kind: 'failed', error: asFtuiError('tracing', error) });
        throw error;
      }
    });
  }

  /** Stops tracing, also while it is being armed, puts everything back and finishes the recording. */
  stop(): Promise<void> {
    if (this.#arming !== undefined) {
      this.#arming.isCancelled = true;
      for (const half of halfNames) this.#halves[half].abort();
    }
    return this.#enqueue(() => this.#end({ kind: 'idle', reason: 'interrupted' }));
  }

  /** Stops, and lets go of everything. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.stop().then(async () => {
      this.#abandonCommand();
      await this.#recorder.close();
    });
    return this.#closing;
  }

  /** Puts the kernel's settings back at once, for a process that exits; a recording stays for `ftui restore`. */
  closeNow(): void {
    clearInterval(this.#pulse);
    for (const half of halfNames) this.#halves[half].restoreNow();
  }

  /** Records what comes from now on; rejects when the file may not be made. */
  startRecording(path: string, { force = false }: { readonly force?: boolean } = {}): Promise<void> {
    return this.#enqueue(async () => {
      const running = halfNames.filter((name) => this.#halves[name].isRunning);
      const [first] = running;
      if (first === undefined) {
        throw new UsageError({ attempted: `recording to ${path}`, why: 'nothing is being traced' });
      }
      const { tracefs, producer = 'ftui' } = this.#options;
      // Both halves have their place in the file: one may begin while it is recorded.
      const halves = [first, ...halfNames.filter((name) => name !== first)];
      await this.#recorder.begin({
        ...{ tracefs, producer, path, force, kallsyms: this.#symbols.bytes },
        clock: this.#halves[first].plan!.clock,
        halves: halves.map((name) => ({ name, directory: this.#directoryOf(name) })),
        systems: this.#listSystems(),
      });
    });
  }

  /** Ends the recording and makes its file. */
  stopRecording(): Promise<FinishedRecording> {
    return this.#enqueue(() => this.#recorder.finish());
  }

  status(): SessionStatus {
    const now = performance.now();
    const runningMs = this.#startedAt === undefined ? this.#ranMs : now - this.#startedAt;
    const isSilent = this.#startedAt !== undefined && this.#feed.events === this.#eventsAtStart;
    const sentences = [...this.#quiet.values()].flat();
    return composeStatus(this.#feed, this.#halves, {
      state: this.#state,
      runningMs,
      notices: this.#notices,
      quiet: isSilent || sentences.length > 0 ? { ms: isSilent ? runningMs : 0, sentences } : undefined,
      interruptedMs: this.#interruptedMs,
      recording: this.#recorder.progress,
      lastRecording: this.#recorder.last,
    });
  }

  async #arm(checked: CheckedTraces): Promise<void> {
    this.#setState({ kind: 'arming', text: describeWanted(this.#wanted), share: 0 });
    const { tracefs, journalFolder } = this.#options;
    undoKilledSessions(tracefs, journalFolder.searched, (text) => this.#addNotice(text));
    await startAllThreads();
    await this.#recorder.prepare();
    if (!this.#symbols.isRead && this.#symbols.hidden) this.#addNotice(hiddenAddresses);
    await this.#startCommand();
    const plans = this.#plan(checked);
    const arming = { isCancelled: false };
    this.#arming = arming;
    try {
      for (const name of halfNames) {
        if (plans[name] !== undefined && !arming.isCancelled) await this.#startHalf(name, plans[name]);
      }
    } finally {
      this.#arming = undefined;
    }
    if (arming.isCancelled) return this.#endHalves();
    this.#command?.release();
    this.#isReleased = true;
    this.#startedAt = performance.now();
    this.#eventsAtStart = this.#feed.events;
    this.#feed.window.clear();
    this.#pulse ??= setInterval(() => this.#beat(), pulseMs);
    this.#setState({ kind: 'running' });
  }

  /** Forks the command, once. */
  async #startCommand(): Promise<void> {
    if (this.#command !== undefined) return;
    const command = await this.#options.startCommand?.();
    this.#command = command;
    void command?.ended.then((end) => {
      if (this.#command === command) this.#afterCommand(end);
    });
  }

  /** Ends a command that waits for its start. */
  #abandonCommand(): void {
    const command = this.#command;
    if (this.#isReleased) return;
    this.#command = undefined;
    command?.abandon();
  }

  #startHalf(name: HalfName, plan: NonNullable<TraceHalf['plan']>): Promise<void> {
    this.#quiet.delete(name);
    const probes = name === 'events' ? this.#wanted.probes : [];
    return this.#halves[name].start({ title: describeWanted(this.#wanted), plan, probes });
  }

  /** Brings what runs to what is wanted now. */
  async #adapt(before: WantedTraces, plans: HalfPlans): Promise<void> {
    const changed = listChangedHalves(before, this.#wanted);
    const { events } = this.#halves;
    const takesEvents = events.takesEvents && !changed.has('events');
    if (takesEvents && plans.events !== undefined) this.#changeEvents(before, plans.events.events);
    const anew = halfNames.filter((name) => {
      const isKept = !changed.has(name) && (name === 'graph' || events.takesEvents);
      return this.#halves[name].isRunning ? plans[name] === undefined || !isKept : plans[name] !== undefined;
    });
    try {
      for (const name of anew) await this.#renew(name, plans[name]);
      await this.#recorder.addSystems(this.#listSystems());
    } catch (error) {
      await this.#end({ kind: 'failed', error: asFtuiError('tracing', error) });
      throw error;
    }
    if (halfNames.every((name) => plans[name] === undefined)) await this.#end({ kind: 'idle', reason: undefined });
  }

  #plan(checked: CheckedTraces) {
    const { plans, chipsInKernel } = checked.plan(this.#commandTasks());
    this.chipsInKernel = chipsInKernel;
    return plans;
  }

  #changeEvents(before: WantedTraces, after: readonly WantedEvent[]): void {
    const inForce = this.#halves.events.plan?.events ?? [];
    try {
      this.#halves.events.changeEvents(after);
    } catch (error) {
      this.#halves.events.changeEvents(inForce);
      [this.#wanted, this.#checked] = [before, checkWanted(this.#options.tracefs, before)];
      throw error;
    }
  }

  async #renew(name: HalfName, plan: TraceHalf['plan']): Promise<void> {
    const half = this.#halves[name];
    const begun = performance.now();
    const wasRunning = half.isRunning;
    await half.stop();
    if (plan !== undefined) await this.#startHalf(name, plan);
    if (!wasRunning) return;
    if (plan !== undefined) this.#interruptedMs = performance.now() - begun;
    if (name === 'graph') this.#feed.restarted();
  }

  async #end(state: SessionState): Promise<void> {
    const wasRunning = this.isRunning;
    if (wasRunning) this.#setState({ kind: 'stopping' });
    await this.#endHalves();
    if (this.#recorder.isRecording) {
      await this.#recorder.finish().catch((error) => this.#addNotice(asFtuiError('tracing', error).message));
    }
    const isLast = this.#state.kind === 'failed' || this.#state.kind === 'exited';
    if (!isLast || state.kind !== 'idle') this.#setState(state);
  }

  async #endHalves(): Promise<void> {
    await Promise.all(halfNames.map((name) => this.#halves[name].stop()));
    clearInterval(this.#pulse);
    this.#pulse = undefined;
    if (this.#startedAt !== undefined) this.#ranMs = performance.now() - this.#startedAt;
    this.#startedAt = undefined;
    this.#feed.flush(true);
  }

  /** A half has ended by itself: what it ended for is true for the session. */
  #afterEnd(_half: HalfName, reason: EndReason | undefined, error: unknown): void {
    void this.#enqueue(() =>
      this.#end(
        error === undefined ? { kind: 'idle', reason } : { kind: 'failed', error: asFtuiError('tracing', error) },
      ),
    );
  }

  #afterCommand(end: CommandEnd): void {
    this.#commandEnd = end;
    this.#command = undefined;
    void this.#enqueue(async () => {
      if (this.isRunning) await this.#end({ kind: 'exited', end });
    });
  }

  #beat(): void {
    try {
      this.#feed.flush();
    } catch (error) {
      this.#afterEnd('events', undefined, error);
    }
    this.#pulses += 1;
    if (this.#pulses % pulsesPerTick !== 0) return;
    this.#feed.window.add(performance.now(), this.#feed.events, this.#feed.skipped);
    if (this.#pulses % pulsesPerLook === 0) {
      for (const name of halfNames) this.#halves[name].buffers.look();
      for (const text of this.#stateNotices.listNew(this.status())) this.#addNotice(text);
      this.#recorder.refreshNames();
    }
    this.#changed();
  }

  #commandTasks(): Pid[] {
    if (this.#command === undefined) return [];
    const { kernel } = this.#options.tracefs;
    const tasks = readCommandTasks(kernel, this.#command.pid);
    return tasks.length > 0 ? tasks : [this.#command.pid];
  }

  #listSystems(): string[] {
    const { events, probes } = this.#wanted;
    return [...new Set([...events.map(({ system }) => system), ...probes.map(({ definition }) => definition.group)])];
  }

  #directoryOf(name: HalfName) {
    const { tracefs } = this.#options;
    const plan = this.#halves[name].plan ?? this.#checked?.plan([]).plans[name];
    return plan?.instance === undefined ? tracefs.top : tracefs.instance(plan.instance);
  }

  #showArming(name: HalfName, share: number): void {
    if (this.#state.kind !== 'arming') return;
    this.#setState({ ...this.#state, share: name === 'graph' ? share / 2 : 0.5 + share / 2 });
  }

  #addQuiet(half: HalfName, sentence: string): void {
    this.#quiet.set(half, [...(this.#quiet.get(half) ?? []), sentence]);
    this.#changed();
  }

  #addNotice(text: string): void {
    this.#notices = [...this.#notices, { time: new Date(), text }].slice(-mostNotices);
    this.#changed();
  }

  #setState(state: SessionState): void {
    this.#state = state;
    this.#changed();
  }

  #changed(): void {
    this.version += 1;
    for (const watcher of this.#watchers) watcher();
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tasks.then(task);
    this.#tasks = result.catch(() => {});
    return result;
  }
}
