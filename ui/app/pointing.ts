/** What the mouse means, by what lies where it points: rows of a screen, or the pane of a command. Pure. */
import { type AppContext, type AppState, type AppUpdate, applyPane, sendToScreen } from '../state/app-state.ts';
import { focusPane, turnWheel } from '../state/pane.ts';
import type { MouseInput } from '../terminal/key-decoder.ts';
import type { Frame } from './layout.ts';

const wheelRows = 3;

/** Rows of the body belong to the screen, those of the pane to the command; the wheel over all else is the screen's. */
export function pointAt(state: AppState, { what, x, y }: MouseInput, frame: Frame, context: AppContext): AppUpdate {
  const { top, bodyHeight, listHeight, paneHeight } = frame;
  const row = y - top.length;
  const turned = what === 'wheel-up' ? -wheelRows : what === 'wheel-down' ? wheelRows : 0;
  const { command } = context.models;
  if (command !== undefined && row < bodyHeight && row >= bodyHeight - paneHeight) {
    if (what === 'press') return applyPane(state, { pane: focusPane(state.pane), typed: [] });
    return applyPane(state, turnWheel(state.pane, turned, command, context.paneRows));
  }
  if (turned !== 0) return sendToScreen(state, { kind: 'wheel', rows: turned }, context);
  if (what !== 'press' || row < 0 || row >= listHeight) return { state, effects: [] };
  return sendToScreen(state, { kind: 'click', row, x }, context);
}
