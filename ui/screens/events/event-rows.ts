/** The rows of the Events screen and their order: it changes every two seconds at most, and not while the cursor moves. */
import type { EventRates } from '../../../src/index.ts';
import { settle } from '../../state/list-cursor.ts';
import type { Models } from '../../state/models.ts';
import type { EventOrder, EventsState } from './events-state.ts';

export interface EventsPlace {
  readonly models: Models;
  /** ms. */
  readonly now: number;
  /** Rows of the body. */
  readonly height: number;
}

const sortedEveryMs = 2_000;
const stillForMs = 2_000;
/** A row passes another one when it is this much larger. */
const hysteresis = 1.1;

/** Brings the rows up to date; `sortNow` orders them strictly, on a key press. */
export function refreshRows(state: EventsState, place: EventsPlace, sortNow: boolean): EventsState {
  if (state.paused && !sortNow) return state;
  const { models, now } = place;
  const { rates } = models;
  const present = new Set([...rates.rows().map(({ name }) => name), ...wantedNames(models), ...state.known.keys()]);
  const kept = state.rows.filter((name) => present.has(name));
  const keptNames = new Set(kept);
  const added = [...present].filter((name) => !keptNames.has(name));
  const isDue = now - state.sortedAt >= sortedEveryMs && now - state.movedAt >= stillForMs;
  const names = [...kept, ...added];
  const order = compareBy(state, rates);
  const rows = sortNow
    ? names.sort(order)
    : isDue || kept.length === 0
      ? settleOrder(names, order, valueBy(state.order, rates))
      : names;
  return bindCursor({ ...state, rows, sortedAt: sortNow || isDue ? now : state.sortedAt }, place);
}

/** Keeps the cursor with its event. */
function bindCursor(state: EventsState, { height }: EventsPlace): EventsState {
  const { rows, cursor, name } = state;
  const found = rows.indexOf(name);
  const at = found < 0 ? cursor.at : found;
  const moved = settle({ at, top: cursor.top + at - cursor.at }, rows.length, height);
  return { ...state, cursor: moved, name: rows[moved.at] ?? '' };
}

/** Events that are on and have not come yet; the others are there by their rates. */
function wantedNames({ wanted, rates }: Models): string[] {
  return wanted.events
    .filter(({ event }) => event !== '*')
    .map(({ system, event }) =>
      rates.row(event) !== undefined ? event : system === '*' ? event : `${system}:${event}`,
    );
}

function valueBy(order: EventOrder, rates: EventRates): (name: string) => number {
  return (name) => {
    const row = rates.row(name);
    if (row === undefined || order === 'name') return 0;
    return order === 'last' ? row.lastTime : row[order];
  };
}

function compareBy({ order, inverted }: EventsState, rates: EventRates) {
  const sign = inverted ? -1 : 1;
  const value = valueBy(order, rates);
  return (a: string, b: string) => sign * (value(b) - value(a) || compareNames(a, b));
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Orders rows, but lets those whose values are close stay where they are. */
function settleOrder(
  names: readonly string[],
  order: (a: string, b: string) => number,
  value: (name: string) => number,
) {
  const rows: string[] = [];
  for (const name of names) {
    let at = rows.length;
    while (at > 0 && order(name, rows[at - 1]!) < 0 && differs(value(name), value(rows[at - 1]!))) at -= 1;
    rows.splice(at, 0, name);
  }
  return rows;
}

function differs(a: number, b: number): boolean {
  return a === b || Math.max(a, b) > Math.min(a, b) * hysteresis;
}

/** Whether an event is on, by what is wanted. `fixed`: it belongs to a tracer or to a recording. */
export function switchOf(name: string, { known }: EventsState, { wanted, status }: Models): 'on' | 'off' | 'fixed' {
  if (wantedEntry(name, wanted) !== undefined) return 'on';
  if (status.kind !== 'live') return 'fixed';
  return known.has(name) || name.includes(':') ? 'off' : 'fixed';
}

/** The wanted event that a row stands for. */
export function wantedEntry(name: string, { events }: Models['wanted']): { system: string; event: string } | undefined {
  return events.find(({ system, event }) => `${system}:${event}` === name || event === name);
}
