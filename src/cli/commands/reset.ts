/** `ftui reset`: undoes what dead sessions left; `--all` resets everything of everybody. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { exitStatus } from '../../base/errors.ts';
import { listJournalFolders } from '../../control/journal.ts';
import { resetDeadSessions, resetEverything } from '../../control/reset.ts';
import type { UndoReport } from '../../control/undo.ts';
import { openEnvironmentTracefs, runningEnvironment } from '../environment.ts';
import { printNotice } from '../output.ts';

export const command = 'reset';
export const describe = 'Undo what killed ftui sessions left behind';

export function builder(yargs: Argv) {
  return yargs
    .option('all', { type: 'boolean', default: false, describe: 'Reset everything, also what others have set up' })
    .option('tracefs', { type: 'string', nargs: 1, describe: 'Folder of tracefs, instead of looking for it' });
}

interface ResetArguments {
  readonly all: boolean;
  readonly tracefs?: string | undefined;
}

export function handler(args: ArgumentsCamelCase<ResetArguments>): void {
  const tracefs = openEnvironmentTracefs(runningEnvironment(), args.tracefs);
  const folders = listJournalFolders();
  const { recoveries, leftovers } = resetDeadSessions(tracefs, folders);
  for (const { pid, title, report } of recoveries) {
    process.stdout.write(`session ${pid} (${title}):\n`);
    printReport(report);
  }
  printReport(leftovers);
  const everything = args.all ? resetEverything(tracefs, folders) : undefined;
  if (everything !== undefined) printReport(everything);
  const reports = [
    ...recoveries.map(({ report }) => report),
    leftovers,
    ...(everything === undefined ? [] : [everything]),
  ];
  if (reports.every(({ done, failed }) => done.length + failed.length === 0)) process.stdout.write('nothing to undo\n');
  process.exitCode = reports.some(({ failed }) => failed.length > 0) ? exitStatus.failed : exitStatus.fine;
}

function printReport({ done, failed, skipped }: UndoReport): void {
  for (const line of done) process.stdout.write(`  ${line}\n`);
  for (const line of skipped) process.stdout.write(`  left as it is: ${line}\n`);
  for (const error of failed) printNotice(`could not undo: ${error.message}`);
}
