/** A program in a pseudo terminal, and what its user would see: the escape codes are read by a terminal emulator. */
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

const size = { cols: 100, rows: 30 };

export interface TerminalOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
}

export class TerminalProgram {
  readonly exit: Promise<number>;
  /** Everything the program wrote, escape codes included. */
  raw = '';
  readonly pty: IPty;
  readonly #screen = new xterm.Terminal({ ...size, allowProposedApi: true });
  #onWritten: (() => void)[] = [];

  constructor(file: string, words: string[], options: TerminalOptions) {
    this.pty = spawn(file, words, { ...size, name: 'xterm-256color', ...options });
    this.exit = new Promise((resolve) => {
      this.pty.onExit(({ exitCode }) => resolve(exitCode));
    });
    this.pty.onData((data) => {
      this.raw += data;
      this.#screen.write(data, () => {
        for (const wake of this.#onWritten.splice(0)) wake();
      });
    });
  }

  /** The lines on the screen, without trailing spaces and empty lines at the end. */
  lines(): string[] {
    const { active } = this.#screen.buffer;
    const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row)!.translateToString(true));
    return lines.join('\n').trimEnd().split('\n');
  }

  /** Waits until the screen shows `text`; the test's own time limit is the only one. */
  async shows(text: string): Promise<void> {
    while (!this.lines().join('\n').includes(text)) {
      await new Promise<void>((resolve) => {
        this.#onWritten.push(resolve);
      });
    }
  }

  /** Whether the alternate screen is on. */
  get isAlternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  get isCursorShown(): boolean {
    return this.raw.lastIndexOf('\u001b[?25h') >= this.raw.lastIndexOf('\u001b[?25l');
  }
}
