/**
 * The heads of a report's lines, kept whole: most lines differ from an earlier one of the same event, task, CPU and flags
 * in the time only, so they are copied and the time is written over them.
 */
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { TimeWriter } from './line-head.ts';

/** A head with room for the time in it. */
interface Head {
  readonly bytes: Uint8Array;
  readonly timeAt: number;
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

  /** Keeps `before`, room for a time of `width` bytes, and `after`. */
  keep(
    pid: number,
    context: number,
    { before, after }: { before: Uint8Array; after: Uint8Array },
    width: number,
  ): Head {
    if (this.#count >= mostHeads) this.#forget(this.#age);
    const bytes = new Uint8Array(before.length + width + after.length);
    bytes.set(before);
    bytes.set(after, before.length + width);
    const head = { bytes, timeAt: before.length };
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

/** CPU, flags and preempt count as one number, -1 when they do not fit. */
export function headContext(cpu: number, flags: number, preemptCount: number): number {
  return cpu < 0x4000 ? (cpu << 16) | (flags << 8) | preemptCount : -1;
}

/** Copies a head and writes the time into it. */
export function writeHead(out: ByteWriter, { bytes, timeAt }: Head, times: TimeWriter, time: number): void {
  const { length } = bytes;
  out.reserve(length);
  const at = out.length;
  out.bytes.set(bytes, at);
  out.length = at + timeAt;
  times.write(out, time);
  out.length = at + length;
}
