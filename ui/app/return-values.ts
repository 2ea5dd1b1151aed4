/**
 * What the functions of a call graph return: function_graph's own records have no values on kernels up to 7.2, so a
 * return probe on each root function tells, in the same session. Its events are for the graph, not for the log.
 */
import type { GraphModel, ProbeEvent, SourceItem } from '../../src/index.ts';
import type { EngineHost } from './engine-host.ts';

/** More functions than this cost more than the values are worth. */
const mostFunctions = 4;
/** Values that wait for the end of their call, and how long, ns of the trace clock. */
const mostWaiting = 10_000;
const patience = 2_000_000_000;

export class ReturnValues {
  /** By `group:event`. */
  #probes: ReadonlyMap<string, ProbeEvent> = new Map();

  #waiting: ToldValue[] = [];

  get probes(): readonly ProbeEvent[] {
    return [...this.#probes.values()];
  }

  /** Finds the probes for `functions`: those whose type says that they return something; without kprobes none. */
  async choose(functions: readonly string[], host: Pick<EngineHost, 'resolveProbe' | 'prototypesOf'>): Promise<void> {
    this.#probes = new Map();
    const named = functions.filter((name) => /^\w+$/.test(name));
    if (named.length > mostFunctions) return;
    const prototypes = await host.prototypesOf(named);
    const returning = named.filter((name) => /^(?!void \w)/.test(prototypes.get(name) ?? 'void f'));
    const found = await Promise.all(
      returning.map((name) =>
        host.resolveProbe(['kprobe', `${name}%return`]).catch(() => ({ probes: [] as ProbeEvent[] })),
      ),
    );
    const typed = found.flatMap(({ probes }) => probes).filter(({ fields }) => fields.some(tellsErrors));
    this.#probes = new Map(typed.map((probe) => [`${probe.definition.group}:${probe.definition.event}`, probe]));
  }

  /** Takes the events of these probes out of a batch: tellTo() hands them on. */
  takeFrom(batch: readonly SourceItem[], nameOf: NameOf): readonly SourceItem[] {
    if (this.#probes.size === 0) return batch;
    return batch.filter((item) => {
      const probe = item.kind === 'event' ? this.#probes.get(`${item.system}:${item.name}`) : undefined;
      if (item.kind !== 'event' || probe === undefined) return true;
      const value = numberOf(item.fields?.[probe.fields.find(tellsErrors)!.name]);
      const place = numberOf(item.fields?.__probe_func);
      if (value !== undefined && place !== undefined && this.#waiting.length < mostWaiting) {
        this.#waiting.push({ pid: item.pid, time: item.time, name: nameOf(place).name, value });
      }
      return false;
    });
  }

  /** Tells the graph what is known; the end of a call may come later than what it returned. */
  tellTo(graph: GraphModel, nameOf: NameOf): void {
    if (this.#waiting.length === 0) return;
    // The graph knows a function by its own number: that of the root with this name.
    const numbers = new Map(graph.rootFunctions().map((func) => [nameOf(graph.functions.addressOf(func)).name, func]));
    const oldest = graph.paths.lastTime - patience;
    this.#waiting = this.#waiting.filter(({ pid, time, name, value }) => {
      const func = numbers.get(name);
      const word = BigInt.asUintN(64, value);
      const [high, low] = [Number(word >> 32n), Number(word & 0xffff_ffffn)];
      if (func !== undefined && graph.tellReturn(pid, func, time, high, low)) return false;
      return time > oldest;
    });
  }
}

type NameOf = (address: bigint) => { readonly name: string };

interface ToldValue {
  readonly pid: number;
  readonly time: number;
  /** Of the function. */
  readonly name: string;
  readonly value: bigint;
}

function numberOf(value: unknown): bigint | undefined {
  return typeof value === 'bigint' || typeof value === 'number' ? BigInt(value) : undefined;
}

function tellsErrors({ returnedBy }: ProbeEvent['fields'][number]): boolean {
  return returnedBy === 'kernel';
}
