/**
 * Which tasks of a recording have profiles, how large these will be, and in which groups to write them so that the text of
 * one group fits in memory.
 */
import { visibleText } from '../../base/text.ts';
import type { EventSelection, EventSource, RecordedEvent } from '../event-source.ts';
import type { ExportReport } from './export-format.ts';
import { countItems } from './selected-items.ts';
import { StackSampler } from './stack-samples.ts';
import { omittedCallsNotice, type TaskTree, TaskTrees } from './task-trees.ts';

type ProfileKey = string;

export interface PlannedProfile {
  readonly key: ProfileKey;
  readonly kind: 'evented' | 'sampled';
  readonly name: string;
  /** Estimated characters of its text. */
  size: number;
}

export interface CountedTasks {
  /** The largest first. */
  readonly profiles: readonly PlannedProfile[];
  /** Times of the first and the last event. */
  readonly span: { readonly start: number; readonly end: number };
  /** What the profiles leave out, a sentence each. */
  readonly notices: readonly string[];
}

const profileLimit = 20_000;
/** Characters in memory at a time. */
const batchSize = 32 << 20;
const charactersPerCall = 80;
const charactersPerFrame = 6;

export function profileKeyOfTree({ tree, instance }: TaskTree): ProfileKey {
  return `trees ${tree.pid === 0 ? `cpu ${tree.cpu}` : tree.pid} ${instance}`;
}

export function profileKeyOfSample({ pid, cpu, instance }: RecordedEvent): ProfileKey {
  return `stacks ${pid === 0 ? `cpu ${cpu}` : pid} ${instance}`;
}

/** Reads all events once. */
export function countTasks(source: EventSource, selection: EventSelection, report: ExportReport): CountedTasks {
  const profiles = new Map<ProfileKey, PlannedProfile>();
  let leftOut = 0;
  const count = (key: ProfileKey, kind: PlannedProfile['kind'], name: () => string, size: number) => {
    const known = profiles.get(key);
    if (known !== undefined) known.size += size;
    else if (profiles.size < profileLimit) profiles.set(key, { key, kind, name: name(), size });
    else leftOut += 1;
  };
  const trees = new TaskTrees((task) => {
    const { pid, cpu, calls, omittedCalls } = task.tree;
    const name = () => taskName(task.comm, pid, cpu, task.instance);
    count(profileKeyOfTree(task), 'evented', name, (calls - omittedCalls) * charactersPerCall);
  });
  const sampler = new StackSampler(({ event, kernel = [], user = [] }) => {
    const name = () => `${taskName(event.comm, event.pid, event.cpu, event.instance)}: stacks of events`;
    const size = (kernel.length + user.length + 2) * charactersPerFrame;
    count(profileKeyOfSample(event), 'sampled', name, size);
  });
  let start: number | undefined;
  let end = 0;
  for (const item of countItems(source, selection, report)) {
    start ??= item.time;
    end = item.time;
    trees.add(item);
    sampler.add(item);
  }
  trees.finish();
  sampler.finish();
  const bySize = [...profiles.values()].sort((a, b) => b.size - a.size);
  const notices = omittedCallsNotice(trees);
  if (leftOut > 0) notices.push(`${leftOut} call trees and stacks of further tasks are left out`);
  return { profiles: bySize, span: { start: start ?? 0, end }, notices };
}

function taskName(comm: string, pid: number, cpu: number, instance: string): string {
  const task = pid === 0 ? `idle on CPU ${cpu}` : `${visibleText(comm)}-${pid}`;
  return instance === '' ? task : `${task} [${visibleText(instance)}]`;
}

/** Neighbours in order of size, as many as fit together. */
export function* planBatches(profiles: readonly PlannedProfile[]): Generator<readonly PlannedProfile[]> {
  let batch: PlannedProfile[] = [];
  let size = 0;
  for (const profile of profiles) {
    if (batch.length > 0 && size + profile.size > batchSize) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(profile);
    size += profile.size;
  }
  if (batch.length > 0) yield batch;
}
