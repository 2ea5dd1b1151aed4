/** From what a command was asked to what a session needs: plans for graph, function, event, kprobe and uprobe. */

import { UnsupportedError, UsageError } from '../base/errors.ts';
import { isGlob } from '../base/glob.ts';
import type { CpuId, Pid } from '../base/units.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import { type FunctionList, parseFunctionList, selectFunctions } from './function-list.ts';
import { type MovedFunction, resolveMovedFunctions } from './moved-functions.ts';
import type { ProbeEvent } from './probe-event.ts';
import { emptyPlan, type PidReference, type PlannedEvent, type TracePlan } from './trace-plan.ts';

/** What every kind of session takes. */
export interface CommonPlan {
  /** Where function, event and probe sessions run. */
  readonly instance: string;
  readonly ownsInstance: boolean;
  readonly clock: string;
  /** As asked for; undefined leaves it to the kind of session. */
  readonly bufferSizeKb: number | undefined;
  readonly cpus: readonly CpuId[] | undefined;
  readonly pids: readonly PidReference[];
  readonly excludedPids: readonly Pid[];
}

interface FunctionChoice {
  /** For set_graph_function. */
  readonly names: readonly string[];
  readonly list: FunctionList;
  readonly moved: readonly MovedFunction[];
}

/** The functions that can be traced; throws UnsupportedError where the kernel has no function tracer. */
export function readFunctionList(top: TraceDirectory, attempted: string): FunctionList {
  if (top.exists('available_filter_functions')) return parseFunctionList(top.read('available_filter_functions'));
  throw new UnsupportedError({
    attempted,
    why: 'the kernel has no available_filter_functions',
    remedy: 'it needs CONFIG_DYNAMIC_FTRACE; `ftui demo` shows the bundled recording of a kernel that has it',
  });
}

/** Checks that the tracer is there; throws UnsupportedError naming the option that brings it. */
export function requireTracer(top: TraceDirectory, tracer: 'function' | 'function_graph', attempted: string): void {
  if (top.read('available_tracers').trim().split(' ').includes(tracer)) return;
  const option = tracer === 'function' ? 'CONFIG_FUNCTION_TRACER' : 'CONFIG_FUNCTION_GRAPH_TRACER';
  const instead = 'where there are kprobes, `ftui kprobe FUNC` shows its calls and FUNC%return their ends';
  throw new UnsupportedError({
    attempted,
    why: `this kernel was built without ${option}: it has no tracer ${tracer}`,
    remedy: `${instead}; \`ftui demo\` shows the bundled recording of a kernel that has it`,
  });
}

/**
 * Resolves the patterns of the command line: moved functions by their successors, `[mod]:f` by name; every pattern must
 * match something that can be traced.
 */
export function chooseFunctions(list: FunctionList, patterns: readonly string[]): FunctionChoice {
  const known = new Set(list.names);
  const { names, moved } = resolveMovedFunctions(patterns, (name) => known.has(name));
  const plain = names.flatMap((pattern) => {
    const matched = selectFunctions(list, [pattern]).names;
    return isGlob(pattern) && !pattern.includes(':') ? [pattern] : [...new Set(matched)];
  });
  return { names: [...new Set(plain)], list, moved };
}

interface GraphRequest {
  readonly functions: readonly string[];
  readonly notrace: readonly string[];
  readonly depth: number | undefined;
  readonly options: Readonly<Record<string, boolean>>;
}

/** function_graph runs in the top level: set_graph_function exists only there. */
export function planGraph(common: CommonPlan, cpus: number, request: GraphRequest): TracePlan {
  return {
    ...emptyPlan,
    ...withRoom(common, cpus),
    instance: undefined,
    ownsInstance: false,
    tracer: 'function_graph',
    graphFunctions: request.functions,
    graphNotrace: request.notrace,
    maxGraphDepth: request.depth ?? 0,
    options: request.options,
  };
}

interface FunctionRequest {
  readonly functions: readonly string[];
  readonly notrace: readonly string[];
  readonly list: FunctionList;
  readonly stack: boolean;
}

export function planFunction(common: CommonPlan, cpus: number, request: FunctionRequest): TracePlan {
  const { functions, notrace, list, stack } = request;
  return {
    ...emptyPlan,
    ...withRoom(common, cpus),
    tracer: 'function',
    filterFunctions: functions.length === 0 ? undefined : selectFunctions(list, functions),
    notraceFunctions: notrace.length === 0 ? undefined : selectFunctions(list, notrace),
    options: stack ? { func_stack_trace: true } : {},
  };
}

export function planEvents(
  common: CommonPlan,
  cpus: number,
  { events, stack }: { readonly events: readonly PlannedEvent[]; readonly stack: boolean },
): TracePlan {
  if (!common.ownsInstance && events.some(({ triggers }) => triggers !== undefined)) {
    throw new UsageError({
      attempted: `setting triggers in the instance ${common.instance}`,
      why: 'it is not the session’s own, and the kernel has no sure way to take back a trigger',
      remedy: 'leave out --instance',
    });
  }
  return { ...emptyPlan, ...withRoom(common, cpus), events, options: stack ? { stacktrace: true } : {} };
}

export function planProbes(
  common: CommonPlan,
  {
    probes,
    filter,
    stack,
  }: { readonly probes: readonly ProbeEvent[]; readonly filter: string | undefined; readonly stack: boolean },
): TracePlan {
  return {
    ...emptyPlan,
    ...common,
    probes: probes.map(({ definition }) => definition),
    probeFilter: filter,
    options: stack ? { stacktrace: true } : {},
  };
}

/** Memory for all CPUs' buffers together by default, and the most for one. */
const allBuffersKb = 262_144;
const largestBufferKb = 8_192;

/**
 * The larger buffer that tracers and events need: 8 MiB for each CPU, less on machines with so many that this would be
 * too much. Probes keep the kernel's own size: to change it takes longer than the rest of their start.
 */
function withRoom(common: CommonPlan, cpus: number): CommonPlan {
  const roomy = Math.max(512, Math.min(largestBufferKb, Math.floor(allBuffersKb / Math.max(cpus, 1))));
  return { ...common, bufferSizeKb: common.bufferSizeKb ?? roomy };
}

/** An option that the user asked for by a flag must exist. */
export function requireOption(top: TraceDirectory, option: string, flag: string, remedy: string): void {
  if (top.exists(`options/${option}`)) return;
  throw new UnsupportedError({ attempted: `using ${flag}`, why: `this kernel has no option ${option}`, remedy });
}

/** Refuses to trace every function there is: it loses millions of events a second and can stall a small machine. */
export function refuseEverything(command: string, patterns: readonly string[], force: boolean): void {
  if (patterns.length > 0 || force) return;
  throw new UsageError({
    attempted: `tracing all functions with '${command}'`,
    why: 'that is millions of events a second, most of them lost, and it can stall a small machine',
    remedy: `name functions (ftui ${command} vfs_open), or use --force`,
  });
}
