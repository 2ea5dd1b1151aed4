/** Runs `ftui restore`. */

import { exitStatus } from '../base/errors.ts';
import { visibleText } from '../base/text.ts';
import { restoreRecording } from '../recording/trace-dat/restore-recording.ts';
import { isRunning, readOwner } from '../session/record-output.ts';
import { runningEnvironment } from './environment.ts';
import { printNotice } from './output.ts';
import { formatBytes } from './record-summary.ts';

interface RestoreChoices {
  /** Another file than the one that was to be recorded. */
  readonly output: string | undefined;
  readonly force: boolean;
}

/** Returns the exit status. */
export function runRestore(file: string, { output, force }: RestoreChoices): number {
  const { kernel } = runningEnvironment();
  const restored = restoreRecording(file, {
    owner: readOwner(kernel, process.pid),
    isAlive: (owner) => isRunning(kernel, owner),
    output,
    force,
  });
  for (const problem of restored.problems) printNotice(visibleText(problem));
  printNotice(visibleText(`restored ${restored.path}: ${formatBytes(restored.size)}`));
  return exitStatus.fine;
}
