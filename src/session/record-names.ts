/**
 * Names of tasks for a recording. The kernel's saved_cmdlines (`PID COMM`) holds 128 of them by default, the latest: looked
 * at now and then while recording, none gets lost. Bytes stay as they are (latin1 here).
 */

import { readBytesIfThere } from '../tracefs/processes.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';

/** Names kept at most; the oldest go first. */
const keptNames = 65_536;

export class RecordedNames {
  readonly #top: TraceDirectory;
  readonly #names = new Map<string, string>();

  constructor(top: TraceDirectory) {
    this.#top = top;
  }

  /** Takes the names that the kernel knows now; the later one of a pid wins. */
  refresh(): void {
    const bytes = readBytesIfThere(this.#top.kernel, this.#top.resolve('saved_cmdlines'));
    for (const line of Buffer.from(bytes).toString('latin1').split('\n')) {
      const space = line.indexOf(' ');
      if (space <= 0) continue;
      const [pid, name] = [line.slice(0, space), line.slice(space + 1)];
      if (name === '<...>') continue;
      this.#names.delete(pid);
      this.#names.set(pid, name);
      if (this.#names.size > keptNames) this.#names.delete(this.#names.keys().next().value!);
    }
  }

  /** In the form of saved_cmdlines. */
  bytes(): Uint8Array {
    return Buffer.from([...this.#names].map(([pid, name]) => `${pid} ${name}\n`).join(''), 'latin1');
  }
}
