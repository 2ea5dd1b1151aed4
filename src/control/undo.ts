/**
 * How each change of tracefs is taken back. An undo is plain data, because it is kept in the journal, and harmless when
 * its write never happened, because the journal is older than the writes.
 */

import { bareMask } from '../base/cpu-list.ts';
import { errnoOf, TracefsError } from '../base/errors.ts';
import { compileGlob } from '../base/glob.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { listEntries, settingValue } from './trace-state.ts';

export type Undo =
  /** Write `value` back. `wrote` is what the session wrote: after a crash a file that holds anything else is left alone. */
  | { readonly kind: 'setting'; readonly file: string; readonly value: string; readonly wrote: string }
  /**
   * Empty the file, then add `entries` one by one. `wrote` are the names, globs or pids of the session: after a crash a
   * list with anything else in it is left alone.
   */
  | {
      readonly kind: 'list';
      readonly file: string;
      readonly entries: readonly string[];
      readonly wrote: readonly string[];
    }
  | { readonly kind: 'clear-trace'; readonly file: string }
  | { readonly kind: 'probe'; readonly file: string; readonly group: string; readonly event: string }
  | { readonly kind: 'instance'; readonly name: string }
  /** Write `value` back to a file of /proc/sys; after a crash only where it still holds `wrote`. */
  | { readonly kind: 'sysctl'; readonly name: string; readonly value: string; readonly wrote: string };

export interface UndoReport {
  /** Restored settings, removed probes and instances, in words. */
  readonly done: string[];
  /** What could not be restored, and why. */
  readonly failed: Error[];
  /** What was left alone because someone else has changed it since. */
  readonly skipped: string[];
}

/**
 * Applies the undos in reverse order; a failure does not stop the rest. `afterCrash`: the session is long gone, so
 * settings that no longer hold what it wrote belong to somebody else now.
 */
export function applyUndos(
  tracefs: Tracefs,
  undos: readonly Undo[],
  { afterCrash }: { afterCrash: boolean },
): UndoReport {
  const report: UndoReport = { done: [], failed: [], skipped: [] };
  const largeGroups = findLargeGroups(undos);
  for (const undo of undos.toReversed()) {
    try {
      if (undo.kind === 'probe' && largeGroups.delete(undo.group)) removeProbeGroup(tracefs, undo, report);
      applyUndo(tracefs, undo, afterCrash, report);
    } catch (error) {
      report.failed.push(error as Error);
    }
  }
  return report;
}

function applyUndo(tracefs: Tracefs, undo: Undo, afterCrash: boolean, report: UndoReport): void {
  switch (undo.kind) {
    case 'setting':
      return restoreSetting(tracefs, undo, afterCrash, report);
    case 'list':
      return restoreList(tracefs, undo, afterCrash, report);
    case 'clear-trace':
      // Where somebody else has taken over, the trace is theirs too.
      return report.skipped.length === 0 ? tracefs.top.write(undo.file, []) : undefined;
    case 'probe':
      return removeProbe(tracefs, undo, report);
    case 'instance':
      return removeInstance(tracefs, undo.name, report);
    case 'sysctl':
      return restoreSysctl(tracefs, undo, afterCrash, report);
  }
}

const largestSubBufferKb = 64;

function restoreList(
  tracefs: Tracefs,
  { file, entries, wrote }: Undo & { kind: 'list' },
  afterCrash: boolean,
  report: UndoReport,
): void {
  const before = listNames(entries);
  const current = listNames(listEntries(tracefs.top.read(file)));
  const isPidList = file.endsWith('_pid');
  // A list of pids is emptied even when it reads as before: the kernel takes exited tasks off, and an empty list is
  // still in force.
  if (!isPidList && sameEntries(current, before)) return;
  const isKnown = (entry: string) => before.includes(entry) || wrote.some((own) => compileGlob(own)(entry));
  if (afterCrash && !current.every(isKnown) && !(isPidList && growsByForks(tracefs, file))) {
    report.skipped.push(`${file} holds entries that the killed session did not write`);
    return;
  }
  tracefs.top.write(file, []);
  if (before.length > 0) {
    tracefs.top.write(
      file,
      before.map((entry) => `${entry}\n`),
      'append',
    );
  }
  if (!sameEntries(current, before)) report.done.push(`${file} restored`);
}

/** With the fork option on the kernel adds children of the traced tasks: pids that nobody wrote. */
function growsByForks(tracefs: Tracefs, pidList: string): boolean {
  const option = pidList.includes('ftrace') ? 'function-fork' : 'event-fork';
  return tracefs.top.readIfThere(pidList.replace(/[^/]+$/, `options/${option}`))?.trim() === '1';
}

/**
 * Entries as they can be written back: without the module behind a function's name, and without function commands
 * (`f:traceoff:unlimited`), which emptying the list does not remove.
 */
function listNames(entries: readonly string[]): string[] {
  return entries.map((entry) => entry.split(' ')[0]!).filter((entry) => !entry.includes(':'));
}

function sameEntries(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join('\n') === b.toSorted().join('\n');
}

function restoreSetting(
  tracefs: Tracefs,
  { file, value, wrote }: Undo & { kind: 'setting' },
  afterCrash: boolean,
  report: UndoReport,
): void {
  const current = settingValue(tracefs.top.read(file));
  if (isSameSetting(file, current, value)) return;
  if (afterCrash && !isSameSetting(file, current, wrote)) {
    report.skipped.push(`${file} holds '${current}', which the dead session did not write`);
    return;
  }
  writeWhenFree(() => tracefs.top.write(file, value));
  report.done.push(`${file} restored to '${value}'`);
}

/** Whether two values of a setting mean the same: the kernel rounds sizes up to whole sub-buffers and pads masks. */
function isSameSetting(file: string, a: string, b: string): boolean {
  if (file.endsWith('buffer_size_kb')) return Math.abs(Number(a) - Number(b)) <= largestSubBufferKb;
  if (file.endsWith('tracing_cpumask')) return bareMask(a) === bareMask(b);
  return a === b;
}

/** Removes one dynamic event, also when something else has enabled it: the kernel refuses with EBUSY until it is off. */
function removeProbe(
  tracefs: Tracefs,
  { file, group, event }: { file: string; group: string; event: string },
  report: UndoReport,
): void {
  const folder = `events/${group}/${event}`;
  if (!tracefs.top.exists(folder)) return;
  for (const directory of tracefs.directories()) {
    removeTriggers(directory, folder);
    if (directory.readIfThere(`${folder}/enable`)?.startsWith('1')) directory.write(`${folder}/enable`, '0');
  }
  writeWhenFree(() => tracefs.top.write(file, `-:${group}/${event}\n`, 'append'));
  report.done.push(`probe ${group}:${event} removed`);
}

/** So many probes of one group are removed together: one by one, each costs the kernel tens of milliseconds. */
const largeGroup = 8;

function findLargeGroups(undos: readonly Undo[]): Set<string> {
  const counts = new Map<string, number>();
  for (const undo of undos) if (undo.kind === 'probe') counts.set(undo.group, (counts.get(undo.group) ?? 0) + 1);
  return new Set([...counts].flatMap(([group, count]) => (count >= largeGroup ? [group] : [])));
}

/** All probes of a group at once, which 5.10 refuses (6.1 does not); what is left then goes one by one. */
function removeProbeGroup(tracefs: Tracefs, { file, group }: Undo & { kind: 'probe' }, report: UndoReport): void {
  const enable = `events/${group}/enable`;
  try {
    for (const directory of tracefs.directories()) {
      const current = directory.readIfThere(enable);
      if (current !== undefined && current.trim() !== '0') directory.write(enable, '0');
    }
    if (!tracefs.top.exists(`events/${group}`)) return;
    tracefs.top.write(file, `-:${group}/\n`, 'append');
    report.done.push(`probes of ${group} removed`);
  } catch (error) {
    if (!(error instanceof TracefsError)) throw error;
  }
}

/** Takes all triggers of an event away: each of them holds the event. */
function removeTriggers(directory: TraceDirectory, folder: string): void {
  if (listEntries(directory.readIfThere(`${folder}/trigger`)).length > 0) directory.write(`${folder}/trigger`, []);
}

function removeInstance(tracefs: Tracefs, name: string, report: UndoReport): void {
  if (!tracefs.instanceNames().includes(name)) return;
  writeWhenFree(() => tracefs.top.rmdir(`instances/${name}`));
  report.done.push(`instance ${name} removed`);
}

function restoreSysctl(
  { kernel }: Tracefs,
  { name, value, wrote }: Undo & { kind: 'sysctl' },
  afterCrash: boolean,
  report: UndoReport,
): void {
  const file = `/proc/sys/${name}`;
  const current = kernel.readText(file).trim();
  if (current === value) return;
  if (afterCrash && current !== wrote) {
    report.skipped.push(`${file} holds '${current}', which the dead session did not write`);
    return;
  }
  kernel.write(file, [value], 'truncate');
  report.done.push(`${file} restored to '${value}'`);
}

/** Retries for up to a second while the kernel says EBUSY: a reader that is just closing still holds the file. */
function writeWhenFree(action: () => void): void {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return action();
    } catch (error) {
      const busy = error instanceof TracefsError ? error.code === 'EBUSY' : errnoOf(error) === 'EBUSY';
      if (!busy || attempt === 20) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}
