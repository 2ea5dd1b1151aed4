/** What every session does before it changes anything: undo what killed ones left, and look who else is tracing. */

import { BusyError } from '../base/errors.ts';
import { readBufferStats } from '../capture/buffer-stats.ts';
import { findDirectoryUsers } from '../control/directory-users.ts';
import { recoverKilledSessions } from '../control/recovery.ts';
import type { TracePlan } from '../control/trace-plan.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';

/** Undoes what killed sessions left, whose journals lie in `folders`, and tells. */
export function undoKilledSessions(tracefs: Tracefs, folders: readonly string[], notice: (text: string) => void): void {
  for (const { title, pid, report } of recoverKilledSessions(tracefs, folders)) {
    notice(`undid what a killed session left (pid ${pid}: ${title})`);
    for (const skipped of report.skipped) notice(`left as it is: ${skipped}`);
    for (const failure of report.failed) notice(`could not undo: ${failure.message}`);
  }
}

interface StartConditions {
  readonly title: string;
  /** Go on although somebody else uses the directory. */
  readonly force: boolean;
  notice(text: string): void;
}

/** Throws BusyError when somebody else uses a directory that is not the session's own. */
export function refuseWhenBusy(directory: TraceDirectory, { title, force, notice }: StartConditions): void {
  const users = findDirectoryUsers(directory);
  if (users.length > 0 && !force) {
    throw new BusyError({
      attempted: `starting '${title}'`,
      why: `someone else is tracing: ${users.join('; ')}`,
      remedy: '`ftui status` shows it all; --force goes on and restores these settings afterwards',
    });
  }
  if (users.length > 0) notice(`going on although someone else is tracing: ${users.join('; ')}`);
  const old = readBufferStats(directory).reduce((sum, { entries }) => sum + entries, 0);
  const where = directory.instance === undefined ? 'top level' : `instance ${directory.instance}`;
  if (old > 0) notice(`erasing ${old} old entries from the idle buffer of the ${where}`);
}

/** The directory that a plan traces in, whether it exists already or not. */
export function directoryOf(tracefs: Tracefs, { instance }: TracePlan): TraceDirectory {
  return instance === undefined ? tracefs.top : tracefs.instance(instance);
}
