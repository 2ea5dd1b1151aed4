/** Filter chips over the items of a source: what they can ask of events, their stacks, call trees and gaps. */
import type { CallTree } from '../call-graph/call-tree.ts';
import type { ChipSubject } from '../format/filter/chip-tests.ts';
import type { FilterChip } from '../format/filter/filter-chips.ts';
import type { RecordedEvent, SourceItem } from './event-source.ts';

/** Name of the function around an address. */
export type FunctionNameOf = (address: bigint) => string | undefined;

type Gap = Exclude<SourceItem, { kind: 'event' }>;

export class ItemFilter {
  readonly #chips: readonly FilterChip[];
  readonly #nameOf: FunctionNameOf;
  /** By buffer and CPU: whether the last event passed; its stack comes behind it. */
  readonly #lastPassed = new Map<string | number, boolean>();

  constructor(chips: readonly FilterChip[], nameOf: FunctionNameOf) {
    this.#chips = chips;
    this.#nameOf = nameOf;
  }

  get isEmpty(): boolean {
    return this.#chips.length === 0;
  }

  /** To be asked for every event, in order. A stack is as the event before it. `label` stands for the event's name. */
  acceptsEvent(event: RecordedEvent, label?: string): boolean {
    if (this.isEmpty) return true;
    const { instance, cpu } = event;
    const place = instance === '' ? cpu : `${cpu} ${instance}`;
    if (event.stack !== undefined) return this.#lastPassed.get(place) ?? true;
    const passed = this.#accepts(subjectOfEvent(event, this.#nameOf, label));
    this.#lastPassed.set(place, passed);
    return passed;
  }

  /** A tree is as the call that it begins with. */
  acceptsTree({ root, pid, cpu }: CallTree, comm: string): boolean {
    if (this.isEmpty) return true;
    const { start: time, duration, retval, func } = root;
    return this.#accepts({ comm, pid, cpu, time, duration, retval, function: this.#nameOf(func) });
  }

  /** Lost events may have been of any kind: only CPU and time tell that they were not wanted. */
  acceptsGap({ cpu, time }: Gap): boolean {
    return this.#chips.every((chip) => (chip.field !== 'cpu' && chip.field !== 'time') || chip.accepts({ cpu, time }));
  }

  accepts(item: SourceItem): boolean {
    return item.kind === 'event' ? this.acceptsEvent(item) : this.acceptsGap(item);
  }

  #accepts(subject: ChipSubject): boolean {
    return this.#chips.every((chip) => chip.accepts(subject));
  }
}

/** What chips can ask of an event; what costs time is made when one asks. */
export function subjectOfEvent(event: RecordedEvent, nameOf: FunctionNameOf, label?: string): ChipSubject {
  const { pid, cpu, time, graph, call } = event;
  const exit = graph?.kind === 'exit' ? graph : undefined;
  const func = graph?.func ?? call?.func;
  return {
    pid,
    cpu,
    time,
    get comm() {
      return event.comm;
    },
    get event() {
      return label ?? fullName(event);
    },
    duration: exit?.duration,
    get retval() {
      return exit === undefined ? returnValueOf(event) : exit.retval;
    },
    get function() {
      return func === undefined ? undefined : nameOf(func);
    },
    text: () => event.text,
  };
}

const names = new WeakMap<object, string>();

/** `SYSTEM:NAME`, put together once for each kind of event, not for each of millions. */
export function fullName({ format, system, name }: RecordedEvent): string {
  const known = format && names.get(format);
  if (known !== undefined) return known;
  const full = system === undefined ? name : `${system}:${name}`;
  if (format !== undefined) names.set(format, full);
  return full;
}

/** The field `ret`, which the exits of system calls and return probes have. */
function returnValueOf({ format, fields }: RecordedEvent): bigint | undefined {
  if (format?.fields.some(({ name }) => name === 'ret') !== true) return undefined;
  const value = fields?.ret;
  return typeof value === 'bigint' ? value : typeof value === 'number' ? BigInt(value) : undefined;
}
