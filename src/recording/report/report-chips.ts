/**
 * Filter chips over the lines of a report. A line is written whole and taken back where a chip refuses it: what a line
 * teaches about tasks, and how entries and exits join, is then as in the report of everything.
 */
import { type CommonHeader, readCommonPid } from '../../format/common-header.ts';
import { decodeEvent, type EventFields } from '../../format/decoded-event.ts';
import type { EventFormat } from '../../format/event-format.ts';
import type { ChipSubject } from '../../format/filter/chip-tests.ts';
import type { FilterChip } from '../../format/filter/filter-chips.ts';
import type { KernelAbi } from '../../format/kernel-abi.ts';
import type { CpuRecords } from '../trace-dat/cpu-records.ts';
import type { FindName } from './address-names.ts';

export interface ChipTables {
  readonly abi: KernelAbi;
  readonly header: CommonHeader;
  readonly findName: FindName;
  readonly exitFormat: EventFormat | undefined;
  commOf(pid: number): string;
}

/** A record as it was before its line was written, which steps on. */
interface NotedRecord {
  readonly format: EventFormat | undefined;
  /** Of one CPU of one buffer. */
  readonly records: CpuRecords;
  readonly cpu: number;
  readonly pid: number;
  readonly time: number;
  readonly record: Uint8Array;
}

/** undefined without chips: nothing is to be asked then. */
export function makeReportChips(chips: readonly FilterChip[] | undefined, tables: ChipTables): ReportChips | undefined {
  return chips === undefined || chips.length === 0 ? undefined : new ReportChips(chips, tables);
}

export class ReportChips {
  readonly #chips: readonly FilterChip[];
  readonly #tables: ChipTables;
  #noted: NotedRecord | undefined;
  /** The return that shares the line of its entry. */
  #exit: Uint8Array | undefined;
  /** Whether the last line passed; the stack behind an event is as the event. */
  readonly #lastPassed = new WeakMap<CpuRecords, boolean>();

  constructor(chips: readonly FilterChip[], tables: ChipTables) {
    this.#chips = chips;
    this.#tables = tables;
  }

  begin(format: EventFormat | undefined, records: CpuRecords): void {
    const { bytes, start, end, cpu, time } = records;
    const pid = readCommonPid(this.#tables.header, bytes, start);
    this.#noted = { format, records, cpu, pid, time, record: bytes.subarray(start, end) };
    this.#exit = undefined;
  }

  noteExit({ bytes, start, end }: CpuRecords): void {
    this.#exit = bytes.subarray(start, end);
  }

  /** Whether the line stays; `text` is what stands behind the event's name. */
  accepts(text: () => string): boolean {
    const { format, records } = this.#noted!;
    const isStack = format?.system === 'ftrace' && /^(?:kernel|user)_stack$/.test(format.name);
    const last = isStack ? this.#lastPassed.get(records) : undefined;
    if (last !== undefined) return last;
    const subject = this.#subject(this.#noted!, text);
    const passed = this.#chips.every((chip) => chip.accepts(subject));
    this.#lastPassed.set(records, passed);
    return passed;
  }

  #subject({ format, cpu, pid, time, record }: NotedRecord, text: () => string): ChipSubject {
    const { abi, commOf, findName, exitFormat } = this.#tables;
    const isExit = this.#exit !== undefined;
    const own = lazily(() => (format === undefined ? {} : decodeEvent(format, record, abi)));
    const end = isExit ? lazily(() => decodeEvent(exitFormat!, this.#exit!, abi)) : own;
    const isOfFtrace = format?.system === 'ftrace';
    return {
      cpu,
      pid,
      time,
      text,
      event: format === undefined ? undefined : `${format.system}:${format.name}`,
      get comm() {
        return commOf(pid);
      },
      get function() {
        const address = isOfFtrace ? wordOf(own().func ?? own().ip) : undefined;
        return address === undefined
          ? undefined
          : findName(Number(address >> 32n), Number(address & 0xffffffffn))?.name;
      },
      get duration() {
        const [from, until] = [wordOf(end().calltime), wordOf(end().rettime)];
        return isOfFtrace && from !== undefined && until !== undefined ? Number(until - from) : undefined;
      },
      get retval() {
        return wordOf(isOfFtrace ? end().retval : own().ret);
      },
    };
  }
}

function lazily(make: () => EventFields): () => EventFields {
  let made: EventFields | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function wordOf(value: EventFields[string] | undefined): bigint | undefined {
  return typeof value === 'bigint' ? value : typeof value === 'number' ? BigInt(value) : undefined;
}
