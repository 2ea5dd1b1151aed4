/**
 * What a person has chosen to trace, as plain data, and the two halves it is traced in: function graphs in the top level
 * (set_graph_function exists only there), everything else in an own instance, where events come and go without touching
 * anything else.
 */

import { asCpuId, asPid, type Pid } from '../base/units.ts';
import { checkEventFilters } from '../control/check-filters.ts';
import { readEventList, selectEvents } from '../control/event-list.ts';
import { selectFunctions } from '../control/function-list.ts';
import { planChips, readChipScope } from '../control/kernel-chips.ts';
import { describeMove } from '../control/moved-functions.ts';
import type { ProbeEvent } from '../control/probe-event.ts';
import {
  chooseFunctions,
  planEvents,
  planGraph,
  readFunctionList,
  requireOption,
  requireTracer,
} from '../control/session-plans.ts';
import type { PlannedEvent, TracePlan } from '../control/trace-plan.ts';
import { type FilterChip, formatChips } from '../format/filter/filter-chips.ts';
import { listCpus } from '../tracefs/trace-directory.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { checkPids, commonPlan } from './common-plan.ts';

export interface WantedEvent {
  readonly system: string;
  readonly event: string;
  /** In the kernel's filter language. */
  readonly filter?: string | undefined;
}

export interface WantedTraces {
  /** Functions whose calls are followed; kernel globs and `[module]:function` work. */
  readonly graph: readonly string[];
  readonly graphNotrace: readonly string[];
  /** How deep calls are followed; undefined: all the way. */
  readonly depth: number | undefined;
  /** Record arguments and return values of the graph's functions, where the kernel can. */
  readonly args: boolean;
  readonly retval: boolean;
  /** Functions whose calls alone are recorded. */
  readonly functions: readonly string[];
  readonly events: readonly WantedEvent[];
  readonly probes: readonly ProbeEvent[];
  /** The kernel's stack with every event. */
  readonly stack: boolean;
  /** Processes, with their children from now on; none means all. */
  readonly pids: readonly number[];
  readonly cpus: readonly number[] | undefined;
  readonly bufferSizeKb: number | undefined;
  readonly clock: string | undefined;
  /** Filters, of which the kernel applies what it can. */
  readonly chips: readonly FilterChip[];
}

export const noTraces: WantedTraces = {
  graph: [],
  graphNotrace: [],
  depth: undefined,
  args: false,
  retval: false,
  functions: [],
  events: [],
  probes: [],
  stack: false,
  pids: [],
  cpus: undefined,
  bufferSizeKb: undefined,
  clock: undefined,
  chips: [],
};

export type HalfName = 'graph' | 'events';
export const halfNames: readonly HalfName[] = ['graph', 'events'];

/** The plans of the halves that have something to trace. */
export type HalfPlans = Readonly<Record<HalfName, TracePlan | undefined>>;

interface PlannedHalves {
  readonly plans: HalfPlans;
  /** The chips that the kernel applies to all that is traced. */
  readonly chipsInKernel: readonly FilterChip[];
}

/** Wanted traces whose names are known to be there, and what was found out on the way. */
export interface CheckedTraces {
  readonly wanted: WantedTraces;
  readonly notices: readonly string[];
  /** The functions that trees may begin with. */
  readonly roots: readonly string[];
  /**
   * Plans anew, with the threads and tasks that there are now; `command`: the traced command and its children. Throws
   * UsageError where the chips leave nothing to trace.
   */
  plan(command: readonly Pid[]): PlannedHalves;
}

/** Throws UsageError or UnsupportedError for what is not there, with the nearest names. */
export function checkWanted(tracefs: Tracefs, wanted: WantedTraces): CheckedTraces {
  checkPids(tracefs, wanted.pids);
  const graph = wanted.graph.length === 0 ? undefined : checkGraph(tracefs, wanted);
  const functions = wanted.functions.length === 0 ? undefined : checkFunctions(tracefs, wanted);
  const events = checkEvents(tracefs, wanted.events);
  const cpus = listCpus(tracefs.top).length;
  return {
    wanted,
    notices: [...(graph?.notices ?? []), ...(functions?.notices ?? [])],
    roots: graph?.roots ?? [],
    plan: (command) => {
      const common = planCommon(tracefs, wanted, command);
      const { probes, stack } = wanted;
      const isEmpty = functions === undefined && events.length + probes.length === 0;
      return applyChips(tracefs, wanted.chips, {
        graph: graph === undefined ? undefined : planGraph(common, cpus, graph.request),
        events: isEmpty
          ? undefined
          : {
              ...planEvents(common, cpus, { events, stack }),
              probes: probes.map(({ definition }) => definition),
              ...(functions === undefined ? {} : { tracer: 'function', filterFunctions: functions.selection }),
            },
      });
    },
  };
}

function applyChips({ top }: Tracefs, chips: readonly FilterChip[], plans: HalfPlans): PlannedHalves {
  if (chips.length === 0) return { plans, chipsInKernel: [] };
  const scope = readChipScope(top);
  const planHalf = (name: HalfName) => (plans[name] === undefined ? undefined : planChips(chips, plans[name], scope));
  const [graph, events] = [planHalf('graph'), planHalf('events')];
  const halves = [graph, events].filter((half) => half !== undefined);
  const isInKernel = (chip: FilterChip) => halves.length > 0 && halves.every(({ inKernel }) => inKernel.includes(chip));
  return { plans: { graph: graph?.plan, events: events?.plan }, chipsInKernel: chips.filter(isInKernel) };
}

function planCommon(tracefs: Tracefs, wanted: WantedTraces, command: readonly Pid[]) {
  const { clock, bufferSizeKb } = wanted;
  const options = { clock, bufferSizeKb, cpus: wanted.cpus?.map(asCpuId), pids: wanted.pids.map(asPid) };
  const common = commonPlan(tracefs, { ...options, instance: undefined }, undefined);
  // The instance may be there from before a change: it is the session's own all the same.
  return { ...common, ownsInstance: true, pids: [...common.pids, ...command] };
}

function checkGraph({ top }: Tracefs, { graph, graphNotrace, depth, args, retval }: WantedTraces) {
  const title = `graph ${graph.join(' ')}`;
  requireTracer(top, 'function_graph', title);
  const list = readFunctionList(top, title);
  const chosen = chooseFunctions(list, graph);
  const options: Record<string, boolean> = {};
  if (args) {
    requireOption(top, 'funcgraph-args', 'args', 'Linux 6.15 or later with CONFIG_FUNCTION_TRACE_ARGS');
    options['funcgraph-args'] = true;
  }
  if (retval) {
    requireOption(top, 'funcgraph-retval', 'retval', 'Linux 6.5 or later with CONFIG_FUNCTION_GRAPH_RETVAL');
    options['funcgraph-retval'] = true;
  }
  const notrace = chooseFunctions(list, graphNotrace).names;
  return {
    notices: chosen.moved.map(describeMove),
    roots: selectFunctions(list, chosen.names).names,
    request: { functions: chosen.names, notrace, depth, options },
  };
}

function checkFunctions({ top }: Tracefs, { functions }: WantedTraces) {
  const title = `function ${functions.join(' ')}`;
  requireTracer(top, 'function', title);
  const list = readFunctionList(top, title);
  const chosen = chooseFunctions(list, functions);
  return { notices: chosen.moved.map(describeMove), selection: selectFunctions(list, chosen.names) };
}

function checkEvents({ top }: Tracefs, wanted: readonly WantedEvent[]): PlannedEvent[] {
  if (wanted.length === 0) return [];
  const available = readEventList(top);
  const events = wanted.flatMap(({ system, event, filter }) =>
    selectEvents(available, [`${system}:${event}`]).map((found) => ({ ...found, filter })),
  );
  checkEventFilters(top, events);
  return events;
}

/** For people and the journal: `graph vfs_read, 2 events, 1 probe`. */
export function describeWanted({ graph, functions, events, probes }: WantedTraces): string {
  const parts = [
    graph.length === 0 ? '' : `graph ${listSome(graph)}`,
    functions.length === 0 ? '' : `function ${listSome(functions)}`,
    describeEvents(events),
    probes.length === 0 ? '' : `probe ${listSome(probes.map(({ label }) => label))}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function describeEvents(events: readonly WantedEvent[]): string {
  return events.length === 0 ? '' : `event ${listSome(events.map(({ system, event }) => `${system}:${event}`))}`;
}

/** The first names, and how many more there are. */
function listSome(names: readonly string[]): string {
  const shown = 2;
  const more = names.length - shown;
  return `${names.slice(0, shown).join(' ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What has to start anew for a change of what is wanted; events come and go without that. */
export function listChangedHalves(before: WantedTraces, after: WantedTraces): ReadonlySet<HalfName> {
  const differs = (...keys: (keyof WantedTraces)[]) =>
    keys.some((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  if (differs('pids', 'cpus', 'bufferSizeKb', 'clock') || formatChips(before.chips) !== formatChips(after.chips))
    return new Set(halfNames);
  const changed = new Set<HalfName>();
  if (differs('graph', 'graphNotrace', 'depth', 'args', 'retval')) changed.add('graph');
  if (differs('functions', 'stack') || !sameProbes(before.probes, after.probes)) changed.add('events');
  return changed;
}

function sameProbes(before: readonly ProbeEvent[], after: readonly ProbeEvent[]): boolean {
  return (
    before.length === after.length &&
    before.every(({ definition }, index) => definition.line === after[index]!.definition.line)
  );
}
