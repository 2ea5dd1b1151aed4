/** Failures and delays on demand: for tests of what happens when a call in the middle of a plan goes wrong or takes long. */

import { refuse } from './file-nodes.ts';
import type { FaultRange } from './simulation-options.ts';

type FaultKind = 'write' | 'open' | 'read';

interface Fault {
  readonly kind: FaultKind;
  readonly covers: (path: string) => boolean;
  readonly code: string;
  passing: number;
  failing: number;
}

interface Delay {
  readonly kind: FaultKind;
  readonly covers: (path: string) => boolean;
  readonly ms: number;
}

export class Faults {
  readonly #faults: Fault[] = [];
  readonly #delays: Delay[] = [];

  add(kind: FaultKind, covers: (path: string) => boolean, code: string, range: FaultRange = {}): void {
    const { after = 0, times = Number.POSITIVE_INFINITY } = range;
    this.#faults.push({ kind, covers, code, passing: after, failing: times });
  }

  /** The caller waits in the call, as in one of the kernel. */
  delay(kind: FaultKind, covers: (path: string) => boolean, ms: number): void {
    this.#delays.push({ kind, covers, ms });
  }

  clear(): void {
    this.#faults.length = 0;
    this.#delays.length = 0;
  }

  /** Throws what a fault says about this call, after the time that it takes. */
  check(kind: FaultKind, path: string): void {
    for (const delay of this.#delays) {
      if (delay.kind === kind && delay.covers(path))
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delay.ms);
    }
    for (const fault of this.#faults) {
      if (fault.kind !== kind || !fault.covers(path)) continue;
      if (fault.passing > 0) fault.passing -= 1;
      else if (fault.failing > 0) {
        fault.failing -= 1;
        refuse(fault.code);
      }
    }
  }
}
