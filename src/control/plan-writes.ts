/**
 * From a plan and the state it meets to the writes that carry it out, in the order that makes them right
 * (docs/architecture.md, "Order of a session"). Pure: `--dry-run` prints what this returns.
 */

import { formatCpuMask } from '../base/cpu-list.ts';
import type { WriteMode } from '../tracefs/kernel-files.ts';
import type { FunctionSelection, ProbeDefinition, TracePlan } from './trace-plan.ts';
import { listEntries, settingValue, type TraceState } from './trace-state.ts';
import type { Undo } from './undo.ts';

/** One change of tracefs; `file` is relative to the top level. */
export type PlannedChange =
  | { readonly kind: 'mkdir'; readonly file: string; readonly undo: Undo }
  | {
      readonly kind: 'write';
      readonly file: string;
      readonly words: readonly string[];
      readonly mode: WriteMode;
      readonly undo?: Undo | undefined;
    }
  | {
      readonly kind: 'functions';
      readonly file: string;
      readonly selection: FunctionSelection;
      readonly undo?: Undo | undefined;
    }
  /** A file of /proc/sys, e.g. `kernel/kptr_restrict`. */
  | { readonly kind: 'sysctl'; readonly name: string; readonly value: string; readonly undo?: Undo | undefined };

export interface SessionWrites {
  /** Everything up to the moment before tracing: the readers open after these. */
  readonly setup: readonly PlannedChange[];
  /** Lets events flow. */
  readonly start: readonly PlannedChange[];
  /** Stops the flow, so that what is in the buffer can be drained to its end. */
  readonly stop: readonly PlannedChange[];
}

/**
 * The writes of a session. In an own instance nothing but the instance and the probes need an undo: the settings go
 * with it.
 */
export function planWrites(state: TraceState, plan: TracePlan): SessionWrites {
  const writer = new ChangeList(state, plan);
  for (const probe of plan.probes) writer.defineProbe(probe);
  if (plan.instance !== undefined && plan.ownsInstance) writer.createInstance(plan.instance);
  else writer.clearTrace();
  writer.set('tracing_on', startsWithTracer(plan) ? '1' : '0');
  writer.set('trace_clock', plan.clock);
  if (plan.bufferSizeKb !== undefined) writer.set('buffer_size_kb', String(plan.bufferSizeKb));
  if (plan.cpus !== undefined) writer.set('tracing_cpumask', formatCpuMask(plan.cpus));
  addFunctionChoice(writer, plan);
  for (const [name, on] of Object.entries(plan.options)) writer.set(`options/${name}`, on ? '1' : '0');
  addTasks(writer, plan);
  addEvents(writer, plan);
  if (plan.tracer !== 'nop') writer.set('current_tracer', plan.tracer);
  return { setup: writer.changes, ...flowChanges(state, plan) };
}

/**
 * function_graph never runs while tracing_on is 0 and a task might be traced: a task that enters a chosen function then
 * is marked as being inside it, its entry is not recorded, and the mark stays; from then on all that it calls would be
 * shown (seen on 5.10 to 7.2). So setting the tracer, the last write, is what starts it.
 */
function startsWithTracer({ tracer }: TracePlan): boolean {
  return tracer === 'function_graph';
}

function addFunctionChoice(writer: ChangeList, plan: TracePlan): void {
  if (plan.tracer === 'function_graph') {
    writer.setList('set_graph_function', plan.graphFunctions);
    writer.setList('set_graph_notrace', plan.graphNotrace);
    // With a threshold the kernel writes no entries, and there are no trees.
    writer.set('tracing_thresh', '0');
    if (plan.maxGraphDepth !== undefined) writer.set('max_graph_depth', String(plan.maxGraphDepth));
  }
  writer.selectFunctions('set_ftrace_filter', plan.filterFunctions);
  writer.selectFunctions('set_ftrace_notrace', plan.notraceFunctions);
}

/**
 * Either the traced tasks are listed, or ftui's own threads are left out of everything. Never both: with event-fork or
 * function-fork on, a child inherits its parent's entry in the notrace lists too, and the traced command is a child.
 */
function addTasks(writer: ChangeList, plan: TracePlan): void {
  const traced = plan.pids.map(String);
  const excluded = plan.excludedPids.map(String);
  const fork = plan.withoutChildren === true ? '0' : '1';
  if (plan.tracer !== 'nop') addTaskLists(writer, 'ftrace', ['function-fork', fork], traced, excluded);
  // To be put back after the tracer, although flowChanges() is what writes it.
  if (startsWithTracer(plan) && traced.length === 0) writer.clearPids('set_ftrace_pid');
  if (plan.events.length + plan.probes.length > 0)
    addTaskLists(writer, 'event', ['event-fork', fork], traced, excluded);
}

function addTaskLists(
  writer: ChangeList,
  kind: 'ftrace' | 'event',
  [forkOption, fork]: readonly [name: string, value: string],
  traced: readonly string[],
  excluded: readonly string[],
): void {
  if (traced.length > 0) {
    writer.set(`options/${forkOption}`, fork);
    writer.setPids(`set_${kind}_pid`, traced);
  } else {
    writer.addPids(`set_${kind}_notrace_pid`, excluded);
  }
}

function addEvents(writer: ChangeList, plan: TracePlan): void {
  for (const { system, event, filter, triggers } of plan.events) {
    const folder = `events/${system}/${event}`;
    if (filter !== undefined) writer.setFilter(`${folder}/filter`, filter);
    for (const trigger of triggers ?? []) writer.write(`${folder}/trigger`, trigger, 'append');
  }
  for (const { group, event, isCounter } of plan.probes) {
    if (plan.probeFilter !== undefined && isCounter !== true)
      writer.write(`events/${group}/${event}/filter`, plan.probeFilter);
  }
  for (const { system, event, triggersOnly } of plan.events) {
    if (triggersOnly !== true) writer.set(`events/${system}/${event}/enable`, '1');
  }
}

/** kthreadd: a task that is always there and calls nothing that anybody traces. */
const nobody = '2';

/**
 * Probe events are enabled after tracing_on and disabled before it is turned off: so every hit that the kernel counts
 * in *_profile had its chance to be recorded, and the difference is a loss.
 */
function flowChanges(state: TraceState, plan: TracePlan): Pick<SessionWrites, 'start' | 'stop'> {
  const base = plan.instance === undefined ? '' : `instances/${plan.instance}/`;
  const write = (file: string, word: string, undo?: Undo): PlannedChange => ({
    kind: 'write',
    file: `${base}${file}`,
    words: [word],
    mode: 'truncate',
    undo,
  });
  if (startsWithTracer(plan)) {
    const before = settingValue(state.get('tracing_on') ?? '1');
    const undo: Undo = { kind: 'setting', file: `${base}tracing_on`, value: before, wrote: '0' };
    return { start: [], stop: [write('set_ftrace_pid', `${nobody}\n`), write('tracing_on', '0', undo)] };
  }
  const groups = [...new Set(plan.probes.map(({ group }) => group))];
  return {
    start: [write('tracing_on', '1'), ...groups.map((group) => write(`events/${group}/enable`, '1'))],
    stop: [...groups.map((group) => write(`events/${group}/enable`, '0')), write('tracing_on', '0')],
  };
}

/** Collects changes of one tracing directory together with their undos. */
class ChangeList {
  readonly changes: PlannedChange[] = [];
  private readonly state: TraceState;
  private readonly base: string;
  private readonly restores: boolean;

  constructor(state: TraceState, { instance, ownsInstance }: TracePlan) {
    this.state = state;
    this.base = instance === undefined ? '' : `instances/${instance}/`;
    this.restores = !ownsInstance;
  }

  createInstance(name: string): void {
    this.changes.push({ kind: 'mkdir', file: `instances/${name}`, undo: { kind: 'instance', name } });
  }

  defineProbe({ file, group, event, line }: ProbeDefinition): void {
    const undo: Undo = { kind: 'probe', file, group, event };
    this.changes.push({ kind: 'write', file, words: [`${line}\n`], mode: 'append', undo });
  }

  /** Empties the buffer at the start (whatever it held would be read as ours) and at the end. */
  clearTrace(): void {
    const file = `${this.base}trace`;
    this.changes.push({ kind: 'write', file, words: [], mode: 'truncate', undo: { kind: 'clear-trace', file } });
  }

  /** A scalar setting; nothing to do where it holds the value already or the kernel does not have it. */
  set(file: string, value: string): void {
    const before = this.state.get(file);
    if (this.restores && (before === undefined || settingValue(before) === value)) return;
    const path = this.base + file;
    const undo: Undo | undefined =
      this.restores && before !== undefined
        ? { kind: 'setting', file: path, value: settingValue(before), wrote: value }
        : undefined;
    this.changes.push({ kind: 'write', file: path, words: [value], mode: 'truncate', undo });
  }

  /** A filter that says `none` is taken away by writing 0. */
  setFilter(file: string, filter: string): void {
    const before = settingValue(this.state.get(file) ?? 'none');
    const path = this.base + file;
    const undo: Undo | undefined = this.restores
      ? { kind: 'setting', file: path, value: before === 'none' ? '0' : before, wrote: filter }
      : undefined;
    this.changes.push({ kind: 'write', file: path, words: [filter], mode: 'truncate', undo });
  }

  /** Replaces a list; an empty one only where the list is not empty now. */
  setList(file: string, entries: readonly string[]): void {
    const before = listEntries(this.state.get(file));
    if (entries.length === 0 && (before.length === 0 || !this.restores)) return;
    const undo = this.#listUndo(file, entries);
    const words = entries.map((entry) => `${entry}\n`);
    this.changes.push({ kind: 'write', file: this.base + file, words, mode: 'truncate', undo });
  }

  /** Replaces a list of pids. */
  setPids(file: string, pids: readonly string[]): void {
    this.#writePids(file, pids, 'truncate');
  }

  /** Empties a list of pids; it is emptied again at the end, whatever it holds then. */
  clearPids(file: string): void {
    const undo = this.#listUndo(file, [nobody]);
    this.changes.push({ kind: 'write', file: this.base + file, words: [], mode: 'truncate', undo });
  }

  /** Adds to a list of pids, keeping what is there; kernels before 5.7 lack the notrace lists. */
  addPids(file: string, pids: readonly string[]): void {
    if (this.state.get(file) !== undefined) this.#writePids(file, pids, 'append');
  }

  /** All pids in one write: these files take many, and each write costs the kernel tens of milliseconds. */
  #writePids(file: string, pids: readonly string[], mode: WriteMode): void {
    if (pids.length === 0) return;
    const undo = this.#listUndo(file, [...pids, nobody]);
    this.changes.push({ kind: 'write', file: this.base + file, words: [`${pids.join(' ')}\n`], mode, undo });
  }

  selectFunctions(file: string, selection: FunctionSelection | undefined): void {
    if (selection === undefined) {
      if (this.restores) this.setList(file, []);
      return;
    }
    const undo = this.#listUndo(file, selection.names);
    this.changes.push({ kind: 'functions', file: this.base + file, selection, undo });
  }

  #listUndo(file: string, wrote: readonly string[]): Undo | undefined {
    if (!this.restores) return undefined;
    return { kind: 'list', file: this.base + file, entries: listEntries(this.state.get(file)), wrote };
  }

  write(file: string, word: string, mode: WriteMode = 'truncate'): void {
    this.changes.push({ kind: 'write', file: this.base + file, words: [word], mode });
  }
}
