/** Names of the tasks that were seen: looking one up may read files, so each is asked for once in a while only. */
import type { SourceItem } from '../../src/index.ts';

type Event = Extract<SourceItem, { kind: 'event' }>;

/** exec gives a task another name. */
const namesForMs = 1_000;

export class LearnedNames {
  readonly #names = new Map<number, string>();
  readonly #asked = new Set<number>();
  #askedAt = Number.NEGATIVE_INFINITY;

  /** Looks at the events' tasks; `now` in milliseconds. */
  learn(items: readonly SourceItem[], now: number): void {
    if (now - this.#askedAt > namesForMs) {
      this.#asked.clear();
      this.#askedAt = now;
    }
    for (const item of items) if (item.kind === 'event' && !this.#asked.has(item.pid)) this.#ask(item);
  }

  /** undefined for a task that has not been seen. */
  nameOf(pid: number): string | undefined {
    return this.#names.get(pid);
  }

  /** A name that nobody knows now, the kernel may know later. */
  #ask({ pid, comm }: Event): void {
    if (comm === '<...>') return;
    this.#asked.add(pid);
    this.#names.set(pid, comm);
  }
}
