/** The Log screen: all events as they came, live or of a recording. */
import type { SourceItem } from '../../../src/index.ts';
import type { Effect } from '../../state/effect.ts';
import { moveCursor } from '../../state/list-cursor.ts';
import type { Models } from '../../state/models.ts';
import type { Screen, ScreenEvent, Update, ViewContext } from '../../state/screen.ts';
import { changeColumns } from '../screen-lines.ts';
import { addFilter, chipEffects, streamEffects, unknownCommand } from '../stream-effects.ts';
import { goToTime, jumpToGap, markAction, rememberTime, searchLog, stepToMatch } from './log-jumps.ts';
import { goToItem, type LogPlace, settleLog, shownLength } from './log-rows.ts';
import { initialLogState, type LogState } from './log-state.ts';
import { copiedRows, fieldLines, lineOf, writtenRows } from './log-text.ts';
import { bodyHeight, logColumns, logView } from './log-view.ts';

export const logScreen: Screen<LogState> = {
  id: 'log',
  title: 'Log',
  initial: () => initialLogState,
  view: (state, context) => logView(settleLog(state, placeOf(context)), context),
  update: updateLog,
};

function placeOf(context: ViewContext): LogPlace {
  return { models: context.models, height: bodyHeight(context) };
}

/** What comes while nothing ticks (a recording that is loaded) finds the cursor where the view shows it. */
function updateLog(state: LogState, event: ScreenEvent, context: ViewContext): Update<LogState> {
  const settled = settleLog(state, placeOf(context));
  if (event.kind === 'tick') return { state: settled };
  const update = takeEvent(settled, event, context);
  // Esc asks whether the screen had something to leave: settling alone is no answer.
  return update.state === settled ? { ...update, state } : update;
}

function takeEvent(state: LogState, event: ScreenEvent, context: ViewContext): Update<LogState> {
  const place = placeOf(context);
  switch (event.kind) {
    case 'action':
      return runAction(state, event.action, event.letter, place);
    case 'search':
      return searchLog(state, event.query, place);
    case 'filter':
      return { state, effects: addFilter(event.text) };
    case 'wheel':
      return { state: goToItem(state, state.cursor.at + event.rows, place) };
    case 'click':
      return clickRow(state, event.row, place);
    case 'command':
      return runCommand(state, event.words, place);
    default:
      return { state };
  }
}

/** A click puts the cursor there; one on the row of the cursor shows its fields. */
function clickRow(state: LogState, row: number, place: LogPlace): Update<LogState> {
  const at = state.cursor.top + row;
  if (at >= shownLength(state, place.models.log)) return { state };
  return at === state.cursor.at
    ? { state, effects: rowEffects(state, 'detail', place) ?? [] }
    : { state: goToItem(state, at, place) };
}

function runAction(state: LogState, action: string, letter: string | undefined, place: LogPlace): Update<LogState> {
  const moved = move(state, action, place) ?? markAction(state, action, letter, place);
  if (moved !== undefined) return { state: moved };
  switch (action) {
    case 'next-match':
    case 'previous-match':
      return stepToMatch(state, action === 'next-match' ? 1 : -1, place);
    case 'next-gap':
      return jumpToGap(state, place);
    case 'follow':
      return { state: settleLog({ ...state, following: !state.following }, place) };
    case 'pause':
      return { state: pause(state, place) };
    case 'pan-left':
    case 'pan-right':
      return { state: { ...state, panX: Math.max(0, state.panX + (action === 'pan-right' ? 8 : -8)) } };
    case 'back':
      return { state: state.search === '' ? state : { ...state, search: '' } };
    default:
      return { state, effects: rowEffects(state, action, place) ?? streamEffects(action, place.models) ?? [] };
  }
}

/** Leaving the bottom ends following; `last` begins it. */
function move(state: LogState, action: string, place: LogPlace): LogState | undefined {
  const steps: Readonly<Record<string, string>> = { 'step-back': 'up', 'step-on': 'down' };
  const length = shownLength(state, place.models.log);
  const cursor = moveCursor(state.cursor, steps[action] ?? action, length, place.height);
  if (cursor === undefined) return undefined;
  const time = cursor.at < length ? place.models.log.itemAt(cursor.at).time : undefined;
  const following = action === 'last' || (state.following && cursor.at === length - 1);
  const next = { ...state, cursor, time, following };
  return action === 'first' || action === 'last' ? rememberTime(next, state) : next;
}

/** Nothing newer than what is there now is shown until it is pressed again. */
function pause(state: LogState, { models }: LogPlace): LogState {
  if (state.pausedAt !== undefined) return { ...state, pausedAt: undefined };
  const { log } = models;
  return { ...state, pausedAt: log.length === 0 ? Number.NEGATIVE_INFINITY : log.itemAt(log.length - 1).time };
}

function rowEffects(state: LogState, action: string, { models }: LogPlace): readonly Effect[] | undefined {
  const length = shownLength(state, models.log);
  const item = state.cursor.at < length ? models.log.itemAt(state.cursor.at) : undefined;
  switch (action) {
    case 'detail':
      return item === undefined ? [] : [{ kind: 'show', title: 'Event', lines: fieldLines(item, models) }];
    case 'copy':
      return item === undefined ? [] : [{ kind: 'copy', text: lineOf(item, models).trimStart(), what: 'the row' }];
    case 'copy-all':
      return [{ kind: 'copy', text: copiedRows(length, models), what: 'the log' }];
    case 'columns': {
      const rows = logColumns.map((name) => ({ name, on: !state.hiddenColumns.has(name) }));
      return [{ kind: 'pick', title: 'Columns', rows, command: 'column' }];
    }
    case 'source':
      return item === undefined ? [] : sourceOfItem(item, models);
    case 'export':
      return [{ kind: 'ask', to: 'command', text: 'export log.txt' }];
    default:
      return undefined;
  }
}

/** Of calls the function, of the session's own probes their place. */
function sourceOfItem(item: SourceItem, models: Models): readonly Effect[] {
  if (item.kind !== 'event') return [{ kind: 'message', text: 'there is no event here', isError: true }];
  const { graph, call, system, name } = item;
  const func = graph?.func ?? call?.func;
  if (func !== undefined) {
    return [{ kind: 'source', subject: { kind: 'kernel-function', ...models.nameOfAddress(func) } }];
  }
  const probe = models.wanted.probes.find(({ definition: { group, event } }) => group === system && event === name);
  if (probe !== undefined) {
    return [{ kind: 'source', subject: { kind: 'probe', definition: probe.definition.line } }];
  }
  const text = `${system ?? ''}:${name} is no probe of this session: where its source is, is not known`;
  return [{ kind: 'message', text, isError: true }];
}

/** `column`, `chip`, `export FILE`, `time SECONDS`. */
function runCommand(state: LogState, words: readonly string[], place: LogPlace): Update<LogState> {
  const [name = '', first = ''] = words;
  const { models } = place;
  switch (name) {
    case 'column':
      return { state: { ...state, hiddenColumns: changeColumns(state.hiddenColumns, words) } };
    case 'chip':
      return { state, effects: chipEffects(words, models) };
    case 'export': {
      if (first === '')
        return { state, effects: [{ kind: 'message', text: 'export to which file? :export log.txt', isError: true }] };
      const content = writtenRows(first, shownLength(state, models.log), models);
      return { state, effects: [{ kind: 'export', file: first, content }] };
    }
    case 'time': {
      const time = readTime(first, models);
      if (time === undefined) {
        const text = 'a time as the log shows it, or since the first event: :time 12.204, :time +1.5';
        return { state, effects: [{ kind: 'message', text, isError: true }] };
      }
      return { state: rememberTime(goToTime(state, time, place), state) };
    }
    default:
      return { state, effects: unknownCommand(name) };
  }
}

function readTime(text: string, models: Models): number | undefined {
  try {
    return models.timeOfText(text);
  } catch {
    return undefined;
  }
}
