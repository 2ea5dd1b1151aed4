/** The Browse screen: everything that can be traced, by name. */
import { atFirst, settle } from '../../state/list-cursor.ts';
import { promptWith } from '../../state/prompt.ts';
import type { Screen, ScreenEvent, Update, ViewContext } from '../../state/screen.ts';
import { unknownCommand } from '../stream-effects.ts';
import { findMatches } from './browse-rows.ts';
import { type BrowseState, browseTabs, initialBrowseState, shownTab, withTab } from './browse-state.ts';
import { bodyHeight, browseView } from './browse-view.ts';
import { askForNames, openProgram, runBrowseAction, settleBrowse, showTab, typeKey } from './update-browse.ts';

export const browseScreen: Screen<BrowseState> = {
  id: 'browse',
  title: 'Browse',
  initial: () => initialBrowseState,
  view: browseView,
  update: updateBrowse,
  takesText: ({ typing }) => typing,
};

function updateBrowse(state: BrowseState, event: ScreenEvent, context: ViewContext): Update<BrowseState> {
  const update = takeEvent(state, event, context);
  // Names are read when a tab is first looked at, whatever led there.
  const asked = askForNames(update.state, context.models);
  return { state: asked.state, effects: [...(update.effects ?? []), ...(asked.effects ?? [])] };
}

function takeEvent(state: BrowseState, event: ScreenEvent, context: ViewContext): Update<BrowseState> {
  switch (event.kind) {
    case 'tick':
      return { state: settleBrowse(state, context) };
    case 'typed':
      return typeKey(state, event.key, context);
    case 'action':
      return runBrowseAction(state, event.action, context);
    case 'search':
      return { state: withTab(state, { query: promptWith(event.query), cursor: atFirst }) };
    case 'wheel':
      return { state: moveTo(state, shownTab(state).cursor.at + event.rows, context) };
    case 'click':
      return clickRow(state, event.row, context);
    case 'command':
      return runCommand(state, event.words);
    default:
      return { state };
  }
}

function moveTo(state: BrowseState, at: number, context: ViewContext): BrowseState {
  const { cursor } = shownTab(state);
  const { length } = findMatches(state, context.models);
  return withTab(state, { cursor: settle({ at, top: cursor.top }, length, bodyHeight(context)) });
}

/** A click puts the cursor there; one on the row of the cursor chooses it. */
function clickRow(state: BrowseState, row: number, context: ViewContext): Update<BrowseState> {
  const { cursor } = shownTab(state);
  const at = cursor.top + row;
  if (at >= findMatches(state, context.models).length) return { state };
  return at === cursor.at ? runBrowseAction(state, 'choose', context) : { state: moveTo(state, at, context) };
}

/** `symbols BINARY`, `tab NAME`. */
function runCommand(state: BrowseState, words: readonly string[]): Update<BrowseState> {
  const [name = '', ...rest] = words;
  const tab = browseTabs.find((known) => known === rest[0]);
  if (name === 'symbols' && rest.length > 0) return openProgram(state, rest.join(' '));
  if (name === 'symbols') return { state: showTab(state, 'symbols') };
  if (name === 'tab' && tab !== undefined) return { state: showTab(state, tab) };
  return { state, effects: unknownCommand(name) };
}
