/** The pane of a traced command: how large it is, who has the keys, which lines it shows. Pure. */
import type { KeyInput, PasteInput } from '../terminal/key-decoder.ts';
import type { CommandView } from './models.ts';

export interface PaneState {
  readonly size: 'hidden' | 'half' | 'full';
  /** Keys go to the command. */
  readonly hasFocus: boolean;
  /** The first line shown of what is there to read; undefined: the newest, as it comes. */
  readonly top: number | undefined;
}

export const hiddenPane: PaneState = { size: 'hidden', hasFocus: false, top: undefined };

/** Leads out of the pane; telnet's and the consoles' of virtual machines. Everything else can be meant for the command. */
export const leaveKey = 'Ctrl-]';

/** Hidden, half of the screen, all of it. */
export function nextSize(pane: PaneState): PaneState {
  const next = { hidden: 'half', half: 'full', full: 'hidden' } as const;
  return { ...pane, size: next[pane.size] };
}

export function focusPane(pane: PaneState): PaneState {
  return { size: pane.size === 'hidden' ? 'half' : pane.size, hasFocus: true, top: undefined };
}

export interface PaneUpdate {
  readonly pane: PaneState;
  /** What is for the command. */
  readonly typed: readonly (KeyInput | PasteInput)[];
}

/** A key or a pasted text while the pane has the focus; `rows` of the command can be seen. */
export function updatePane(
  pane: PaneState,
  input: KeyInput | PasteInput,
  command: CommandView,
  rows: number,
): PaneUpdate {
  const stay = (change: Partial<PaneState>): PaneUpdate => ({ pane: { ...pane, ...change }, typed: [] });
  const key = input.kind === 'key' ? input.key : '';
  if (key === leaveKey) return stay({ hasFocus: false });
  const scrolled = scrollingKeys[key];
  if (scrolled !== undefined && (command.end !== undefined || key.startsWith('Shift-'))) {
    return { pane: scrollPane(pane, scrolled(Math.max(1, rows - 1)), command, rows), typed: [] };
  }
  if (command.end === undefined) return { pane: { ...pane, top: undefined }, typed: [input] };
  return leavingKeys.has(key) ? stay({ hasFocus: false }) : stay({});
}

/** Lines to go on, by the lines of a page; those with Shift while the command runs as well, as terminals have it. */
const scrollingKeys: Readonly<Record<string, (page: number) => number>> = {
  'Shift-PageUp': (page) => -page,
  'Shift-PageDown': (page) => page,
  PageUp: (page) => -page,
  PageDown: (page) => page,
  Space: (page) => page,
  Up: () => -1,
  k: () => -1,
  Down: () => 1,
  j: () => 1,
  Home: () => Number.NEGATIVE_INFINITY,
  g: () => Number.NEGATIVE_INFINITY,
  End: () => Number.POSITIVE_INFINITY,
  G: () => Number.POSITIVE_INFINITY,
};

/** When the command has ended. Ctrl-C is among them: it may have been meant for a command that has just gone. */
const leavingKeys: ReadonlySet<string> = new Set(['Esc', 'Enter', 'q', 'Ctrl-C']);

/** The wheel over the pane: a program with a screen of its own is sent arrows, as terminals do. */
export function turnWheel(pane: PaneState, lines: number, command: CommandView, rows: number): PaneUpdate {
  if (!command.isAlternate || command.end !== undefined) {
    return { pane: scrollPane(pane, lines, command, rows), typed: [] };
  }
  const key: KeyInput = { kind: 'key', key: lines < 0 ? 'Up' : 'Down' };
  return { pane, typed: Array.from({ length: Math.abs(lines) }, () => key) };
}

function scrollPane(pane: PaneState, lines: number, command: CommandView, rows: number): PaneState {
  const newest = Math.max(0, command.length - rows);
  const top = Math.max(0, Math.min(newest, (pane.top ?? newest) + lines));
  return { ...pane, top: top >= newest ? undefined : top };
}
