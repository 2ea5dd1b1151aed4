/** Lines that wait for a later one to say what they belong to. */
import type { EventLine } from './text-line.ts';

interface HeldLine {
  readonly line: string;
  readonly lineNumber: number;
}

export class HeldLines {
  /** Bytes of all lines together, with their ends. */
  length = 0;
  #lines: HeldLine[] = [];

  get count(): number {
    return this.#lines.length;
  }

  add(line: string, lineNumber: number): void {
    this.#lines.push({ line, lineNumber });
    this.length += line.length + 1;
  }

  /** All lines, which are held no longer. */
  takeAll(): HeldLine[] {
    const lines = this.#lines;
    this.#lines = [];
    this.length = 0;
    return lines;
  }

  /**
   * The whole name of an event's task that begins in the last lines held, and takes them; undefined when these do not have
   * just the bytes that are missing.
   */
  takeName({ comm, commMissing }: EventLine): string | undefined {
    let name = comm;
    let missing = commMissing;
    let used = 0;
    while (missing > 0 && used < this.#lines.length) {
      used += 1;
      const { line } = this.#lines.at(-used)!;
      missing -= line.length + 1;
      name = `${line}\n${name}`;
    }
    if (missing !== 0) return undefined;
    this.#lines.length -= used;
    return name.replace(/^ +/, '');
  }
}
