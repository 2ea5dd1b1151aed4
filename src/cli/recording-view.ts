/** What replay shows of a recording: call trees of the function_graph tracer, lines of all other events, as they come. */

import type { SourceItem } from '../recording/event-source.ts';
import type { ItemFilter } from '../recording/item-filter.ts';
import { EventView, type EventViewOptions } from './event-view.ts';
import { GraphTreeView } from './graph-tree-view.ts';
import type { LiveView, Shown } from './live-view.ts';
import type { EventClock } from './print-time.ts';

export class RecordingView implements LiveView {
  readonly #trees: GraphTreeView;
  readonly #events: EventView;

  constructor(options: Pick<EventViewOptions, 'json' | 'symbolName'> & { readonly thresholdNs: number }) {
    this.#trees = new GraphTreeView(options);
    // Stacks come right behind the event that they belong to, which is shown before them.
    this.#events = new EventView({ ...options, probes: [], stack: false });
  }

  get hits(): number {
    return this.#trees.hits + this.#events.hits;
  }

  get leftOut(): number {
    return this.#trees.leftOut + this.#events.leftOut;
  }

  begin(clock: EventClock, filter: ItemFilter): void {
    this.#trees.begin(clock, filter);
    this.#events.begin(clock, filter);
  }

  show(item: SourceItem): Shown {
    if (item.kind === 'event' && item.graph === undefined) return this.#events.show(item);
    return this.#trees.show(item);
  }

  finish(): Shown {
    return this.#trees.finish();
  }

  counts(): Readonly<Record<string, number>> {
    const { trees, calls, functions } = this.#trees.counts();
    return { ...(calls === 0 ? {} : { trees, calls, functions }), events: this.#events.hits } as Record<string, number>;
  }
}
