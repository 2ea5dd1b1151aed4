/** What the keys do on the Browse screen: in the search box and outside of it. */
import type { SourceSubject } from '../../../src/index.ts';
import type { Effect } from '../../state/effect.ts';
import { atFirst, moveCursor, settle } from '../../state/list-cursor.ts';
import type { BrowseTab, Models } from '../../state/models.ts';
import { editPrompt, promptWith } from '../../state/prompt.ts';
import type { Update, ViewContext } from '../../state/screen.ts';
import { type BrowseRow, choiceOf, findMatches, isChosen, isPath, rowUnderCursor } from './browse-rows.ts';
import { type BrowseState, browseTabs, type ChosenRow, chosenKey, shownTab, withTab } from './browse-state.ts';
import { bodyHeight } from './browse-view.ts';
import { rowsToTrace, traceEffects } from './trace-chosen.ts';

/** A key while the search box has the focus; names have no spaces, so Space chooses as it does outside. */
export function typeKey(state: BrowseState, key: string, context: ViewContext): Update<BrowseState> {
  if (key === 'Space') return runBrowseAction(state, 'choose', context);
  if (key === 'Ctrl-A') return runBrowseAction(state, 'choose-all', context);
  const { query } = shownTab(state);
  const edited = editPrompt(query, key);
  if (edited === undefined) return { state };
  const isSame = edited.text === query.text;
  return { state: withTab(state, isSame ? { query: edited } : { query: edited, cursor: atFirst }) };
}

export function runBrowseAction(state: BrowseState, action: string, context: ViewContext): Update<BrowseState> {
  const { models } = context;
  const length = findMatches(state, models).length;
  const moved = moveCursor(shownTab(state).cursor, action, length, bodyHeight(context));
  if (moved !== undefined) return { state: withTab(state, { cursor: moved }) };
  switch (action) {
    case 'trace':
      return trace(state, models);
    case 'choose':
      return choose(state, context);
    case 'choose-all':
      return chooseAll(state, models);
    case 'clear-chosen':
      return { state: state.chosen.size === 0 ? state : { ...state, chosen: new Map() } };
    case 'how':
      return { state: changeHow(state) };
    case 'program':
      return { state, effects: [{ kind: 'ask', to: 'command', text: `symbols ${state.binary ?? '/bin/bash'}` }] };
    case 'next-pane':
    case 'previous-pane':
      return { state: showTab(state, neighbour(state.tab, action === 'next-pane' ? 1 : -1)) };
    case 'search-box':
      return { state: { ...state, typing: true } };
    case 'back':
      return { state: leave(state) };
    case 'source':
      return { state, effects: sourceOfRow(state, models) };
    case 'detail':
    case 'copy':
      return { state, effects: rowEffects(state, action, models) };
    default:
      return { state };
  }
}

/** Esc first leaves the search box; what was typed stays. */
function leave(state: BrowseState): BrowseState {
  return state.typing ? { ...state, typing: false } : state;
}

function neighbour(tab: BrowseTab, step: 1 | -1): BrowseTab {
  return browseTabs[(browseTabs.indexOf(tab) + step + browseTabs.length) % browseTabs.length]!;
}

/** What is typed goes with the person from tab to tab, but into no place where a path is asked for. */
export function showTab(state: BrowseState, tab: BrowseTab): BrowseState {
  const { query } = shownTab(state);
  const next = { ...state, tab };
  if (tab === state.tab || isPath(query.text) || (tab === 'symbols' && state.binary === undefined)) return next;
  return query.text === shownTab(next).query.text ? next : withTab(next, { query, cursor: atFirst });
}

/** Reads the symbols of a program. */
export function openProgram(state: BrowseState, binary: string): Update<BrowseState> {
  const opened = withTab(
    { ...state, tab: 'symbols', binary, typing: true },
    { query: promptWith(''), cursor: atFirst },
  );
  return { state: opened, effects: [{ kind: 'load', tab: 'symbols', binary }] };
}

/** The names of the tab that is shown are asked for once. */
export function askForNames(state: BrowseState, models: Models): Update<BrowseState> {
  const { tab, asked } = state;
  if (tab === 'symbols' || asked.has(tab) || models.list(tab).state !== 'absent') return { state };
  return { state: { ...state, asked: new Set([...asked, tab]) }, effects: [{ kind: 'load', tab }] };
}

export function settleBrowse(state: BrowseState, context: ViewContext): BrowseState {
  const { cursor } = shownTab(state);
  const matches = findMatches(state, context.models);
  if (matches.state === 'loading') return state;
  const settled = settle(cursor, matches.length, bodyHeight(context));
  return settled.at === cursor.at && settled.top === cursor.top ? state : withTab(state, { cursor: settled });
}

function trace(state: BrowseState, models: Models): Update<BrowseState> {
  const typed = shownTab(state).query.text.trim();
  if (state.tab === 'symbols' && isPath(typed)) return openProgram(state, typed);
  const matches = findMatches(state, models);
  if (matches.state === 'failed') return { state, effects: [{ kind: 'load', tab: state.tab, binary: state.binary }] };
  const row = rowUnderCursor(state, models);
  if (row === undefined && state.chosen.size === 0) {
    return state.tab === 'symbols' && matches.state === 'absent' ? runProgramPrompt(state) : { state };
  }
  if (row?.reason !== undefined && state.chosen.size === 0) {
    return { state, effects: [{ kind: 'message', text: `${row.name}: ${row.reason}`, isError: true }] };
  }
  const rows = rowsToTrace(state, row === undefined ? undefined : choiceOf(state, row));
  // Who comes back is not about to type: `q` is to lead on.
  return { state: { ...state, chosen: new Map(), typing: false }, effects: traceEffects(rows) };
}

function runProgramPrompt(state: BrowseState): Update<BrowseState> {
  return { state, effects: [{ kind: 'ask', to: 'command', text: 'symbols /bin/bash' }] };
}

/** Chooses the row under the cursor or lets it go, and goes on to the next row. */
function choose(state: BrowseState, context: ViewContext): Update<BrowseState> {
  const row = rowUnderCursor(state, context.models);
  if (row === undefined) return { state };
  if (row.reason !== undefined) {
    return { state, effects: [{ kind: 'message', text: `${row.name}: ${row.reason}`, isError: true }] };
  }
  const choice = choiceOf(state, row);
  const chosen = new Map(state.chosen);
  if (isChosen(state, row)) chosen.delete(chosenKey(choice));
  else chosen.set(chosenKey(choice), choice);
  const length = findMatches(state, context.models).length;
  const cursor = moveCursor(shownTab(state).cursor, 'down', length, bodyHeight(context))!;
  return { state: withTab({ ...state, chosen }, { cursor }) };
}

/** All that match and can be traced. */
function chooseAll(state: BrowseState, models: Models): Update<BrowseState> {
  const matches = findMatches(state, models);
  const chosen = new Map(state.chosen);
  let left = 0;
  for (let index = 0; index < matches.length; index += 1) {
    const row = matches.rowAt(index);
    const choice = choiceOf(state, row);
    if (row.reason === undefined) chosen.set(chosenKey(choice), choice);
    else left += 1;
  }
  if (matches.length === 0) return { state };
  const text = `${chosen.size.toLocaleString('en')} chosen${left === 0 ? '' : `; ${left} cannot be traced`}`;
  return { state: { ...state, chosen }, effects: [{ kind: 'message', text }] };
}

/** Of the tab that is shown, for what is chosen already as well. */
function changeHow(state: BrowseState): BrowseState {
  if (state.tab !== 'functions' && state.tab !== 'symbols') return state;
  const functionHow = state.tab === 'functions' && state.functionHow === 'graph' ? 'function' : 'graph';
  const symbolHow = state.tab === 'symbols' && state.symbolHow === 'entry' ? 'return' : 'entry';
  const next =
    state.tab === 'functions'
      ? { ...state, functionHow: functionHow as BrowseState['functionHow'] }
      : { ...state, symbolHow: symbolHow as BrowseState['symbolHow'] };
  const rows = [...state.chosen].map(([key, row]): [string, ChosenRow] => [
    key,
    row.tab === state.tab ? { ...row, how: state.tab === 'functions' ? next.functionHow : next.symbolHow } : row,
  ]);
  return { ...next, chosen: new Map(rows) };
}

function rowEffects(state: BrowseState, action: 'detail' | 'copy', models: Models): readonly Effect[] {
  const row = rowUnderCursor(state, models);
  if (row === undefined) return [];
  if (action === 'copy') return [{ kind: 'copy', text: row.name, what: 'the name' }];
  const lines = [...(row.reason === undefined ? [] : [row.reason]), ...models.describe(state.tab, row.name)];
  return [{ kind: 'show', title: row.name, lines: lines.length === 0 ? ['nothing more is known of it'] : lines }];
}

function sourceOfRow(state: BrowseState, models: Models): readonly Effect[] {
  const row = rowUnderCursor(state, models);
  const subject = row && subjectOf(state, row, models);
  if (subject !== undefined) return [{ kind: 'source', subject, ofRunningKernel: true }];
  const text =
    row === undefined ? 'there is nothing under the cursor' : `${row.name} is no code: it has no source line`;
  return [{ kind: 'message', text, isError: true }];
}

function subjectOf({ tab, binary }: BrowseState, row: BrowseRow, models: Models): SourceSubject | undefined {
  const { name, module } = row;
  switch (tab) {
    case 'functions':
      return { kind: 'kernel-function', name, module };
    case 'symbols':
      return binary === undefined ? undefined : { kind: 'program-function', binary, name };
    case 'probes': {
      const loaded = models.list('probes');
      const probe = loaded.state === 'loaded' ? loaded.list.rows.find((it) => it.name === name) : undefined;
      return probe && { kind: 'probe', definition: probe.definition };
    }
    default:
      return undefined;
  }
}
