/**
 * Which task ran when on a CPU, and where on a task's strip, with the root calls and the lost events of the time. Buckets
 * grow as the trace does, so memory is bounded; for a closer look at a part of a recording, feed its records to a Timeline
 * of that span.
 */
import { emptyCell, type TimelineCell, TimelineLane } from './timeline-lane.ts';

type LaneKind = 'cpu' | 'task';

export interface TimelineOptions {
  /** The span, where it is known; else it begins with the first record and grows. ns since the origin. */
  readonly from?: number;
  readonly to?: number;
  /** Finest buckets of a lane; a power of two. Default 2048. */
  readonly buckets?: number;
}

/** Lanes of a kind; a lane takes some 250 KB. */
const laneLimit = 128;
const firstWidth = 100_000;
/** Without sched_switch, a task that is seen twice on a CPU is taken to have run in between, if that is not longer. */
const longestGuess = 10_000_000;

/** What runs on a CPU, as far as told to its lane until `since`. */
interface RunningTask {
  pid: number;
  since: number;
  last: number;
  events: number;
  /** sched_switch tells. */
  isKnown: boolean;
}

export class Timeline {
  /** Grows with every record that may change a cell. */
  version = 0;
  /** ns since the origin. */
  begin: number;
  end: number;
  /** CPUs and tasks that have no lane because there are too many. */
  lanesLeftOut = 0;
  readonly #count: number;
  #width: number;
  readonly #lanes: Readonly<Record<LaneKind, Map<number, TimelineLane>>> = { cpu: new Map(), task: new Map() };
  readonly #running: (RunningTask | undefined)[] = [];
  readonly #leftOut = new Set<string>();

  constructor({ from, to, buckets = 2048 }: TimelineOptions = {}) {
    this.#count = buckets;
    this.begin = from ?? Number.NaN;
    this.end = from ?? Number.NaN;
    this.#width = from !== undefined && to !== undefined && to > from ? (to - from) / buckets : firstWidth;
  }

  /** Ids of the lanes of a kind, in order. */
  lanes(kind: LaneKind): number[] {
    return [...this.#lanes[kind].keys()].sort((a, b) => a - b);
  }

  /** A record of `pid` on `cpu`. */
  event(cpu: number, pid: number, time: number): void {
    this.version += 1;
    const running = this.#running[cpu] ?? this.#addCpu(cpu, pid, time);
    if (running === undefined) return;
    const hasRun = running.isKnown || (pid === running.pid && time - running.last < longestGuess);
    if (hasRun) {
      running.last = time;
      running.events += 1;
      if (time - running.since >= this.#width) this.#tell(cpu, running);
      return;
    }
    this.#tell(cpu, running);
    running.pid = pid;
    running.since = time;
    running.last = time;
    running.events = 1;
  }

  /** sched_switch on `cpu`. */
  taskSwitch(cpu: number, time: number, previousPid: number, nextPid: number): void {
    this.version += 1;
    const running = this.#running[cpu] ?? this.#addCpu(cpu, previousPid, time);
    if (running === undefined) return;
    if (running.isKnown || running.pid === previousPid) running.last = time;
    this.#tell(cpu, running);
    running.isKnown = true;
    running.pid = nextPid;
    running.since = time;
    running.last = time;
  }

  /** A root call that has ended; one whose duration is not known is not told. */
  call(cpu: number, pid: number, func: number, time: number, duration: number): void {
    this.version += 1;
    this.#reach(time + duration);
    const [from, to] = [this.#place(time), this.#place(time + duration)];
    this.#lane('cpu', cpu)?.addCall(func, from, to, this.#width, time, duration);
    if (pid !== 0) this.#lane('task', pid)?.addCall(func, from, to, this.#width, time, duration);
  }

  /** Events of `cpu` were lost. */
  lost(cpu: number, time: number): void {
    this.version += 1;
    this.#reach(time);
    this.#lane('cpu', cpu)?.addGap(this.#place(time));
    const running = this.#running[cpu];
    if (running === undefined) return;
    this.#tell(cpu, running);
    running.isKnown = false;
    running.pid = -1;
    running.since = time;
    running.last = time;
  }

  /** [from, to) in so many cells; cells are empty for a lane that is not there. */
  query(kind: LaneKind, id: number, from: number, to: number, cells: number): TimelineCell[] {
    for (const [cpu, running] of this.#running.entries()) if (running !== undefined) this.#tell(cpu, running);
    const lane = this.#lanes[kind].get(id);
    const step = (to - from) / cells;
    return Array.from({ length: step > 0 ? cells : 0 }, (_, index) => {
      const start = from + index * step;
      return lane?.cell(this.#place(start), this.#place(start + step), this.#width) ?? emptyCell;
    });
  }

  /** Tells the lanes what has run since they were told last. */
  #tell(cpu: number, running: RunningTask): void {
    const { pid, since, last, events } = running;
    if (events === 0 && last <= since) return;
    this.#reach(last);
    const [from, to] = [this.#place(since), this.#place(last)];
    running.events = 0;
    running.since = last;
    if (pid <= 0) this.#lane('cpu', cpu)?.addEvents(from, events);
    else {
      this.#lane('cpu', cpu)?.addRun(pid, from, to, this.#width, events);
      this.#lane('task', pid)?.addRun(cpu, from, to, this.#width, events);
    }
  }

  #addCpu(cpu: number, pid: number, time: number): RunningTask | undefined {
    if (!(cpu >= 0 && cpu < 65_536) || this.#lane('cpu', cpu) === undefined) return undefined;
    const running = { pid, since: time, last: time, events: 0, isKnown: false };
    this.#running[cpu] = running;
    return running;
  }

  #lane(kind: LaneKind, id: number): TimelineLane | undefined {
    const lanes = this.#lanes[kind];
    const known = lanes.get(id);
    if (known !== undefined) return known;
    if (lanes.size >= laneLimit) {
      if (this.#leftOut.size < laneLimit) this.#leftOut.add(`${kind} ${id}`);
      this.lanesLeftOut = this.#leftOut.size;
      return undefined;
    }
    const lane = new TimelineLane(this.#count);
    lanes.set(id, lane);
    return lane;
  }

  /** Widens the buckets until `time` is within. */
  #reach(time: number): void {
    if (Number.isNaN(this.begin)) {
      this.begin = time;
      this.end = time;
    }
    if (time > this.end) this.end = time;
    if (!Number.isFinite(time)) return;
    let folds = 0;
    for (; time - this.begin >= this.#count * this.#width; folds += 1) this.#width *= 2;
    if (folds === 0) return;
    for (const lanes of Object.values(this.#lanes)) {
      for (const lane of lanes.values()) {
        for (let fold = 0; fold < folds && 2 ** fold <= this.#count; fold += 1) lane.fold();
      }
    }
  }

  /** A time in buckets. */
  #place(time: number): number {
    return (time - this.begin) / this.#width;
  }
}
