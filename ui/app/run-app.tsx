/** The interactive session from its first frame to the restored terminal: input, ticks, drawing, effects. */
import { render } from 'ink';
import { explainError, FtuiError } from '../../src/index.ts';
import { type AppState, applyEffects, initialAppState, tick, updateApp, withMessage } from '../state/app-state.ts';
import type { Effect } from '../state/effect.ts';
import { hiddenPane } from '../state/pane.ts';
import { BodyPainter } from '../terminal/body-painter.ts';
import { InkOutput } from '../terminal/ink-output.ts';
import { type Input, KeyDecoder } from '../terminal/key-decoder.ts';
import { createStyle, type StyleOptions } from '../terminal/style.ts';
import { copyToClipboard, TerminalModes } from '../terminal/terminal-modes.ts';
import { Chrome, FrameStore } from './chrome.tsx';
import type { Engine } from './engine.ts';
import { type Frame, isTooSmall, layOut, type Surface, viewContext } from './layout.ts';
import { terminalSize } from './pane-view.ts';
import { pointAt } from './pointing.ts';

export interface AppOptions {
  readonly engine: Engine;
  readonly screen: AppState['screen'];
  readonly look: StyleOptions;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** Draw all of the screen by Ink, instead of painting what is above the overlay and the key bar. */
  readonly pureInk: boolean;
  /** Ends the session from outside (a signal). */
  readonly stop: AbortSignal;
  /** Marks the end of each frame for tests: OSC 7777. */
  readonly marksFrames: boolean;
  /** A key that breaks the session, for tests of how it ends then. */
  readonly breaksOn: string | undefined;
}

/** Esc is a key of its own when nothing follows it for this long. */
const escapeMs = 20;
const usualFps = 10;
/** Of the time, for frames that nobody's key has asked for: reading what is traced needs the rest. */
const largestShare = 0.25;
/** Ink waits this long (1/inkFps s) between two frames of its own: a key must not. */
const inkFps = 200;

/** How long an echo may take, for one frame of many small writes, ms. */
const echoMs = 10;
/** The pane of a command that the session was opened for. */
const firstPane = { ...hiddenPane, size: 'half' } as const;

export class App {
  readonly #options: AppOptions;
  readonly #engine: Engine;
  readonly #painter = new BodyPainter();
  #output: InkOutput;
  readonly #store = new FrameStore();
  readonly #modes: TerminalModes;
  readonly #decoder = new KeyDecoder();
  readonly #style;
  #state: AppState;
  #instance: ReturnType<typeof render> | undefined;
  /** Frames that Ink was told of, and those of them that it has drawn for sure. */
  #inkWanted = 0;
  #inkDrawn = 0;
  #marks = 0;
  #lastMark = 0;
  #timer: NodeJS.Timeout | undefined;
  #escapeTimer: NodeJS.Timeout | undefined;
  /** A frame for what the command in the pane has written. */
  #echoTimer: NodeJS.Timeout | undefined;
  #drawnVersion = -1;
  /** No frame without a key before this, ms. */
  #restUntil = 0;
  #noticesShown = 0;
  /** Chunks of input that were taken. */
  #inputs = 0;
  /** Between Ctrl-Z and the signal that brings it back. */
  #isSuspended = false;
  #engineTasks: Promise<void> = Promise.resolve();
  #end: (reason?: unknown) => void = () => {};

  constructor(options: AppOptions) {
    this.#options = options;
    this.#engine = options.engine;
    this.#style = createStyle(options.look);
    this.#output = new InkOutput(options.stdout, this.#painter);
    this.#modes = new TerminalModes(options.stdin, (text) => options.stdout.write(text));
    const pane = this.#engine.models.command === undefined ? hiddenPane : firstPane;
    this.#state = initialAppState(options.screen, pane);
    this.#engine.onCommandOutput = () => this.#drawSoon();
  }

  /** Runs until it is quit; throws what broke it. The terminal is as before in any case. */
  async run(): Promise<void> {
    const { stdin, stdout, stop } = this.#options;
    const ended = new Promise<void>((resolve, reject) => {
      this.#end = (reason) => (reason === undefined ? resolve() : reject(reason));
    });
    const onData = (data: Buffer) => this.#guard(() => this.#read(data.toString('utf8')));
    const onResize = () => this.#guard(() => this.#remount());
    const onStop = () => this.#end();
    const onContinue = () => this.#guard(() => this.#continue());
    const leave = () => this.#modes.leave();
    process.once('exit', leave);
    try {
      this.#modes.enter();
      stdin.on('data', onData);
      stdout.on('resize', onResize);
      stop.addEventListener('abort', onStop, { once: true });
      process.on('SIGCONT', onContinue);
      this.#tickScreen();
      this.#mount();
      this.#schedule(usualFps);
      if (!stop.aborted) await ended;
    } finally {
      clearInterval(this.#timer);
      clearTimeout(this.#escapeTimer);
      clearTimeout(this.#echoTimer);
      this.#engine.onCommandOutput = () => {};
      stdin.off('data', onData);
      stdout.off('resize', onResize);
      process.off('SIGCONT', onContinue);
      this.#unmount();
      leave();
      process.removeListener('exit', leave);
    }
  }

  /** Ink draws the whole screen from its first line on. */
  #mount(): void {
    const { stdin, pureInk } = this.#options;
    this.#painter.invalidate();
    this.#arrange(this.#layOut());
    this.#instance = render(<Chrome store={this.#store} drawsBody={pureInk} />, {
      stdout: this.#output as unknown as NodeJS.WriteStream,
      stdin,
      interactive: true,
      incrementalRendering: true,
      maxFps: inkFps,
      exitOnCtrlC: false,
      patchConsole: false,
    });
    this.#inkWanted += 1;
    this.#draw();
  }

  #unmount(): void {
    this.#output.mute();
    this.#instance?.unmount();
    this.#instance = undefined;
  }

  /** A screen whose content is not known (another size, another program) is drawn anew by an Ink that is new as well. */
  #remount(): void {
    this.#unmount();
    this.#options.stdout.write('\u001b[H\u001b[2J');
    this.#output = new InkOutput(this.#options.stdout, this.#painter);
    this.#mount();
  }

  #schedule(fps: number): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#guard(() => this.#tick()), 1000 / fps);
  }

  /** What breaks in a handler ends the session, and is thrown by run(). */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#end(error);
    }
  }

  get #surface(): Surface {
    const { columns = 80, rows = 24 } = this.#options.stdout;
    return { columns, rows, style: this.#style };
  }

  #context() {
    return viewContext(this.#state, this.#engine.models, this.#surface, performance.now());
  }

  #read(chunk: string): void {
    clearTimeout(this.#escapeTimer);
    for (const input of this.#decoder.push(chunk)) this.#take(input);
    if (!this.#decoder.isWaiting) this.#inputs += 1;
    else {
      this.#escapeTimer = setTimeout(() => {
        this.#guard(() => {
          for (const input of this.#decoder.flush()) this.#take(input);
          this.#inputs += 1;
          this.#draw();
        });
      }, escapeMs);
    }
    this.#draw();
  }

  #take(input: Input): void {
    const { breaksOn } = this.#options;
    if (input.kind === 'key' && input.key === breaksOn) throw new Error('broken by a key, for a test');
    const { hasFocus } = this.#state.pane;
    if (isTooSmall(this.#surface) && input.kind === 'key' && input.key === 'q' && !hasFocus) return this.#end();
    const context = this.#context();
    const { state, effects } =
      input.kind === 'mouse'
        ? pointAt(this.#state, input, this.#store.frame, context)
        : updateApp(this.#state, input, context);
    const isNewScreen = state.screen !== this.#state.screen;
    this.#state = state;
    this.#perform(effects);
    // With less or more room, the cursor is to stay on the screen.
    if (isNewScreen || this.#context().height !== context.height) this.#tickScreen();
  }

  /** Who types wants to see it at once; what else a command writes comes with the next tick. */
  #drawSoon(): void {
    if (!this.#state.pane.hasFocus || this.#echoTimer !== undefined) return;
    const wait = Math.max(echoMs, this.#restUntil - performance.now());
    this.#echoTimer = setTimeout(() => {
      this.#echoTimer = undefined;
      this.#guard(() => this.#drawTimed());
    }, wait);
  }

  #tick(): void {
    this.#engine.readOn();
    const { version } = this.#engine.models;
    const { message } = this.#state;
    if (version === this.#drawnVersion && message === undefined && !this.#engine.isTicking) return;
    if (performance.now() >= this.#restUntil) this.#drawTimed();
  }

  /** A frame that no key has asked for, after which there is a rest. */
  #drawTimed(): void {
    const begun = performance.now();
    this.#drawnVersion = this.#engine.models.version;
    this.#showNotice();
    this.#tickScreen();
    this.#draw();
    this.#restUntil = begun + (performance.now() - begun) / largestShare;
  }

  /** What a live session has to say, for a moment in place of the key bar. */
  #showNotice(): void {
    const { kind, notices } = this.#engine.models.status;
    if (kind !== 'live') return;
    const news = notices.length > this.#noticesShown ? notices.at(-1) : undefined;
    this.#noticesShown = notices.length;
    if (news !== undefined) this.#state = withMessage(this.#state, news, false, performance.now());
  }

  /** The screen takes in what is new; one that has just been opened asks for what it needs. */
  #tickScreen(): void {
    const { state, effects } = tick(this.#state, this.#context());
    this.#state = state;
    this.#perform(effects);
  }

  #layOut(): Frame {
    return layOut(this.#state, this.#engine.models, this.#surface, performance.now());
  }

  #draw(): void {
    this.#engine.models.command?.resize(terminalSize(this.#state.pane.size, this.#surface));
    this.#arrange(this.#layOut());
    const { pureInk, marksFrames, stdout } = this.#options;
    if (!pureInk) this.#output.paintBody();
    if (marksFrames) this.#markFrame(`inputs=${this.#inputs};size=${stdout.columns}x${stdout.rows}`);
  }

  /** All that changes often to the painter, before Ink hears of the rest: its frame takes that along. */
  #arrange(frame: Frame): void {
    const { pureInk, stdout } = this.#options;
    const height = pureInk ? 0 : frame.top.length + frame.bodyHeight;
    this.#painter.place({ top: 0, left: 0, width: stdout.columns, height });
    this.#painter.want([...frame.top, ...frame.body]);
    if (this.#store.set(frame, pureInk)) this.#inkWanted += 1;
  }

  /** What Ink has to draw, it draws a little later: the frame is complete then. */
  #markFrame(mark: string): void {
    const wanted = this.#inkWanted;
    this.#marks += 1;
    const number = this.#marks;
    const write = () => {
      this.#inkDrawn = Math.max(this.#inkDrawn, wanted);
      if (number < this.#lastMark) return;
      this.#lastMark = number;
      this.#options.stdout.write(`\u001b]7777;${mark}\u0007`);
    };
    if (this.#inkDrawn === wanted) write();
    else void (this.#instance?.waitUntilRenderFlush() ?? Promise.resolve()).then(write);
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) this.#performOne(effect);
  }

  #performOne(effect: Effect): void {
    switch (effect.kind) {
      case 'quit':
        return this.#end();
      case 'suspend':
        return this.#suspend();
      case 'edit':
        return this.#edit(effect.file, effect.line);
      case 'repaint':
        return this.#remount();
      case 'copy':
        this.#options.stdout.write(copyToClipboard(effect.text));
        this.#state = withMessage(this.#state, `copied ${effect.what}`, false, performance.now());
        return;
      case 'mouse':
        this.#modes.toggleMouse();
        this.#state = withMessage(
          this.#state,
          this.#modes.hasMouse
            ? 'the mouse is ftui’s again'
            : 'the mouse is the terminal’s: select text with it; M takes it back',
          false,
          performance.now(),
        );
        return;
      case 'type':
        // At once: the command does not wait for what the engine is busy with.
        this.#engine.models.command?.type(effect.input);
        return;
      case 'fps':
        return this.#schedule(effect.fps);
      default:
        // One after the other, each builds on what the one before has changed; but what cancels a start does not wait
        // for it.
        if (this.#isCancelling(effect)) void this.#carryOut(effect);
        else this.#engineTasks = this.#engineTasks.then(() => this.#carryOut(effect));
    }
  }

  #isCancelling(effect: Effect): boolean {
    return effect.kind === 'trace' && effect.change.what === 'stop' && this.#engine.models.isArming;
  }

  /** Never rejects. */
  #carryOut(effect: Effect): Promise<void> {
    return this.#engine
      .perform(effect)
      .then((next) => this.#follow(next))
      .catch((error) => this.#tell(error));
  }

  /** What an effect of the engine leads to: messages, another screen. */
  #follow(effects: readonly Effect[]): void {
    this.#guard(() => {
      const before = this.#state.screen;
      const update = applyEffects(this.#state, effects, this.#context());
      this.#state = update.state;
      this.#perform(update.effects);
      if (this.#state.screen !== before) this.#tickScreen();
      this.#draw();
    });
  }

  /** What an action of the engine failed with, on the screen. */
  #tell(error: unknown): void {
    const text = error instanceof FtuiError ? explainError(error).line : (error as Error).message;
    this.#state = withMessage(this.#state, text, true, performance.now());
    this.#guard(() => this.#draw());
  }

  /**
   * Stops the whole job, as Ctrl-Z does elsewhere; SIGCONT tells when the shell has brought it back. Where no shell could,
   * the kernel ignores the signal, and it goes on at once.
   */
  #suspend(): void {
    this.#isSuspended = true;
    this.#modes.leave();
    process.kill(0, 'SIGTSTP');
    this.#comeBack();
  }

  /** The editor has the terminal; meanwhile nothing is read. */
  #edit(file: string, line: number): void {
    this.#modes.leave();
    try {
      this.#state = withMessage(this.#state, this.#engine.edit(file, line), false, performance.now());
    } catch (error) {
      this.#tell(error);
    }
    this.#comeBack();
  }

  /** Stopped and continued by others, or by Ctrl-Z: then it has come back already. */
  #continue(): void {
    if (!this.#isSuspended) this.#comeBack();
    this.#isSuspended = false;
  }

  /** Others have had the terminal: its modes and its screen are unknown. */
  #comeBack(): void {
    this.#modes.leave();
    this.#modes.enter();
    this.#remount();
  }
}
