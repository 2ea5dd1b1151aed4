/**
 * Paints what changes often past Ink, all but overlay and key bar: only the rows that changed, each at its place, while Ink
 * keeps an empty box there and never touches it. docs/decisions tells why; FTUI_PAINTER=0 gives the same strings to Ink.
 */

interface BodyPlace {
  /** Rows and columns from 0. */
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

const saveCursor = '\u001b7';
const restoreCursor = '\u001b8';
const noWrap = '\u001b[?7l';
const wrap = '\u001b[?7h';
const resetLook = '\u001b[0m';

/** A frame that Ink had not drawn yet when the body moved, and the one for the move. */
const framesAfterMove = 2;

export class BodyPainter {
  #place: BodyPlace = { top: 0, left: 0, width: 0, height: 0 };
  /** So many of Ink's next frames that erase lines may erase some of the body, for it lay elsewhere before. */
  framesInDoubt = 0;
  #erasures = '';
  #wanted: readonly string[] = [];
  /** What is on the screen, by row of the body; undefined where that is not known. */
  #shown: (string | undefined)[] = [];

  /** Moves the body; returns whether that changed anything. */
  place(place: BodyPlace): boolean {
    const { top, left, width, height } = this.#place;
    if (place.top === top && place.left === left && place.width === width && place.height === height) return false;
    this.#erasures += this.#eraseRowsOutside(place);
    this.#place = place;
    this.framesInDoubt = framesAfterMove;
    this.invalidate();
    return true;
  }

  /** Ink believes rows to be empty that the body leaves to it. */
  #eraseRowsOutside({ top, height }: BodyPlace): string {
    let out = '';
    for (let row = this.#place.top; row < this.#place.top + this.#place.height; row += 1) {
      if (row < top || row >= top + height) out += `\u001b[${row + 1};1H\u001b[2K`;
    }
    return out;
  }

  /** What must be written before Ink's next frame. */
  takeErasures(): string {
    const out = this.#erasures;
    this.#erasures = '';
    return out === '' ? '' : saveCursor + out + restoreCursor;
  }

  /** The rows to show from now on. */
  want(rows: readonly string[]): void {
    this.#wanted = rows;
  }

  /** Something else wrote to the screen: all rows are painted anew. */
  invalidate(): void {
    this.#shown = [];
  }

  /** The control sequences that bring the screen from what it shows to what is wanted; '' when nothing changed. */
  paint(): string {
    const { top, left, height } = this.#place;
    let out = '';
    for (let row = 0; row < height; row += 1) {
      const wanted = this.#wanted[row] ?? '';
      if (this.#shown[row] === wanted) continue;
      this.#shown[row] = wanted;
      out += `\u001b[${top + row + 1};${left + 1}H${wanted}${resetLook}\u001b[K`;
    }
    return out === '' ? '' : saveCursor + noWrap + out + wrap + restoreCursor;
  }
}
