/** `ftui event EVENT NAME=FIELD...`: an event, or its tracepoint, with fields of one's own. */

import { UsageError } from '../base/errors.ts';
import { checkProbeFilter, readFormat } from '../control/check-filters.ts';
import { readEventList, selectEvents } from '../control/event-list.ts';
import { buildDerivedEvent, type DerivedSupport, offersEventProbes, withCondition } from '../control/event-probe.ts';
import { parseFetchArgSupport } from '../control/fetch-arg.ts';
import { type KernelFunctions, readKernelFunctions } from '../control/kprobe-target.ts';
import type { ProbeEvent } from '../control/probe-event.ts';
import { sessionGroup } from '../control/session-names.ts';
import { buildTracepointProbe, requireFprobes } from '../control/tracepoint-probe.ts';
import { ownMachine } from '../symbols/files.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';

interface DerivedRequest {
  readonly patterns: readonly string[];
  readonly fields: readonly string[];
  readonly filter: string | undefined;
  /** The tracepoint's own arguments instead of the fields of its event. */
  readonly raw: boolean;
  readonly force: boolean;
}

interface DerivedEvents {
  readonly probes: readonly ProbeEvent[];
  /** For the events of the probes; undefined where it has become a part of the definitions. */
  readonly filter: string | undefined;
}

/** Throws UsageError and UnsupportedError for what cannot be had. */
export function resolveDerivedEvents(tracefs: Tracefs, request: DerivedRequest): DerivedEvents {
  const { patterns, fields, filter, raw, force } = request;
  const { top } = tracefs;
  const readme = top.readIfThere('README') ?? '';
  const attempted = `event ${[...patterns, ...fields].join(' ')}`;
  const taken = new Set<string>();
  const available = readEventList(top);
  if (raw) {
    requireFprobes(readme, attempted);
    const support = parseFetchArgSupport(readme);
    const probes = patterns.map((name) =>
      buildTracepointProbe(sessionGroup(), taken, { name, words: fields, events: available }, support),
    );
    if (!force)
      checkProbeFilter(
        probes.map(({ definition }) => definition),
        filter,
      );
    return { probes, filter };
  }
  const support = readSupport(tracefs, readme);
  const built = selectEvents(available, patterns).map(({ system, event }) => {
    const format = readFormat(top, system, event);
    if (format !== undefined)
      return { format, probe: buildDerivedEvent(sessionGroup(), taken, format, fields, support) };
    throw new UsageError({ attempted, why: `${system}:${event} has no format`, remedy: 'name another event' });
  });
  const plain = { probes: built.map(({ probe }) => probe), filter };
  if (filter === undefined || force) return plain;
  const conditioned = built.map(({ format, probe }) => withCondition(probe, format, filter));
  const probes = conditioned.filter((probe) => probe !== undefined);
  return probes.length === built.length ? { probes, filter: undefined } : plain;
}

function readSupport(tracefs: Tracefs, readme: string): DerivedSupport {
  const { top } = tracefs;
  const machine = ownMachine();
  let functions: KernelFunctions | undefined;
  const canProbe = (name: string) => {
    functions ??= readKernelFunctions(tracefs);
    return functions.isTraceable(name) && !functions.isBlacklisted(name);
  };
  const hasKprobes = top.exists('kprobe_events');
  return { eventProbes: offersEventProbes(readme), machine, canProbe: (name) => hasKprobes && canProbe(name) };
}
