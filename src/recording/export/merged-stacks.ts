/**
 * The stacks of a recording, merged: of function_graph its call trees, with times; else the stacks recorded with events.
 * A recording that has both shows its trees, and says how many stacks that leaves out.
 */
import { FtuiError, UsageError } from '../../base/errors.ts';
import { visibleText } from '../../base/text.ts';
import type { EventSource } from '../event-source.ts';
import type { ExportOptions, ExportReport, StackWeight } from './export-format.ts';
import { FunctionNames } from './function-names.ts';
import { countItems } from './selected-items.ts';
import { type StackSample, StackSampler } from './stack-samples.ts';
import { computeTotals, kernelKind, StackTree } from './stack-tree.ts';
import { omittedCallsNotice, TaskTrees } from './task-trees.ts';

export interface MergedStacks {
  readonly stacks: StackTree;
  readonly weight: StackWeight;
  /** What the stacks come from. */
  readonly from: 'trees' | 'samples';
  /** How many trees or samples that is. */
  readonly merged: number;
  /** Of these trees, how many are not whole. */
  readonly incomplete: number;
  /** ns from the first event to the last. */
  readonly span: number;
}

/** Reads all events; throws FtuiError when there are no stacks, UsageError when there is no time in them. */
export function mergeStacks(source: EventSource, options: ExportOptions, report: ExportReport): MergedStacks {
  const names = new FunctionNames(source);
  const ofTrees = new StackTree();
  const ofSamples = new StackTree();
  let incomplete = 0;
  let merged = 0;
  const trees = new TaskTrees(({ tree, comm }) => {
    merged += 1;
    if (tree.incomplete || tree.root.duration === undefined) incomplete += 1;
    ofTrees.addCalls(ofTrees.child(ofTrees.root, visibleText(comm), 'task'), tree.root, (func) => names.labelOf(func));
  });
  const sampler = new StackSampler((sample) => addSample(ofSamples, sample, names));
  let first: number | undefined;
  let last = 0;
  for (const item of countItems(source, options.selection, report)) {
    first ??= item.time;
    last = item.time;
    trees.add(item);
    sampler.add(item);
  }
  trees.finish();
  sampler.finish();
  const from = merged > 0 ? 'trees' : 'samples';
  const stacks = from === 'trees' ? ofTrees : ofSamples;
  const hasTime = from === 'trees' && computeTotals(stacks.root, 'time').get(stacks.root)! > 0;
  const weight = chooseWeight(options.weight, from, merged + sampler.samples, hasTime);
  report.notices.push(...omittedCallsNotice(trees), ...describeLeftOut(stacks, from, sampler.samples));
  const span = last - (first ?? last);
  return { stacks, weight, from, merged: from === 'trees' ? merged : sampler.samples, incomplete, span };
}

function chooseWeight(
  wanted: StackWeight | undefined,
  from: MergedStacks['from'],
  found: number,
  hasTime: boolean,
): StackWeight {
  if (found === 0) {
    throw new FtuiError({
      attempted: 'merging stacks',
      why: 'the events hold neither call trees nor stacks',
      remedy: 'trace with function_graph, or record stacks with the events (--stack; trace-cmd record -T)',
    });
  }
  if (wanted === 'time' && !hasTime) {
    throw new UsageError({
      attempted: 'weighing stacks by time',
      why: from === 'trees' ? 'no call was seen returning' : 'stacks recorded with events say where, not how long',
      remedy: '--weight count',
    });
  }
  return wanted ?? (hasTime ? 'time' : 'count');
}

function describeLeftOut({ merged }: StackTree, from: MergedStacks['from'], samples: number): string[] {
  const notices: string[] = [];
  if (merged > 0) notices.push(`there are too many different stacks: ${merged} were cut short`);
  if (from === 'trees' && samples > 0)
    notices.push(`${samples} stacks of events are left out: the call trees are shown`);
  return notices;
}

/** The task, then the program's frames, then the kernel's, outermost first. */
function addSample(stacks: StackTree, { event, kernel = [], user = [] }: StackSample, names: FunctionNames): void {
  let node = stacks.child(stacks.root, visibleText(event.comm), 'task');
  for (const frame of user.toReversed()) node = stacks.child(node, names.labelOf(frame), 'user');
  for (const frame of kernel.toReversed()) {
    const label = names.labelOf(frame);
    node = stacks.child(node, label, kernelKind(label));
  }
  node.count += 1;
}
