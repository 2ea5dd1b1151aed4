/**
 * How a recording gets to the models: all of it at once (calls and counts by the fast feed, the log when it is looked at),
 * or event by event, played from a place on as fast as it was.
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
  /** Reads all of it, unless events come one by one. */
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
    const { traceDat, source } = this.recording;
    const isFast = traceDat !== undefined && source !== undefined && this.#speed === 0;
    this.#index = isFast ? new RecordingIndex(traceDat, source, rates) : undefined;
    this.#feed = isFast ? new GraphRecordFeed(traceDat, graph, { watch: this.#index }) : undefined;
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

  get isDone(): boolean {
    return this.#isDone;
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

  /** Reads on for about `budget` ms. */
  step(budget: number, graph: GraphModel): void {
    if (this.#isDone) return;
    if (this.#feed !== undefined) return this.#readAll(this.#feed, budget, graph);
    if (this.#speed > 0 && !this.#isPlaying) return;
    const until = this.#speed > 0 ? this.#from + (performance.now() - this.#begun) * 1e6 * this.#speed : undefined;
    const { done, share, time } = this.recording.step(budget, until);
    this.#at = until === undefined || done ? Math.max(this.#at, time) : until;
    this.#share = share ?? this.#share;
    if (done) graph.finish();
    this.#isDone = done;
  }

  #readAll(feed: GraphRecordFeed, budget: number, graph: GraphModel): void {
    const { done, share } = feed.step(budget);
    this.#index!.flush();
    this.#share = done ? 1 : Math.min(share, 0.999);
    if (done) graph.finish();
    this.#isDone = done;
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
