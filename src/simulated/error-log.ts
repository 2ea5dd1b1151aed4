/** error_log: the last eight complaints, each with its time, the command and a caret (kernel/trace/trace.c). */

import { makeFile, type SimulatedFile } from './file-nodes.ts';

const keptErrors = 8;

export class SimulatedErrorLog {
  #entries: string[] = [];
  readonly #uptimeMs: () => number;

  constructor(uptimeMs: () => number) {
    this.#uptimeMs = uptimeMs;
  }

  /** Notes what `source` (e.g. `trace_kprobe`) found wrong at column `at` of `command`. */
  add(source: string, message: string, command: string, at: number): void {
    const seconds = (this.#uptimeMs() / 1000).toFixed(6).padStart(12);
    const caret = `${' '.repeat('  Command: '.length + at)}^`;
    this.#entries.push(`[${seconds}] ${source}: error: ${message}\n  Command: ${command}\n${caret}\n`);
    this.#entries = this.#entries.slice(-keptErrors);
  }

  makeFile(): SimulatedFile {
    return makeFile({
      isSetting: false,
      read: () => this.#entries.join(''),
      write() {},
      truncate: () => {
        this.#entries = [];
      },
    });
  }
}
