/** The one place that turns an error into a message and an exit status. */

import { exitStatus, FtuiError } from '../base/errors.ts';
import { visibleText } from '../base/text.ts';
import { explainError } from '../session/state-texts.ts';
import { printNotice } from './output.ts';

/** Prints `ftui: what was attempted: why (what to do)` and returns the exit status. */
export function reportError(error: unknown): number {
  if (process.env.FTUI_DEBUG === '1') console.error(error);
  if (error instanceof FtuiError) {
    printNotice(visibleLines(explainError(error).line));
    return error.exitStatus;
  }
  const message = error instanceof Error ? error.message : String(error);
  printNotice(visibleLines(`unexpected failure: ${message} (FTUI_DEBUG=1 shows where; please report it)`));
  return exitStatus.failed;
}

/** Carets need their line breaks; everything else is escaped. */
function visibleLines(text: string): string {
  return text.split('\n').map(visibleText).join('\n');
}
