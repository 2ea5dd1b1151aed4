/** The last resort: what dead ftui sessions left, with `all` everything back to its default. */

import { formatCpuMask } from '../base/cpu-list.ts';
import { errnoOf } from '../base/errors.ts';
import { isAlive } from '../tracefs/processes.ts';
import { listCpus, type TraceDirectory } from '../tracefs/trace-directory.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { findJournals, removeJournal } from './journal.ts';
import { type Recovery, recoverKilledSessions } from './recovery.ts';
import { listOtherDefinitions, readStatus } from './status.ts';
import { listEntries } from './trace-state.ts';
import { applyUndos, type Undo, type UndoReport } from './undo.ts';

/** What was done, and what could not be. */
interface ResetReport {
  readonly recoveries: readonly Recovery[];
  readonly leftovers: UndoReport;
}

/**
 * Undoes the journals of dead sessions in `folders` and removes instances and probes that bear the name of an ftui process that no
 * longer runs, journal or not (`/run` does not outlive a reboot of a container, tracefs does).
 */
export function resetDeadSessions(tracefs: Tracefs, folders: readonly string[]): ResetReport {
  const recoveries = recoverKilledSessions(tracefs, folders);
  const living = new Set(
    findJournals(folders, tracefs.kernel)
      .filter(({ owner }) => owner === 'running')
      .map(({ entry }) => entry.pid),
  );
  const isDead = (pid: number) => !living.has(pid) && !isAlive(tracefs.kernel, pid);
  const undos = [...listProbes(tracefs, isDead), ...listInstances(tracefs, isDead)];
  return { recoveries, leftovers: applyUndos(tracefs, undos, { afterCrash: true }) };
}

/** Instances by their name, `ftui-PID` or `ftui-PID-…`. */
function listInstances(tracefs: Tracefs, isDead: (pid: number) => boolean): Undo[] {
  return tracefs.instanceNames().flatMap((name) => {
    const pid = Number(/^ftui-(\d+)(?:-|$)/.exec(name)?.[1] ?? 0);
    return pid > 0 && isDead(pid) ? [{ kind: 'instance', name } as const] : [];
  });
}

/** As kprobe_events and uprobe_events list them, and what only dynamic_events lists. */
const probeKinds = /^[pr]\d*:(ftui_(\d+))\/(\S+)/;
const ownKinds = /^[eft]\d*:(ftui_(\d+))\/(\S+)/;

/** Probes by their group `ftui_PID`. */
function listProbes({ top }: Tracefs, isDead: (pid: number) => boolean): Undo[] {
  return (['kprobe_events', 'uprobe_events', 'dynamic_events'] as const).flatMap((file) =>
    listEntries(top.readIfThere(file)).flatMap((line) => {
      const [, group, pid, event] = (file === 'dynamic_events' ? ownKinds : probeKinds).exec(line) ?? [];
      if (group === undefined || event === undefined || !isDead(Number(pid))) return [];
      return [{ kind: 'probe', file, group, event } as const];
    }),
  );
}

/** Everything of everybody back to the defaults: triggers and filters, instances, probes, settings, buffers. */
export function resetEverything(tracefs: Tracefs, folders: readonly string[]): UndoReport {
  const report: UndoReport = { done: [], failed: [], skipped: [] };
  const attempt: Attempt = (what, action) => {
    try {
      action();
      report.done.push(what);
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      report.failed.push(error as Error);
    }
  };
  // Triggers first: they hold events, and through them instances and probes.
  for (const { instance, deviations } of readStatus(tracefs)) {
    const directory = instance === undefined ? tracefs.top : tracefs.instance(instance);
    const settings = new Set(
      deviations.map(({ setting }) => setting).filter((setting) => setting.startsWith('events/')),
    );
    for (const setting of settings) resetEventSetting(directory, setting, attempt);
  }
  for (const name of tracefs.instanceNames()) {
    attempt(`instance ${name} removed`, () => tracefs.top.rmdir(`instances/${name}`));
  }
  attempt('all events disabled', () => tracefs.top.write('events/enable', '0'));
  // Event probes first: they hold the events that they are on.
  if (listOtherDefinitions(tracefs.top).length > 0) {
    attempt('dynamic_events emptied', () => tracefs.top.write('dynamic_events', []));
  }
  for (const file of ['kprobe_events', 'uprobe_events', 'synthetic_events']) {
    if (listEntries(tracefs.top.readIfThere(file)).length > 0) {
      attempt(`${file} emptied`, () => tracefs.top.write(file, []));
    }
  }
  resetSettings(tracefs, attempt);
  attempt('trace emptied', () => tracefs.top.write('trace', []));
  forgetKilledSessions(tracefs, folders);
  return report;
}

function resetEventSetting(directory: TraceDirectory, setting: string, attempt: Attempt): void {
  const where = directory.instance === undefined ? '' : ` of instance ${directory.instance}`;
  attempt(`${setting}${where} cleared`, () =>
    setting.endsWith('/filter') ? directory.write(setting, '0') : directory.write(setting, []),
  );
}

/** What their journals owed is gone with everything else. */
function forgetKilledSessions({ kernel }: Tracefs, folders: readonly string[]): void {
  for (const journal of findJournals(folders, kernel)) {
    if (journal.owner !== 'running') removeJournal(journal);
  }
}

type Attempt = (what: string, action: () => void) => void;

/** The scalar defaults by file; lists are emptied and options turned back by name. */
const defaults: Readonly<Record<string, string>> = {
  current_tracer: 'nop',
  trace_clock: 'local',
  max_graph_depth: '0',
  tracing_thresh: '0',
  buffer_percent: '50',
  tracing_on: '1',
};

function resetSettings(tracefs: Tracefs, attempt: Attempt): void {
  const { top } = tracefs;
  const [status] = readStatus(tracefs);
  for (const setting of new Set(status!.deviations.map((deviation) => deviation.setting))) {
    const value = status!.deviations.find((deviation) => deviation.setting === setting)!.value;
    if (setting.endsWith('_events') || setting.startsWith('events/')) continue;
    attempt(`${setting} reset`, () => resetSetting(top, setting, value));
  }
}

function resetSetting(top: TraceDirectory, setting: string, value: string): void {
  const initial = defaults[setting];
  if (initial !== undefined) return top.write(setting, initial);
  if (setting.startsWith('options/')) return top.write(setting, value === '1' ? '0' : '1');
  if (setting === 'tracing_cpumask') return top.write(setting, formatCpuMask(listCpus(top)));
  top.write(setting, []);
}
