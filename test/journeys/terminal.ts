/** A program in a pseudo terminal, and what its user would see: the escape codes are read by a terminal emulator. */
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

const usualSize = { cols: 100, rows: 30 };

export interface TerminalOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
  readonly cols?: number;
  readonly rows?: number;
}

export class TerminalProgram {
  readonly exit: Promise<number>;
  /** Everything the program wrote, escape codes included. */
  raw = '';
  readonly pty: IPty;
  /** What of it the emulator has on its screen. */
  #drawn = '';
  readonly #screen: xterm.Terminal;
  #onWritten: (() => void)[] = [];

  constructor(file: string, words: string[], options: TerminalOptions) {
    const { cols = usualSize.cols, rows = usualSize.rows } = options;
    this.#screen = new xterm.Terminal({ cols, rows, allowProposedApi: true });
    this.pty = spawn(file, words, { name: options.env.TERM ?? 'xterm-256color', ...options, cols, rows });
    this.exit = new Promise((resolve) => {
      this.pty.onExit(({ exitCode }) => resolve(exitCode));
    });
    this.pty.onData((data) => {
      this.raw += data;
      this.#screen.write(data, () => {
        this.#drawn += data;
        for (const wake of this.#onWritten.splice(0)) wake();
      });
    });
  }

  /** The lines on the screen, without trailing spaces and empty lines at the end. */
  lines(): string[] {
    const { active } = this.#screen.buffer;
    const from = active.type === 'alternate' ? active.baseY : 0;
    const lines = Array.from({ length: active.length - from }, (_, row) =>
      active
        .getLine(from + row)!
        .translateToString(true, 0, this.#screen.cols)
        .trimEnd(),
    );
    return lines.join('\n').trimEnd().split('\n');
  }

  /** Waits until the screen shows `text` in a frame that is complete; the test's own time limit is the only one. */
  shows(text: string): Promise<void> {
    const isShown = () => this.lines().join('\n').includes(text);
    return this.until(() => isShown() && !this.#screen.modes.synchronizedOutputMode);
  }

  /** Waits until `holds` is true of the screen. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#onWritten.push(resolve);
      });
    }
  }

  /** Sends keys and waits until the program has drawn a frame for them (FTUI_TEST=1 marks its frames). */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const inputs = this.#inputs();
      this.pty.write(key);
      await this.until(() => this.#inputs() > inputs);
    }
  }

  #lastMark(): string {
    const at = this.#drawn.lastIndexOf('\u001b]7777;');
    return at < 0 ? '' : this.#drawn.slice(at);
  }

  /** Chunks of input that the program has drawn a frame for. */
  #inputs(): number {
    return Number(/inputs=(\d+)/.exec(this.#lastMark())?.[1] ?? 0);
  }

  /** Changes the size and waits until the program has drawn for it. */
  async resize(cols: number, rows: number): Promise<void> {
    this.#screen.resize(cols, rows);
    this.pty.resize(cols, rows);
    await this.until(() => this.#lastMark().includes(`size=${cols}x${rows}`));
  }

  /** The lines on the visible screen, with their looks: one letter for each cell that is not plain. */
  looks(): string[] {
    const { active } = this.#screen.buffer;
    return Array.from({ length: this.#screen.rows }, (_, row) => {
      const line = active.getLine(active.baseY + row)!;
      return Array.from({ length: this.#screen.cols }, (_cell, column) => lookOf(line.getCell(column)!))
        .join('')
        .trimEnd();
    });
  }

  /** A cell of the visible screen. */
  cell(row: number, column: number): xterm.IBufferCell {
    const { active } = this.#screen.buffer;
    return active.getLine(active.baseY + row)!.getCell(column)!;
  }

  /** Whether the alternate screen is on. */
  get isAlternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  /** What a program must not leave behind: the modes that are on, of those that a screen of its own needs. */
  modesOn(): string[] {
    const { mouseTrackingMode, bracketedPasteMode, wraparoundMode, synchronizedOutputMode } = this.#screen.modes;
    const modes = {
      'alternate screen': this.isAlternate,
      'hidden cursor': !this.isCursorShown,
      mouse: mouseTrackingMode !== 'none',
      'bracketed paste': bracketedPasteMode,
      'no wrapping': !wraparoundMode,
      'synchronized output': synchronizedOutputMode,
    };
    return Object.entries(modes).flatMap(([name, isOn]) => (isOn ? [name] : []));
  }

  /** Whether lines have left the screen at its top, or gone on in the next. */
  get hasOverflown(): boolean {
    const { active } = this.#screen.buffer;
    const rows = Array.from({ length: active.length }, (_, row) => active.getLine(row)!);
    return active.baseY > 0 || rows.some(({ isWrapped }) => isWrapped);
  }

  get isCursorShown(): boolean {
    return this.raw.lastIndexOf('\u001b[?25h') >= this.raw.lastIndexOf('\u001b[?25l');
  }
}

/** Inverse, bold, underlined, dim, or the number of a colour; space for plain. */
function lookOf(cell: xterm.IBufferCell): string {
  if (cell.isInverse()) return 'i';
  if (!cell.isFgDefault()) return String(cell.getFgColor() % 10);
  if (cell.isBold()) return 'b';
  if (cell.isUnderline()) return 'u';
  return cell.isDim() ? 'd' : ' ';
}
