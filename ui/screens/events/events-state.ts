/** What the Events screen remembers: the order of its rows, and the event that the cursor is bound to. Pure data. */
import { atFirst, type ListCursor } from '../../state/list-cursor.ts';

export const eventOrders = ['rate', 'total', 'last', 'name'] as const;
export type EventOrder = (typeof eventOrders)[number];

export interface EventsState {
  readonly order: EventOrder;
  readonly inverted: boolean;
  /** Bars and sparklines on a logarithmic scale. */
  readonly logScale: boolean;
  readonly hiddenColumns: ReadonlySet<string>;
  /** Event names in the order they are shown. */
  readonly rows: readonly string[];
  readonly sortedAt: number;
  /** ms; while the cursor moves, rows stay where they are. */
  readonly movedAt: number;
  /** The event that the cursor is bound to. */
  readonly name: string;
  readonly cursor: ListCursor;
  /** Events turned off here, so that they can be turned on again: `SYSTEM:EVENT` by the name of their row. */
  readonly known: ReadonlyMap<string, string>;
  readonly search: string;
  readonly paused: boolean;
}

export const initialEventsState: EventsState = {
  order: 'rate',
  inverted: false,
  logScale: false,
  hiddenColumns: new Set(),
  rows: [],
  sortedAt: Number.NEGATIVE_INFINITY,
  movedAt: Number.NEGATIVE_INFINITY,
  name: '',
  cursor: atFirst,
  known: new Map(),
  search: '',
  paused: false,
};
