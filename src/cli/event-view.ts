/** Views of events, one line or object each: `event`, `kprobe`, `uprobe` and `function`. */

import { exactNumber, jsonLine } from '../base/json-text.ts';
import { visibleText } from '../base/text.ts';
import type { SymbolName } from '../call-graph/tree-text.ts';
import type { ProbeEvent } from '../control/probe-event.ts';
import type { RecordedEvent, SourceItem } from '../recording/event-source.ts';
import type { ItemFilter } from '../recording/item-filter.ts';
import { listShownFields } from '../session/shown-fields.ts';
import type { KernelSymbolName } from '../symbols/kallsyms.ts';
import { type LiveView, nothingShown, type Shown } from './live-view.ts';
import { formatField, jsonValue } from './print-fields.ts';
import { type EventClock, formatCpu, formatTask } from './print-time.ts';

export interface EventViewOptions {
  readonly json: boolean;
  /** Dynamic probes of the session, to name and explain their events. */
  readonly probes: readonly ProbeEvent[];
  readonly symbolName: (address: bigint) => SymbolName | undefined;
  /** For fields that hold addresses of the kernel. */
  readonly symbolPlace?: ((address: bigint) => KernelSymbolName | undefined) | undefined;
  /** The session records a stack behind each event: both are shown together. */
  readonly stack: boolean;
}

export class EventView implements LiveView {
  hits = 0;
  leftOut = 0;
  readonly #options: EventViewOptions;
  readonly #probes: ReadonlyMap<string, ProbeEvent>;
  #clock: EventClock | undefined;
  #filter: ItemFilter | undefined;
  /** By CPU, the line of an event whose stack has not come yet. */
  readonly #waiting = new Map<number, string>();

  constructor(options: EventViewOptions) {
    this.#options = options;
    this.#probes = new Map(
      options.probes.map((probe) => [eventKey(probe.definition.group, probe.definition.event), probe]),
    );
  }

  begin(clock: EventClock, filter: ItemFilter): void {
    this.#clock = clock;
    this.#filter = filter;
  }

  show(item: SourceItem): Shown {
    const { json, stack } = this.#options;
    if (item.kind !== 'event') {
      if (!this.#filter!.acceptsGap(item)) return nothingShown;
      return { lines: [json ? gapJson(item, this.#clock!) : gapText(item, this.#clock!)], events: 0 };
    }
    const passes = this.#filter!.isEmpty || this.#filter!.acceptsEvent(item, this.#probeOf(item)?.label);
    const before = this.#takeWaiting(item.cpu);
    if (item.stack !== undefined)
      return passes ? { ...before, lines: [...before.lines, ...this.#stack(item, item.stack)] } : before;
    this.hits += 1;
    if (!passes) {
      this.leftOut += 1;
      return before;
    }
    const line = json ? this.#json(item) : this.#text(item);
    if (!stack) return { lines: [line], events: 1 };
    this.#waiting.set(item.cpu, line);
    return before;
  }

  finish(): Shown {
    const rest = [...this.#waiting.keys()].map((cpu) => this.#takeWaiting(cpu));
    return { lines: rest.flatMap(({ lines }) => lines), events: rest.length };
  }

  #takeWaiting(cpu: number): Shown {
    const line = this.#waiting.get(cpu);
    this.#waiting.delete(cpu);
    return line === undefined ? nothingShown : { lines: [line], events: 1 };
  }

  counts(): Readonly<Record<string, number>> {
    return {};
  }

  #probeOf({ format }: RecordedEvent): ProbeEvent | undefined {
    if (this.#probes.size === 0 || format === undefined) return undefined;
    return this.#probes.get(eventKey(format.system, format.name));
  }

  #text(event: RecordedEvent): string {
    const { time, comm, pid, cpu, call, format } = event;
    const head = `${this.#clock!.textOf(time)}  ${formatTask(visibleText(comm), pid)} ${formatCpu(cpu)}  `;
    if (call !== undefined) {
      const caller = call.parent === undefined ? '' : ` <- ${this.#symbol(call.parent)}`;
      return `${head}${this.#symbol(call.func)}${caller}`;
    }
    const probe = this.#probeOf(event);
    const name = visibleText(probe?.label ?? event.name);
    // A text trace has the kernel's words only.
    const words =
      format === undefined
        ? visibleText(event.text)
        : listShownFields(event, probe)
            .map((field) => formatField(field, this.#place))
            .join(' ');
    return `${head}${name} ${words}`.trimEnd();
  }

  #json(event: RecordedEvent): string {
    const { comm, pid, cpu, system, name, call, format } = event;
    const time = exactNumber(this.#clock!.timeOf(event.time));
    const head = { type: 'event', time, cpu, pid, comm, ...(system === undefined ? {} : { system }), event: name };
    if (call !== undefined) {
      const caller = call.parent === undefined ? null : this.#symbol(call.parent);
      return jsonLine({ ...head, fields: { function: this.#symbol(call.func), caller } });
    }
    if (format === undefined) return jsonLine({ ...head, text: event.text });
    const probe = this.#probeOf(event);
    const fields = listShownFields(event, probe);
    const errors = fields.flatMap(({ name, error }) => (error === undefined ? [] : [[name, error.name] as const]));
    return jsonLine({
      ...head,
      ...(probe === undefined ? {} : { probe: probe.label }),
      fields: Object.fromEntries(fields.map(({ name, value, style }) => [name, jsonValue(value, style, this.#place)])),
      ...(errors.length === 0 ? {} : { errors: Object.fromEntries(errors) }),
    });
  }

  #stack(event: RecordedEvent, { kind, frames }: NonNullable<RecordedEvent['stack']>): string[] {
    const names = frames.map((frame) => (typeof frame === 'string' ? frame : this.#symbol(frame)));
    if (!this.#options.json) return names.map((name) => `${' '.repeat(16)}=> ${visibleText(name)}`);
    const { cpu, pid } = event;
    const time = exactNumber(this.#clock!.timeOf(event.time));
    return [jsonLine({ type: 'stack', time, cpu, pid, kind: `${kind}_stack`, frames: names })];
  }

  /** `function+0x1f [module]`. */
  readonly #place = (address: bigint): string | undefined => {
    const symbol = this.#options.symbolPlace?.(address);
    if (symbol === undefined) return undefined;
    const { name, offset, module } = symbol;
    return `${name}${offset === 0 ? '' : `+0x${offset.toString(16)}`}${module === undefined ? '' : ` [${module}]`}`;
  };

  #symbol(address: bigint): string {
    const symbol = this.#options.symbolName(address);
    if (symbol === undefined) return `0x${address.toString(16)}`;
    return symbol.module === undefined ? symbol.name : `${symbol.name} [${symbol.module}]`;
  }
}

function eventKey(system: string, event: string): string {
  return `${system}:${event}`;
}

type Gap = Exclude<SourceItem, { kind: 'event' }>;

/** A gap in the stream, in the place where it happened. */
export function gapText(gap: Gap, clock: EventClock): string {
  const where = `${clock.textOf(gap.time)}  cpu ${gap.cpu}`;
  if (gap.kind === 'damaged') return `${where}: unreadable data left out: ${gap.reason}`;
  return `${where}: ${gap.count === undefined ? 'events' : `${gap.count} events`} LOST before this point`;
}

export function gapJson(gap: Gap, clock: EventClock): string {
  const { kind, cpu } = gap;
  const detail = kind === 'damaged' ? { reason: gap.reason } : { count: gap.count ?? null };
  return jsonLine({ type: kind, time: exactNumber(clock.timeOf(gap.time)), cpu, ...detail });
}
