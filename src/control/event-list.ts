/** The trace events of this kernel: the folders of events/. */

import { UsageError } from '../base/errors.ts';
import { compileGlob, isGlob } from '../base/glob.ts';
import { nearestNames } from '../base/nearest.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import type { PlannedEvent } from './trace-plan.ts';

/** The names `SYSTEM:EVENT` of a kernel, from available_events, which lists them all in one read. */
export function parseEventList(text: string): string[] {
  return text.split('\n').filter((line) => line.includes(':'));
}

export function readEventList(top: TraceDirectory): string[] {
  return parseEventList(top.read('available_events'));
}

/**
 * The events that the patterns (`SYSTEM:EVENT`, `SYSTEM:`, `EVENT`, each part a kernel glob) match, without duplicates.
 * Throws UsageError for a pattern without a match, with the nearest three names.
 */
export function selectEvents(available: readonly string[], patterns: readonly string[]): PlannedEvent[] {
  const chosen = new Set<string>();
  for (const pattern of patterns) {
    const matches = available.filter(matcherOf(pattern));
    if (matches.length === 0) throw unknownEvent(available, pattern);
    for (const name of matches) chosen.add(name);
  }
  return [...chosen].map((name) => {
    const [system, event] = name.split(':') as [string, string];
    return { system, event };
  });
}

function matcherOf(pattern: string): (name: string) => boolean {
  const colon = pattern.indexOf(':');
  const system = compileGlob(colon < 0 ? '*' : pattern.slice(0, colon));
  const event = compileGlob(colon < 0 ? pattern : pattern.slice(colon + 1) || '*');
  return (name) => {
    const [itsSystem, itsEvent] = name.split(':') as [string, string];
    return system(itsSystem) && event(itsEvent);
  };
}

function unknownEvent(available: readonly string[], pattern: string): UsageError {
  const bare = available.map((name) => name.slice(name.indexOf(':') + 1));
  const byName = isGlob(pattern) ? [] : nearestNames(pattern, available);
  const near = byName.length > 0 ? byName : nearestNames(pattern.slice(pattern.indexOf(':') + 1), bare);
  return new UsageError({
    attempted: `tracing ${pattern}`,
    why: 'this kernel has no such event',
    remedy: near.length === 0 ? 'events are named SYSTEM:EVENT, as in available_events' : `nearest: ${near.join(', ')}`,
  });
}
