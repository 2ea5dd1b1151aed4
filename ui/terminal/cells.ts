/**
 * Cells of an emulated terminal as text for the real one. Nothing of what a program wrote gets here but characters and
 * looks; a character that is not as wide as its cells, or no plain character at all, becomes a mark.
 */
import { visibleText } from '../../src/index.ts';
import { cellWidth } from './line.ts';
import type { Style } from './style.ts';

export interface CellLook {
  /** Number in the palette of 256; undefined for the terminal's own. */
  readonly ink?: number | undefined;
  readonly ground?: number | undefined;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
}

export interface Cell {
  /** A character with what combines with it; '' is a blank. */
  readonly text: string;
  /** 1 or 2. */
  readonly width: number;
  readonly look: CellLook;
}

export const plainLook: CellLook = {};

/** One row, cut off to `width`; the cursor stands on the cell of column `cursor`. */
export function paintCells(cells: readonly Cell[], width: number, style: Style, cursor?: number): string {
  let line = '';
  let run = '';
  let codes = '';
  let column = 0;
  const flush = () => {
    line += codes === '' ? run : `\u001b[${codes}m${run}${offCodes}`;
    run = '';
  };
  for (const cell of cursor === undefined ? cells : reachColumn(cells, cursor)) {
    if (column + cell.width > width) break;
    const isUnderCursor = cursor !== undefined && cursor >= column && cursor < column + cell.width;
    const look = isUnderCursor ? { ...cell.look, inverse: cell.look.inverse !== true } : cell.look;
    const wanted = codesOf(look, style.colors);
    if (wanted !== codes) flush();
    codes = wanted;
    run += characterOf(cell, style.isAscii);
    column += cell.width;
  }
  flush();
  return line;
}

/** Blanks up to the column of the cursor. */
function reachColumn(cells: readonly Cell[], column: number): readonly Cell[] {
  const end = cells.reduce((sum, { width }) => sum + width, 0);
  const blanks = Array.from({ length: Math.max(0, column + 1 - end) }, () => ({ text: '', width: 1, look: plainLook }));
  return [...cells, ...blanks];
}

const printable = /^[ -~]$/;
/** A letter with all that combines with it; more than this was written to be large. */
const longestCharacter = 16;

function characterOf({ text, width }: Cell, isAscii: boolean): string {
  if (text === '') return ' '.repeat(width);
  if (printable.test(text)) return text;
  if (text.length > longestCharacter) return '\ufffd'.padEnd(width);
  if (isAscii) return (asciiFor(text) ?? '?').padEnd(width);
  return visibleText(text) === text && cellWidth(text) === width ? text : '\ufffd'.padEnd(width);
}

/** Box drawing (U+2500) and blocks (U+2580) as they have been drawn in ASCII. */
function asciiFor(text: string): string | undefined {
  const code = text.codePointAt(0)!;
  if (code < 0x2500 || code > 0x259f) return undefined;
  if (code >= 0x2580) return '#';
  if ('─━┄┅┈┉═╌╍╴╶╸╺'.includes(text)) return '-';
  return '│┃┆┇┊┋║╎╏╵╷╹╻'.includes(text) ? '|' : '+';
}

/** Ends every look that codesOf() can begin. */
const offCodes = '\u001b[22;23;24;27;39;49m';

/** The parameters of SGR; '' for a look that needs none. */
function codesOf({ ink, ground, bold, dim, italic, underline, inverse }: CellLook, colors: Style['colors']): string {
  const codes: string[] = [];
  if (bold) codes.push('1');
  if (dim && colors > 0) codes.push('2');
  if (italic) codes.push('3');
  if (underline) codes.push('4');
  if (inverse) codes.push('7');
  if (ink !== undefined && colors > 0) codes.push(colorCode(ink, colors, 30));
  if (ground !== undefined && colors > 0) codes.push(colorCode(ground, colors, 40));
  return codes.join(';');
}

/** `base` is 30 for characters, 40 for what is behind them. */
function colorCode(color: number, colors: Style['colors'], base: number): string {
  const shown = colors === 16 ? nearestOf16(color) : color;
  if (shown < 8) return String(base + shown);
  return shown < 16 ? String(base + 60 + shown - 8) : `${base + 8};5;${shown}`;
}

const cubeLevels = [0, 95, 135, 175, 215, 255];

/** The colour of a terminal of 256 that is nearest to red, green and blue, 0 to 255 each. */
export function nearestOf256(red: number, green: number, blue: number): number {
  const [r, g, b] = [red, green, blue].map((value) => nearestLevel(value)) as [number, number, number];
  return 16 + 36 * r + 6 * g + b;
}

function nearestLevel(value: number): number {
  return cubeLevels.reduce(
    (best, level, at) => (Math.abs(level - value) < Math.abs(cubeLevels[best]! - value) ? at : best),
    0,
  );
}

function nearestOf16(color: number): number {
  if (color < 16) return color;
  const [red, green, blue] = color >= 232 ? greyOf(color) : cubeOf(color);
  const brightest = Math.max(red, green, blue);
  if (brightest < 50) return 0;
  const bits = [red, green, blue].reduce((sum, value, at) => sum + (value > brightest / 2 ? 1 << at : 0), 0);
  if (bits === 7) return brightest < 120 ? 8 : brightest < 220 ? 7 : 15;
  return brightest > 215 ? bits + 8 : bits;
}

function greyOf(color: number): [number, number, number] {
  const level = 8 + (color - 232) * 10;
  return [level, level, level];
}

function cubeOf(color: number): [number, number, number] {
  const at = color - 16;
  return [cubeLevels[Math.floor(at / 36)]!, cubeLevels[Math.floor(at / 6) % 6]!, cubeLevels[at % 6]!];
}
