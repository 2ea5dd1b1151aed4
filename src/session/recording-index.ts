/**
 * What a screen wants of a recording besides its calls, gathered while they are walked over: how often each event came, and
 * where the items lie, so that log and messages are read when they are looked at.
 */
import type { EventRates, TextSource } from '../analysis/event-rates.ts';
import { ItemBlocks } from '../analysis/item-blocks.ts';
import type { EventSource } from '../recording/event-source.ts';
import type { RecordWatch } from '../recording/graph-record-sink.ts';
import type { TraceDat } from '../recording/trace-dat/trace-dat.ts';
import { RecordedLog } from './recorded-log.ts';

const second = 1e9;

/** An event since its counts were handed on. */
interface CountedEvent {
  readonly system: string;
  readonly name: string;
  count: number;
  /** Of the last one. */
  time: number;
  cpu: number;
}

/** Watches a GraphRecordFeed. */
export class RecordingIndex implements RecordWatch {
  readonly log: RecordedLog;
  readonly #recording: TraceDat;
  readonly #source: EventSource;
  readonly #rates: EventRates;
  readonly #blocks: ItemBlocks;
  /** By event id. */
  readonly #counted: (CountedEvent | undefined)[] = [];
  /** Where the second ends that counts are of, ns since the origin. */
  #secondEnd = Number.NEGATIVE_INFINITY;

  /** `from`: where the walk begins; undefined at the beginning. */
  constructor(recording: TraceDat, source: EventSource, rates: EventRates, from?: number) {
    this.#recording = recording;
    this.#source = source;
    this.#rates = rates;
    this.#blocks = new ItemBlocks(from);
    this.log = new RecordedLog(source, this.#blocks);
  }

  lost(time: number, count: number): void {
    this.#blocks.add(time);
    this.#rates.lost(Math.max(count, 1), time);
  }

  record(id: number, cpu: number, time: number): void {
    this.#blocks.add(time);
    if (time >= this.#secondEnd) {
      this.flush();
      this.#secondEnd = (Math.floor(time / second) + 1) * second;
    }
    const counted = this.#counted[id] ?? this.#open(id);
    counted.count += 1;
    counted.time = time;
    counted.cpu = cpu;
  }

  /** Hands the counts on; after each step of the feed. */
  flush(): void {
    for (const counted of this.#counted) {
      if (counted === undefined || counted.count === 0) continue;
      const { system, name, count, time } = counted;
      this.#rates.count(`${system}:${name}`, time, count, this.#textOf(counted));
      counted.count = 0;
    }
  }

  #open(id: number): CountedEvent {
    const { system, name } = this.#recording.formats.byId(id)!;
    const counted = { system, name, count: 0, time: 0, cpu: 0 };
    this.#counted[id] = counted;
    return counted;
  }

  /** The last event's text, read again when it is asked for. */
  #textOf({ system, name, time, cpu }: CountedEvent): TextSource {
    const source = this.#source;
    return {
      get text() {
        const wantsEvent = (of: string | undefined, called: string) => of === system && called === name;
        let text = '';
        for (const item of source.events({ from: time, to: time + 1, cpus: new Set([cpu]), wantsEvent })) {
          if (item.kind === 'event' && item.time === time) text = item.text;
        }
        return text;
      },
    };
  }
}
