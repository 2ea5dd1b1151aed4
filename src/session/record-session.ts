/**
 * One recording from beginning to end: as a live session (docs/architecture.md), only that the pages go to a file without
 * being decoded, in another thread, and that it may have several buffers. The file is begun before tracefs is touched.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { asFtuiError, type FtuiError } from '../base/errors.ts';
import type { Pid } from '../base/units.ts';
import { joinWrites } from '../control/join-writes.ts';
import { createJournal, type Journal, type JournalFolder } from '../control/journal.ts';
import { type KallsymsAccess, planKallsymsAccess } from '../control/kallsyms-access.ts';
import { planWrites, type SessionWrites } from '../control/plan-writes.ts';
import { chooseRoundMs } from '../control/recording-buffer.ts';
import { planSavedNames } from '../control/saved-names.ts';
import type { PidReference } from '../control/trace-plan.ts';
import { readState } from '../control/trace-state.ts';
import type { CommandEnd, TracedCommand } from '../control/traced-command.ts';
import { isAlive, readSysctl } from '../tracefs/processes.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { EventRate } from './event-rate.ts';
import type { EndReason } from './live-session.ts';
import { type LostEvents, RecordBuffers, type RecordPlan } from './record-buffers.ts';
import { RecordHead, type RecordHeadOptions } from './record-head.ts';
import { type FinishedRecording, type RecordProgress, type RecordTarget, readOwner } from './record-output.ts';
import type { Recorder } from './record-threads.ts';
import { directoryOf, refuseWhenBusy, undoKilledSessions } from './session-start.ts';
import { explainOverload } from './state-texts.ts';
import { TracefsChanges } from './tracefs-changes.ts';

export interface RecordRequest extends RecordHeadOptions {
  /** For people and for the journal: `record -e sched`. */
  readonly title: string;
  readonly tracefs: Tracefs;
  /** The main buffer first; the plans, once the pid of the traced command is known (undefined without a command). */
  makePlans(command: PidReference | undefined): readonly RecordPlan[];
  readonly startRecorder: () => Promise<Recorder>;
  /** Starts the traced command blocked. */
  readonly startCommand?: (() => TracedCommand) | undefined;
  /** The session ends when all of these have exited. */
  readonly watchedPids: readonly Pid[];
  readonly durationMs?: number | undefined;
  /** Events a second at which recording ends. */
  readonly maxRate: number;
  /** Between two rounds of reading; undefined for what suits the buffers. */
  readonly roundMs: number | undefined;
  readonly target: Omit<RecordTarget, 'owner'>;
  /** Lift kernel.kptr_restrict while the symbols are read. */
  readonly allowKallsyms: boolean;
  /** How many names of tasks the kernel shall remember. */
  readonly savedNames: number | undefined;
  readonly journalFolder: JournalFolder;
  /** Go on although somebody else uses the top level. */
  readonly force: boolean;
  /** Aborted by Ctrl-C or a signal; its reason is an EndReason. */
  readonly stop: AbortSignal;
}

/** Who watches a recording. */
export interface RecordConsumer {
  /** Events are being recorded from now on. */
  started(): void;
  /** Called twice a second. */
  progress(progress: RecordProgress, wallMs: number): void;
  /** Tracing is off and everything still in place: the last look at the kernel's own counts. */
  stopped(records: number): void;
  /** Something the user must know. */
  notice(text: string): void;
}

export interface RecordResult {
  readonly reason: EndReason | 'write-failed';
  /** The file; undefined when it could not be finished. */
  readonly file: FinishedRecording | undefined;
  /** The folder of the parts, where they remain when the file could not be finished. */
  readonly folder: string;
  /** Why reading, writing or finishing ended early. */
  readonly failure: FtuiError | undefined;
  /** Events recorded. */
  readonly records: number;
  readonly lost: readonly LostEvents[];
  /** Events that did not get into the file, because it took no more. */
  readonly unsaved: number;
  readonly progress: RecordProgress;
  readonly wallMs: number;
  readonly command: CommandEnd | undefined;
}

const lookMs = 100;
const progressMs = 500;
const namesMs = 1_000;

export class RecordSession {
  readonly #request: RecordRequest;
  readonly #consumer: RecordConsumer;
  readonly #rate: EventRate;
  #recorder!: Recorder;
  #buffers!: RecordBuffers;
  #head!: RecordHead;
  #writes!: SessionWrites;
  #changes: TracefsChanges | undefined;
  #command: TracedCommand | undefined;
  #commandEnd: CommandEnd | undefined;
  #restored = false;

  constructor(request: RecordRequest, consumer: RecordConsumer) {
    this.#request = request;
    this.#consumer = consumer;
    this.#rate = new EventRate(request.maxRate);
  }

  /** Runs the recording; throws what kept it from beginning, after putting everything back. */
  async run(): Promise<RecordResult> {
    let begun = false;
    const leaveClean = () => {
      this.#restore();
      if (begun) this.#tellUnfinished();
    };
    process.once('exit', leaveClean);
    try {
      this.#recorder = await this.#request.startRecorder();
      const { folder } = await this.#recorder.create(this.#makeTarget());
      await this.#setUp();
      begun = true;
      const startedAt = performance.now();
      const reason = await this.#watch(startedAt);
      await this.#recorder.hold().catch(() => {});
      this.#changes!.apply(this.#writes.stop);
      const wallMs = performance.now() - startedAt;
      const part = { folder, reason, wallMs, ...(await this.#end()) };
      if (this.#command !== undefined) this.#commandEnd = await this.#command.ended;
      return { ...part, command: this.#commandEnd };
    } catch (error) {
      this.#command?.abandon();
      this.#restore();
      if (begun) this.#tellUnfinished();
      else await this.#recorder?.discard().catch(() => {});
      throw error;
    } finally {
      process.removeListener('exit', leaveClean);
      await this.#recorder?.close();
    }
  }

  #tellUnfinished(): void {
    const { path } = this.#request.target;
    this.#consumer.notice(`not finished: \`ftui restore ${path}\` makes a file of what was recorded`);
  }

  #makeTarget(): RecordTarget {
    const { target, tracefs } = this.#request;
    return { ...target, owner: readOwner(tracefs.kernel, process.pid) };
  }

  /** Everything up to letting the command go. */
  async #setUp(): Promise<void> {
    const { tracefs, makePlans, startCommand, journalFolder } = this.#request;
    const notice = (text: string) => this.#consumer.notice(text);
    undoKilledSessions(tracefs, journalFolder.searched, notice);
    this.#command = startCommand?.();
    void this.#command?.ended.then((end) => {
      this.#commandEnd = end;
    });
    const plans = makePlans(this.#command?.pid);
    this.#writes = this.#planAll(plans);
    const access = this.#planAccess();
    this.#changes = new TracefsChanges(tracefs, this.#openJournal(plans, access));
    this.#buffers = new RecordBuffers(tracefs, plans);
    this.#head = new RecordHead(tracefs, this.#request, plans, this.#buffers);
    this.#head.readBefore();
    this.#changes.apply(access.allow);
    const { isHidden } = await this.#recorder.readSymbols();
    this.#changes.apply(access.forbid);
    if (isHidden) notice(explainHidden(tracefs));
    await this.#writeHead();
    this.#changes.apply(this.#writes.setup);
    if (this.#head.readAfterSetup()) await this.#writeHead();
    this.#buffers.readBefore();
    const roundMs = this.#request.roundMs ?? chooseRoundMs(this.#buffers.smallestKb());
    await this.#recorder.open(this.#buffers.sources(), roundMs);
    this.#changes.apply(this.#writes.start);
    this.#consumer.started();
    this.#command?.release();
  }

  #planAll(plans: readonly RecordPlan[]): SessionWrites {
    const { tracefs, savedNames } = this.#request;
    const writes = joinWrites(plans.map((each) => this.#planOne(each)));
    return { ...writes, setup: [...planSavedNames(tracefs.top, savedNames), ...writes.setup] };
  }

  #planOne({ plan }: RecordPlan): SessionWrites {
    const { tracefs, title, force } = this.#request;
    const directory = directoryOf(tracefs, plan);
    const notice = (text: string) => this.#consumer.notice(text);
    if (!plan.ownsInstance) refuseWhenBusy(directory, { title, force, notice });
    return planWrites(readState(plan.ownsInstance ? tracefs.top : directory, plan), plan);
  }

  #planAccess(): KallsymsAccess {
    const { tracefs, allowKallsyms } = this.#request;
    return allowKallsyms ? planKallsymsAccess(tracefs.kernel) : { allow: [], forbid: [] };
  }

  #openJournal(plans: readonly RecordPlan[], access: KallsymsAccess): Journal {
    const { tracefs, title, journalFolder } = this.#request;
    const { setup, start, stop } = this.#writes;
    const undos = [...access.allow, ...setup, ...start, ...stop].flatMap(({ undo }) => undo ?? []);
    if (journalFolder.note !== undefined) this.#consumer.notice(journalFolder.note);
    const topLevel = plans.some(({ plan }) => plan.instance === undefined);
    return createJournal(journalFolder.path, tracefs.kernel, { title, undos, topLevel });
  }

  #writeHead(): Promise<void> {
    return this.#recorder.writeMetadata(this.#head.compose());
  }

  /** Looks now and then whether there is a reason to end. */
  async #watch(begun: number): Promise<RecordResult['reason']> {
    const { durationMs = Number.POSITIVE_INFINITY, stop, watchedPids, maxRate } = this.#request;
    const ended = this.#command?.ended;
    const mayEndUnseen = watchedPids.length > 0 || maxRate < Number.POSITIVE_INFINITY;
    const pauseMs = mayEndUnseen ? lookMs : progressMs;
    let [lastProgress, lastNames] = [begun, begun];
    for (;;) {
      const now = performance.now();
      if (stop.aborted) return stop.reason as EndReason;
      if (this.#recorder.failure !== undefined) return 'write-failed';
      if (this.#commandEnd !== undefined) return 'command';
      if (now - begun >= durationMs) return 'duration';
      if (this.#areWatchedPidsGone()) return 'pids-gone';
      if (this.#isOverloaded(now)) return 'overload';
      if (now - lastProgress >= progressMs) {
        lastProgress = now;
        this.#consumer.progress(this.#recorder.progress(), now - begun);
      }
      if (now - lastNames >= namesMs) {
        lastNames = now;
        this.#head.refreshNames();
      }
      const pause = sleep(Math.min(pauseMs, durationMs - (now - begun)), stop);
      await (ended === undefined ? pause : Promise.race([pause, ended]));
    }
  }

  #isOverloaded(now: number): boolean {
    if (this.#request.maxRate === Number.POSITIVE_INFINITY) return false;
    const rate = this.#rate.exceeded(now, () => this.#buffers.countArrived());
    if (rate === undefined) return false;
    this.#consumer.notice(explainOverload(`${rate} events a second came in`).line);
    return true;
  }

  #areWatchedPidsGone(): boolean {
    const { watchedPids, tracefs } = this.#request;
    return watchedPids.length > 0 && !watchedPids.some((pid) => isAlive(tracefs.kernel, pid));
  }

  /** Drains the buffers, puts everything back, and makes the file. */
  async #end(): Promise<Pick<RecordResult, 'failure' | 'file' | 'lost' | 'progress' | 'records' | 'unsaved'>> {
    const recorder = this.#recorder;
    let failure = recorder.failure;
    if (failure === undefined)
      failure = await recorder.drain().then(
        () => undefined,
        (error) => asFtuiError('recording', error),
      );
    const pages = await recorder.counts().catch(() => []);
    this.#buffers.readAfter();
    this.#head.refreshNames();
    const progress = recorder.progress();
    const records = Math.max(this.#buffers.countRead() - progress.unwritten, progress.records);
    const lost = this.#buffers.listLost(pages);
    const unsaved = this.#buffers.countUnread() + progress.unwritten;
    this.#consumer.stopped(records);
    this.#restore();
    await this.#writeHead().catch((error) => {
      failure ??= asFtuiError('recording', error);
    });
    const file = await recorder.finish().catch((error) => {
      failure ??= asFtuiError('recording', error);
      return undefined;
    });
    return { failure, file, lost, progress, records, unsaved };
  }

  /** Readers first: while one is open, the kernel changes no tracer and removes no instance. */
  #restore(): void {
    if (this.#restored || this.#changes === undefined) return;
    this.#restored = true;
    this.#recorder.release();
    for (const failure of this.#changes.restore()) this.#consumer.notice(`could not restore: ${failure.message}`);
  }
}

function explainHidden({ kernel }: Tracefs): string {
  const restrict = readSysctl(kernel, 'kernel/kptr_restrict');
  return `/proc/kallsyms hides addresses (kernel.kptr_restrict is ${restrict}): the recording has no names for them; --kallsyms lifts that while they are read`;
}

/** Sleeps, but wakes at once when `stop` is aborted. */
async function sleep(ms: number, stop: AbortSignal): Promise<void> {
  await delay(Math.max(ms, 0), undefined, { signal: stop }).catch(() => {});
}
