/**
 * Stack records as samples: the event that was recorded, and where kernel and program were then. ftrace writes the kernel's
 * stack and the program's as records of their own behind the event (kernel/trace/trace.c, ftrace_trace_stack).
 */
import type { RecordedEvent, SourceItem } from '../event-source.ts';
import { placeOf } from './selected-items.ts';

type Frames = readonly (bigint | string)[];

export interface StackSample {
  /** The event, or the stack itself where its event is not there. */
  readonly event: RecordedEvent;
  /** Innermost first. */
  readonly kernel: Frames | undefined;
  readonly user: Frames | undefined;
}

interface Waiting {
  readonly event: RecordedEvent;
  kernel: Frames | undefined;
  user: Frames | undefined;
}

export class StackSampler {
  samples = 0;
  readonly #onSample: (sample: StackSample) => void;
  /** By buffer and CPU, the event whose stacks may follow. */
  readonly #waiting = new Map<string, Waiting>();

  constructor(onSample: (sample: StackSample) => void) {
    this.#onSample = onSample;
  }

  add(item: SourceItem): void {
    if (item.kind !== 'event' || item.graph !== undefined) return;
    const place = placeOf(item);
    const { stack } = item;
    if (stack === undefined) {
      this.#end(place);
      this.#waiting.set(place, { event: item, kernel: undefined, user: undefined });
      return;
    }
    let waiting = this.#waiting.get(place);
    if (waiting === undefined || waiting.event.pid !== item.pid || waiting[stack.kind] !== undefined) {
      this.#end(place);
      waiting = { event: item, kernel: undefined, user: undefined };
      this.#waiting.set(place, waiting);
    }
    waiting[stack.kind] = stack.frames;
  }

  finish(): void {
    for (const place of [...this.#waiting.keys()]) this.#end(place);
  }

  #end(place: string): void {
    const waiting = this.#waiting.get(place);
    this.#waiting.delete(place);
    if (waiting === undefined || (waiting.kernel === undefined && waiting.user === undefined)) return;
    this.samples += 1;
    this.#onSample(waiting);
  }
}
