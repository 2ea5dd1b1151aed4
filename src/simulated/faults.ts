/** Failures on demand: for tests of what happens when a call in the middle of a plan goes wrong. */

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

export class Faults {
  readonly #faults: Fault[] = [];

  add(kind: FaultKind, covers: (path: string) => boolean, code: string, range: FaultRange = {}): void {
    const { after = 0, times = Number.POSITIVE_INFINITY } = range;
    this.#faults.push({ kind, covers, code, passing: after, failing: times });
  }

  clear(): void {
    this.#faults.length = 0;
  }

  /** Throws what a fault says about this call. */
  check(kind: FaultKind, path: string): void {
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
