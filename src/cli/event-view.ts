/** Views of events, one line or object each: `event`, `kprobe`, `uprobe` and `function`. */

import { visibleText } from '../base/text.ts';
import type { SymbolName } from '../call-graph/tree-text.ts';
import type { ProbeEvent } from '../control/probe-event.ts';
import type { RecordItem, StreamItem } from '../ring-buffer/stream-item.ts';
import type { SessionContext } from '../session/live-session.ts';
import { listShownFields, type ShownField } from '../session/shown-fields.ts';
import { isStackFormat, readStackFrames } from '../session/stack-frames.ts';
import { type TraceEvent, TraceEventDecoder } from '../session/trace-event.ts';
import { type LiveView, nothingShown, type Shown } from './live-view.ts';
import { formatField, jsonValue } from './print-fields.ts';
import { exactNumber, jsonLine } from './print-json.ts';
import { formatCpu, formatTask, formatTime } from './print-time.ts';

export interface EventViewOptions {
  readonly json: boolean;
  /** Dynamic probes of the session, to name and explain their events. */
  readonly probes: readonly ProbeEvent[];
  readonly symbolName: (address: bigint) => SymbolName | undefined;
  /** The session records a stack behind each event: both are shown together. */
  readonly stack: boolean;
}

export class EventView implements LiveView {
  hits = 0;
  readonly #options: EventViewOptions;
  readonly #probes: ReadonlyMap<string, ProbeEvent>;
  #decoder: TraceEventDecoder | undefined;
  /** By CPU, the line of an event whose stack has not come yet. */
  readonly #waiting = new Map<number, string>();

  constructor(options: EventViewOptions) {
    this.#options = options;
    this.#probes = new Map(
      options.probes.map((probe) => [eventKey(probe.definition.group, probe.definition.event), probe]),
    );
  }

  begin(context: SessionContext): void {
    this.#decoder = new TraceEventDecoder(context, context.catalogue!);
  }

  show(item: StreamItem): Shown {
    const decoder = this.#decoder!;
    if (item.kind !== 'record') {
      return { lines: [this.#options.json ? gapJson(item, decoder) : gapText(item, decoder)], events: 0 };
    }
    const event = decoder.decode(item);
    if (event === undefined) return { lines: [this.#unknown(item)], events: 0 };
    const before = this.#takeWaiting(event.cpu);
    if (isStackFormat(event.format)) return { ...before, lines: [...before.lines, ...this.#stack(event, item.bytes)] };
    this.hits += 1;
    const line = this.#options.json ? this.#json(event) : this.#text(event);
    if (!this.#options.stack) return { lines: [line], events: 1 };
    this.#waiting.set(event.cpu, line);
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

  /** A record that no format of the session explains is said, not dropped. */
  #unknown({ cpu, time, bytes }: RecordItem): string {
    const reason = `a record of ${bytes.length} bytes of an unknown event`;
    const gap = { kind: 'damaged', cpu, time, reason } as const;
    return this.#options.json ? gapJson(gap, this.#decoder!) : gapText(gap, this.#decoder!);
  }

  #fields(event: TraceEvent): readonly ShownField[] {
    return listShownFields(event, this.#probeOf(event));
  }

  #probeOf({ format }: TraceEvent): ProbeEvent | undefined {
    return this.#probes.size === 0 ? undefined : this.#probes.get(eventKey(format.system, format.name));
  }

  #text(event: TraceEvent): string {
    const { time, comm, pid, cpu } = event;
    const head = `${formatTime(time)}  ${formatTask(visibleText(comm), pid)} ${formatCpu(cpu)}  `;
    if (isFunctionEvent(event)) {
      return `${head}${this.#symbol(event.fields.ip)} <- ${this.#symbol(event.fields.parent_ip)}`;
    }
    const name = visibleText(this.#probeOf(event)?.label ?? event.format.name);
    return `${head}${name} ${this.#fields(event).map(formatField).join(' ')}`.trimEnd();
  }

  #json(event: TraceEvent): string {
    const { time, comm, pid, cpu, format } = event;
    const head = { type: 'event', time: exactNumber(time), cpu, pid, comm, system: format.system, event: format.name };
    if (isFunctionEvent(event)) {
      const function_ = this.#symbol(event.fields.ip);
      return jsonLine({ ...head, fields: { function: function_, caller: this.#symbol(event.fields.parent_ip) } });
    }
    const probe = this.#probeOf(event)?.label;
    const fields = Object.fromEntries(
      this.#fields(event).map(({ name, value, style }) => [name, jsonValue(value, style)]),
    );
    return jsonLine({ ...head, ...(probe === undefined ? {} : { probe }), fields });
  }

  #stack(event: TraceEvent, record: Uint8Array): string[] {
    const frames = readStackFrames(event.format, record, this.#decoder!.abi);
    const names = frames.map((address) => this.#symbol(address));
    if (!this.#options.json) return names.map((name) => `${' '.repeat(16)}=> ${name}`);
    const { time, cpu, pid, format } = event;
    return [jsonLine({ type: 'stack', time: exactNumber(time), cpu, pid, kind: format.name, frames: names })];
  }

  #symbol(address: unknown): string {
    const number = BigInt.asUintN(64, BigInt(address as number | bigint));
    const symbol = this.#options.symbolName(number);
    if (symbol === undefined) return `0x${number.toString(16)}`;
    return symbol.module === undefined ? symbol.name : `${symbol.name} [${symbol.module}]`;
  }
}

function eventKey(system: string, event: string): string {
  return `${system}:${event}`;
}

function isFunctionEvent({ format }: TraceEvent): boolean {
  return format.system === 'ftrace' && format.name === 'function';
}

type Gap = Exclude<StreamItem, { kind: 'record' }>;
type Clock = Pick<TraceEventDecoder, 'timeOf'>;

/** A gap in the stream, in the place where it happened. */
export function gapText(gap: Gap, clock: Clock): string {
  const where = `${formatTime(clock.timeOf(gap.time))}  cpu ${gap.cpu}`;
  if (gap.kind === 'damaged') return `${where}: unreadable data left out: ${gap.reason}`;
  return `${where}: ${gap.count === undefined ? 'events' : `${gap.count} events`} LOST before this point`;
}

export function gapJson(gap: Gap, clock: Clock): string {
  const { kind, cpu } = gap;
  const detail = kind === 'damaged' ? { reason: gap.reason } : { count: gap.count ?? null };
  return jsonLine({ type: kind, time: exactNumber(clock.timeOf(gap.time)), cpu, ...detail });
}
