/**
 * What a screen wants of a recording besides its calls, gathered while they are walked over: how often each event came, and
 * where the items lie, so that log and messages are read when they are looked at.
 */
import type { EventRates } from '../analysis/event-rates.ts';
import { ItemBlocks } from '../analysis/item-blocks.ts';
import { asCpuId } from '../base/units.ts';
import type { RecordWatch } from '../recording/graph-record-sink.ts';
import type { CpuRecords } from '../recording/trace-dat/cpu-records.ts';
import type { TraceDatEvents } from '../recording/trace-dat/trace-dat-events.ts';
import { RecordedLog } from './recorded-log.ts';

const second = 1e9;

/** An event since its counts were handed on. */
interface CountedEvent {
  readonly system: string;
  readonly name: string;
  count: number;
  /** Of the last one: its record is bytes[start..end). */
  time: number;
  cpu: number;
  bytes: Uint8Array;
  start: number;
  end: number;
}

/** Watches a GraphRecordFeed. */
export class RecordingIndex implements RecordWatch {
  readonly log: RecordedLog;
  readonly #source: TraceDatEvents;
  readonly #rates: EventRates;
  readonly #blocks: ItemBlocks;
  /** By event id. */
  readonly #counted: (CountedEvent | undefined)[] = [];
  /** Where the second ends that counts are of, ns since the origin. */
  #secondEnd = Number.NEGATIVE_INFINITY;

  /** `from`: where the walk begins; undefined at the beginning. */
  constructor(source: TraceDatEvents, rates: EventRates, from?: number) {
    this.#source = source;
    this.#rates = rates;
    this.#blocks = new ItemBlocks(from);
    this.log = new RecordedLog(source, this.#blocks);
  }

  lost(time: number, count: number): void {
    this.#blocks.add(time);
    this.#rates.lost(Math.max(count, 1), time);
  }

  record(id: number, { time, cpu, bytes, start, end }: CpuRecords): void {
    this.#blocks.add(time);
    if (time >= this.#secondEnd) {
      this.flush();
      this.#secondEnd = (Math.floor(time / second) + 1) * second;
    }
    const counted = this.#counted[id] ?? this.#open(id);
    counted.count += 1;
    counted.time = time;
    counted.cpu = cpu;
    counted.bytes = bytes;
    counted.start = start;
    counted.end = end;
  }

  /** Hands the counts on; after each step of the feed. */
  flush(): void {
    for (const counted of this.#counted) {
      if (counted === undefined || counted.count === 0) continue;
      const { system, name, count, time, cpu, bytes, start, end } = counted;
      // A copy: the rates keep it until the next one comes, and the pages that it lies in would stay with it.
      const last = this.#source.eventIn(bytes.slice(start, end), { time, cpu: asCpuId(cpu), instance: '' });
      this.#rates.count(`${system}:${name}`, time, count, last);
      counted.count = 0;
      counted.bytes = noBytes;
    }
  }

  #open(id: number): CountedEvent {
    const { system, name } = this.#source.recording.formats.byId(id)!;
    const counted = { system, name, count: 0, time: 0, cpu: 0, bytes: noBytes, start: 0, end: 0 };
    this.#counted[id] = counted;
    return counted;
  }
}

const noBytes = new Uint8Array();
