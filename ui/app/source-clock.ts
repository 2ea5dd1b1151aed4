/** What times mean in the source that is shown, for filters by time: it changes with the source. */
import type { ChipClock, EventStream, SourceItem } from '../../src/index.ts';

export class SourceClock implements ChipClock {
  #stream: EventStream | undefined;
  #first: number | undefined;

  use(stream: EventStream | undefined): void {
    if (stream !== this.#stream) this.#first = undefined;
    this.#stream = stream;
  }

  /** What came next. */
  note([first]: readonly SourceItem[]): void {
    this.#first ??= first?.time;
  }

  get origin(): bigint {
    return this.#stream?.origin ?? 0n;
  }

  get timeIsNanoseconds(): boolean {
    return this.#stream?.timeIsNanoseconds ?? true;
  }

  get start(): number | undefined {
    return this.#stream?.range?.from ?? this.#first;
  }
}
