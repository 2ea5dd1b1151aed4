/**
 * trace_pipe: the trace as the kernel formats it, for `--text-pipe` and for kernels that hide their symbols' addresses.
 * One reader at a time (a second one gets EBUSY). The text is not parseable: strings are unescaped and records may hold
 * newlines, so lines pass on as they are.
 */

import { decodeKernelText } from '../base/text.ts';
import type { KernelStream } from '../tracefs/kernel-files.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';

const newline = 0x0a;
const readsPerRound = 64;

export class TextCapture {
  readonly #directory: TraceDirectory;
  readonly #chunk = new Uint8Array(65_536);
  #stream: KernelStream | undefined;
  /** Bytes behind the last newline. */
  #rest: Uint8Array = new Uint8Array(0);

  constructor(directory: TraceDirectory) {
    this.#directory = directory;
  }

  open(): void {
    this.#stream = this.#directory.openStream('trace_pipe');
  }

  close(): void {
    this.#stream?.close();
    this.#stream = undefined;
  }

  /** The whole lines that are there now. */
  readLines(): string[] {
    const lines: string[] = [];
    for (let count = 0; count < readsPerRound; count += 1) {
      const length = this.#stream?.read(this.#chunk) ?? 0;
      if (length <= 0) break;
      lines.push(...this.#split(this.#chunk.subarray(0, length)));
    }
    return lines;
  }

  #split(bytes: Uint8Array): string[] {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const end = all.lastIndexOf(newline) + 1;
    this.#rest = all.slice(end);
    return end === 0 ? [] : decodeKernelText(all.subarray(0, end - 1)).split('\n');
  }
}
