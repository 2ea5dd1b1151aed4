/** `--dry-run`: the planned changes as shell lines that do the same when pasted into a root shell. */

import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import type { PlannedChange, SessionWrites } from './plan-writes.ts';
import { commandPid } from './trace-plan.ts';
import type { Undo } from './undo.ts';

/**
 * The whole session as a script: setup, the command held back and then released, the trace, the restore.
 * `command` is the traced command's argv, if there is one.
 */
export function formatShellLines(
  directory: TraceDirectory,
  root: string,
  writes: SessionWrites,
  command: readonly string[] | undefined,
): string[] {
  const undos = [...writes.setup, ...writes.start, ...writes.stop].flatMap((change) => change.undo ?? []).toReversed();
  const instance = directory.path === root ? '' : `${directory.path.slice(root.length + 1)}/`;
  const read = `cat ${instance}trace`;
  return [
    `cd ${quoteWord(root)}`,
    ...(command === undefined ? [] : holdCommandBack(command)),
    ...writes.setup.flatMap(formatChange),
    ...writes.start.flatMap(formatChange),
    ...(command === undefined ? ['sleep 5'] : ['echo > "$GATE"; wait "$CMD"; rm "$GATE"']),
    ...writes.stop.flatMap(formatChange),
    read,
    ...undos.flatMap(formatUndo),
  ];
}

function holdCommandBack(command: readonly string[]): string[] {
  return [
    'GATE=$(mktemp -u); mkfifo "$GATE"',
    `sh -c 'read -r _ < "$0"; exec "$@"' "$GATE" ${command.map(quoteWord).join(' ')} & CMD=$!`,
  ];
}

function formatChange(change: PlannedChange): string[] {
  if (change.kind === 'mkdir') return [`mkdir ${quoteWord(change.file)}`];
  if (change.kind === 'sysctl') return [`echo ${quoteWord(change.value)} > /proc/sys/${change.name}`];
  if (change.kind === 'functions') return [printWords(change.selection.names, '>', change.file)];
  if (change.words.length === 0) return [`: > ${quoteWord(change.file)}`];
  const redirect = change.mode === 'append' ? '>>' : '>';
  return [
    printWords(
      change.words.map((word) => word.replace(/\n$/, '')),
      redirect,
      change.file,
    ),
  ];
}

function formatUndo(undo: Undo): string[] {
  switch (undo.kind) {
    case 'setting':
      return [printWords([undo.value], '>', undo.file)];
    case 'list':
      return undo.entries.length === 0 ? [`: > ${quoteWord(undo.file)}`] : [printWords(undo.entries, '>', undo.file)];
    case 'clear-trace':
      return [`: > ${quoteWord(undo.file)}`];
    case 'probe':
      return [printWords([`-:${undo.group}/${undo.event}`], '>>', undo.file)];
    case 'instance':
      return [`rmdir instances/${quoteWord(undo.name)}`];
    case 'sysctl':
      return [`echo ${quoteWord(undo.value)} > /proc/sys/${undo.name}`];
  }
}

/** One write a word: several words in one write would end at the first in files such as set_ftrace_filter. */
function printWords(words: readonly string[], redirect: '>' | '>>', file: string): string {
  return words
    .map((word, index) => `${printWord(word)} ${index === 0 ? redirect : '>>'} ${quoteWord(file)}`)
    .join('\n');
}

/** echo where it is safe: a backslash (fetch arg `\5`) or a leading dash would be taken for more than text. */
function printWord(word: string): string {
  const isPidList = word.split(' ').every((part) => part === commandPid || /^\d+$/.test(part));
  const quoted = isPidList && word.includes(commandPid) ? `"${word}"` : quoteWord(word);
  return /\\|^-/.test(word) ? `printf '%s\\n' ${quoted}` : `echo ${quoted}`;
}

/** The word as the shell must see it to keep it whole. */
export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_/.:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
