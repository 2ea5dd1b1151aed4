/**
 * "Armed, 0 hits": why nothing came, found by looking. Called when a session has been silent for a while, and at its
 * end.
 */

import { movedFunctions } from '../control/moved-functions.ts';
import type { ProbeEvent } from '../control/probe-event.ts';
import { isAlive, readTextIfThere } from '../tracefs/processes.ts';
import type { SessionContext } from './live-session.ts';

interface ProbeHits {
  /** `group/event` or the event's name, as the profile file has it. */
  readonly event: string;
  readonly hits: number;
  /** Hits that the kernel could not serve (kretprobes without a free instance); 0 where it does not say. */
  readonly misses: number;
}

/**
 * kprobe_profile has `EVENT HITS MISSES` a line, uprobe_profile `FILE EVENT HITS`; events come without their group, so
 * names are only as good as they are unique.
 */
export function parseProbeProfile(text: string, kind: 'kprobe' | 'uprobe'): ProbeHits[] {
  const rows: ProbeHits[] = [];
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    const [event, hits, misses] = kind === 'kprobe' ? words : [words[1], words[2], undefined];
    if (event !== undefined && hits !== undefined)
      rows.push({ event, hits: Number(hits), misses: Number(misses ?? 0) });
  }
  return rows;
}

/**
 * The hits of the session's own probes; undefined where somebody else's probes have the same names, which the profile
 * does not tell apart.
 */
export function readProbeHits({ tracefs, plan }: SessionContext): ProbeHits[] | undefined {
  // Of event probes, fprobes and tracepoint probes the kernel counts no hits.
  if (plan.probes[0]?.file === 'dynamic_events') return undefined;
  const kind = plan.probes[0]?.file === 'uprobe_events' ? 'uprobe' : 'kprobe';
  const rows = parseProbeProfile(tracefs.top.readIfThere(`${kind}_profile`) ?? '', kind);
  const own = new Set(plan.probes.map(({ event }) => event));
  const found = rows.filter(({ event }) => own.has(event));
  return found.length > plan.probes.length ? undefined : found;
}

/** What the kernel has counted of the session's probes since they were defined, recorded or not. */
export function countProbeHits(context: SessionContext): ReadonlyMap<string, number> {
  const hits = new Map<string, number>();
  for (const row of readProbeHits(context) ?? []) hits.set(row.event, (hits.get(row.event) ?? 0) + row.hits);
  return hits;
}

/** A sentence about returns that no instance was free for; undefined when there are none. */
export function describeMisses(context: SessionContext): string | undefined {
  const misses = (readProbeHits(context) ?? []).filter(({ misses }) => misses > 0);
  if (misses.length === 0) return undefined;
  const total = misses.reduce((sum, row) => sum + row.misses, 0);
  const isReturn = context.plan.probes.some(({ line }) => line.startsWith('r'));
  const remedy = isReturn ? ': more calls were under way than it has room for (--maxactive N gives room for N)' : '';
  return `the kernel missed ${total} hits of ${misses[0]!.event}${misses.length > 1 ? ' and others' : ''}${remedy}`;
}

/**
 * Whether ftui itself may have hit the probes: it is left out of the trace, but the profile counts its hits. Always so
 * in the kernel, in programs where it maps the probed file.
 */
export function mayHitItself({ tracefs, plan }: SessionContext): boolean {
  const maps = readTextIfThere(tracefs.kernel, '/proc/self/maps');
  return plan.probes.some(({ file, line }) => {
    // A static probe has its semaphore behind the offset.
    const path = line.split(' ')[1]!.replace(/:0x[0-9a-f]+(?:\(0x[0-9a-f]+\))?$/, '');
    return file !== 'uprobe_events' || maps.includes(path);
  });
}

/** Causes for silence that can be seen from here, the surest first; never empty. */
export function explainSilence(context: SessionContext, probes: readonly ProbeEvent[]): string[] {
  const causes = [
    ...explainTasks(context),
    ...explainFilters(context),
    ...explainProbeHits(context, probes),
    ...explainMovedFunctions(context),
  ];
  return causes.length > 0 ? causes : [fallback(context)];
}

/** The kernel functions that the session waits for, whatever traces them. */
export function listAwaitedFunctions({ plan }: SessionContext, probes: readonly ProbeEvent[]): string[] {
  const probed =
    plan.probes[0]?.file === 'kprobe_events' ? probes.map(({ label }) => label.replace(/[+%].*$/, '')) : [];
  return [...plan.graphFunctions, ...(plan.filterFunctions?.names ?? []), ...probed];
}

function explainTasks({ plan, tracefs }: SessionContext): string[] {
  const gone = plan.pids.filter((pid) => typeof pid === 'number' && !isAlive(tracefs.kernel, pid));
  if (gone.length > 0) return [`of the traced pids, ${gone.join(', ')} no longer run`];
  return plan.pids.length > 0 ? [`only the tasks ${plan.pids.join(', ')} and their children are traced`] : [];
}

function explainFilters({ plan }: SessionContext): string[] {
  const filters = [plan.probeFilter, ...plan.events.map(({ filter }) => filter)].filter((text) => text !== undefined);
  return filters.length > 0 ? [`the filter '${filters[0]}' may never be true`] : [];
}

function explainProbeHits(context: SessionContext, probes: readonly ProbeEvent[]): string[] {
  if (context.plan.probes.length === 0) return [];
  const rows = readProbeHits(context);
  if (rows === undefined) return [];
  const hits = rows.reduce((sum, row) => sum + row.hits, 0);
  const misses = rows.reduce((sum, row) => sum + row.misses, 0);
  const names = probes
    .slice(0, 3)
    .map(({ label }) => label)
    .join(', ');
  const reasons =
    hits > 0 && !mayHitItself(context) ? [`the kernel counted ${hits} hits of ${names}, but nothing was recorded`] : [];
  if (misses > 0) reasons.push(`the kernel missed ${misses} hits of ${names}: too many at once`);
  if (hits + misses === 0) reasons.push(`the kernel counted no hit of ${names}: the code was not run`);
  return reasons;
}

function explainMovedFunctions({ plan }: SessionContext): string[] {
  const names = [...plan.graphFunctions, ...(plan.filterFunctions?.names ?? [])];
  return movedFunctions
    .filter(({ name, successor }) => names.includes(name) && !names.includes(successor))
    .map(({ name, successor, reason }) => `${name}: ${reason} (see ${successor})`);
}

function fallback({ plan }: SessionContext): string {
  return plan.tracer === 'nop' ? 'these events have not happened yet' : 'nobody has called these functions yet';
}
