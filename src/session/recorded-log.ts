/** The items of a recording by their numbers, read when they are looked at: a log of any length in little memory. */
import { LogIndex } from '../analysis/event-log.ts';
import type { ItemBlock, ItemBlocks } from '../analysis/item-blocks.ts';
import type { EventSource, SourceItem } from '../recording/event-source.ts';

/** Blocks in memory: those on the screen, and what a search or a filter goes through. */
const blocksKept = 24;

export class RecordedLog {
  readonly first = 0;
  readonly #source: EventSource;
  readonly #blocks: ItemBlocks;
  /** By the number of their first item; the one looked at last is the last. */
  readonly #kept = new Map<number, readonly SourceItem[]>();
  #block: ItemBlock = { start: 0, end: 0, from: 0, to: 0 };
  #items: readonly SourceItem[] = [];

  constructor(source: EventSource, blocks: ItemBlocks) {
    this.#source = source;
    this.#blocks = blocks;
  }

  /** Grows with what is there. */
  get version(): number {
    return this.#blocks.length;
  }

  get end(): number {
    return this.#blocks.length;
  }

  /** undefined where there is no such item, or not yet. */
  at(sequence: number): SourceItem | undefined {
    if (!(sequence >= 0 && sequence < this.#blocks.length)) return undefined;
    if (sequence < this.#block.start || sequence >= this.#block.end) this.#open(sequence);
    // A damaged recording may give fewer items when it is read from its middle.
    return this.#items[sequence - this.#block.start] ?? this.#items.at(-1);
  }

  /** The first item not earlier than `time`; `end` when all are. */
  sequenceAt(time: number): number {
    const { start, end } = this.#blocks.blockAt(time);
    let sequence = start;
    while (sequence < end && this.at(sequence)!.time < time) sequence += 1;
    return sequence;
  }

  /** The items that pass a test, found by LogIndex.update(). */
  index(test: (item: SourceItem) => boolean): LogIndex {
    return new LogIndex(this, (sequence) => {
      const item = this.at(sequence);
      return item !== undefined && test(item);
    });
  }

  #open(sequence: number): void {
    const block = this.#blocks.blockOf(sequence);
    const known = this.#kept.get(block.start);
    const isWhole = known !== undefined && known.length >= block.end - block.start;
    const items = isWhole ? known : this.#read(block);
    this.#kept.delete(block.start);
    this.#kept.set(block.start, items);
    if (this.#kept.size > blocksKept) this.#kept.delete(this.#kept.keys().next().value!);
    this.#block = block;
    this.#items = items;
  }

  #read({ start, end, from, to }: ItemBlock): SourceItem[] {
    const isFirst = from === Number.NEGATIVE_INFINITY;
    const isLast = to === Number.POSITIVE_INFINITY;
    const items: SourceItem[] = [];
    for (const item of this.#source.events({ ...(!isFirst && { from }), ...(!isLast && { to }) })) {
      // Damage that was met on the way to the block belongs to the one before.
      if (items.length === 0 && item.time < from) continue;
      items.push(item);
      if (items.length === end - start) break;
    }
    return items;
  }
}
