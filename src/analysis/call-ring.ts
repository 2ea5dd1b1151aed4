/** The newest rows of KeptCalls as columns of numbers. A row's id is its number since the beginning. */
import { type CallEnd, type CallRow, endedRow, type KeptRow } from './call-row.ts';

/** Newest rows that findEnded() looks at, and the longest time between an exit and the probe's record, ns. */
const rowsSearched = 2_000;
const longestDelay = 1_000_000;

const state = { running: 0, ended: 1, gap: 2 } as const;

export class CallRing {
  /** The id of the oldest row, and of the next. */
  first = 0;
  next = 0;
  readonly #size: number;
  readonly #state: Uint8Array;
  readonly #outermost: Uint8Array;
  readonly #func: Int32Array;
  readonly #cpu: Int32Array;
  readonly #pid: Int32Array;
  readonly #time: Float64Array;
  /** Of a gap its count. */
  readonly #duration: Float64Array;
  readonly #calls: Uint32Array;
  readonly #retHigh: Float64Array;
  readonly #retLow: Uint32Array;
  readonly #comm: string[] = [];

  constructor(size: number) {
    this.#size = size;
    this.#state = new Uint8Array(size);
    this.#outermost = new Uint8Array(size);
    this.#func = new Int32Array(size);
    this.#cpu = new Int32Array(size);
    this.#pid = new Int32Array(size);
    this.#time = new Float64Array(size);
    this.#duration = new Float64Array(size);
    this.#calls = new Uint32Array(size);
    this.#retHigh = new Float64Array(size);
    this.#retLow = new Uint32Array(size);
  }

  get length(): number {
    return this.next - this.first;
  }

  holds(id: number): boolean {
    return id >= this.first && id < this.next;
  }

  /** Drops the oldest row if the ring is full, and returns it. */
  dropOldest(): KeptRow | undefined {
    if (this.length < this.#size) return undefined;
    const row = this.rowOf(this.first);
    this.first += 1;
    return row;
  }

  /** A root call begins; there must be room. Returns its id. */
  begin({
    func,
    cpu,
    pid,
    time,
    outermost,
    comm,
  }: Pick<CallRow, 'func' | 'cpu' | 'pid' | 'time' | 'outermost' | 'comm'>): number {
    const at = this.next % this.#size;
    this.#state[at] = state.running;
    this.#outermost[at] = outermost ? 1 : 0;
    this.#func[at] = func;
    this.#cpu[at] = cpu;
    this.#pid[at] = pid;
    this.#time[at] = time;
    this.#duration[at] = -1;
    this.#comm[at] = comm;
    this.next += 1;
    return this.next - 1;
  }

  end(id: number, { duration, calls, retHigh, retLow }: CallEnd): void {
    const at = id % this.#size;
    this.#state[at] = state.ended;
    this.#duration[at] = duration;
    this.#calls[at] = calls;
    this.#retHigh[at] = retHigh;
    this.#retLow[at] = retLow;
  }

  /** A call of `func` that returned in a task shortly before `time`, and of whose value nobody has told yet. */
  findEnded(pid: number, func: number, time: number): number | undefined {
    for (let id = this.next - 1; id >= this.first && id >= this.next - rowsSearched; id -= 1) {
      const at = id % this.#size;
      if (this.#pid[at] !== pid || this.#func[at] !== func || this.#state[at] !== state.ended) continue;
      const since = time - this.#time[at]! - this.#duration[at]!;
      if (this.#duration[at]! >= 0 && this.#retHigh[at]! < 0 && since >= 0 && since <= longestDelay) return id;
    }
    return undefined;
  }

  /** What a call that has ended returned. */
  setReturn(id: number, retHigh: number, retLow: number): void {
    const at = id % this.#size;
    this.#retHigh[at] = retHigh;
    this.#retLow[at] = retLow;
  }

  addGap(cpu: number, time: number, count: number): void {
    const at = this.next % this.#size;
    this.#state[at] = state.gap;
    this.#cpu[at] = cpu;
    this.#time[at] = time;
    this.#duration[at] = count;
    this.#pid[at] = -1;
    this.next += 1;
  }

  /** A row that the ring holds. */
  rowOf(id: number): KeptRow {
    const at = id % this.#size;
    const [time, cpu] = [this.#time[at]!, this.#cpu[at]!];
    if (this.#state[at] !== state.gap) return this.callOf(id);
    const count = this.#duration[at]!;
    return { kind: 'gap', id, time, cpu, count: count < 0 ? undefined : count };
  }

  /** A row that the ring holds and that is no gap. */
  callOf(id: number): CallRow {
    const at = id % this.#size;
    const running: CallRow = {
      kind: 'call',
      id,
      func: this.#func[at]!,
      time: this.#time[at]!,
      cpu: this.#cpu[at]!,
      pid: this.#pid[at]!,
      comm: this.#comm[at]!,
      state: 'running',
      outermost: this.#outermost[at] === 1,
      duration: undefined,
      calls: 0,
      retval: undefined,
      errno: undefined,
      tree: undefined,
    };
    if (this.#state[at] === state.running) return running;
    return endedRow(running, {
      duration: this.#duration[at]!,
      calls: this.#calls[at]!,
      retHigh: this.#retHigh[at]!,
      retLow: this.#retLow[at]!,
    });
  }

  /** The id of the call that a task began at a time: rows are in order of time. */
  findCall(pid: number, time: number): number | undefined {
    let from = this.first;
    let to = this.next;
    while (from < to) {
      const middle = from + ((to - from) >>> 1);
      if (this.#time[middle % this.#size]! < time) from = middle + 1;
      else to = middle;
    }
    for (; from < this.next && this.#time[from % this.#size] === time; from += 1) {
      if (this.#pid[from % this.#size] === pid) return from;
    }
    return undefined;
  }
}
