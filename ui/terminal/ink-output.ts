/**
 * The stream that Ink writes to. Ink frames its output by synchronized updates (DEC private mode 2026); each frame goes
 * out in one write together with what the body painter has to repaint because of it.
 */
import { EventEmitter } from 'node:events';
import type { WriteStream } from 'node:tty';
import type { BodyPainter } from './body-painter.ts';

const beginFrame = '\u001b[?2026h';
const endFrame = '\u001b[?2026l';
/** Erase down: the body is gone with it. */
const erasesBody = /\u001b\[[0-3]?J/;
const erasesLine = /\u001b\[[0-2]?K/;

export class InkOutput extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly #terminal: WriteStream;
  readonly #painter: BodyPainter;
  /** What a frame that has begun consists of so far. */
  #frame: string | undefined;
  #isMuted = false;

  constructor(terminal: WriteStream, painter: BodyPainter) {
    super();
    this.#terminal = terminal;
    this.#painter = painter;
  }

  get columns(): number {
    return this.#terminal.columns;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  get writableLength(): number {
    return this.#terminal.writableLength;
  }

  write(data: string | Uint8Array, ...rest: unknown[]): boolean {
    if (this.#isMuted) return true;
    const text = typeof data === 'string' ? data : Buffer.from(data).toString();
    const done = rest.find((item): item is () => void => typeof item === 'function');
    if (erasesBody.test(text)) this.#painter.invalidate();
    if (text === beginFrame) this.#frame = '';
    else if (text === endFrame) {
      this.#send(this.#frame ?? '');
      this.#frame = undefined;
    } else if (this.#frame !== undefined) this.#frame += text;
    else if (text !== '') this.#send(text);
    done?.();
    return true;
  }

  /** Nothing more is written: what an Ink that ends says is not for the screen. */
  mute(): void {
    this.#isMuted = true;
  }

  /** Brings changed rows of the body to the screen, between Ink's frames. */
  paintBody(): void {
    if (this.#frame === undefined) this.#send('');
  }

  #send(text: string): void {
    // Ink draws some milliseconds after it was told to: by then the body may have been painted where Ink erases.
    if (this.#painter.framesInDoubt > 0 && erasesLine.test(text)) {
      this.#painter.invalidate();
      this.#painter.framesInDoubt -= 1;
    }
    const all = this.#painter.takeErasures() + text + this.#painter.paint();
    if (all !== '') this.#terminal.write(beginFrame + all + endFrame);
  }
}
