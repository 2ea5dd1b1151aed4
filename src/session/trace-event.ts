/** Records of the stream as events with names and typed fields: what cli/ and ui/ show. */

import { asNanoseconds, type CpuId, type Nanoseconds, type Pid } from '../base/units.ts';
import type { EventCatalogue } from '../capture/event-catalogue.ts';
import { TaskNames } from '../capture/task-names.ts';
import { readCommonFlags, readCommonPid, readCommonType } from '../format/common-header.ts';
import { decodeEvent, type EventFields } from '../format/decoded-event.ts';
import type { EventFormat } from '../format/event-format.ts';
import type { KernelAbi } from '../format/kernel-abi.ts';
import type { RecordItem } from '../ring-buffer/stream-item.ts';
import type { SessionContext } from './live-session.ts';

export interface TraceEvent {
  readonly cpu: CpuId;
  /** The trace clock's time. */
  readonly time: Nanoseconds;
  readonly pid: Pid;
  /** The task's name, as it came from the kernel: escape it before it reaches a terminal. */
  readonly comm: string;
  /** common_flags; meaningless for uprobes. */
  readonly flags: number;
  readonly format: EventFormat;
  readonly fields: EventFields;
}

export class TraceEventDecoder {
  readonly #catalogue: EventCatalogue;
  readonly #context: SessionContext;
  readonly #names: TaskNames;

  constructor(context: SessionContext, catalogue: EventCatalogue) {
    this.#context = context;
    this.#catalogue = catalogue;
    this.#names = new TaskNames(context.tracefs);
  }

  /** How the kernel lays out integers. */
  get abi(): KernelAbi {
    return this.#catalogue.abi;
  }

  /** The event in a record; undefined for an id that no format of the session explains. */
  decode(item: RecordItem): TraceEvent | undefined {
    const { header, formats, abi } = this.#catalogue;
    const format = formats.get(readCommonType(header, item.bytes));
    if (format === undefined) return undefined;
    const pid = readCommonPid(header, item.bytes);
    return {
      cpu: item.cpu,
      time: this.timeOf(item.time),
      pid,
      comm: this.nameOf(pid),
      flags: readCommonFlags(header, item.bytes),
      format,
      fields: decodeEvent(format, item.bytes, abi),
    };
  }

  /** An item's time on the trace clock. */
  timeOf(time: number): Nanoseconds {
    return asNanoseconds(this.#context.origin() + BigInt(Math.round(time)));
  }

  nameOf(pid: number): string {
    return this.#names.nameOf(pid, performance.now());
  }
}
