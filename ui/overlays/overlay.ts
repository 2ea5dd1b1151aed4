/** What can lie over the lower part of a screen: help, the palette, lists to pick from, texts, questions. Pure. */
import { findAction, isOnScreen, type KeyRow, keyTable, type ScreenId } from '../keys/key-table.ts';
import type { Effect } from '../state/effect.ts';
import { atFirst, type ListCursor, moveCursor, settle } from '../state/list-cursor.ts';
import { editPrompt, emptyPrompt, type Prompt, promptWith } from '../state/prompt.ts';
import { commandNames, findCommands } from './palette-commands.ts';

export type Overlay = PromptOverlay | HelpOverlay | TextOverlay | PickOverlay | ConfirmOverlay;

interface PromptOverlay {
  readonly kind: 'prompt';
  readonly to: 'search' | 'filter' | 'command';
  readonly prompt: Prompt;
  /** Of the palette: the line of completions that is chosen. */
  readonly cursor: ListCursor;
}

interface HelpOverlay {
  readonly kind: 'help';
  readonly screen: ScreenId;
  readonly prompt: Prompt;
  readonly cursor: ListCursor;
}

interface TextOverlay {
  readonly kind: 'text';
  readonly title: string;
  readonly lines: readonly string[];
  readonly cursor: ListCursor;
}

interface PickOverlay {
  readonly kind: 'pick';
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly on: boolean; readonly note?: string }[];
  readonly command: string;
  readonly cursor: ListCursor;
}

interface ConfirmOverlay {
  readonly kind: 'confirm';
  readonly question: string;
  readonly effects: readonly Effect[];
}

/** What an overlay wants after a key: to stay (changed), or to close, with something to do. */
export interface OverlayUpdate {
  readonly overlay: Overlay | undefined;
  readonly effects?: readonly Effect[];
  readonly answer?: { readonly to: PromptOverlay['to']; readonly text: string };
  /** An action of the palette, for the screen. */
  readonly action?: string;
  /** A word list for the screen's own commands, e.g. `column TOTAL`. */
  readonly command?: readonly string[];
}

export function openPrompt(to: PromptOverlay['to'], text = ''): PromptOverlay {
  return { kind: 'prompt', to, prompt: promptWith(text), cursor: atFirst };
}

export function openHelp(screen: ScreenId): HelpOverlay {
  return { kind: 'help', screen, prompt: emptyPrompt, cursor: atFirst };
}

/** Rows of the key table for a screen whose key, name or help has the text. */
export function findHelp(screen: ScreenId, query: string): readonly KeyRow[] {
  const wanted = query.toLowerCase();
  return keyTable.filter(
    (row) =>
      isOnScreen(row, screen) && `${row.keys.join(' ')} ${row.action} ${row.help}`.toLowerCase().includes(wanted),
  );
}

/** Lines that an overlay's list may take on the screen. */
export function listHeight(overlay: Overlay, room: number): number {
  const lines = Math.max(1, room - 2);
  switch (overlay.kind) {
    case 'prompt':
      return overlay.to === 'command' ? Math.min(8, lines) : 0;
    case 'help':
      return Math.max(1, lines - 1);
    case 'text':
      return Math.min(overlay.lines.length, lines);
    case 'pick':
      return Math.min(overlay.rows.length, lines);
    default:
      return 0;
  }
}

export function updateOverlay(overlay: Overlay, key: string, screen: ScreenId, room: number): OverlayUpdate {
  if (key === 'Esc') return { overlay: undefined };
  switch (overlay.kind) {
    case 'prompt':
      return updatePrompt(overlay, key, screen, room);
    case 'help':
      return updateHelp(overlay, key, room);
    case 'text':
      return updateText(overlay, key, screen, room);
    case 'pick':
      return updatePick(overlay, key, screen, room);
    case 'confirm':
      if (key === 'y' || key === 'Y' || key === 'Enter') return { overlay: undefined, effects: overlay.effects };
      return key === 'n' || key === 'N' || key === 'q' ? { overlay: undefined } : { overlay };
  }
}

function updatePrompt(overlay: PromptOverlay, key: string, screen: ScreenId, room: number): OverlayUpdate {
  const { to, prompt, cursor } = overlay;
  const found = to === 'command' ? findCommands(prompt.text, screen) : [];
  if (key === 'Enter') {
    const chosen = found[cursor.at];
    const hasWords = prompt.text.includes(' ') || commandNames.has(prompt.text.trim());
    if (to !== 'command' || hasWords || chosen === undefined)
      return { overlay: undefined, answer: { to, text: prompt.text } };
    if (chosen.action !== undefined) return { overlay: undefined, action: chosen.action };
    return { overlay: { ...overlay, prompt: promptWith(`${chosen.name} `) } };
  }
  if (key === 'Tab' && found[cursor.at] !== undefined) {
    return { overlay: { ...overlay, prompt: promptWith(`${found[cursor.at]!.name} `) } };
  }
  if (key === 'Backspace' && prompt.text === '') return { overlay: undefined };
  const moved = moveList(cursor, key, found.length, listHeight(overlay, room));
  if (moved !== undefined) return { overlay: { ...overlay, cursor: moved } };
  const edited = editPrompt(prompt, key);
  return { overlay: edited === undefined ? overlay : { ...overlay, prompt: edited, cursor: atFirst } };
}

function updateHelp(overlay: HelpOverlay, key: string, room: number): OverlayUpdate {
  const { prompt, cursor, screen } = overlay;
  if (key === 'F1' || (key === '?' && prompt.text === '') || (key === 'q' && prompt.text === '')) {
    return { overlay: undefined };
  }
  const found = findHelp(screen, prompt.text);
  if (key === 'Enter') {
    const row = found[cursor.at];
    return row === undefined ? { overlay } : { overlay: undefined, action: row.action };
  }
  const moved = moveList(cursor, key, found.length, listHeight(overlay, room));
  if (moved !== undefined) return { overlay: { ...overlay, cursor: moved } };
  const edited = editPrompt(prompt, key);
  return { overlay: edited === undefined ? overlay : { ...overlay, prompt: edited, cursor: atFirst } };
}

function updateText(overlay: TextOverlay, key: string, screen: ScreenId, room: number): OverlayUpdate {
  if (key === 'q' || key === 'Enter') return { overlay: undefined };
  const height = listHeight(overlay, room);
  const action = findAction(key, screen);
  // Of the row that the text is about.
  if (action === 'source') return { overlay: undefined, action };
  // A text has no cursor: its last line is reached when it is the last on the screen.
  const top = { at: overlay.cursor.top, top: overlay.cursor.top };
  const moved = action === undefined ? undefined : moveCursor(top, action, overlay.lines.length - height + 1, 1);
  if (moved === undefined) return { overlay };
  return { overlay: { ...overlay, cursor: { at: moved.at, top: moved.at } } };
}

function updatePick(overlay: PickOverlay, key: string, screen: ScreenId, room: number): OverlayUpdate {
  if (key === 'q' || key === 'Enter') return { overlay: undefined };
  const { rows, cursor, command } = overlay;
  const row = rows[cursor.at];
  if (key === 'Space' && row !== undefined) {
    const changed = rows.map((other) => (other === row ? { ...row, on: !row.on } : other));
    return { overlay: { ...overlay, rows: changed }, command: [command, row.on ? 'off' : 'on', row.name] };
  }
  if (key === 'Delete' && row !== undefined) {
    const left = rows.filter((other) => other !== row);
    const next = { ...overlay, rows: left, cursor: settle(cursor, left.length, listHeight(overlay, room)) };
    return { overlay: left.length === 0 ? undefined : next, command: [command, 'remove', row.name] };
  }
  const action = findAction(key, screen);
  const moved = action === undefined ? undefined : moveCursor(cursor, action, rows.length, listHeight(overlay, room));
  return { overlay: moved === undefined ? overlay : { ...overlay, cursor: moved } };
}

/** Letters are text in a prompt: only the keys that are none move its list. */
function moveList(cursor: ListCursor, key: string, length: number, height: number): ListCursor | undefined {
  const actions: Readonly<Record<string, string>> = {
    Up: 'up',
    Down: 'down',
    PageUp: 'page-up',
    PageDown: 'page-down',
    'Ctrl-P': 'up',
    'Ctrl-N': 'down',
  };
  const action = actions[key];
  return action === undefined ? undefined : moveCursor(cursor, action, length, height);
}
