/** Names of the tasks in a report, and what stands for them in its lines. A name that is known is never replaced. */
import { formatTask } from './line-head.ts';

const unknown = '<...>';

export class TaskTable {
  /** Grows when a task that was shown without a name gets one. */
  age = 0;
  /** Names that came from events while the report was written. */
  readonly #learnt = new Map<number, string>();
  readonly #names: ReadonlyMap<number, string>;
  readonly #latencyFormat: boolean;
  readonly #texts = new Map<number, Uint8Array>();

  constructor(names: ReadonlyMap<number, string>, latencyFormat: boolean) {
    this.#names = names;
    this.#latencyFormat = latencyFormat;
  }

  nameOf(pid: number): string {
    return this.knownName(pid) ?? unknown;
  }

  knownName(pid: number): string | undefined {
    if (pid === 0) return '<idle>';
    return this.#names.get(pid) ?? this.#learnt.get(pid);
  }

  /** The task's part of a line, with the blank behind it. */
  textOf(pid: number): Uint8Array {
    const known = this.#texts.get(pid);
    if (known !== undefined) return known;
    const text = formatTask(this.nameOf(pid), pid, this.#latencyFormat);
    this.#texts.set(pid, text);
    return text;
  }

  /** A scheduler event names a task. */
  learn(pid: number, name: string): void {
    if (pid === 0 || this.#names.has(pid) || this.#learnt.has(pid)) return;
    this.#learnt.set(pid, name);
    if (this.#texts.delete(pid)) this.age += 1;
  }
}
