/** A ring-buffer record as an event, of a live session or of a trace.dat. What costs time is made when it is asked for. */
import { asPid, type CpuId, type Pid } from '../base/units.ts';
import type { GraphRecord } from '../call-graph/graph-record.ts';
import { type CommonHeader, readCommonFlags, readCommonPid, readCommonPreemptCount } from '../format/common-header.ts';
import { decodeEvent, type EventFields } from '../format/decoded-event.ts';
import type { EventFormat } from '../format/event-format.ts';
import type { FieldValue } from '../format/field-value.ts';
import type { KernelAbi } from '../format/kernel-abi.ts';
import { isStackFormat, readStackFrames } from '../format/stack-frames.ts';
import type { RecordedEvent } from './event-source.ts';

/** What the records of one source share. */
export interface RecordTables {
  readonly abi: KernelAbi;
  readonly header: CommonHeader;
  nameOf(pid: number): string;
  /** undefined where the source does not know. */
  threadGroupOf(pid: number): number | undefined;
  /** What a report prints behind the event's name. */
  textOf(format: EventFormat, record: Uint8Array): string;
  graphRecordOf(record: Uint8Array): GraphRecord | undefined;
}

export interface EventPlace {
  /** ns (or clock units) since the source's origin. */
  readonly time: number;
  readonly cpu: CpuId;
  readonly instance: string;
}

export class RecordEvent implements RecordedEvent {
  readonly kind = 'event';
  readonly time: number;
  readonly cpu: CpuId;
  readonly instance: string;
  readonly format: EventFormat;
  readonly #tables: RecordTables;
  readonly #bytes: Uint8Array;

  /** `bytes` is the record from its common header on. */
  constructor(tables: RecordTables, format: EventFormat, bytes: Uint8Array, { time, cpu, instance }: EventPlace) {
    this.#tables = tables;
    this.#bytes = bytes;
    this.format = format;
    this.time = time;
    this.cpu = cpu;
    this.instance = instance;
  }

  get pid(): Pid {
    return readCommonPid(this.#tables.header, this.#bytes);
  }

  get comm(): string {
    return this.#tables.nameOf(this.pid);
  }

  get tgid(): Pid | undefined {
    const tgid = this.#tables.threadGroupOf(this.pid);
    return tgid === undefined ? undefined : asPid(tgid);
  }

  get flags(): number {
    return readCommonFlags(this.#tables.header, this.#bytes);
  }

  get preemptCount(): number {
    return readCommonPreemptCount(this.#tables.header, this.#bytes);
  }

  get system(): string {
    return this.format.system;
  }

  get name(): string {
    return this.format.name;
  }

  get text(): string {
    return this.#tables.textOf(this.format, this.#bytes);
  }

  get fields(): EventFields {
    return decodeEvent(this.format, this.#bytes, this.#tables.abi);
  }

  get graph(): GraphRecord | undefined {
    return this.format.system === 'ftrace' ? this.#tables.graphRecordOf(this.#bytes) : undefined;
  }

  get call(): RecordedEvent['call'] {
    if (this.format.system !== 'ftrace' || this.format.name !== 'function') return undefined;
    const { ip, parent_ip: parent } = this.fields;
    const func = addressOf(ip);
    return func === undefined ? undefined : { func, parent: addressOf(parent) };
  }

  get stack(): RecordedEvent['stack'] {
    if (!isStackFormat(this.format)) return undefined;
    const kind = this.format.name === 'user_stack' ? 'user' : 'kernel';
    return { kind, frames: readStackFrames(this.format, this.#bytes, this.#tables.abi) };
  }
}

/** undefined where the record is too short for it, or a damaged format makes it no number. */
function addressOf(value: FieldValue | undefined): bigint | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? BigInt.asUintN(64, BigInt(value)) : undefined;
}
