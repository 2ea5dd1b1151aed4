/** The calls of a live session, a text trace or any EventSource as numbers: what graph-records.ts gives of a trace.dat. */
import type { GraphEntry, GraphExit } from '../call-graph/graph-record.ts';
import type { RecordedEvent, SourceItem } from './event-source.ts';
import type { GraphRecordSink } from './graph-record-sink.ts';

const halfBits = 32n;
const halfMask = 0xffff_ffffn;

export class GraphItemFeed {
  readonly #sink: GraphRecordSink;

  constructor(sink: GraphRecordSink) {
    this.#sink = sink;
  }

  /** Items in order of time. */
  add(item: SourceItem): void {
    const { cpu, time } = item;
    if (item.kind === 'lost') return this.#sink.lost(cpu, time, item.count ?? -1);
    if (item.kind === 'damaged') return this.#sink.lost(cpu, time, -1);
    const { graph } = item;
    this.#sink.event?.(cpu, item.pid, time);
    if (graph?.kind === 'entry') this.#enter(item, graph);
    else if (graph?.kind === 'exit') this.#exit(item, graph);
    else if (item.name === 'sched_switch') this.#taskSwitch(item);
  }

  #enter({ cpu, pid, flags, time }: RecordedEvent, { func, depth }: GraphEntry): void {
    this.#sink.enter(cpu, pid, flags ?? 0, time, this.#functionOf(func), depth);
  }

  #exit({ cpu, pid, time }: RecordedEvent, { func, depth, duration, retval }: GraphExit): void {
    this.#sink.exit(
      cpu,
      pid,
      time,
      this.#functionOf(func),
      depth,
      Math.max(duration ?? -1, -1),
      retval === undefined ? -1 : Number((retval >> halfBits) & halfMask),
      retval === undefined ? 0 : Number(retval & halfMask),
    );
  }

  #taskSwitch({ cpu, time, fields }: RecordedEvent): void {
    const { prev_pid: previous, next_pid: next } = fields ?? {};
    if (typeof previous === 'number' && typeof next === 'number') this.#sink.taskSwitch?.(cpu, time, previous, next);
  }

  #functionOf(address: bigint): number {
    return this.#sink.functionOf(Number((address >> halfBits) & halfMask), Number(address & halfMask));
  }
}
