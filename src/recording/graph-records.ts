/**
 * The function_graph records of a trace.dat as calls of numbers, in order of time and in slices, without an object for
 * each: 10 million of them take seconds. graph-items.ts gives the same of any other source.
 */
import { readCommonFlags, readCommonPid } from '../format/common-header.ts';
import type { EventFormat } from '../format/event-format.ts';
import type { EventSelection } from './event-source.ts';
import type { GraphRecordSink, RecordWatch } from './graph-record-sink.ts';
import { compileEntry, compileExit, compileTaskSwitch, type TakeRecord } from './graph-words.ts';
import { type CpuRecords, findPageAt } from './trace-dat/cpu-records.ts';
import { RecordMerge } from './trace-dat/record-merge.ts';
import type { TraceDat } from './trace-dat/trace-dat.ts';

interface GraphFeedOptions extends Pick<EventSelection, 'from' | 'to' | 'cpus' | 'instance'> {
  readonly watch?: RecordWatch | undefined;
}

interface FeedProgress {
  readonly done: boolean;
  /** 0 to 1: of the pages. */
  readonly share: number;
}

/** Records between two looks at the clock. */
const recordsPerLook = 2048;

/** What to do with a record: 'skip' when no format explains it. */
type RecordAction = TakeRecord | 'only an event' | 'skip';

export class GraphRecordFeed {
  /** Records walked over so far. */
  records = 0;
  readonly #recording: TraceDat;
  readonly #sink: GraphRecordSink;
  readonly #watch: RecordWatch | undefined;
  readonly #from: number;
  readonly #to: number;
  readonly #merges: readonly RecordMerge[];
  readonly #cpus: readonly CpuRecords[];
  readonly #firstPages: readonly number[];
  /** By event id. */
  readonly #actions: (RecordAction | undefined)[] = [];
  /** Where damage was met since the last record. */
  #damaged: { readonly cpu: number; readonly time: number }[] = [];
  #done = false;

  /** Opens cursors of its own over `recording`; several feeds may run side by side. */
  constructor(recording: TraceDat, sink: GraphRecordSink, options: GraphFeedOptions = {}) {
    this.#recording = recording;
    this.#sink = sink;
    this.#watch = options.watch;
    this.#from = options.from ?? Number.NEGATIVE_INFINITY;
    this.#to = options.to ?? Number.POSITIVE_INFINITY;
    const opened = this.#openBuffers(options);
    this.#merges = opened.map((cpus) => new RecordMerge(cpus));
    this.#cpus = opened.flat();
    this.#firstPages = this.#cpus.map(({ page }) => page);
  }

  /**
   * Walks on for about `budget` ms and not beyond `until` (ns since the origin). That the trace is over, whoever owns the
   * sink tells it.
   */
  step(budget: number, until = Number.POSITIVE_INFINITY): FeedProgress {
    const end = performance.now() + budget;
    while (this.#walk(recordsPerLook, until)) {
      if (performance.now() >= end) break;
    }
    return { done: this.#done, share: this.#done ? 1 : this.#share() };
  }

  /** False when there is no more before `until`. */
  #walk(most: number, until: number): boolean {
    for (let left = most; left > 0; left -= 1) {
      const merge = this.#merges.length === 1 ? this.#merges[0] : earliest(this.#merges);
      const records = merge?.current;
      if (merge === undefined || records === undefined || records.time >= this.#to) {
        this.#tellDamage();
        this.#done = true;
        return false;
      }
      if (records.time > until) return false;
      if (this.#damaged.length > 0) this.#tellDamage();
      if (records.time >= this.#from) this.#take(records);
      merge.advance();
    }
    return true;
  }

  #take(records: CpuRecords): void {
    const { bytes, view, start, end, time, cpu, lost } = records;
    const { header } = this.#recording;
    this.records += 1;
    if (lost !== 0) this.#tellLost(cpu, time, lost);
    if (end - start < header.size) {
      this.#recording.addProblem(`CPU ${cpu} has records that are too short for an event: they are left out`);
      return;
    }
    const id = view.getUint16(start + header.type, header.littleEndian);
    const action = this.#actions[id] ?? this.#findAction(id);
    if (action === 'skip') return;
    const pid = readCommonPid(header, bytes, start);
    this.#watch?.record(id, records);
    this.#sink.event?.(cpu, pid, time);
    if (action !== 'only an event') action(this.#sink, records, pid, readCommonFlags(header, bytes, start));
  }

  #findAction(id: number): RecordAction {
    const format = this.#recording.formats.byId(id);
    if (format === undefined) {
      this.#recording.addProblem(`no format explains event id ${id}: its records are left out`);
    }
    const action = format === undefined ? 'skip' : (this.#compileAction(format) ?? 'only an event');
    this.#actions[id] = action;
    return action;
  }

  #compileAction(format: EventFormat): TakeRecord | undefined {
    const { littleEndian } = this.#recording.abi;
    const { system, name } = format;
    if (system === 'sched' && name === 'sched_switch') return compileTaskSwitch(format, littleEndian);
    if (system !== 'ftrace') return undefined;
    if (name === 'funcgraph_entry' || name === 'fgraph_retaddr_entry') return compileEntry(format, littleEndian);
    return name === 'funcgraph_exit' ? compileExit(format, littleEndian) : undefined;
  }

  #tellLost(cpu: number, time: number, count: number): void {
    this.#watch?.lost(time, count);
    this.#sink.lost(cpu, time, count);
  }

  /** What cannot be read is as good as lost. */
  #tellDamage(): void {
    for (const { cpu, time } of this.#damaged) this.#tellLost(cpu, time, -1);
    this.#damaged = [];
  }

  #openBuffers({ from, cpus, instance }: GraphFeedOptions): CpuRecords[][] {
    return this.#recording
      .openBuffers()
      .filter(({ name }) => instance === undefined || name === instance)
      .map((buffer) => {
        const wanted = buffer.cpus.filter(({ cpu }) => cpus === undefined || cpus.has(cpu));
        for (const records of wanted) {
          records.onDamage = () => {
            const time = Number.isFinite(records.time) ? records.time : 0;
            this.#damaged.push({ cpu: records.cpu, time });
          };
          records.seek(from === undefined ? 0 : findPageAt(records, from));
        }
        return wanted;
      });
  }

  #share(): number {
    let done = 0;
    let all = 0;
    for (const [index, { page, pages }] of this.#cpus.entries()) {
      done += page - this.#firstPages[index]!;
      all += pages.count - this.#firstPages[index]!;
    }
    return all === 0 ? 1 : Math.min(done / all, 1);
  }
}

function earliest(merges: readonly RecordMerge[]): RecordMerge | undefined {
  let first: RecordMerge | undefined;
  let time = Number.POSITIVE_INFINITY;
  for (const merge of merges) {
    const { current } = merge;
    if (current === undefined || current.time >= time) continue;
    first = merge;
    time = current.time;
  }
  return first;
}
