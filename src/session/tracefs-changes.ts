/** What a session has changed in tracefs and still owes to put back; the journal on disk owes the same. */

import { applyChanges } from '../control/apply-writes.ts';
import type { Journal } from '../control/journal.ts';
import type { PlannedChange } from '../control/plan-writes.ts';
import { applyUndos, type Undo } from '../control/undo.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';

export class TracefsChanges {
  readonly #tracefs: Tracefs;
  readonly #journal: Journal;
  #owed: Undo[] = [];
  #restored = false;

  /** The journal must be on disk before the first change. */
  constructor(tracefs: Tracefs, journal: Journal) {
    this.#tracefs = tracefs;
    this.#journal = journal;
  }

  /**
   * Applies changes one by one. An undo is owed once its write has begun (a list may have taken some of its words), and
   * harmless where it did nothing; only emptying the trace is not undone where it failed.
   */
  apply(changes: readonly PlannedChange[]): void {
    for (const change of changes) {
      if (change.undo !== undefined && change.undo.kind !== 'clear-trace') this.#owed.push(change.undo);
      applyChanges(this.#tracefs, [change]);
      if (change.undo?.kind === 'clear-trace') this.#owed.push(change.undo);
    }
  }

  /**
   * Puts everything back and takes the journal away, which stays when something could not be undone. Safe to call
   * twice; synchronous, so that it also works while the process exits. Returns what could not be restored.
   */
  restore(): readonly Error[] {
    if (this.#restored) return [];
    this.#restored = true;
    const { failed } = applyUndos(this.#tracefs, this.#owed, { afterCrash: false });
    if (failed.length === 0) this.#journal.remove();
    return failed;
  }
}
