/** Blocks of items by number and by time: each item lies in one, and no time in two. */
import { describe, expect, it } from 'vitest';
import { ItemBlocks } from '../../src/analysis/item-blocks.ts';

function blocksOf(times: readonly number[]): ItemBlocks {
  const blocks = new ItemBlocks();
  for (const time of times) blocks.add(time);
  return blocks;
}

describe('ItemBlocks', () => {
  it('has one block without bounds of few items', () => {
    const blocks = blocksOf([5, 6, 7]);
    const all = { start: 0, end: 3, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
    expect(blocks.blockOf(2)).toEqual(all);
    expect(blocks.blockAt(4)).toEqual(all);
  });

  it('begins where its items do', () => {
    expect(new ItemBlocks(5).blockAt(7)).toEqual({ start: 0, end: 0, from: 5, to: Number.POSITIVE_INFINITY });
  });

  it('covers all items with blocks that follow each other', () => {
    const times = Array.from({ length: 5000 }, (_, index) => index * 10);
    const blocks = blocksOf(times);
    let end = 0;
    let count = 0;
    while (end < times.length) {
      const block = blocks.blockOf(end);
      expect(block.start).toBe(end);
      expect(blocks.blockOf(block.end - 1)).toEqual(block);
      for (const time of times.slice(block.start, block.end)) {
        expect(time >= block.from && time < block.to).toBe(true);
      }
      expect(blocks.blockAt(times[block.start]!)).toEqual(block);
      end = block.end;
      count += 1;
    }
    expect(count).toBeGreaterThan(3);
  });

  it('begins no block among items of one time', () => {
    const times = [...Array.from({ length: 3000 }, () => 7), ...Array.from({ length: 3000 }, () => 8)];
    const blocks = blocksOf(times);
    expect(blocks.blockOf(2999).end).toBe(3000);
    expect(blocks.blockOf(3000)).toEqual({ start: 3000, end: 6000, from: 8, to: Number.POSITIVE_INFINITY });
  });

  it('lets an item of an earlier time be where it came', () => {
    const times = Array.from({ length: 4000 }, (_, index) => (index % 1500 === 0 ? 0 : index));
    const blocks = blocksOf(times);
    expect(blocks.length).toBe(4000);
    expect(blocks.blockOf(3999).from).toBeGreaterThan(blocks.blockOf(0).from);
  });
});
