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
  readonly #kept = new Map<number, BlockItems>();
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
    const kept = this.#kept.get(block.start) ?? new BlockItems(this.#source, block);
    kept.readTo(block);
    this.#kept.delete(block.start);
    this.#kept.set(block.start, kept);
    if (this.#kept.size > blocksKept) this.#kept.delete(this.#kept.keys().next().value!);
    this.#block = block;
    this.#items = kept.items;
  }
}

/** The items of a block as far as they have been read: the last block of a recording that plays has ever more. */
class BlockItems {
  readonly items: SourceItem[] = [];
  /** Those that have not been read; undefined when the block is whole. */
  #rest: Iterator<SourceItem> | undefined;

  constructor(source: EventSource, { from }: ItemBlock) {
    const isFirst = from === Number.NEGATIVE_INFINITY;
    this.#rest = source.events(isFirst ? {} : { from })[Symbol.iterator]();
  }

  readTo({ start, end, from, to }: ItemBlock): void {
    while (this.#rest !== undefined && this.items.length < end - start) {
      const { value: item, done } = this.#rest.next();
      if (done === true || item.time >= to) this.#rest = undefined;
      // Damage that was met on the way to the block belongs to the one before.
      else if (this.items.length > 0 || item.time >= from) this.items.push(item);
    }
    if (to !== Number.POSITIVE_INFINITY) this.#rest = undefined;
  }
}
