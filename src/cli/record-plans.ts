/** From what `ftui record` is asked to the plans of its buffers on this kernel. */

import { UnsupportedError, UsageError } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import { checkEventFilters } from '../control/check-filters.ts';
import { readEventList } from '../control/event-list.ts';
import type { FunctionList } from '../control/function-list.ts';
import { describeMove } from '../control/moved-functions.ts';
import type { ProbeEvent } from '../control/probe-event.ts';
import { chooseRecordingBufferKb } from '../control/recording-buffer.ts';
import { sessionInstance } from '../control/session-names.ts';
import { chooseFunctions, readFunctionList, requireTracer } from '../control/session-plans.ts';
import { chooseClock } from '../control/trace-clock.ts';
import { emptyPlan, type PidReference, type TracePlan, type Tracer } from '../control/trace-plan.ts';
import type { RecordPlan } from '../session/record-buffers.ts';
import { readThreads } from '../tracefs/processes.ts';
import { listCpus, type TraceDirectory } from '../tracefs/trace-directory.ts';
import { checkInstanceName, type Tracefs } from '../tracefs/tracefs.ts';
import { chooseEvents } from './record-events.ts';
import { chooseFilter } from './record-functions.ts';
import type { BufferRequest, RecordingRequest } from './record-request.ts';

interface ResolvedRecording {
  readonly notices: readonly string[];
  makePlans(command: PidReference | undefined): readonly RecordPlan[];
}

/** Throws UsageError and UnsupportedError for what this kernel does not have. */
export function resolveRecording(
  tracefs: Tracefs,
  request: RecordingRequest,
  probes: readonly ProbeEvent[],
): ResolvedRecording {
  const resolver = new RecordingResolver(tracefs, request);
  const bases = listUsedBuffers(request, probes).map((buffer) => ({
    name: buffer.name ?? request.values.get('instance') ?? '',
    tasks: buffer.tasks,
    plan: resolver.resolve(buffer, probes),
  }));
  return {
    notices: resolver.notices,
    // Read late: the recorder's thread is to be left out of the trace as well.
    makePlans: (command) =>
      bases.map(({ plan, name, tasks }) => ({ name, plan: { ...plan, ...resolver.chooseTasks(tasks, command) } })),
  };
}

/** Without the main buffer where nothing goes to it. */
function listUsedBuffers({ buffers, values }: RecordingRequest, probes: readonly ProbeEvent[]): BufferRequest[] {
  const [main, ...others] = buffers;
  const isUsed = main!.tracer !== undefined || main!.events.length + probes.length > 0;
  if (!isUsed && others.every(({ tracer, events }) => tracer === undefined && events.length === 0)) {
    throw new UsageError({
      attempted: 'recording',
      why: 'neither a tracer nor an event is given',
      remedy: 'e.g. ftui record -e sched sleep 1',
    });
  }
  if (!isUsed && values.has('instance')) {
    throw new UsageError({ attempted: 'using --instance', why: 'nothing is to be recorded before the first -B' });
  }
  return isUsed ? [main!, ...others] : others;
}

class RecordingResolver {
  readonly notices: string[] = [];
  readonly #tracefs: Tracefs;
  readonly #request: RecordingRequest;
  #functions: FunctionList | undefined;
  #events: readonly string[] | undefined;

  constructor(tracefs: Tracefs, request: RecordingRequest) {
    this.#tracefs = tracefs;
    this.#request = request;
  }

  /** The plan of a buffer, without its tasks. */
  resolve(buffer: BufferRequest, probes: readonly ProbeEvent[]): TracePlan {
    const { top } = this.#tracefs;
    const tracer = this.#chooseTracer(buffer);
    const place = this.#choosePlace(buffer, tracer);
    const cpus = buffer.cpus === 'all' ? listCpus(top) : buffer.cpus;
    const plan: TracePlan = {
      ...emptyPlan,
      ...place,
      tracer,
      ...this.#chooseFunctions(buffer, tracer),
      events: this.#chooseEvents(buffer, place.ownsInstance),
      probes: buffer.name === undefined ? probes.map(({ definition }) => definition) : [],
      options: this.#chooseOptions(buffer, place),
      clock: this.#chooseClock(buffer),
      bufferSizeKb: buffer.bufferSizeKb ?? chooseRecordingBufferKb(this.#tracefs.kernel, listCpus(top).length),
      cpus,
    };
    return tracer === 'function_graph' ? { ...plan, maxGraphDepth: buffer.depth ?? 0 } : plan;
  }

  /** Tasks to trace, or ftui's own threads to leave out. */
  chooseTasks(tasks: readonly number[], command: PidReference | undefined) {
    const { values, pids } = this.#request;
    const { kernel } = this.#tracefs;
    const onlyCommand = values.has('only-command') && command !== undefined;
    const traced = [...tasks, ...pids.flatMap((pid) => readThreads(kernel, pid)), ...(onlyCommand ? [command] : [])];
    return {
      pids: traced as PidReference[],
      withoutChildren: !values.has('children') && pids.length === 0,
      excludedPids: values.has('no-filter') ? [] : readThreads(kernel, process.pid),
    };
  }

  #chooseTracer({ tracer = 'nop', functions, graphFunctions, notrace, depth }: BufferRequest): Tracer {
    const isGraph = tracer === 'function_graph';
    const refuse = (flag: string, needed: string): never => {
      throw new UsageError({ attempted: `using ${flag}`, why: `it is for ${needed}`, remedy: `add -p ${needed}` });
    };
    if (!isGraph && graphFunctions.length > 0) refuse(`-g ${graphFunctions[0]}`, 'function_graph');
    if (!isGraph && depth !== undefined) refuse('--max-graph-depth', 'function_graph');
    if (tracer === 'nop' && functions.length + notrace.length > 0) refuse('-l or -n', 'function');
    if (tracer === 'nop') return tracer;
    if (tracer === 'function' || tracer === 'function_graph') {
      requireTracer(this.#tracefs.top, tracer, `record -p ${tracer}`);
      return tracer;
    }
    throw this.#unknownTracer(tracer);
  }

  #unknownTracer(tracer: string): UsageError | UnsupportedError {
    const attempted = `recording with -p ${tracer}`;
    const known = this.#tracefs.top.read('available_tracers').trim().split(' ');
    if (known.includes(tracer)) {
      const why = 'ftui records the tracers function, function_graph and nop';
      return new UnsupportedError({ attempted, why, remedy: 'trace-cmd records this one' });
    }
    const near = nearestNames(tracer, known);
    const remedy = near.length === 0 ? `there are: ${known.join(', ')}` : `nearest: ${near.join(', ')}`;
    return new UsageError({ attempted, why: 'this kernel has no such tracer', remedy });
  }

  /** The main buffer is the session's own instance; function_graph needs the top level. */
  #choosePlace({ name, graphFunctions, depth }: BufferRequest, tracer: Tracer) {
    const chosen = name ?? this.#request.values.get('instance');
    const needsTop =
      tracer === 'function_graph' && (chosen === undefined || graphFunctions.length > 0 || depth !== undefined);
    if (needsTop && chosen !== undefined) {
      throw new UsageError({
        attempted: `choosing functions of function_graph in the instance ${chosen}`,
        why: 'set_graph_function and max_graph_depth exist only in the top level',
        remedy: name === undefined ? 'leave out --instance' : 'put -p function_graph and -g before -B',
      });
    }
    if (needsTop) return { instance: undefined, ownsInstance: false };
    const instance = chosen ?? sessionInstance();
    checkInstanceName(instance);
    return { instance, ownsInstance: !this.#tracefs.instanceNames().includes(instance) };
  }

  #chooseFunctions(buffer: BufferRequest, tracer: Tracer): Partial<TracePlan> {
    const { functions, notrace, graphFunctions, options } = buffer;
    if (options.includes('func_stack_trace') && functions.length === 0) {
      throw new UsageError({
        attempted: 'using --func-stack',
        why: 'a stack for every function there is can stall the machine',
        remedy: 'choose functions with -l',
      });
    }
    if (functions.length + notrace.length + graphFunctions.length === 0) return {};
    this.#functions ??= readFunctionList(this.#tracefs.top, `record -p ${tracer}`);
    const list = this.#functions;
    const graph = chooseFunctions(list, graphFunctions);
    this.notices.push(...graph.moved.map(describeMove));
    const filterFunctions = chooseFilter(list, functions);
    const excluded = chooseFilter(list, notrace);
    // As trace-cmd: function_graph takes -n for "and what they call".
    return tracer === 'function_graph' && buffer.name === undefined
      ? { graphFunctions: graph.names, filterFunctions, graphNotrace: [...new Set(excluded?.names ?? [])] }
      : { filterFunctions, notraceFunctions: excluded };
  }

  #chooseEvents({ events, name }: BufferRequest, ownsInstance: boolean): TracePlan['events'] {
    if (events.length === 0) return [];
    this.#events ??= readEventList(this.#tracefs.top);
    const ignoreMissing = this.#request.values.has('ignore-missing');
    const chosen = chooseEvents(this.#events, events, { ignoreMissing });
    for (const pattern of chosen.missing) this.notices.push(`this kernel has no event ${pattern}: going on without it`);
    if (!this.#request.values.has('force')) checkEventFilters(this.#tracefs.top, chosen.events);
    if (!ownsInstance && chosen.events.some(({ triggers }) => triggers !== undefined)) {
      throw new UsageError({
        attempted: `setting triggers in ${name === undefined ? 'the top level' : `the instance ${name}`}`,
        why: 'it is not the session’s own, and the kernel has no sure way to take back a trigger',
        remedy: 'give the events a buffer of their own: -B NAME -e EVENT -R TRIGGER',
      });
    }
    return chosen.events;
  }

  #chooseOptions({ options, stack }: BufferRequest, place: { instance: string | undefined }): Record<string, boolean> {
    const { top } = this.#tracefs;
    const chosen: Record<string, boolean> = {};
    // So the main buffer has what programs write to trace_marker, although it is not the top level.
    if (place.instance === sessionInstance() && top.exists('options/copy_trace_marker'))
      chosen.copy_trace_marker = true;
    if (stack) chosen.stacktrace = true;
    for (const option of options) {
      const [name, value] = this.#readOption(this.#directoryOf(place), option);
      chosen[name] = value;
    }
    return chosen;
  }

  /** Where the options of a buffer can be looked up before it is made. */
  #directoryOf({ instance }: { instance: string | undefined }): TraceDirectory {
    const { top } = this.#tracefs;
    if (instance === undefined || !this.#tracefs.instanceNames().includes(instance)) return top;
    return this.#tracefs.instance(instance);
  }

  #readOption(directory: TraceDirectory, option: string): [name: string, value: boolean] {
    const names = directory.list('options');
    if (names.includes(option)) return [option, true];
    const bare = option.replace(/^no/, '');
    if (bare !== option && names.includes(bare)) return [bare, false];
    const near = nearestNames(option, names);
    throw new UsageError({
      attempted: `using -O ${option}`,
      why: 'this kernel has no such trace option',
      remedy: near.length === 0 ? `they are in ${directory.path}/options` : `nearest: ${near.join(', ')}`,
    });
  }

  #chooseClock({ clock }: BufferRequest): string {
    if (clock === undefined) return this.#request.buffers[0]!.clock ?? chooseClock(this.#tracefs.kernel).clock;
    const known = (this.#tracefs.top.readIfThere('trace_clock') ?? '').replaceAll(/[[\]]/g, '').trim().split(/\s+/);
    if (known.includes(clock)) return clock;
    throw new UsageError({
      attempted: `using -C ${clock}`,
      why: 'this kernel has no such clock',
      remedy: `there are: ${known.join(', ')}`,
    });
  }
}
