/**
 * Names of tasks for their pids. A record holds the pid only; the kernel keeps the names of the tasks it traced lately in
 * saved_cmdlines (`PID COMM`, 128 of them by default), and /proc has those that still live.
 */

import { readComm } from '../tracefs/processes.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';

/** A name read longer ago than this is read again: exec gives a task another one. */
const staleAfterMs = 100;
/** Names kept at most; the oldest go first. */
const keptNames = 10_000;

export class TaskNames {
  readonly #tracefs: Tracefs;
  readonly #names = new Map<number, string>();
  #savedAt = Number.NEGATIVE_INFINITY;
  #fresh = new Set<number>();

  constructor(tracefs: Tracefs) {
    this.#tracefs = tracefs;
  }

  /** The task's name; `<...>`, as the kernel writes it, where nobody knows it any more. `now` is in milliseconds. */
  nameOf(pid: number, now: number): string {
    if (pid === 0) return '<idle>';
    if (now - this.#savedAt > staleAfterMs) this.#refresh(now);
    if (!this.#fresh.has(pid)) this.#learn(pid, readComm(this.#tracefs.kernel, pid));
    return this.#names.get(pid) ?? '<...>';
  }

  #refresh(now: number): void {
    this.#savedAt = now;
    this.#fresh = new Set();
    for (const [pid, name] of parseSavedCmdlines(this.#tracefs.top.readIfThere('saved_cmdlines') ?? '')) {
      this.#learn(pid, name);
    }
  }

  /** A living task's own name wins over an old one; a task that is gone keeps the name it had. */
  #learn(pid: number, name: string | undefined): void {
    this.#fresh.add(pid);
    if (name === undefined || name === '<...>') return;
    this.#names.delete(pid);
    this.#names.set(pid, name);
    if (this.#names.size > keptNames) this.#names.delete(this.#names.keys().next().value!);
  }
}

/** Parses saved_cmdlines; names may hold spaces. */
export function parseSavedCmdlines(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space > 0) names.set(Number(line.slice(0, space)), line.slice(space + 1));
  }
  return names;
}
