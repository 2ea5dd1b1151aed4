/**
 * The traced command's terminal, emulated: its output to an emulator, what is typed to the command. An output that comes
 * faster than the emulator may read holds the command back, as a slow terminal does: nothing of it is dropped.
 */
import {
  type CommandEnd,
  type CommandInTerminal,
  type CommandTerminal,
  type TerminalSize,
  visibleText,
} from '../../src/index.ts';
import type { CommandView } from '../state/models.ts';
import type { Cell } from '../terminal/cells.ts';
import type { Emulator } from '../terminal/emulator.ts';
import type { KeyInput, PasteInput } from '../terminal/key-decoder.ts';
import { encodeInput } from '../terminal/key-encoder.ts';
import type { CommandHolder } from './engine-host.ts';

/** Bytes that wait for the emulator before the command is held back. */
const mostWaiting = 1 << 16;
/** The emulator rests so many times as long as it has worked, and at most so many ms: keys and traces need the time. */
const restShare = 2;
const longestRestMs = 100;
/** Answers of the terminal in each second, bytes: a command that only asks shall not fill our memory. */
const mostReplies = 4_096;

export class CommandPane implements CommandView, CommandHolder {
  readonly request: CommandHolder['request'];
  readonly title: string;
  version = 0;
  /** Called soon after each change. */
  onChange: () => void = () => {};
  readonly #emulator: Emulator;
  #terminal: CommandTerminal | undefined;
  #size: TerminalSize;
  #end: CommandEnd | undefined;
  #waiting = 0;
  #busySince = 0;
  #rest: NodeJS.Timeout | undefined;
  #isHeld = false;
  /** When it last was, as performance.now() counts. */
  heldBackAt = Number.NEGATIVE_INFINITY;
  #repliesLeft = mostReplies;
  #repliesSince = 0;

  private constructor(request: CommandHolder['request'], emulator: Emulator) {
    this.request = request;
    this.title = visibleText(request.argv.join(' '));
    this.#size = request.size;
    this.#emulator = emulator;
  }

  /** Loads the emulator. The command begins with attach(). */
  static async open(request: CommandHolder['request']): Promise<CommandPane> {
    const { Emulator } = await import('../terminal/emulator.ts');
    const pane: CommandPane = new CommandPane(
      request,
      new Emulator({ ...request.size, onReply: (text) => pane.#reply(text) }),
    );
    return pane;
  }

  attach({ terminal, ended }: CommandInTerminal): void {
    this.#terminal = terminal;
    this.#end = undefined;
    if (terminal.lack !== undefined) {
      this.#emulator.convertsLineFeeds = true;
      this.#emulator.write(Buffer.from(`(${visibleText(terminal.lack)})\n`), () => this.#changed());
    }
    terminal.resize(this.#size);
    terminal.onOutput((bytes) => this.#take(bytes));
    void ended.then((end) => {
      // One that was given up, and the next is there already.
      if (this.#terminal !== terminal) return;
      this.#end = end;
      this.#changed();
    });
  }

  get hasBegun(): boolean {
    return this.#terminal?.hasBegun === true;
  }

  get end(): CommandEnd | undefined {
    return this.#end;
  }

  get lack(): string | undefined {
    return this.#terminal?.lack;
  }

  get length(): number {
    return this.#emulator.length;
  }

  get isAlternate(): boolean {
    return this.#emulator.isAlternate;
  }

  get cursor() {
    return this.#emulator.cursor;
  }

  lineAt(index: number): readonly Cell[] {
    return this.#emulator.lineAt(index);
  }

  type(input: KeyInput | PasteInput): void {
    this.#terminal?.write(encodeInput(input, this.#emulator.keyModes));
  }

  resize(size: TerminalSize): void {
    const { columns, rows } = this.#size;
    if (size.columns === columns && size.rows === rows) return;
    this.#size = size;
    this.#emulator.resize(size.columns, size.rows);
    this.#terminal?.resize(size);
    this.#changed();
  }

  /** Hangs the command's terminal up; resolves when the command has ended. */
  async close(): Promise<void> {
    clearTimeout(this.#rest);
    this.#terminal?.onOutput(() => {});
    await this.#terminal?.close();
  }

  #take(bytes: Uint8Array): void {
    if (this.#waiting === 0) this.#busySince = performance.now();
    this.#waiting += bytes.length;
    if (this.#waiting > mostWaiting && !this.#isHeld) {
      this.#isHeld = true;
      this.heldBackAt = performance.now();
      this.#terminal?.pause();
    }
    this.#emulator.write(bytes, () => {
      this.#waiting -= bytes.length;
      this.#changed();
      if (this.#waiting === 0 && this.#isHeld) this.#letOn();
    });
  }

  /** After a rest. */
  #letOn(): void {
    const restMs = Math.min(longestRestMs, (performance.now() - this.#busySince) * restShare);
    this.#rest = setTimeout(() => {
      this.#isHeld = false;
      this.#terminal?.resume();
    }, restMs);
  }

  #reply(text: string): void {
    const now = performance.now();
    if (now - this.#repliesSince > 1_000) [this.#repliesSince, this.#repliesLeft] = [now, mostReplies];
    this.#repliesLeft -= text.length;
    if (this.#repliesLeft >= 0) this.#terminal?.write(text);
  }

  #changed(): void {
    this.version += 1;
    this.onChange();
  }
}
