/**
 * speedscope's own file format (its file-format-spec): a profile for each task, evented from call trees, sampled from the
 * stacks of events. A profile is one array, while a recording has the tasks mixed: the events are read once to count, and
 * then once for each group of tasks whose text fits in memory. A task that is too large alone is written as it is read.
 */
import { FtuiError } from '../../base/errors.ts';
import type { EventSelection, EventSource } from '../event-source.ts';
import type { ExportFormat } from './export-format.ts';
import { FunctionNames } from './function-names.ts';
import { quoteVisibly } from './json-text.ts';
import {
  type CountedTasks,
  countTasks,
  type PlannedProfile,
  planBatches,
  profileKeyOfSample,
  profileKeyOfTree,
} from './profile-batches.ts';
import { ProfileText } from './profile-text.ts';
import { selectItems } from './selected-items.ts';
import { StackSampler } from './stack-samples.ts';
import { TaskTrees } from './task-trees.ts';
import { TextBlock } from './text-blocks.ts';

export const speedscope: ExportFormat = {
  name: 'speedscope',
  endings: ['.speedscope.json', '.speedscope'],
  describe: 'profiles by task for speedscope.app: call trees in time, or sampled stacks',
  *write(source, { selection, title }, report) {
    const tasks = countTasks(source, selection, report);
    if (tasks.profiles.length === 0) throw noProfiles();
    const block = new TextBlock();
    const schema = '"$schema":"https://www.speedscope.app/file-format-schema.json"';
    block.add(`{${schema},"exporter":"ftui","name":${quoteVisibly(title)},"activeProfileIndex":0,"profiles":[\n`);
    const frames = new FrameTable();
    let separator = '';
    for (const batch of planBatches(tasks.profiles)) {
      const writer = new BatchWriter(source, tasks, batch, frames);
      for (const profile of writer.read(selection)) {
        block.add(separator + profile.head(source.timeIsNanoseconds));
        separator = ',\n';
        yield* block.take();
        // A profile that is alone in its group is still being read.
        for (const part of writer.rest(profile)) yield* part;
        block.add(profile.tail());
      }
    }
    block.add('\n],"shared":{"frames":[');
    yield* frames.write(block);
    block.add(']}}\n');
    yield* block.take();
    report.notices.push(...tasks.notices);
  },
};

function noProfiles(): FtuiError {
  return new FtuiError({
    attempted: 'making profiles',
    why: 'the events hold neither call trees nor stacks',
    remedy: 'trace with function_graph, or record stacks with the events (--stack; trace-cmd record -T)',
  });
}

/** Reads the events anew for the profiles of one group. */
class BatchWriter {
  readonly #source: EventSource;
  readonly #tasks: CountedTasks;
  readonly #batch: readonly PlannedProfile[];
  readonly #frames: FrameTable;
  /** The profile that is being read while it is written. */
  #reading: Iterator<void> | undefined;

  constructor(source: EventSource, tasks: CountedTasks, batch: readonly PlannedProfile[], frames: FrameTable) {
    this.#source = source;
    this.#tasks = tasks;
    this.#batch = batch;
    this.#frames = frames;
  }

  /** The profiles; whole when there are several, else with its content still to come from rest(). */
  read(selection: EventSelection): ProfileText[] {
    const profiles = new Map(this.#batch.map((plan) => [plan.key, new ProfileText(plan, this.#tasks.span)]));
    const reading = this.#readInto(profiles, selection);
    if (profiles.size === 1) this.#reading = reading;
    else for (const _step of reading);
    return [...profiles.values()];
  }

  /** What is in a profile, in parts. */
  *rest(profile: ProfileText): Generator<readonly Uint8Array[]> {
    while (this.#reading?.next().done === false) if (profile.isFull) yield profile.take();
    yield profile.take();
  }

  /** Stops after each event. */
  *#readInto(profiles: ReadonlyMap<string, ProfileText>, selection: EventSelection): Generator<void> {
    const names = new FunctionNames(this.#source);
    const { end } = this.#tasks.span;
    const indexOf = (frame: bigint | string) => this.#frames.indexOf(names.labelOf(frame));
    const trees = new TaskTrees((task) => profiles.get(profileKeyOfTree(task))?.addTree(task.tree, indexOf, end));
    const sampler = new StackSampler((sample) =>
      profiles.get(profileKeyOfSample(sample.event))?.addSample(sample, indexOf),
    );
    for (const item of selectItems(this.#source, selection)) {
      trees.add(item);
      sampler.add(item);
      yield;
    }
    trees.finish();
    sampler.finish();
  }
}

const frameLimit = 300_000;
const furtherFrames = '[further functions]';

/** The names of all profiles, numbered as they come. */
class FrameTable {
  readonly #numbers = new Map<string, number>();

  indexOf(label: string): number {
    const known = this.#numbers.get(label);
    if (known !== undefined) return known;
    const name = this.#numbers.size < frameLimit ? label : furtherFrames;
    const number = this.#numbers.get(name) ?? this.#numbers.size;
    this.#numbers.set(name, number);
    return number;
  }

  *write(block: TextBlock): Generator<Uint8Array> {
    let separator = '';
    for (const label of this.#numbers.keys()) {
      block.add(`${separator}{"name":${quoteVisibly(label)}}`);
      separator = ',\n';
      if (block.isFull) yield* block.take();
    }
  }
}
