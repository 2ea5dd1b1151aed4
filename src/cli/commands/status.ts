/** `ftui status`: everything in tracefs that is not at its default. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { exitStatus } from '../../base/errors.ts';
import { jsonLine } from '../../base/json-text.ts';
import { visibleText } from '../../base/text.ts';
import { type FoundJournal, findJournals, listJournalFolders } from '../../control/journal.ts';
import { type DirectoryStatus, readStatus } from '../../control/status.ts';
import { openEnvironmentTracefs, runningEnvironment } from '../environment.ts';

export const command = 'status';
export const describe = 'Show every setting, probe and instance that is not at its default';

export function builder(yargs: Argv) {
  return yargs
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object' })
    .option('tracefs', { type: 'string', nargs: 1, describe: 'Folder of tracefs, instead of looking for it' });
}

interface StatusArguments {
  readonly json: boolean;
  readonly tracefs?: string | undefined;
}

export function handler(args: ArgumentsCamelCase<StatusArguments>): void {
  const tracefs = openEnvironmentTracefs(runningEnvironment(), args.tracefs);
  const directories = readStatus(tracefs);
  const journals = findJournals(listJournalFolders(), tracefs.kernel).filter(({ owner }) => owner !== 'earlier-boot');
  const lines = args.json ? [formatJson(directories, journals)] : formatText(directories, journals);
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = exitStatus.fine;
}

function formatJson(directories: readonly DirectoryStatus[], journals: readonly FoundJournal[]): string {
  const sessions = journals.map(({ entry, owner }) => ({
    pid: entry.pid,
    title: entry.title,
    running: owner === 'running',
  }));
  return jsonLine({
    directories: directories.map(({ instance, deviations }) => ({ instance: instance ?? null, deviations })),
    sessions,
  });
}

function formatText(directories: readonly DirectoryStatus[], journals: readonly FoundJournal[]): string[] {
  const lines = directories
    .filter(({ instance, deviations }) => instance !== undefined || deviations.length > 0)
    .flatMap(({ instance, deviations }) => [
      instance === undefined ? 'top level' : `instance ${visibleText(instance)}`,
      ...deviations.map(({ setting, value }) => `  ${setting}: ${visibleText(value)}`),
    ]);
  const sessions = journals.map(({ entry, owner }) =>
    owner === 'running'
      ? `ftui session: pid ${entry.pid}: ${visibleText(entry.title)}`
      : `left by a killed ftui session (pid ${entry.pid}: ${visibleText(entry.title)}): \`ftui reset\` undoes it`,
  );
  const all = [...lines, ...sessions];
  return all.length === 0 ? ['everything is at its default'] : all;
}
