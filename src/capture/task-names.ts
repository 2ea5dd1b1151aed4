/**
 * Names of tasks for their pids. A record holds the pid only; the kernel keeps the names of the tasks it traced lately in
 * saved_cmdlines (`PID COMM`, 128 of them by default), and /proc has those that still live.
 */

import { readThreadMs } from '../base/thread-time.ts';
import { readComm } from '../tracefs/processes.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';

/** A name read longer ago than this is read again: exec gives a task another one. */
const staleAfterMs = 100;
/**
 * In a storm of events the kernel's table of names is locked most of the time: no more than this share goes to asking, but
 * for so many ms at once, when many short-lived tasks come.
 */
const askingShare = 0.2;
const mostCreditMs = 200;
/** Many short-lived tasks come together: what was read for one serves the others. */
const savedForMs = 5;
/** Names kept at most; the oldest go first. */
const keptNames = 10_000;

export class TaskNames {
  readonly #tracefs: Tracefs;
  readonly #readWorkMs: () => number;
  readonly #names = new Map<number, string>();
  /** Pids asked for since `#begun`. */
  readonly #asked = new Set<number>();
  #begun = Number.NEGATIVE_INFINITY;
  /** Milliseconds of work that asking may take, as it was when something was asked last. */
  #creditMs = mostCreditMs;
  #askedAt = 0;
  /** saved_cmdlines as read last, and when. */
  #saved: ReadonlyMap<number, string> = new Map();
  #savedAt = Number.NEGATIVE_INFINITY;

  constructor(tracefs: Tracefs, readWorkMs = readThreadMs) {
    this.#tracefs = tracefs;
    this.#readWorkMs = readWorkMs;
  }

  /** The task's name; `<...>`, as the kernel writes it, where nobody knows it any more. `now` is in milliseconds. */
  nameOf(pid: number, now: number): string {
    if (pid === 0) return '<idle>';
    if (now - this.#begun > staleAfterMs) {
      this.#asked.clear();
      this.#begun = now;
    }
    if (!this.#asked.has(pid)) this.#askIfAffordable(pid, now);
    return this.#names.get(pid) ?? '<...>';
  }

  #askIfAffordable(pid: number, now: number): void {
    const credit = Math.min(mostCreditMs, this.#creditMs + askingShare * (now - this.#askedAt));
    if (credit <= 0) return;
    const begun = this.#readWorkMs();
    this.#ask(pid, now);
    this.#creditMs = credit - (this.#readWorkMs() - begun);
    this.#askedAt = now;
  }

  /** A living task's own name wins over an old one; the kernel saves the name of one that is gone when it leaves its CPU. */
  #ask(pid: number, now: number): void {
    this.#asked.add(pid);
    const name = readComm(this.#tracefs.kernel, pid) ?? this.#savedName(pid, now);
    if (name !== undefined) this.#learn(pid, name);
  }

  /**
   * Only of tasks that are asked for: what else stands in saved_cmdlines may be from long ago, of a task that had the
   * same pid.
   */
  #savedName(pid: number, now: number): string | undefined {
    const known = now - this.#savedAt <= savedForMs ? this.#saved.get(pid) : undefined;
    if (known !== undefined) return known;
    this.#savedAt = now;
    this.#saved = parseSavedCmdlines(this.#tracefs.top.readIfThere('saved_cmdlines') ?? '');
    return this.#saved.get(pid);
  }

  /** A task that is gone keeps the name it had. */
  #learn(pid: number, name: string): void {
    if (name === '<...>') return;
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
