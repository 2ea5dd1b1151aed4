/**
 * The heads of a report's lines, kept whole: most lines differ from an earlier one of the same event, task, CPU and flags
 * in the time only, so they are copied and the part of the time that changes is written over them.
 */
import { type ByteWriter, type WordText, wordTextOf } from '../../base/byte-writer.ts';
import type { TimeWriter } from './line-head.ts';

/** A head with a time, and a colon behind it. */
interface Head {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** The whole seconds that `text` has. */
  second: number;
  text: WordText;
}

/** Heads kept of one event; beyond it they are made anew. */
const mostHeads = 4096;

/** The heads of one event, by pid and by `context`: CPU, flags and preempt count in one number. */
export class EventHeads {
  #lastPid = -1;
  #lastContext = -1;
  #last: Head | undefined;
  #heads = new Map<number, Map<number, Head>>();
  #count = 0;
  #age = 0;

  /** `age` grows when earlier heads are out of date. */
  find(pid: number, context: number, age: number): Head | undefined {
    if (age !== this.#age) this.#forget(age);
    if (pid === this.#lastPid && context === this.#lastContext) return this.#last;
    const head = this.#heads.get(pid)?.get(context);
    if (head !== undefined) this.#remember(pid, context, head);
    return head;
  }

  /** Keeps what stands before the time, and behind its colon. */
  keep(pid: number, context: number, before: Uint8Array, after: Uint8Array): Head {
    if (this.#count >= mostHeads) this.#forget(this.#age);
    const head = { before, after, second: -1, text: noText };
    const ofPid = this.#heads.get(pid) ?? new Map<number, Head>();
    this.#heads.set(pid, ofPid.set(context, head));
    this.#count += 1;
    this.#remember(pid, context, head);
    return head;
  }

  #remember(pid: number, context: number, head: Head): void {
    this.#lastPid = pid;
    this.#lastContext = context;
    this.#last = head;
  }

  #forget(age: number): void {
    this.#age = age;
    this.#lastPid = -1;
    this.#lastContext = -1;
    this.#last = undefined;
    this.#heads = new Map();
    this.#count = 0;
  }
}

const noText = wordTextOf(new Uint8Array());

/** CPU, flags and preempt count as one number, -1 when they do not fit. */
export function headContext(cpu: number, flags: number, preemptCount: number): number {
  return cpu < 0x4000 ? (cpu << 16) | (flags << 8) | preemptCount : -1;
}

/** Copies a head and writes the time that `times` is set to into it. */
export function writeHead(out: ByteWriter, head: Head, times: TimeWriter): void {
  const { restBytes } = times;
  if (head.second !== times.second) {
    head.text = wordTextOf(Buffer.concat([head.before, times.secondText, new Uint8Array(restBytes), head.after]));
    head.second = times.second;
  }
  out.words(head.text);
  times.putRest(out.view, out.length - head.after.length - restBytes);
}
