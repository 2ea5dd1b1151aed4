/**
 * Plays recorded raw pages (and trace_pipe text) back in time. The first instance that records (tracing_on, and a tracer
 * or an event) owns them; what was due when tracing stopped can still be read, later pages never come.
 */

import type { KernelStream } from '../tracefs/kernel-files.ts';
import { makeStream } from './file-nodes.ts';
import type { Playback } from './simulation-options.ts';

export class PlaybackSource {
  readonly #recorded: Playback;
  readonly #clock: () => number;
  readonly #next: number[];
  #nextText = 0;
  #owner: object | undefined;
  #startMs = 0;
  #stopMs = Number.POSITIVE_INFINITY;
  #wasStopped = false;

  constructor(recorded: Playback, clock: () => number) {
    this.#recorded = recorded;
    this.#clock = clock;
    this.#next = recorded.cpus.map(() => 0);
  }

  /** Whether everything recorded was read, as pages or as text. */
  get isDone(): boolean {
    const { cpus, text = [] } = this.#recorded;
    const pagesRead = cpus.every((pages, cpu) => this.#next[cpu] === pages.length);
    return pagesRead || (text.length > 0 && this.#nextText === text.length);
  }

  /** Whether whoever it was played to has stopped recording, even if only for a moment. */
  get isStopped(): boolean {
    return this.#wasStopped;
  }

  /** Tells that `owner` records or stopped recording just now. */
  setLive(owner: object, isLive: boolean): void {
    if (this.#owner === undefined && isLive) {
      this.#owner = owner;
      this.#startMs = this.#clock();
    } else if (this.#owner === owner) {
      const now = this.#clock();
      this.#wasStopped ||= !isLive;
      if (!isLive) this.#stopMs = Math.min(this.#stopMs, now);
      else if (this.#stopMs < now) {
        this.#startMs += now - this.#stopMs;
        this.#stopMs = Number.POSITIVE_INFINITY;
      }
    }
  }

  /** The next page of `cpu` that is due, or undefined. */
  takePage(owner: object, cpu: number): Uint8Array | undefined {
    const page = this.#recorded.cpus[cpu]?.[this.#next[cpu] ?? 0];
    if (page === undefined || !this.#isDue(owner, page.atMs)) return undefined;
    this.#next[cpu] = this.#next[cpu]! + 1;
    return page.bytes;
  }

  /** Bytes of the records on the pages of `cpu` that are due and not taken. */
  countWaitingBytes(owner: object, cpu: number): number {
    let bytes = 0;
    for (const page of (this.#recorded.cpus[cpu] ?? []).slice(this.#next[cpu])) {
      if (!this.#isDue(owner, page.atMs)) break;
      bytes += readCommit(page.bytes);
    }
    return bytes;
  }

  takeText(owner: object): string | undefined {
    const piece = this.#recorded.text?.[this.#nextText];
    if (piece === undefined || !this.#isDue(owner, piece.atMs)) return undefined;
    this.#nextText += 1;
    return piece.text;
  }

  #isDue(owner: object, atMs: number): boolean {
    return this.#owner === owner && atMs <= Math.min(this.#clock(), this.#stopMs) - this.#startMs;
  }
}

/** A sub-buffer's count of bytes in use, behind its u64 time stamp; the top bits are marks of losses. */
function readCommit({ buffer, byteOffset }: Uint8Array): number {
  return new DataView(buffer, byteOffset).getUint32(8, true) & 0xfffff;
}

/** A stream that gives what `take` has, one piece a read, -1 when there is nothing. */
export function makePullStream(take: () => Uint8Array | undefined, close: () => void): KernelStream {
  let rest: Uint8Array = new Uint8Array(0);
  let isClosed = false;
  const read = (into: Uint8Array) => {
    if (rest.length === 0) rest = take() ?? rest;
    if (rest.length === 0) return -1;
    const part = rest.subarray(0, into.length);
    into.set(part);
    rest = rest.subarray(part.length);
    return part.length;
  };
  return makeStream(read, () => {
    if (!isClosed) close();
    isClosed = true;
  });
}
