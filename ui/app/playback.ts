/**
 * How a recording gets to the models: all of it at once, or played from a place on as fast as it was. A trace.dat gives its
 * calls and counts by the fast feed, its log when it is looked at; others come event by event.
 */
import {
  type EventRates,
  type GraphModel,
  GraphRecordFeed,
  type RecordedLog,
  RecordingIndex,
  type RecordingSession,
} from '../../src/index.ts';
import type { Transport } from '../state/models.ts';

/** What is filled. */
export interface PlayedModels {
  readonly graph: GraphModel;
  readonly rates: EventRates;
}

export class Playback {
  readonly recording: RecordingSession;
  /** Times as fast as it was; 0: all at once. */
  #speed = 0;
  #isPlaying = true;
  /** Of a trace.dat: what is read of it, and where its items lie. */
  #feed: GraphRecordFeed | undefined;
  #index: RecordingIndex | undefined;
  #share = 0;
  #isDone = false;
  /** Where playing began, in the recording and on the wall. */
  #from = 0;
  #begun = 0;
  #at: number;

  constructor(recording: RecordingSession, models: PlayedModels) {
    this.recording = recording;
    this.#at = this.#range.from;
    this.#open(models);
  }

  #open({ graph, rates }: PlayedModels): void {
    const events = this.recording.traceDatEvents;
    const from = this.#speed > 0 ? this.#from : undefined;
    this.#index = events && new RecordingIndex(events, rates, from);
    this.#feed = events && new GraphRecordFeed(events.recording, graph, { watch: this.#index, from });
    this.#share = 0;
    this.#isDone = false;
  }

  /** All events of the recording, where they need not be kept. */
  get log(): RecordedLog | undefined {
    return this.#index?.log;
  }

  get #range() {
    return this.recording.range ?? { from: 0, to: 0 };
  }

  /** How much of the tree is there, 0 to 1. */
  get share(): number {
    if (this.#speed > 0) return 1;
    return this.#share;
  }

  /** Nothing comes by itself: all has been read, or it is paused. */
  get isResting(): boolean {
    return this.#isDone || (this.#speed > 0 && !this.#isPlaying);
  }

  get state(): Transport {
    const { from, to } = this.#range;
    const at = this.#speed > 0 ? this.#at : from + (to - from) * this.share;
    return {
      atMs: (at - from) / 1e6,
      lengthMs: (to - from) / 1e6,
      isPlaying: this.#speed > 0 && this.#isPlaying && !this.#isDone,
      speed: this.#speed,
    };
  }

  /** Where a recording is that plays; where one begins that does not. */
  get at(): number {
    return this.#at;
  }

  /** The time of a share of the recording. */
  timeAt(share: number): number {
    const { from, to } = this.#range;
    return from + (to - from) * Math.min(1, Math.max(0, share));
  }

  /** Reads on for about `budget` ms, as far as it has been played. */
  step(budget: number, graph: GraphModel): void {
    if (this.isResting) return;
    const until = this.#speed > 0 ? this.#from + (performance.now() - this.#begun) * 1e6 * this.#speed : undefined;
    const isDone =
      this.#feed === undefined ? this.#readItems(budget, until) : this.#readRecords(this.#feed, budget, until);
    if (isDone) graph.finish();
    this.#isDone = isDone;
  }

  #readItems(budget: number, until: number | undefined): boolean {
    const { done, share, time } = this.recording.step(budget, until);
    this.#at = until === undefined || done ? Math.max(this.#at, time) : until;
    this.#share = share ?? this.#share;
    return done;
  }

  #readRecords(feed: GraphRecordFeed, budget: number, until: number | undefined): boolean {
    const { done, share } = feed.step(budget, until);
    this.#index!.flush();
    if (until !== undefined) this.#at = Math.min(until, this.#range.to);
    this.#share = done ? 1 : Math.min(share, 0.999);
    return done;
  }

  /** Plays from `time` on, or reads all when the speed is 0; the models must be empty. */
  restart(models: PlayedModels, speed: number, time: number): void {
    this.#speed = speed;
    this.#isPlaying = true;
    this.#from = speed > 0 ? time : this.#range.from;
    this.#at = this.#from;
    this.#begun = performance.now();
    this.recording.seek(this.#from);
    this.#open(models);
  }

  pause(isPlaying: boolean): void {
    if (isPlaying === this.#isPlaying) return;
    this.#isPlaying = isPlaying;
    this.#from = this.#at;
    this.#begun = performance.now();
  }
}
