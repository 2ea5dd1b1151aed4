/** Undoing what killed sessions left: done by every command that writes to tracefs, and by `ftui reset`. */

import type { Tracefs } from '../tracefs/tracefs.ts';
import { findJournals, listJournalFolders, removeJournal } from './journal.ts';
import { applyUndos, type UndoReport } from './undo.ts';

export interface Recovery {
  readonly title: string;
  readonly pid: number;
  readonly report: UndoReport;
}

/**
 * Applies the journals of dead sessions. A journal stays when something of it could not be undone, so that the next
 * command tries again.
 */
export function recoverDeadSessions(tracefs: Tracefs, folders: readonly string[] = listJournalFolders()): Recovery[] {
  const dead = findJournals(folders, tracefs.kernel, tracefs.root).filter((journal) => !journal.ownerAlive);
  return dead.map((journal) => {
    const report = applyUndos(tracefs, journal.entry.undos, { afterCrash: true });
    if (report.failed.length === 0) removeJournal(journal);
    return { title: journal.entry.title, pid: journal.entry.pid, report };
  });
}
