/** What takes the calls of a trace as numbers: aggregates of millions of records, fed by graph-records.ts or graph-items.ts. */
import type { CpuRecords } from './trace-dat/cpu-records.ts';

/** Times are ns since the source's origin, in order over all CPUs. */
export interface GraphRecordSink {
  /** The number of the function at an address of two unsigned halves. */
  functionOf(high: number, low: number): number;
  /** A call begins. `flags` is common_flags. */
  enter(cpu: number, pid: number, flags: number, time: number, func: number, depth: number): void;
  /** A call returns. `duration` is -1 where none was recorded; the returned word has two halves, `retHigh` -1 without one. */
  exit(
    cpu: number,
    pid: number,
    time: number,
    func: number,
    depth: number,
    duration: number,
    retHigh: number,
    retLow: number,
  ): void;
  /** Events of a CPU were lost, or could not be read; `count` is -1 when it is not known how many. */
  lost(cpu: number, time: number, count: number): void;
  /** Every record of any event, before what it is else. */
  event?(cpu: number, pid: number, time: number): void;
  /** sched_switch. */
  taskSwitch?(cpu: number, time: number, previousPid: number, nextPid: number): void;
}

/** What looks at the records of a trace.dat on their way, whatever they are of. Times as above. */
export interface RecordWatch {
  /** `id` is the event's among the formats of the recording; `records` are at its record. */
  record(id: number, records: CpuRecords): void;
  /** `count` is -1 when it is not known how many. */
  lost(time: number, count: number): void;
}
