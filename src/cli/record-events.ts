/** The events of `ftui record`'s -e, -f, -R and -v, as trace-cmd understands them. */

import { UsageError } from '../base/errors.ts';
import { compileGlob } from '../base/glob.ts';
import { nearestNames } from '../base/nearest.ts';
import type { PlannedEvent } from '../control/trace-plan.ts';
import type { EventRequest } from './record-request.ts';

interface ChosenEvents {
  readonly events: readonly PlannedEvent[];
  /** Patterns that match nothing, where those are to be ignored. */
  readonly missing: readonly string[];
}

interface Choice {
  filter: string | undefined;
  triggers: string[];
  except: boolean;
}

/**
 * The events of all requests, each once: the last filter counts, triggers add up, and whatever comes after -v is left
 * out, wherever else it is named; only its triggers are set. Throws UsageError for a pattern without a match.
 */
export function chooseEvents(
  available: readonly string[],
  requests: readonly EventRequest[],
  { ignoreMissing }: { readonly ignoreMissing: boolean },
): ChosenEvents {
  const choices = new Map<string, Choice>();
  const missing: string[] = [];
  for (const request of requests) {
    const names = available.filter(matcherOf(request.pattern));
    if (names.length === 0 && !ignoreMissing) throw unknownEvent(available, request.pattern);
    if (names.length === 0) missing.push(request.pattern);
    for (const name of names) choices.set(name, merge(choices.get(name), request));
  }
  const events = [...choices].flatMap(([name, choice]) => planEvent(name, choice));
  return { events, missing };
}

function merge(before: Choice | undefined, { filters, triggers, except }: EventRequest): Choice {
  return {
    filter: filters.length === 0 ? before?.filter : joinFilters(filters),
    triggers: [...(before?.triggers ?? []), ...triggers],
    except: except || before?.except === true,
  };
}

function joinFilters(filters: readonly string[]): string {
  return filters.length === 1 ? filters[0]! : filters.map((filter) => `(${filter})`).join('&&');
}

function planEvent(name: string, { filter, triggers, except }: Choice): PlannedEvent[] {
  if (except && triggers.length === 0) return [];
  const [system, event] = name.split(':') as [string, string];
  const set = triggers.length === 0 ? undefined : triggers;
  return [except ? { system, event, triggers: set, triggersOnly: true } : { system, event, filter, triggers: set }];
}

/** `all`; `SYSTEM:EVENT` and `SYSTEM:`; a bare word is a system or an event. */
function matcherOf(pattern: string): (name: string) => boolean {
  if (pattern === 'all') return () => true;
  const colon = pattern.search(/[:/]/);
  const first = compileGlob(colon < 0 ? pattern : pattern.slice(0, colon));
  const second = compileGlob(colon < 0 ? pattern : pattern.slice(colon + 1) || '*');
  return (name) => {
    const [system, event] = name.split(':') as [string, string];
    return colon < 0 ? first(system) || second(event) : first(system) && second(event);
  };
}

function unknownEvent(available: readonly string[], pattern: string): UsageError {
  const bare = available.flatMap((name) => name.split(':'));
  const near = nearestNames(pattern, pattern.includes(':') ? available : [...new Set(bare)]);
  return new UsageError({
    attempted: `recording ${pattern}`,
    why: 'this kernel has no such event',
    remedy: near.length === 0 ? '-i goes on without it' : `nearest: ${near.join(', ')}; -i goes on without it`,
  });
}
