/** What calls are split by above their roots: tasks, CPUs, names of tasks, error numbers. Groups are numbered as they come. */

export type SplitBy = 'none' | 'task' | 'cpu' | 'comm' | 'errno';

/** A pid (of an idle task -1 - cpu), a CPU, a task's name, an error number (0: none), or 'open' for calls without one yet. */
export type GroupKey = number | string;

/**
 * The group of root calls whose callers were not seen: the trace began, or events are missing, in the middle of them. No
 * task has so long a name.
 */
export const callersNotSeen = 'callers not seen';

export interface CallGroup {
  readonly by: SplitBy;
  readonly key: GroupKey;
}

/** Names of tasks and pids come from records: any number of them. */
const groupLimit = 50_000;

export class CallGroups {
  readonly by: SplitBy;
  readonly #keys: GroupKey[] = [];
  readonly #numbers = new Map<GroupKey, number>();

  constructor(by: SplitBy) {
    this.by = by;
  }

  /** The number of a group; beyond the limit all others share the last one. */
  numberOf(key: GroupKey): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#keys.length >= groupLimit) return groupLimit - 1;
    this.#keys.push(key);
    this.#numbers.set(key, this.#keys.length - 1);
    return this.#keys.length - 1;
  }

  /** The keys of all groups in the order of their numbers. */
  list(): readonly GroupKey[] {
    return this.#keys;
  }

  groupOf(number: number): CallGroup | undefined {
    const key = this.#keys[number];
    return key === undefined ? undefined : { by: this.by, key };
  }
}

const splits: readonly string[] = ['none', 'task', 'cpu', 'comm', 'errno'] satisfies SplitBy[];

export function isSplitBy(word: string): word is SplitBy {
  return splits.includes(word);
}
