/** Undoing what killed sessions left: done by every command that writes to tracefs, and by `ftui reset`. */

import type { Tracefs } from '../tracefs/tracefs.ts';
import { findJournals, removeJournal } from './journal.ts';
import { applyUndos, type UndoReport } from './undo.ts';

export interface Recovery {
  readonly title: string;
  readonly pid: number;
  readonly report: UndoReport;
}

/**
 * Applies the journals of killed sessions in `folders`. A journal stays when something of it could not be undone, so
 * that the next command tries again; one of an earlier boot is only taken away.
 */
export function recoverKilledSessions(tracefs: Tracefs, folders: readonly string[]): Recovery[] {
  const recoveries: Recovery[] = [];
  for (const journal of findJournals(folders, tracefs.kernel)) {
    if (journal.owner === 'running') continue;
    const undos = journal.owner === 'killed' ? journal.entry.undos : [];
    const report = applyUndos(tracefs, undos, { afterCrash: true });
    if (report.failed.length === 0) removeJournal(journal);
    if (journal.owner === 'killed') recoveries.push({ title: journal.entry.title, pid: journal.entry.pid, report });
  }
  return recoveries;
}
