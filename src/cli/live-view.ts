/** What a live command shows of its session, and replay of a recording, as a list of lines or objects: the shape that each kind of view has. */

import type { SourceItem } from '../recording/event-source.ts';
import type { ItemFilter } from '../recording/item-filter.ts';
import type { SessionResult } from '../session/live-session.ts';
import type { LiveFilter } from './live-filter.ts';
import type { EventClock } from './print-time.ts';

export interface LiveView {
  begin(clock: EventClock, filter: ItemFilter): void;
  /** Lines (text or JSON) that an item completes, and how many of what --max-events counts they hold. */
  show(item: SourceItem): Shown;
  /** What is still open when the trace ends. */
  finish(): Shown;
  /** The view's own numbers for the summary: calls and functions of a graph, for example. */
  counts(): Readonly<Record<string, number>>;
  /** Records that can be shown, for the armed-and-silent check. */
  readonly hits: number;
  /** How many of them the filter has left out. */
  readonly leftOut: number;
}

export interface Shown {
  readonly lines: readonly string[];
  readonly events: number;
}

export const nothingShown: Shown = { lines: [], events: 0 };

/** The summary of a session, in numbers. */
export interface Summary extends SessionResult {
  readonly counts: Readonly<Record<string, number>>;
  readonly notices: readonly string[];
  readonly filter?: LiveFilter | undefined;
}
