/** The lines of a command's pane: how many there are, a title that says what its keys do, the command's own. Pure. */
import type { CommandView } from '../state/models.ts';
import { leaveKey, type PaneState } from '../state/pane.ts';
import { paintCells } from '../terminal/cells.ts';
import { cellWidth, fit, Line } from '../terminal/line.ts';
import type { Style } from '../terminal/style.ts';

/** Header and key bar. */
const linesAround = 2;
/** What a screen keeps beside a pane. */
const leastScreen = 4;
const leastPane = 2;

/** Lines of the pane with its title, on a screen of `rows` of which an overlay takes `drawer`; 0 where there is none. */
export function paneHeight(pane: PaneState, command: CommandView | undefined, rows: number, drawer = 0): number {
  if (command === undefined || pane.size === 'hidden') return 0;
  const room = rows - linesAround - drawer;
  const height = pane.size === 'full' ? room : Math.min(halfOf(rows), room - leastScreen);
  return height < leastPane ? 0 : height;
}

function halfOf(rows: number): number {
  return Math.floor((rows - linesAround) / 2);
}

/** The size of the command's terminal: an overlay that comes and goes does not change it, nor that it is hidden. */
export function terminalSize(size: PaneState['size'], surface: { readonly columns: number; readonly rows: number }) {
  const height = size === 'full' ? surface.rows - linesAround : halfOf(surface.rows);
  return { columns: Math.max(1, surface.columns), rows: Math.max(1, height - 1) };
}

/** How long it is said that the command had to wait, ms. */
const heldBackMs = 1_000;

interface PaneSurface {
  readonly width: number;
  /** With the title. */
  readonly height: number;
  readonly style: Style;
  /** As performance.now() counts. */
  readonly now: number;
}

export function paneLines(pane: PaneState, command: CommandView, surface: PaneSurface): string[] {
  const { width, height, style } = surface;
  const rows = height - 1;
  const { line: cursorLine, column } = command.cursor;
  const newest = Math.max(0, command.length - rows);
  // Where less can be seen than the terminal has, what the cursor is on can be seen.
  const followed = Math.max(0, Math.min(newest, cursorLine));
  const top = pane.top ?? followed;
  const showsCursor = pane.hasFocus && command.end === undefined;
  const lines = Array.from({ length: rows }, (_, row) => {
    const at = top + row;
    return paintCells(command.lineAt(at), width, style, showsCursor && at === cursorLine ? column : undefined);
  });
  return [titleLine(pane, command, surface, top), ...lines];
}

/** What the keys do has its place first, then how the command is, then its words. */
function titleLine(pane: PaneState, command: CommandView, surface: PaneSurface, top: number): string {
  const { width, style } = surface;
  const { line: rule } = style.glyphs;
  const keys = ` ${keyWords(pane, command)} `;
  const keysAt = width - cellWidth(keys);
  const title = new Line(width, style).add(rule.repeat(2));
  for (const { text, paint } of stateWords(pane, command, surface, top)) {
    if (cellWidth(text) + 2 <= keysAt - (width - title.room)) title.add(` ${text} `, paint);
  }
  const words = fit(command.title, keysAt - (width - title.room) - 2, style.glyphs.more);
  if (words !== '') title.add(' ').add(words, style.bold).add(' ');
  title.add(rule.repeat(Math.max(0, keysAt - (width - title.room))));
  return title.add(keys, pane.hasFocus ? style.inverse : style.dim).toString();
}

function stateWords(pane: PaneState, command: CommandView, { now, style }: PaneSurface, top: number) {
  const { hasBegun, end, lack, heldBackAt, length } = command;
  const words: { text: string; paint?: Style['bold'] }[] = [];
  if (end !== undefined) words.push({ text: endWords(end), paint: end.code === 0 ? style.good : style.warning });
  else words.push({ text: hasBegun ? 'running' : 'waiting' });
  if (end === undefined && now - heldBackAt < heldBackMs) {
    words.push({ text: 'slowed by its output', paint: style.warning });
  }
  if (pane.top !== undefined) words.push({ text: `line ${top + 1} of ${length}` });
  if (lack !== undefined) words.push({ text: 'no terminal', paint: style.warning });
  return words;
}

function endWords({ code, signal }: NonNullable<CommandView['end']>): string {
  return signal === null ? `exited ${code}` : `killed by ${signal}`;
}

/** What the keys do now; the way back is never missing. */
function keyWords({ hasFocus, size }: PaneState, { end, lack }: CommandView): string {
  if (hasFocus) return end === undefined ? `you type here: ${leaveKey} leads back` : 'arrows scroll, Esc leads back';
  const enter = end === undefined && lack === undefined ? '$ type here' : '$ scroll';
  return `${enter}  P ${size === 'full' ? 'hide' : 'larger'}`;
}
