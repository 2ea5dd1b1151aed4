/**
 * What a terminal would show of a program's output: xterm's own interpreter, without a display. In a file of its own in
 * dist/, loaded when a command has a pane. Nothing of it knows the real terminal.
 */
import xterm from '@xterm/headless';
import { type Cell, type CellLook, nearestOf256, plainLook } from './cells.ts';

/** Lines that have left the screen at its top and can be read again. */
const history = 5_000;

interface EmulatorOptions {
  readonly columns: number;
  readonly rows: number;
  /** What the terminal itself answers, to a question for its kind or for the cursor. */
  readonly onReply: (text: string) => void;
}

export class Emulator {
  readonly #terminal: xterm.Terminal;
  readonly #cell: xterm.IBufferCell;

  constructor({ columns, rows, onReply }: EmulatorOptions) {
    this.#terminal = new xterm.Terminal({
      ...{ cols: columns, rows, scrollback: history },
      allowProposedApi: true,
      logLevel: 'off',
    });
    this.#terminal.onData(onReply);
    this.#cell = this.#terminal.buffer.active.getNullCell();
  }

  /** `done` is called when it is on the screen. */
  write(bytes: Uint8Array, done: () => void): void {
    this.#terminal.write(bytes, done);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** Pipes bring line feeds alone, where a terminal's own driver adds the carriage return. */
  set convertsLineFeeds(on: boolean) {
    this.#terminal.options.convertEol = on;
  }

  /** Lines of history and screen together. */
  get length(): number {
    return this.#terminal.buffer.active.baseY + this.#terminal.rows;
  }

  /** Programs that draw a whole screen, and leave what was there before alone. */
  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  get cursor(): { readonly line: number; readonly column: number } {
    const { baseY, cursorX, cursorY } = this.#terminal.buffer.active;
    return { line: baseY + cursorY, column: Math.min(cursorX, this.#terminal.cols - 1) };
  }

  /** What decides how keys are sent. */
  get keyModes() {
    const { applicationCursorKeysMode, bracketedPasteMode } = this.#terminal.modes;
    return { applicationCursor: applicationCursorKeysMode, bracketedPaste: bracketedPasteMode };
  }

  /** A line of history or screen, without the blanks at its end. */
  lineAt(index: number): readonly Cell[] {
    const line = this.#terminal.buffer.active.getLine(index);
    const cells: Cell[] = [];
    let used = 0;
    for (let column = 0; line !== undefined && column < line.length; column += 1) {
      const cell = line.getCell(column, this.#cell);
      // The second half of a wide character.
      if (cell === undefined || cell.getWidth() === 0) continue;
      const look = lookOf(cell);
      const text = cell.isInvisible() ? '' : cell.getChars();
      cells.push({ text, width: cell.getWidth(), look });
      if (text !== '' || look !== plainLook) used = cells.length;
    }
    return cells.slice(0, used);
  }
}

function lookOf(cell: xterm.IBufferCell): CellLook {
  if (cell.isAttributeDefault()) return plainLook;
  return {
    ink: colorOf(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
    ground: colorOf(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
    inverse: cell.isInverse() !== 0,
  };
}

function colorOf(isDefault: boolean, isRgb: boolean, color: number): number | undefined {
  if (isDefault) return undefined;
  return isRgb ? nearestOf256(color >> 16, (color >> 8) & 0xff, color & 0xff) : color;
}
