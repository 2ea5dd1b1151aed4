/** The modes of the terminal that a session turns on for itself (alternate screen, raw keys, mouse), and off again. */

const mouseOn = '\u001b[?1000h\u001b[?1002h\u001b[?1006h';
const mouseOff = '\u001b[?1006l\u001b[?1002l\u001b[?1000l';
const pasteOn = '\u001b[?2004h';
const pasteOff = '\u001b[?2004l';
const screenOn = '\u001b[?1049h\u001b[?25l';
const screenOff = '\u001b[?25h\u001b[?1049l';

export class TerminalModes {
  readonly #write: (text: string) => void;
  readonly #input: NodeJS.ReadStream;
  #hasMouse = true;
  #isOn = false;

  constructor(input: NodeJS.ReadStream, write: (text: string) => void) {
    this.#input = input;
    this.#write = write;
  }

  get hasMouse(): boolean {
    return this.#hasMouse;
  }

  enter(): void {
    this.#isOn = true;
    this.#input.setRawMode(true);
    this.#input.resume();
    this.#write(screenOn + pasteOn + (this.#hasMouse ? mouseOn : ''));
  }

  leave(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#write((this.#hasMouse ? mouseOff : '') + pasteOff + screenOff);
    this.#input.setRawMode(false);
    this.#input.pause();
  }

  /** Gives the mouse to the terminal, or takes it back. */
  toggleMouse(): void {
    this.#hasMouse = !this.#hasMouse;
    this.#write(this.#hasMouse ? mouseOn : mouseOff);
  }
}

/** The control sequence that puts text on the clipboard of the terminal (OSC 52). */
export function copyToClipboard(text: string): string {
  return `\u001b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`;
}
