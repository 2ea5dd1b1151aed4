/** What `kprobe`, `uprobe` and `usdt` share once their words are read. */

import { type ProbeEvent, showsSymbols } from '../control/probe-event.ts';
import { planProbes } from '../control/session-plans.ts';
import { readAskedFilter } from '../format/filter/filter-language.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { type Environment, openEnvironmentTracefs, runningEnvironment } from './environment.ts';
import { EventView } from './event-view.ts';
import { type LiveOptions, readLiveOptions } from './live-options.ts';
import type { ProbeArguments, WantedProbe } from './probe-options.ts';
import { readSymbols } from './read-symbols.ts';
import { resolveProbes } from './resolve-probes.ts';
import { runLive } from './run-live.ts';

interface ProbeSession {
  readonly title: string;
  readonly probes: readonly ProbeEvent[];
  readonly notices: readonly string[];
  /** Of --filter: chips, or the kernel's language. */
  readonly filter: string | undefined;
  readonly stack: boolean;
}

/** Resolves and shows the probes of a command; returns the exit status. */
export async function runProbeCommand(
  args: ProbeArguments,
  title: string,
  wanted: readonly WantedProbe[],
): Promise<number> {
  const options = readLiveOptions(args);
  const environment = runningEnvironment();
  const tracefs = openEnvironmentTracefs(environment, options.tracefs);
  const resolved = await resolveProbes(tracefs, wanted, options);
  const { filter, stack } = args;
  return runProbes(environment, tracefs, options, { title, ...resolved, filter, stack });
}

/** Returns the exit status. */
export async function runProbes(
  environment: Environment,
  tracefs: Tracefs,
  options: LiveOptions,
  session: ProbeSession,
): Promise<number> {
  const { title, probes, notices, stack } = session;
  const asked = session.filter === undefined ? undefined : readAskedFilter(session.filter);
  const filter = asked?.kind === 'kernel' ? asked.filter : undefined;
  if (filter !== undefined && !options.force) {
    const { checkProbeFilter } = await import('../control/check-filters.ts');
    checkProbeFilter(
      probes.map(({ definition }) => definition),
      filter,
    );
  }
  const symbols = stack || showsSymbols(probes) ? readSymbols(tracefs.kernel) : undefined;
  const { symbolName = () => undefined, symbolPlace } = symbols ?? {};
  return runLive(environment, tracefs, options, {
    title,
    noun: 'hit',
    view: new EventView({ json: options.json, probes, symbolName, symbolPlace, stack }),
    screen: filter === undefined ? { id: 'log', wanted: { probes, stack } } : undefined,
    probes,
    chips:
      asked?.kind === 'chips' ? { text: session.filter, nameOf: (address) => symbolName(address)?.name } : undefined,
    notices,
    makePlan: (common) => planProbes(common, { probes, filter, stack }),
  });
}
