/**
 * A recording as events in order of time, whatever file they come from: a trace.dat, or a saved text trace. Exports,
 * replay and JSON read this; `report` has a faster way of its own (report-*.ts).
 */
import type { CpuId, Pid } from '../base/units.ts';
import type { GraphRecord } from '../call-graph/graph-record.ts';
import type { EventFields } from '../format/decoded-event.ts';
import type { EventFormat } from '../format/event-format.ts';
import type { DamagedItem, LostItem } from '../ring-buffer/stream-item.ts';
import type { KernelSymbolName } from '../symbols/kallsyms.ts';

/** One event. What costs time to make (texts, fields) is made when it is asked for. */
export interface RecordedEvent {
  readonly kind: 'event';
  /** ns (or clock units) since the source's origin. */
  readonly time: number;
  readonly cpu: CpuId;
  readonly pid: Pid;
  /** The task's name as the kernel had it (escape it before a terminal sees it), `<...>` when it is not known. */
  readonly comm: string;
  /** Thread group, where the recording knows it. */
  readonly tgid: Pid | undefined;
  /** common_flags and common_preempt_count; undefined where a text trace does not show them. */
  readonly flags: number | undefined;
  readonly preemptCount: number | undefined;
  /** The trace instance; '' is the top level. */
  readonly instance: string;
  /** undefined where a text trace names the event only. */
  readonly system: string | undefined;
  readonly name: string;
  /** What a report prints behind `name: `, without line end; several lines for stacks and the like. */
  readonly text: string;
  /** Format and field values; undefined in text traces. */
  readonly format: EventFormat | undefined;
  readonly fields: EventFields | undefined;
  /** Entry or exit of the function_graph tracer; `func` is an address for EventSource.symbolName. */
  readonly graph: GraphRecord | undefined;
  /** Of the function tracer: addresses for EventSource.symbolName. */
  readonly call: { readonly func: bigint; readonly parent: bigint | undefined } | undefined;
  /** Of a kernel or user stack record: innermost first, addresses for EventSource.symbolName or, from text, names. */
  readonly stack: { readonly kind: 'kernel' | 'user'; readonly frames: readonly (bigint | string)[] } | undefined;
}

export type SourceItem = RecordedEvent | LostItem | DamagedItem;

/** Which events are wanted. */
export interface EventSelection {
  /** Times since the source's origin: `from` inclusive, `to` exclusive. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly cpus?: ReadonlySet<number> | undefined;
  readonly pids?: ReadonlySet<number> | undefined;
  readonly comms?: ReadonlySet<string> | undefined;
  /** Decides by `system` (undefined in text traces) and `name`. */
  readonly wantsEvent?: ((system: string | undefined, name: string) => boolean) | undefined;
  /** Only this instance; undefined takes all. */
  readonly instance?: string | undefined;
}

export interface EventSource {
  /** The time, in ns or units of the clock, that event times are relative to. */
  readonly origin: bigint;
  /** Whether times are ns; else the clock counts something (`counter`, `x86-tsc`). */
  readonly timeIsNanoseconds: boolean;
  /** What could not be read so far, one sentence each; grows while events are read. */
  readonly problems: readonly string[];
  /** The function around an address of an event of this source. */
  symbolName(address: bigint): KernelSymbolName | undefined;
  /** Events and the gaps between them, in order of time over all CPUs and instances. Each call begins anew. */
  events(selection?: EventSelection): Iterable<SourceItem>;
}
