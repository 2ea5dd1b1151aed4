/** Jumps in the log: search, gaps, marks, and the way back. */
import type { Update } from '../../state/screen.ts';
import { goToItem, indexAtTime, type LogPlace, shownLength } from './log-rows.ts';
import type { LogState } from './log-state.ts';
import { searchedText } from './log-text.ts';

/** A search looks at so many rows for one key press; the next press goes on behind them. */
const mostSearched = 20_000;
const placesKept = 50;

/** `next` with the time of the cursor to go back to. */
export function rememberTime(next: LogState, { time, places }: LogState): LogState {
  return time === undefined ? next : { ...next, places: [time, ...places].slice(0, placesKept) };
}

export function searchLog(state: LogState, query: string, place: LogPlace): Update<LogState> {
  if (query === '') return { state: { ...state, search: '' } };
  return stepToMatch({ ...state, search: query }, 1, place, true);
}

/** To the next row that matches, from the cursor on; `here` takes the row of the cursor as well. */
export function stepToMatch(state: LogState, step: 1 | -1, place: LogPlace, here = false): Update<LogState> {
  const { search, cursor } = state;
  if (search === '') return { state };
  const { models } = place;
  const length = shownLength(state, models.log);
  const from = here ? cursor.at : cursor.at + step;
  const end = step === 1 ? Math.min(length, from + mostSearched) : Math.max(-1, from - mostSearched);
  for (let at = from; at !== end && at >= 0 && at < length; at += step) {
    if (!models.matches(searchedText(models.log.itemAt(at), models), search)) continue;
    return {
      state: rememberTime(goToItem(state, at, place), state),
      effects: [{ kind: 'message', text: `found: ${search}` }],
    };
  }
  const isEnd = end <= 0 || end >= length;
  const text = isEnd
    ? `nothing found ${step === 1 ? 'below' : 'above'}: ${search}`
    : `not in the next ${mostSearched.toLocaleString('en')} rows: ${step === 1 ? 'n' : 'N'} looks further`;
  const next = isEnd || length === 0 ? state : goToItem(state, end, place);
  return { state: next, effects: [{ kind: 'message', text, isError: true }] };
}

/** The next row of lost or damaged data; from the last on, the first. */
export function jumpToGap(state: LogState, place: LogPlace): Update<LogState> {
  const { log } = place.models;
  const length = shownLength(state, log);
  for (let step = 1; step <= length; step += 1) {
    const at = (state.cursor.at + step) % length;
    const item = log.itemAt(at);
    if (item.kind !== 'event') return { state: rememberTime(goToItem(state, at, place), state) };
  }
  return { state, effects: [{ kind: 'message', text: 'no events were lost' }] };
}

/** Marks and the way back; undefined for any other action. */
export function markAction(
  state: LogState,
  action: string,
  letter: string | undefined,
  place: LogPlace,
): LogState | undefined {
  const { time, marks, places } = state;
  switch (action) {
    case 'mark':
      if (time === undefined || letter === undefined || !/^[a-z]$/.test(letter)) return state;
      return { ...state, marks: new Map(marks).set(letter, time) };
    case 'go-mark': {
      const marked = letter === undefined ? undefined : marks.get(letter);
      return marked === undefined ? state : rememberTime(goToTime(state, marked, place), state);
    }
    case 'back-place': {
      const [last, ...rest] = places;
      return last === undefined ? state : { ...goToTime(state, last, place), places: rest };
    }
    case 'mark-a':
      return time === undefined ? state : { ...state, spanA: time };
    case 'mark-b':
      return time === undefined ? state : { ...state, spanB: time };
    default:
      return undefined;
  }
}

/** ns since the origin. */
export function goToTime(state: LogState, time: number, place: LogPlace): LogState {
  return goToItem(state, indexAtTime(place.models.log, time), place);
}
