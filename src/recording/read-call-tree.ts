/** The tree of one call, read from a recording again when it is asked for. */
import { asCpuId } from '../base/units.ts';
import type { CallTree } from '../call-graph/call-tree.ts';
import { CallTreeBuilder } from '../call-graph/call-tree-builder.ts';
import type { EventSource } from './event-source.ts';

/** A root call as a list of calls knows it. Times are ns since the source's origin. */
interface CallPlace {
  readonly pid: number;
  readonly cpu: number;
  readonly time: number;
  /** undefined when it has not returned. */
  readonly duration: number | undefined;
}

/** Records after the entry that are looked at for a call without a known end. */
const recordLimit = 1_000_000;

/** The tree of the root call that began at a place; undefined when it is not there. Costs a walk over the call's time. */
export function readCallTree(source: EventSource, place: CallPlace, instance?: string): CallTree | undefined {
  let found: CallTree | undefined;
  const onTree = (tree: CallTree) => {
    if (tree.root.start === place.time && tree.pid === place.pid) found ??= tree;
  };
  const builder = new CallTreeBuilder({ onTree });
  const { pid, cpu, time } = place;
  // The idle task is one per CPU.
  const isOfTask = (item: { readonly pid: number; readonly cpu: number }) =>
    item.pid === pid && (pid !== 0 || item.cpu === cpu);
  let left = recordLimit;
  for (const item of source.events({ from: time, instance })) {
    left -= 1;
    if (found !== undefined || left < 0) break;
    if (item.kind !== 'event') builder.lost(asCpuId(item.cpu));
    else if (item.graph !== undefined && isOfTask(item)) {
      builder.add(item.cpu, item.pid, item.flags ?? 0, item.time, item.graph);
    }
  }
  if (found === undefined) builder.finish();
  return found;
}
