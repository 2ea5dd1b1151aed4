/**
 * One screen line put together from left to right: what does not fit is cut off before it is painted, so that no line is
 * ever wider than the screen. Text of the traced system must have been made safe (visibleText) before.
 */
import stringWidth from 'string-width';
import type { Paint, Style } from './style.ts';

/** Characters of one cell each: printable ASCII, and what the glyphs of style.ts and units are made of. */
const simple = /^[ -~µ×·…─-▟▸▾✓]*$/;

/** Terminal cells that a text takes. */
export function cellWidth(text: string): number {
  return simple.test(text) ? text.length : stringWidth(text);
}

/** The text cut off to `width` cells, with a mark where something is missing. */
export function fit(text: string, width: number, more: string): string {
  if (width <= 0) return '';
  if (cellWidth(text) <= width) return text;
  if (width === 1) return more;
  if (simple.test(text)) return text.slice(0, width - 1) + more;
  let kept = '';
  let used = 0;
  for (const character of text) {
    const cells = stringWidth(character);
    if (used + cells > width - 1) break;
    kept += character;
    used += cells;
  }
  return kept + more;
}

export class Line {
  #text = '';
  #used = 0;
  readonly #width: number;
  readonly #style: Style;

  constructor(width: number, style: Style) {
    this.#width = width;
    this.#style = style;
  }

  /** Cells that are still free. */
  get room(): number {
    return this.#width - this.#used;
  }

  /** Appends as much as fits. */
  add(text: string, paint?: Paint): this {
    const shown = this.#fitted(text, this.room);
    this.#used += shown.cells;
    this.#text += paint === undefined ? shown.text : paint(shown.text);
    return this;
  }

  /** Appends a cell of a fixed width. */
  cell(text: string, width: number, align: 'left' | 'right' = 'left', paint?: Paint): this {
    const room = Math.min(width, this.room);
    const shown = this.#fitted(text, room);
    const padding = ' '.repeat(Math.max(0, room - shown.cells));
    this.#used += shown.cells + padding.length;
    const painted = paint === undefined ? shown.text : paint(shown.text);
    this.#text += align === 'left' ? painted + padding : padding + painted;
    return this;
  }

  /** Measured once where all of it fits, as it mostly does. */
  #fitted(text: string, room: number): { readonly text: string; readonly cells: number } {
    const cells = cellWidth(text);
    if (cells <= room) return { text, cells };
    const cut = fit(text, room, this.#style.glyphs.more);
    return { text: cut, cells: cellWidth(cut) };
  }

  /** Appends what is painted already and takes `cells` cells, if it fits. */
  addPainted(text: string, cells: number): this {
    if (cells > this.room) return this;
    this.#used += cells;
    this.#text += text;
    return this;
  }

  /** Spaces up to a column. */
  to(column: number): this {
    const missing = Math.min(column, this.#width) - this.#used;
    if (missing <= 0) return this;
    this.#used += missing;
    this.#text += ' '.repeat(missing);
    return this;
  }

  /** Leaves `text` at the right edge, if there is room for it and a space before it. */
  right(text: string, paint?: Paint): this {
    const cells = cellWidth(text);
    if (cells + 1 > this.room) return this;
    return this.to(this.#width - cells).add(text, paint);
  }

  /** The line, padded to the whole width, as one painted text. */
  filled(paint: Paint): string {
    this.to(this.#width);
    return paint(this.#text);
  }

  toString(): string {
    return this.#text;
  }
}
