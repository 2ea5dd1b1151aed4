/**
 * What stands behind the duration in the lines of calls, by function, depth and kind of line. All texts lie in one piece
 * of memory and their places in another: a trace has some thousand of them, and with an object for each, most of the
 * time would go by waiting for memory.
 */
import type { ByteWriter } from '../../base/byte-writer.ts';

/** The halves of the address as signed numbers, what the line is, where its text begins (in words), bytes of it. */
const entryWords = 8;
const [lowAt, highAt, lineAt, startAt, lengthAt] = [0, 1, 2, 3, 4] as const;
const fewestSlots = 1 << 10;
const fewestWords = 1 << 14;
/** 16 MB: a kernel has some ten thousand functions, a forged recording any number. */
const mostWords = 1 << 22;

export class CallTexts {
  /** A hash table; free slots have texts of no bytes. */
  #entries = new Int32Array(fewestSlots * entryWords);
  #count = 0;
  #words = new Int32Array(fewestWords);
  #used = 0;

  /** Writes the text that was kept for a line; false when none was. */
  write(out: ByteWriter, high: number, low: number, line: number): boolean {
    const entries = this.#entries;
    const at = this.#find(high, low, line);
    const length = entries[at + lengthAt]!;
    if (length === 0) return false;
    out.wordsOf(this.#words, entries[at + startAt]!, length);
    return true;
  }

  /** Keeps a text for a line that has none; forgets all others when there are too many. */
  keep(high: number, low: number, line: number, text: Uint8Array): void {
    const words = (text.length + 3) >> 2;
    if (this.#used + words > mostWords) this.#forget();
    if ((this.#count + 1) * 2 * entryWords > this.#entries.length) this.#addSlots();
    while (this.#used + words > this.#words.length) this.#words = extended(this.#words);
    this.#entries.set([low, high, line, this.#used, text.length], this.#find(high, low, line));
    new Uint8Array(this.#words.buffer).set(text, this.#used * 4);
    this.#used += words;
    this.#count += 1;
  }

  /** Where the entry of a line is, or would be. */
  #find(high: number, low: number, line: number): number {
    const entries = this.#entries;
    const mask = entries.length - entryWords;
    const hash = Math.imul(low ^ Math.imul(line, 0x85ebca6b), 0x9e3779b1);
    for (let at = (hash >>> 8) & mask & -entryWords; ; at = (at + entryWords) & mask) {
      const isFree = entries[at + lengthAt] === 0;
      if (isFree || (entries[at] === low && entries[at + highAt] === high && entries[at + lineAt] === line)) return at;
    }
  }

  #addSlots(): void {
    const before = this.#entries;
    this.#entries = new Int32Array(before.length * 2);
    for (let at = 0; at < before.length; at += entryWords) {
      if (before[at + lengthAt] === 0) continue;
      const into = this.#find(before[at + highAt]!, before[at + lowAt]!, before[at + lineAt]!);
      this.#entries.set(before.subarray(at, at + entryWords), into);
    }
  }

  #forget(): void {
    this.#entries = new Int32Array(fewestSlots * entryWords);
    this.#count = 0;
    this.#used = 0;
  }
}

function extended(words: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(words.length * 2);
  larger.set(words);
  return larger;
}
