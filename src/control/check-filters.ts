/**
 * Filters against the fields of their events before anything is written: the kernel's refusals name no field that it
 * would take, and it accepts some filters that can never be true.
 */

import { UsageError } from '../base/errors.ts';
import { type EventFormat, parseEventFormat } from '../format/event-format.ts';
import { checkFilter } from '../format/filter/check-filter.ts';
import type { FilterProblem } from '../format/filter/filter-problem.ts';
import { parseFilter } from '../format/filter/parse-filter.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import { formatOfProbe } from './probe-format.ts';
import type { PlannedEvent, ProbeDefinition } from './trace-plan.ts';

/** Throws UsageError, with the position and what could be meant, for a filter that cannot be right for its event. */
export function checkEventFilters(top: TraceDirectory, events: readonly PlannedEvent[]): void {
  const problems = events.flatMap(({ system, event, filter }) => {
    const problem = filter === undefined ? undefined : problemOf(filter, () => readFormat(top, system, event));
    return problem === undefined ? [] : [{ name: `${system}:${event}`, filter: filter!, problem }];
  });
  const [first] = problems;
  if (first === undefined) return;
  const others = problems.length > 1 ? `, and ${problems.length - 1} more of the ${events.length} events` : '';
  throw refusal(first.filter, first.problem, `${first.name}${others}`);
}

/** The same for the events that dynamic probes will have. */
export function checkProbeFilter(probes: readonly ProbeDefinition[], filter: string | undefined): void {
  if (filter === undefined) return;
  for (const probe of probes) {
    if (probe.isCounter === true) continue;
    const problem = problemOf(filter, () => formatOfProbe(probe));
    if (problem !== undefined) throw refusal(filter, problem, probe.event);
  }
}

/** What is wrong with a filter, for an event whose format may not be there; undefined when nothing is. */
export function problemOf(filter: string, formatOf: () => EventFormat | undefined): FilterProblem | undefined {
  if (filter.trim() === '0') return undefined;
  const parsed = parseFilter(filter);
  if ('problem' in parsed) return parsed.problem;
  const format = formatOf();
  return format === undefined ? undefined : checkFilter(parsed.ast, format);
}

export function readFormat(top: TraceDirectory, system: string, event: string): EventFormat | undefined {
  const text = top.readIfThere(`events/${system}/${event}/format`);
  return text === undefined ? undefined : parseEventFormat(system, text);
}

const shownCandidates = 5;

export function refusal(
  filter: string,
  { position, length, why, candidates }: FilterProblem,
  name: string,
): UsageError {
  const caret = `${' '.repeat(position)}${'^'.repeat(Math.max(1, Math.min(length, filter.length - position)))}`;
  const meant = candidates.slice(0, shownCandidates).join(', ');
  return new UsageError({
    attempted: `filtering ${name}`,
    why: `${why.replace(/\bftui_\d+:/, '')}\n  ${filter}\n  ${caret}`,
    remedy: candidates.length === 0 ? 'or use --force to let the kernel decide' : `did you mean ${meant}?`,
  });
}
