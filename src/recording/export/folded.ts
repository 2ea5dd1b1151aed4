/** Folded stacks: `task;outermost;...;innermost WEIGHT`, a line for each different stack, as flame graph programs take them. */
import { visibleText } from '../../base/text.ts';
import type { ExportFormat, StackWeight } from './export-format.ts';
import { mergeStacks } from './merged-stacks.ts';
import { type StackNode, sortedChildren, weightOf } from './stack-tree.ts';
import { TextBlock } from './text-blocks.ts';

export const folded: ExportFormat = {
  name: 'folded',
  aliases: ['collapsed'],
  endings: ['.folded', '.collapsed'],
  describe: 'a line for each stack with its weight (ns, calls or samples)',
  *write(source, options, report) {
    const { stacks, weight } = mergeStacks(source, options, report);
    yield* formatStacks(stacks.root, weight);
  },
};

/** Lines of all stacks below `root` that have a weight of their own; in order of names. */
function* formatStacks(root: StackNode, weight: StackWeight): Generator<Uint8Array> {
  const block = new TextBlock();
  const open = sortedChildren(root)
    .reverse()
    .map((node) => ({ node, path: frameText(node) }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, path } = next;
    const own = Math.round(weightOf(node, weight));
    if (own > 0) block.add(`${path} ${own}\n`);
    if (block.isFull) yield* block.take();
    for (const child of sortedChildren(node).reverse()) open.push({ node: child, path: `${path};${frameText(child)}` });
  }
  yield* block.take();
}

/** A semicolon would begin another frame. */
function frameText({ name }: StackNode): string {
  return visibleText(name).replaceAll(';', ':');
}
