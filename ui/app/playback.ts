/**
 * How a recording gets to the models: all of it at once (the tree by the fast feed, then log and rates), or played from
 * a place on as fast as it was.
 */
import { type GraphModel, GraphRecordFeed, type RecordingSession } from '../../src/index.ts';
import type { Transport } from '../state/models.ts';

export class Playback {
  readonly recording: RecordingSession;
  /** Times as fast as it was; 0: all at once. */
  #speed = 0;
  #isPlaying = true;
  #feed: GraphRecordFeed | undefined;
  #graphShare = 0;
  #itemShare = 0;
  #isDone = false;
  /** Where playing began, in the recording and on the wall. */
  #from = 0;
  #begun = 0;
  #at: number;

  constructor(recording: RecordingSession, graph: GraphModel) {
    this.recording = recording;
    this.#at = this.#range.from;
    this.#open(graph);
  }

  #open(graph: GraphModel): void {
    const { traceDat } = this.recording;
    this.#feed = traceDat === undefined || this.#speed > 0 ? undefined : new GraphRecordFeed(traceDat, graph);
    this.#graphShare = this.#feed === undefined ? 1 : 0;
    this.#itemShare = 0;
    this.#isDone = false;
  }

  /** Whether the items make the tree as well: nothing else does. */
  get makesTreeOfItems(): boolean {
    return this.#feed === undefined;
  }

  get #range() {
    return this.recording.range ?? { from: 0, to: 0 };
  }

  /** How much of the tree is there, 0 to 1. */
  get share(): number {
    if (this.#speed > 0) return 1;
    return this.#feed === undefined ? this.#itemShare : this.#graphShare;
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

  /** The time of a share of the recording. */
  timeAt(share: number): number {
    const { from, to } = this.#range;
    return from + (to - from) * Math.min(1, Math.max(0, share));
  }

  /** Reads on for about `budget` ms. */
  step(budget: number, graph: GraphModel): void {
    if (this.#feed !== undefined && this.#graphShare < 1) {
      const { done, share } = this.#feed.step(budget);
      this.#graphShare = done ? 1 : Math.min(share, 0.999);
      if (done) graph.finish();
      return;
    }
    if (this.#speed > 0 && !this.#isPlaying) return;
    const until = this.#speed > 0 ? this.#from + (performance.now() - this.#begun) * 1e6 * this.#speed : undefined;
    const { done, share, time } = this.recording.step(budget, until);
    this.#at = until === undefined || done ? Math.max(this.#at, time) : until;
    this.#itemShare = share ?? this.#itemShare;
    if (done && this.#feed === undefined) graph.finish();
    this.#isDone = done;
  }

  /** Plays from `time` on, or reads all when the speed is 0; the models must be empty. */
  restart(graph: GraphModel, speed: number, time: number): void {
    this.#speed = speed;
    this.#isPlaying = true;
    this.#from = speed > 0 ? time : this.#range.from;
    this.#at = this.#from;
    this.#begun = performance.now();
    this.recording.seek(this.#from);
    this.#open(graph);
  }

  pause(isPlaying: boolean): void {
    if (isPlaying === this.#isPlaying) return;
    this.#isPlaying = isPlaying;
    this.#from = this.#at;
    this.#begun = performance.now();
  }
}
