/** The recordings of an interactive session, one after the other, by one recorder. */

import { UsageError } from '../base/errors.ts';
import { PageRecording, type PageRecordingOptions, type RecordingProgress } from './page-recording.ts';
import type { FinishedRecording } from './record-output.ts';
import type { Recorder } from './record-threads.ts';
import type { HalfName } from './wanted-traces.ts';

/** A recording that was finished. */
export interface LastRecording {
  readonly path: string;
  readonly bytes: number;
  readonly events: number;
}

export class SessionRecorder {
  readonly #start: (() => Promise<Recorder>) | undefined;
  readonly #onChange: () => void;
  #recorder: Recorder | undefined;
  #recording: PageRecording | undefined;
  #last: LastRecording | undefined;

  constructor(start: (() => Promise<Recorder>) | undefined, onChange: () => void) {
    this.#start = start;
    this.#onChange = onChange;
  }

  /** Starts the recorder's thread; it must be there before plans are made that leave ftui's threads out of the trace. */
  async prepare(): Promise<void> {
    this.#recorder ??= await this.#start?.();
  }

  get isRecording(): boolean {
    return this.#recording !== undefined;
  }

  get progress(): RecordingProgress | undefined {
    return this.#recording?.progress();
  }

  get last(): LastRecording | undefined {
    return this.#last;
  }

  /** Throws UsageError where one is under way, and what PageRecording.begin throws. */
  async begin(options: Omit<PageRecordingOptions, 'recorder'>): Promise<void> {
    const attempted = `recording to ${options.path}`;
    if (this.#recording !== undefined) throw new UsageError({ attempted, why: 'a recording is under way' });
    if (this.#recorder === undefined) throw new UsageError({ attempted, why: 'this session has no recorder' });
    this.#recording = await PageRecording.begin({ ...options, recorder: this.#recorder });
    this.#onChange();
  }

  add(half: HalfName, cpu: number, page: Uint8Array, records: number): void {
    this.#recording?.add(half, cpu, page, records);
  }

  refreshNames(): void {
    this.#recording?.refreshNames();
  }

  async addSystems(systems: readonly string[]): Promise<void> {
    await this.#recording?.addSystems(systems);
  }

  /** Makes the file; throws UsageError where nothing is being recorded. */
  async finish(): Promise<FinishedRecording> {
    const recording = this.#recording;
    if (recording === undefined) {
      throw new UsageError({ attempted: 'ending the recording', why: 'nothing is being recorded' });
    }
    try {
      const finishing = recording.finish();
      this.#onChange();
      const file = await finishing;
      const { path, events } = recording.progress();
      this.#last = { path, bytes: file.size, events };
      return file;
    } finally {
      this.#recording = undefined;
      this.#onChange();
    }
  }

  async close(): Promise<void> {
    await this.#recorder?.close();
    this.#recorder = undefined;
  }
}
