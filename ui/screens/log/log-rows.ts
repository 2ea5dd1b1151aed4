/** Which items of the log are shown, and how the cursor keeps to one while items come and go. */
import { settle } from '../../state/list-cursor.ts';
import type { LogList, Models } from '../../state/models.ts';
import type { LogState } from './log-state.ts';

export interface LogPlace {
  readonly models: Models;
  /** Rows of the body. */
  readonly height: number;
}

/** Items that may be shown: all, or while paused those that were there then. */
export function shownLength({ pausedAt }: LogState, log: LogList): number {
  return pausedAt === undefined ? log.length : indexAfter(log, pausedAt);
}

/** The first item at or after a time; items are in order of time. */
export function indexAtTime(log: LogList, time: number): number {
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (log.itemAt(middle).time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first item after a time. */
function indexAfter(log: LogList, time: number): number {
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (log.itemAt(middle).time <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Keeps the cursor with its item, or at the newest while following. */
export function settleLog(state: LogState, { models, height }: LogPlace): LogState {
  const { cursor, time, following } = state;
  const { log } = models;
  const length = shownLength(state, log);
  const isThere = cursor.at < length && log.itemAt(cursor.at).time === time;
  const at = following ? length - 1 : isThere || time === undefined ? cursor.at : indexAtTime(log, time);
  const top = following ? length - height : cursor.top + at - cursor.at;
  const settled = settle({ at, top }, length, height);
  const newTime = settled.at < length ? log.itemAt(settled.at).time : undefined;
  if (settled.at === cursor.at && settled.top === cursor.top && newTime === time) return state;
  return { ...state, cursor: settled, time: newTime };
}

/** Puts the cursor on an item; following ends unless it is the newest. */
export function goToItem(state: LogState, wanted: number, { models, height }: LogPlace): LogState {
  const length = shownLength(state, models.log);
  const at = Math.max(0, Math.min(wanted, length - 1));
  const isNear = at >= state.cursor.top && at < state.cursor.top + height;
  const cursor = settle({ at, top: isNear ? state.cursor.top : at - Math.floor(height / 2) }, length, height);
  const time = cursor.at < length ? models.log.itemAt(cursor.at).time : undefined;
  return { ...state, cursor, time, following: false };
}
