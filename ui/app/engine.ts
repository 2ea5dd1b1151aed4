/**
 * The engine as the interactive session uses it: one source at a time (the kernel, or a recording), its events fed to the
 * models, and the effects that reach beyond the screen.
 */
import {
  CallTreeBuilder,
  type Catalogue,
  type EventStream,
  FtuiError,
  formatChips,
  type InteractiveSession,
  noTraces,
  type SourceItem,
  type WantedTraces,
} from '../../src/index.ts';
import type { Effect } from '../state/effect.ts';
import { AppModels } from './app-models.ts';
import { changeWanted } from './change-wanted.ts';
import { CommandPane } from './command-pane.ts';
import type { CommandHolder, EngineHost, KernelOfSource } from './engine-host.ts';
import { exportShown } from './export-shown.ts';
import type { Playback } from './playback.ts';
import { ReturnValues } from './return-values.ts';
import { sourceEffects } from './source-effects.ts';

/** Milliseconds of reading a recording between two looks at the keyboard. */
const sliceMs = 8;
/** A recording that plays is read on with a frame, but not more often than this. */
const playMs = 80;

/** Size and name of the terminal that a command gets which is started now. */
export type Terminal = () => Pick<CommandHolder['request'], 'size' | 'term'>;

export class Engine {
  readonly models: AppModels;
  readonly #host: EngineHost;
  #session: InteractiveSession | undefined;
  #playback: Playback | undefined;
  #catalogue: Catalogue | undefined;
  #unsubscribe: () => void = () => {};
  readonly #returns = new ReturnValues();
  #dispose: () => void = () => {};
  #isDemo = false;
  /** The command in the pane has shown something new. */
  onCommandOutput: () => void = () => {};
  /** What reads on, at once or with the next frame. */
  #loading: { cancel(): void } | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  readonly #terminal: Terminal;

  constructor(host: EngineHost, terminal: Terminal) {
    this.#terminal = terminal;
    this.#host = host;
    this.models = new AppModels(host);
  }

  /** Whether the screen changes by itself, without new data. */
  get isTicking(): boolean {
    return this.#session?.isRunning === true || this.#loading !== undefined;
  }

  /** For the frame that is about to be drawn: so that what plays needs no timer of its own, nor waits for the frame. */
  readOn(): void {
    if (this.#loading === withNextFrame && performance.now() - this.#readAt >= playMs) this.#load();
  }

  /** Carries out what a screen asked for; what follows from it comes back. Rejects with what is to be told. */
  async perform(effect: Effect): Promise<readonly Effect[]> {
    switch (effect.kind) {
      case 'trace':
        return this.#trace(effect.change);
      case 'record':
        return this.#record(effect.file);
      case 'replay':
        return this.replay(effect.file);
      case 'demo':
        return this.#demo();
      case 'run':
        return this.#run(effect);
      case 'load':
        await this.models.browse.load(effect.tab, () => this.#openCatalogue(), effect.binary);
        return [];
      case 'filters':
        this.models.filters.change(effect.change);
        await this.#filterInKernel();
        this.#load();
        return [];
      case 'split':
        return this.#split(effect.by);
      case 'seek':
      case 'speed':
      case 'play':
        return this.#transport(effect);
      case 'reset':
        return this.#reset();
      case 'export':
        return [{ kind: 'message', text: await exportShown(effect, this.models, this.#host) }];
      case 'source':
        return sourceEffects(effect, effect.ofRunningKernel ? 'running' : this.#kernel(), this.#host);
      default:
        return [];
    }
  }

  /** Opens the user's editor, which has the terminal until it ends. */
  edit(file: string, line: number): string {
    return this.#host.edit(file, line);
  }

  /** That the events are of. */
  #kernel(): KernelOfSource {
    if (this.#playback === undefined) return this.#isDemo ? undefined : 'running';
    const release = this.#playback.recording.kernelRelease;
    return release === undefined ? undefined : { release };
  }

  /** Traces `wanted` from now on, with `command` running from its first instruction on. */
  async trace(wanted: Partial<WantedTraces>, command?: readonly string[]): Promise<void> {
    const session = await this.#openSession(command);
    await this.#want(session, wanted);
    if (!session.isRunning) await session.start();
  }

  async #openPane(argv: readonly string[]): Promise<CommandPane> {
    const pane = await CommandPane.open({ argv, ...this.#terminal() });
    pane.onChange = () => this.onCommandOutput();
    return pane;
  }

  /** With the functions of a graph come the probes that tell what they return. */
  async #want(session: InteractiveSession, change: Partial<WantedTraces>): Promise<void> {
    const wanted = { ...change, chips: this.models.filters.kernelChips };
    if (wanted.graph === undefined) return session.want(wanted);
    const own = new Set(this.#returns.probes);
    const others = (wanted.probes ?? session.wanted.probes).filter((probe) => !own.has(probe));
    await this.#returns.choose(wanted.graph, this.#host);
    await session.want({ ...wanted, probes: [...others, ...this.#returns.probes] });
  }

  /** Plays the bundled recording through the simulated kernel. */
  async #demo(): Promise<readonly Effect[]> {
    const { session, functions, dispose } = await this.#host.openDemo();
    await this.#leaveSource();
    this.#dispose = dispose;
    this.#isDemo = true;
    this.#useSession(session);
    await session.want({ graph: functions, chips: this.models.filters.kernelChips });
    await session.start();
    return [{ kind: 'go', screen: 'graph' }];
  }

  /** Shows a recording in place of what was there. */
  async replay(file: string): Promise<readonly Effect[]> {
    const recording = this.#host.openRecording(file);
    await this.#leaveSource();
    this.#playback = this.models.useRecording(recording);
    this.#subscribe(recording);
    this.#load();
    return [{ kind: 'go', screen: 'graph' }];
  }

  /** Restores everything; may be called again. */
  async close(): Promise<void> {
    await this.#leaveSource();
  }

  /** The same at once, for a process that is ending. */
  closeNow(): void {
    this.#session?.closeNow();
  }

  async #leaveSource(): Promise<void> {
    this.#unsubscribe();
    this.#unsubscribe = () => {};
    this.#cancelLoading();
    const [session, playback, pane] = [this.#session, this.#playback, this.models.command];
    this.#session = undefined;
    this.#playback = undefined;
    playback?.recording.close();
    await session?.close();
    await pane?.close();
    this.models.command = undefined;
    this.#dispose();
    this.#dispose = () => {};
    this.#isDemo = false;
  }

  /** The session there is, if it can go on; else, and for a command, a new one in place of what was there. */
  async #openSession(command?: readonly string[]): Promise<InteractiveSession> {
    if (command === undefined && this.#session?.isOver === false) return this.#session;
    const pane = command === undefined || !this.#host.hasPanes ? undefined : await this.#openPane(command);
    const session = this.#host.openSession(command, pane);
    await this.#leaveSource();
    this.models.command = pane;
    this.#useSession(session);
    return session;
  }

  #useSession(session: InteractiveSession): void {
    this.#session = session;
    this.models.useSession(session);
    this.#subscribe(session);
  }

  #openCatalogue(): Catalogue {
    this.#catalogue ??= this.#host.openCatalogue();
    return this.#catalogue;
  }

  /** Events to the models: sums, single trees, rates, log. */
  #subscribe(stream: EventStream): void {
    // The models may be made anew meanwhile.
    const builder = new CallTreeBuilder({ onTree: (tree) => this.models.graph.calls.attachTree(tree) });
    const isLive = stream === this.#session;
    const end = stream.subscribe({
      items: (batch: readonly SourceItem[]) => {
        const nameOf = (address: bigint) => this.models.nameOfAddress(address);
        this.models.take(this.#returns.takeFrom(batch, nameOf));
        this.#returns.tellTo(this.models.graph, nameOf);
        if (isLive) for (const item of batch) feedBuilder(builder, item);
      },
      skipped: (counts, time) => this.models.takeSkipped(counts, time),
      restarted: () => this.models.restarted(isLive),
    });
    const endChanges = isLive ? this.#watchState(this.#session!) : () => {};
    this.#unsubscribe = () => {
      end();
      endChanges();
    };
  }

  /** Shows what changes in a session; with its end no call is running any more. */
  #watchState(session: InteractiveSession): () => void {
    let wasOn = false;
    return session.onChange(() => {
      const { kind } = session.status().state;
      const isOn = kind === 'running' || kind === 'stopping';
      if (wasOn && !isOn) this.models.finish();
      wasOn = isOn;
      this.models.touch();
    });
  }

  /** Reads a recording in slices until all of it is in the models and filtered; while it plays, again and again. */
  #load(): void {
    const playback = this.#playback;
    if (playback === undefined) return;
    this.#readAt = performance.now();
    playback.step(sliceMs, this.models.graph);
    this.models.touch();
    this.#cancelLoading();
    const { isFollowing } = playback.recording;
    const isRead = playback.isResting && !isFollowing;
    if (isRead && this.models.filterLog(sliceMs)) return;
    const isWaiting = !isRead && (playback.state.speed > 0 || isFollowing);
    this.#loading = isWaiting ? withNextFrame : soon(() => this.#load());
  }

  #cancelLoading(): void {
    this.#loading?.cancel();
    this.#loading = undefined;
  }

  async #trace(change: Extract<Effect, { kind: 'trace' }>['change']): Promise<readonly Effect[]> {
    if (change.what === 'stop') {
      await this.#session?.stop();
      return [{ kind: 'message', text: 'tracing is off; what was seen stays here' }];
    }
    if (change.what === 'start') {
      await (this.#session ?? (await this.#openSession())).start();
      return [];
    }
    const session = await this.#openSession();
    const { wanted, screen, notes } = await changeWanted(change, session.wanted, this.#host);
    await this.#want(session, wanted);
    if (!session.isRunning) await session.start();
    const messages: Effect[] = notes.map((text) => ({ kind: 'message', text }));
    return [...messages, ...(screen === undefined ? [] : [{ kind: 'go', screen } as const])];
  }

  async #run({ command, change }: Extract<Effect, { kind: 'run' }>): Promise<readonly Effect[]> {
    const { wanted, screen } = await changeWanted(change, noTraces, this.#host);
    await this.trace(wanted, command);
    const text = `${command.join(' ')} runs in a pane: P shows it`;
    const messages: Effect[] = this.models.command === undefined ? [] : [{ kind: 'message', text }];
    return [...messages, ...(screen === undefined ? [] : [{ kind: 'go', screen } as const])];
  }

  async #record(file: string | undefined): Promise<readonly Effect[]> {
    const session = this.#session;
    if (session === undefined || !session.isRunning) {
      throw new FtuiError({
        attempted: 'recording',
        why: 'nothing is being traced',
        remedy: 'choose something in Browse first',
      });
    }
    if (this.models.recordingFile !== undefined && file === undefined) {
      await session.stopRecording();
      const { path, bytes, events } = session.status().lastRecording!;
      this.#host.recent.add(path, 'recorded', { bytes, events });
      this.models.forgetRecent();
      return [{ kind: 'message', text: `${path}: ${events} events; 6 shows the recordings` }];
    }
    if (file === undefined) return [{ kind: 'ask', to: 'command', text: `record ${this.#host.newRecordingName()}` }];
    await session.startRecording(file);
    return [{ kind: 'message', text: `recording to ${file}; w ends it` }];
  }

  /** What the kernel can leave out itself need not be read; the screen's own filters hold all the same. */
  async #filterInKernel(): Promise<void> {
    const session = this.#session;
    const chips = this.models.filters.kernelChips;
    if (session !== undefined && formatChips(chips) !== formatChips(session.wanted.chips))
      await session.want({ chips });
  }

  #reset(): readonly Effect[] {
    if (this.#playback === undefined) this.models.beginAnew(this.#session);
    else this.#replayFrom(this.#playback.state.speed, this.#playback.at);
    const isWhole = this.#playback?.state.speed === 0;
    return [{ kind: 'message', text: isWhole ? 'the recording is read anew' : 'totals begin anew' }];
  }

  #split(by: string): readonly Effect[] {
    if (!this.models.splitBy(by)) {
      return [{ kind: 'message', text: 'by none, task, cpu, comm or errno', isError: true }];
    }
    if (this.#playback !== undefined) this.#replayFrom(0, 0);
    return [];
  }

  /** Models made anew, from a place of the recording on (speed 0: from all of it). */
  #replayFrom(speed: number, time: number): void {
    const playback = this.#playback!;
    this.models.beginAnew(playback.recording);
    playback.restart(this.models, speed, time);
    this.#load();
  }

  #transport(effect: Extract<Effect, { kind: 'seek' | 'speed' | 'play' }>): readonly Effect[] {
    const playback = this.#playback;
    if (playback === undefined) return [{ kind: 'message', text: 'only a recording can be played', isError: true }];
    const { speed } = playback.state;
    if (effect.kind === 'speed') this.#replayFrom(effect.factor, playback.timeAt(0));
    else if (effect.kind === 'play') {
      if (speed === 0) this.#replayFrom(1, playback.timeAt(0));
      else playback.pause(effect.on);
      this.#load();
    } else if (speed > 0) this.#replayFrom(speed, playback.timeAt(effect.to));
    else {
      const command = ['at', String(playback.timeAt(effect.to))];
      return [
        { kind: 'send', screen: 'graph', command },
        { kind: 'send', screen: 'log', command },
      ];
    }
    return [];
  }
}

/** After keys and timers that wait, without the millisecond that a timer takes at least. */
function soon(work: () => void) {
  const handle = setImmediate(work);
  return { cancel: () => clearImmediate(handle) };
}

/** Engine.readOn() does it. */
const withNextFrame = { cancel: () => {} };

function feedBuilder(builder: CallTreeBuilder, item: SourceItem): void {
  if (item.kind !== 'event') builder.lost(item.cpu);
  else if (item.graph !== undefined) builder.add(item.cpu, item.pid, item.flags ?? 0, item.time, item.graph);
}
