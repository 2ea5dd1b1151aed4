/** A whole screen as painted lines: header, the screen's own, an overlay below it, key bar. Pure. */
import { explainState, smallestScreen } from '../../src/index.ts';
import { isOnScreen, keyTable } from '../keys/key-table.ts';
import { drawOverlay } from '../overlays/draw-overlay.ts';
import type { Overlay } from '../overlays/overlay.ts';
import { wrapText } from '../screens/screen-lines.ts';
import { screens } from '../screens/screens.ts';
import type { AppState } from '../state/app-state.ts';
import type { Models } from '../state/models.ts';
import { leaveKey } from '../state/pane.ts';
import type { ViewContext } from '../state/screen.ts';
import { fit, Line } from '../terminal/line.ts';
import { formatClock, formatCount, formatShare, formatSize } from '../terminal/quantities.ts';
import type { Style } from '../terminal/style.ts';
import { paneHeight, paneLines } from './pane-view.ts';

export interface Frame {
  /** Lines above the body; the header is the first. */
  readonly top: readonly string[];
  /** What changes with each key: rows of the screen's own, and below them the detail. */
  readonly body: readonly string[];
  readonly bodyHeight: number;
  /** Lines of the body that are not detail: a click there is the screen's. */
  readonly listHeight: number;
  /** The last lines of the body that are a command's pane: a click there gives it the keys. */
  readonly paneHeight: number;
  /** Lines below the body: overlay, key bar. */
  readonly bottom: readonly string[];
}

export interface Surface {
  readonly columns: number;
  readonly rows: number;
  readonly style: Style;
}

const mostMessageLines = 4;

/** Lines that an overlay may take. */
function overlayRoom(overlay: Overlay, rows: number): number {
  const isLong = overlay.kind === 'help' || overlay.kind === 'text';
  return Math.max(3, Math.min(rows - 6, isLong ? rows - 6 : Math.floor(rows / 2)));
}

function drawerOf({ overlay, screen }: AppState, { columns, rows, style }: Surface): string[] {
  if (overlay === undefined) return [];
  return drawOverlay(overlay, { width: columns, style }, overlayRoom(overlay, rows), screen);
}

/** What a screen is drawn with, and its keys are understood with. */
export function viewContext(state: AppState, models: Models, surface: Surface, now: number): ViewContext {
  const { columns, rows, style } = surface;
  const drawer = drawerOf(state, surface).length;
  const pane = paneHeight(state.pane, models.command, rows, drawer);
  // All of the screen for the pane: the screen behind it keeps its place.
  const beside = state.pane.size === 'full' ? 0 : pane;
  const height = Math.max(4, rows - 2 - drawer - beside);
  return { width: columns, height, paneRows: Math.max(0, pane - 1), style, models, now };
}

export function isTooSmall({ columns, rows }: Surface): boolean {
  return columns < smallestScreen.columns || rows < smallestScreen.rows;
}

export function layOut(state: AppState, models: Models, surface: Surface, now: number): Frame {
  const { columns, rows, style } = surface;
  if (isTooSmall(surface)) return layOutSmall(state, surface);
  const context = viewContext(state, models, surface, now);
  const drawer = drawerOf(state, surface);
  const { crumbs, head, body, detail } = screens[state.screen].view(state.screens[state.screen], context);
  const listHeight = Math.max(1, context.height - head.length - detail.length);
  const height = paneHeight(state.pane, models.command, rows, drawer.length);
  const { command } = models;
  const pane =
    command === undefined || height === 0 ? [] : paneLines(state.pane, command, { width: columns, height, style, now });
  const ownHeight = Math.max(1, context.height - head.length);
  const message = messageLines(state, surface, pane.length > 0 ? 1 : Math.min(mostMessageLines, ownHeight));
  const bottom = [...drawer, ...(message.length > 0 ? message : [keyBar(state, columns, style)])];
  // What a message needs beyond its one line it takes from the body, whose rows all stay where they are.
  const covered = Math.max(0, message.length - 1);
  const top = header(crumbs, models, columns, style);
  if (state.pane.size === 'full' && pane.length > 0) {
    return { top: [top], body: pane, bodyHeight: pane.length, listHeight: 0, paneHeight: pane.length, bottom };
  }
  const list = Array.from({ length: listHeight }, (_, row) => body[row] ?? '');
  const bodyHeight = ownHeight + pane.length - covered;
  return {
    top: [top, ...head],
    body: [...[...list, ...detail].slice(0, ownHeight), ...pane].slice(0, bodyHeight),
    bodyHeight,
    listHeight: Math.min(listHeight, bodyHeight),
    paneHeight: pane.length,
    bottom: bottom.slice(0, rows - 1 - head.length - bodyHeight),
  };
}

function layOutSmall({ pane }: AppState, { columns, rows, style }: Surface): Frame {
  const why = explainState({ kind: 'too-small', columns, rows }).line;
  // Keys go to the command, `q` too.
  const text = pane.hasFocus ? `${leaveKey} leads back; ${why}` : why;
  return {
    top: [new Line(columns, style).add(text).toString()],
    body: [],
    bodyHeight: Math.max(0, rows - 1),
    listHeight: 0,
    paneHeight: 0,
    bottom: [],
  };
}

function header(
  crumbs: readonly string[],
  { status, recording, isTracing }: Models,
  width: number,
  style: Style,
): string {
  const parts: { text: string; paint?: Style['bold'] }[] = [{ text: status.badge, paint: style.bold }];
  if (status.kind === 'live' && isTracing) parts.push({ text: `${formatCount(status.eventsPerSecond)} ev/s` });
  else if (status.kind !== 'none') parts.push({ text: `${formatCount(status.events)} events` });
  if (status.showing > 1)
    parts.push({ text: explainState({ kind: 'behind', oneOf: status.showing }).what, paint: style.warning });
  if (status.fill >= 0.05) parts.push({ text: `buffer ${formatShare(status.fill)}` });
  if (status.kind !== 'none') {
    parts.push({ text: `lost ${formatCount(status.lost)}`, ...(status.lost > 0 && { paint: style.error }) });
  }
  if (recording !== undefined) parts.push({ text: `rec ${formatSize(recording.bytes)}`, paint: style.error });
  if (status.kind === 'live') parts.push({ text: formatClock(status.runningMs) });
  const room = parts.reduce((sum, { text }) => sum + text.length + 2, 1);
  const line = new Line(width, style).add(' ftui  ', style.bold);
  const path = [...crumbs].join(' > ');
  line.add(path.length > line.room - room ? fit(path, Math.max(0, line.room - room - 2), style.glyphs.more) : path);
  line.to(width - room);
  for (const { text, paint } of parts) line.add(text, paint).add('  ');
  return line.filled(style.inverse);
}

/** A message while it lasts, in place of the key bar: what it ends with is what helps, and is not to be cut off. */
function messageLines({ message, prefix }: AppState, { columns: width, style }: Surface, most: number): string[] {
  if (prefix !== undefined)
    return [new Line(width, style).add(` ${prefix} and a letter a to z`, style.warning).toString()];
  if (message === undefined) return [];
  const lines = wrapText(message.text, width - 1);
  const shown = [...lines.slice(0, most - 1), ...(lines.length < most ? [] : [lines.slice(most - 1).join(' ')])];
  const paint = message.isError ? style.error : style.good;
  return shown.map((line) => new Line(width, style).add(` ${line}`, paint).toString());
}

/** The keys that matter here. */
function keyBar(state: AppState, width: number, style: Style): string {
  const line = new Line(width, style);
  for (const row of keyTable) {
    if (row.bar === undefined || !isOnScreen(row, state.screen)) continue;
    const key = row.keys[0]!;
    if (key.length + row.bar.length + 3 > line.room) continue;
    line.add(' ').add(key, style.bold).add(` ${row.bar} `, style.dim);
  }
  return line.toString();
}
