/** The Events screen: how often each event comes, live or so far in a recording; events are turned on and off here. */
import { visibleText } from '../../../src/index.ts';
import type { Effect } from '../../state/effect.ts';
import { moveCursor, settle } from '../../state/list-cursor.ts';
import type { Models } from '../../state/models.ts';
import type { Screen, ScreenEvent, Update, ViewContext } from '../../state/screen.ts';
import { changeColumns } from '../screen-lines.ts';
import { addFilter, chipEffects, streamEffects, unknownCommand } from '../stream-effects.ts';
import { type EventsPlace, refreshRows, switchOf, wantedEntry } from './event-rows.ts';
import { type EventsState, eventOrders, initialEventsState } from './events-state.ts';
import { bodyHeight, eventColumns, eventsView } from './events-view.ts';

export const eventsScreen: Screen<EventsState> = {
  id: 'events',
  title: 'Events',
  initial: () => initialEventsState,
  view: (state, context) => eventsView(refreshRows(state, placeOf(context), false), context),
  update: updateEvents,
};

function placeOf(context: ViewContext): EventsPlace {
  return { models: context.models, now: context.now, height: bodyHeight(context) };
}

/** What comes while nothing ticks (a recording that is loaded) finds the rows as the view shows them. */
function updateEvents(state: EventsState, event: ScreenEvent, context: ViewContext): Update<EventsState> {
  const fresh = refreshRows(state, placeOf(context), false);
  if (event.kind === 'tick') return { state: fresh };
  const update = takeEvent(fresh, event, context);
  // Esc asks whether the screen had something to leave: new rows alone are no answer.
  return update.state === fresh ? { ...update, state } : update;
}

function takeEvent(state: EventsState, event: ScreenEvent, context: ViewContext): Update<EventsState> {
  const place = placeOf(context);
  switch (event.kind) {
    case 'action':
      return runAction(state, event.action, place);
    case 'search':
      return event.query === ''
        ? { state: { ...state, search: '' } }
        : stepToMatch({ ...state, search: event.query }, 1, true, place);
    case 'filter':
      return { state, effects: addFilter(event.text) };
    case 'wheel':
      return { state: moveTo(state, state.cursor.at + event.rows, place) };
    case 'click':
      return clickRow(state, event.row, place);
    case 'command':
      return runCommand(state, event.words, context.models);
    default:
      return { state };
  }
}

function moveTo(state: EventsState, at: number, { now, height }: EventsPlace): EventsState {
  const cursor = settle({ at, top: state.cursor.top }, state.rows.length, height);
  return { ...state, cursor, name: state.rows[cursor.at] ?? '', movedAt: now };
}

/** A click puts the cursor there; one on the row of the cursor opens its log. */
function clickRow(state: EventsState, row: number, place: EventsPlace): Update<EventsState> {
  const at = state.cursor.top + row;
  if (at >= state.rows.length) return { state };
  return at === state.cursor.at
    ? { state, effects: openLog(state, place.models) }
    : { state: moveTo(state, at, place) };
}

function runAction(state: EventsState, action: string, place: EventsPlace): Update<EventsState> {
  const { models } = place;
  const moved = moveCursor(state.cursor, action, state.rows.length, place.height);
  if (moved !== undefined) {
    return { state: { ...state, cursor: moved, name: state.rows[moved.at] ?? '', movedAt: place.now } };
  }
  const reordered = changeOrder(state, action);
  if (reordered !== undefined) return { state: refreshRows(reordered, place, true) };
  switch (action) {
    case 'open':
      return { state, effects: openLog(state, models) };
    case 'toggle':
      return toggle(state, models);
    case 'percent':
      return { state: { ...state, logScale: !state.logScale } };
    case 'pause':
      return { state: { ...state, paused: !state.paused } };
    case 'next-match':
    case 'previous-match':
      return stepToMatch(state, action === 'next-match' ? 1 : -1, false, place);
    case 'back':
      return { state: state.search === '' ? state : { ...state, search: '' } };
    case 'columns': {
      const rows = eventColumns.map((name) => ({ name, on: !state.hiddenColumns.has(name) }));
      return { state, effects: [{ kind: 'pick', title: 'Columns', rows, command: 'column' }] };
    }
    default:
      return { state, effects: rowEffects(state, action, models) ?? streamEffects(action, models) ?? [] };
  }
}

function changeOrder(state: EventsState, action: string): EventsState | undefined {
  if (action === 'invert') return { ...state, inverted: !state.inverted };
  if (action !== 'sort-left' && action !== 'sort-right') return undefined;
  const at = eventOrders.indexOf(state.order) + (action === 'sort-right' ? 1 : -1);
  return { ...state, order: eventOrders[(at + eventOrders.length) % eventOrders.length]! };
}

/** The log of the event under the cursor alone: its filter takes the place of one for another event. */
function openLog({ name }: EventsState, models: Models): readonly Effect[] {
  if (name === '') return [];
  const wanted = `event:${name}`;
  const rows = models.filterRows();
  const others = rows
    .map((row, index) => ({ ...row, index }))
    .filter((row) => row.name.startsWith('event:') && row.name !== wanted);
  const removals = others
    .reverse()
    .map(({ index }): Effect => ({ kind: 'filters', change: { what: 'remove', index } }));
  const isThere = rows.some((row) => row.name === wanted && row.on);
  return [...removals, ...(isThere ? [] : addFilter(wanted)), { kind: 'go', screen: 'log' }];
}

function toggle(state: EventsState, models: Models): Update<EventsState> {
  const { name } = state;
  if (name === '') return { state };
  const isOn = switchOf(name, state, models);
  if (isOn === 'fixed') {
    const text = `${visibleText(name)} has no switch: it comes from ${models.status.kind === 'live' ? 'a tracer' : 'a recording'}`;
    return { state, effects: [{ kind: 'message', text, isError: true }] };
  }
  const entry = wantedEntry(name, models.wanted);
  const event = entry === undefined ? (state.known.get(name) ?? name) : `${entry.system}:${entry.event}`;
  return {
    state: { ...state, known: new Map(state.known).set(name, event) },
    effects: [{ kind: 'trace', change: { what: 'event', event, on: isOn === 'off' } }],
  };
}

function rowEffects({ name, rows }: EventsState, action: string, models: Models): readonly Effect[] | undefined {
  switch (action) {
    case 'detail':
      if (name === '') return [];
      return [{ kind: 'show', title: visibleText(name), lines: describe(name, models) }];
    case 'copy':
      return name === '' ? [] : [{ kind: 'copy', text: rowText(name, models), what: 'the row' }];
    case 'copy-all':
      return [{ kind: 'copy', text: rows.map((row) => rowText(row, models)).join('\n'), what: 'all rows' }];
    default:
      return undefined;
  }
}

function describe(name: string, models: Models): readonly string[] {
  const row = models.rates.row(name);
  const known = models.describe('events', name);
  const sums =
    row === undefined
      ? ['none has come yet']
      : [`${row.total} in all, ${row.rate} in the last second`, visibleText(row.lastText)];
  return [...sums, '', ...known];
}

function rowText(name: string, models: Models): string {
  const row = models.rates.row(name);
  return `${visibleText(name)}\t${row?.rate ?? 0}/s\t${row?.total ?? 0}\t${visibleText(row?.lastText ?? '')}`;
}

function stepToMatch(state: EventsState, step: 1 | -1, here: boolean, place: EventsPlace): Update<EventsState> {
  if (state.search === '') return { state };
  const { rows, cursor, search } = state;
  const matches = rows.flatMap((name, index) => (place.models.matches(name, search) ? [index] : []));
  if (matches.length === 0)
    return { state, effects: [{ kind: 'message', text: `nothing found: ${search}`, isError: true }] };
  const next = matches.findIndex((at) => at > cursor.at || (here && at === cursor.at));
  const before = matches.findLastIndex((at) => at < cursor.at);
  const index = step === 1 ? Math.max(next, 0) : before < 0 ? matches.length - 1 : before;
  const text = `${index + 1} of ${matches.length}: ${search}`;
  return { state: moveTo(state, matches[index]!, place), effects: [{ kind: 'message', text }] };
}

function runCommand(state: EventsState, words: readonly string[], models: Models): Update<EventsState> {
  switch (words[0]) {
    case 'column':
      return { state: { ...state, hiddenColumns: changeColumns(state.hiddenColumns, words) } };
    case 'chip':
      return { state, effects: chipEffects(words, models) };
    default:
      return { state, effects: unknownCommand(words[0] ?? '') };
  }
}
