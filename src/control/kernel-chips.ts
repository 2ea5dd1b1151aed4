/**
 * Filter chips in a plan: what the kernel can leave out itself is written into its filters (`common_pid`, `COMM`, `ret` of
 * an event, set_ftrace_pid, tracing_cpumask), the rest is left to who reads the events.
 */
import { UsageError } from '../base/errors.ts';
import { asPid, type CpuId } from '../base/units.ts';
import type { EventField } from '../format/event-format.ts';
import type { FilterChip } from '../format/filter/filter-chips.ts';
import { listCpus, type TraceDirectory } from '../tracefs/trace-directory.ts';
import { readFormat } from './check-filters.ts';
import type { PlannedEvent, TracePlan } from './trace-plan.ts';

export interface PlannedChips {
  readonly plan: TracePlan;
  readonly inKernel: readonly FilterChip[];
  /** To be applied to what the kernel records. */
  readonly rest: readonly FilterChip[];
}

export interface ChipScope {
  /** All that the machine has. */
  readonly cpus: readonly CpuId[];
  /** Whether an event has a signed field `ret` of 8 bytes. */
  hasReturnValue(event: PlannedEvent): boolean;
}

/** Of the running kernel. */
export function readChipScope(top: TraceDirectory): ChipScope {
  const isReturnValue = ({ name, size, signed }: EventField) => name === 'ret' && size === 8 && signed;
  return {
    cpus: listCpus(top),
    hasReturnValue: ({ system, event }) => readFormat(top, system, event)?.fields.some(isReturnValue) === true,
  };
}

/** Throws UsageError where the chips leave nothing to trace. */
export function planChips(chips: readonly FilterChip[], whole: TracePlan, scope: ChipScope): PlannedChips {
  const isTracer = whole.tracer !== 'nop';
  // Whether a chip can be a condition depends on the events that are left.
  const plan = isTracer || whole.probes.length > 0 ? whole : chooseEvents(chips, whole);
  const inKernel = chips.filter((chip) => {
    if (chip.field === 'cpu') return true;
    return isTracer ? isForTracer(chip, plan) : isForEvents(chip, plan, scope);
  });
  const rest = chips.filter((chip) => !inKernel.includes(chip));
  const limited = limitCpus(inKernel, plan, scope.cpus);
  if (!isTracer) return { plan: addConditions(inKernel, limited), inKernel, rest };
  const pids = inKernel.filter(({ field }) => field === 'pid').map(({ numbers }) => numbers!);
  return { plan: pids.length === 0 ? limited : { ...limited, ...onlyTasks(pids) }, inKernel, rest };
}

/** Tracers take a list of tasks; tasks that were asked for otherwise come with their children, which no list says. */
function isForTracer({ field, isNegated, numbers }: FilterChip, { pids }: TracePlan): boolean {
  return field === 'pid' && !isNegated && pids.length === 0 && !numbers!.includes(0);
}

function onlyTasks([first, ...others]: readonly (readonly number[])[]): Pick<TracePlan, 'pids' | 'withoutChildren'> {
  const pids = first!.filter((pid) => others.every((numbers) => numbers.includes(pid)));
  if (pids.length === 0) throw nothingLeft('pid', 'no task');
  return { pids: pids.map(asPid), withoutChildren: true };
}

function isForEvents(chip: FilterChip, { events, probes }: TracePlan, scope: ChipScope): boolean {
  switch (chip.field) {
    case 'pid':
      return true;
    // The kernel's globs in filters know fewer signs, and a text there ends at a quote.
    case 'task':
      return /^[\w *.:/+-]+$/.test(chip.pattern!);
    case 'event':
      return probes.length === 0;
    case 'ret':
      return probes.length === 0 && events.every((event) => scope.hasReturnValue(event));
    default:
      return false;
  }
}

function limitCpus(chips: readonly FilterChip[], plan: TracePlan, all: readonly CpuId[]): TracePlan {
  const about = chips.filter(({ field }) => field === 'cpu');
  if (about.length === 0) return plan;
  const cpus = (plan.cpus ?? all).filter((cpu) => about.every((chip) => chip.accepts({ cpu })));
  if (cpus.length === 0) throw nothingLeft('cpu', 'no CPU of this machine');
  return { ...plan, cpus };
}

function chooseEvents(chips: readonly FilterChip[], plan: TracePlan): TracePlan {
  const about = chips.filter(({ field }) => field === 'event');
  const events = plan.events.filter(({ system, event }) =>
    about.every((chip) => chip.accepts({ event: `${system}:${event}` })),
  );
  if (events.length === 0 && plan.events.length > 0) throw nothingLeft('event', 'none of the events');
  return { ...plan, events };
}

function addConditions(chips: readonly FilterChip[], plan: TracePlan): TracePlan {
  const conditions = chips.flatMap(conditionOf);
  if (conditions.length === 0) return plan;
  const all = (own: string | undefined) => [...(own === undefined ? [] : [`(${own})`]), ...conditions].join(' && ');
  return {
    ...plan,
    events: plan.events.map((event) => ({ ...event, filter: all(event.filter) })),
    probeFilter: plan.probes.length === 0 ? plan.probeFilter : all(plan.probeFilter),
  };
}

/** A chip in the kernel's filter language; none for those that are planned in other ways. */
function conditionOf({ field, isNegated, numbers, pattern, comparison }: FilterChip): string[] {
  const equals = isNegated ? '!=' : '==';
  switch (field) {
    case 'pid': {
      const terms = numbers!.map((pid) => `common_pid ${equals} ${pid}`);
      return [terms.length === 1 ? terms[0]! : `(${terms.join(isNegated ? ' && ' : ' || ')})`];
    }
    case 'task':
      if (!pattern!.includes('*')) return [`COMM ${equals} "${pattern}"`];
      return [isNegated ? `!(COMM ~ "${pattern}")` : `COMM ~ "${pattern}"`];
    case 'ret': {
      const { operator, limit } = comparison!;
      return [isNegated ? `!(ret ${operator} ${limit})` : `ret ${operator} ${limit}`];
    }
    default:
      return [];
  }
}

function nothingLeft(field: string, what: string): UsageError {
  return new UsageError({
    attempted: `filtering by ${field}`,
    why: `${what} is left`,
    remedy: 'leave out one filter',
  });
}
