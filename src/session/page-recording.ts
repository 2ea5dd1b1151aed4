/**
 * A recording of a session that is being watched: the sub-buffers that the session reads go to the file as they are,
 * through the recorder's thread, while they are decoded for the screen. Nobody else can read them: a sub-buffer goes to
 * one reader only.
 */

import { FtuiError } from '../base/errors.ts';
import { defaultFormat } from '../recording/recording-metadata.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import {
  addSystems,
  composeMetadata,
  type RecordedBuffer,
  readStaticMetadata,
  readSubBufferSize,
  type StaticMetadata,
} from './record-metadata.ts';
import { RecordedNames } from './record-names.ts';
import { type FinishedRecording, readOwner } from './record-output.ts';
import type { Recorder } from './record-threads.ts';
import { WaitingPages } from './waiting-pages.ts';
import type { HalfName } from './wanted-traces.ts';

/** What a screen shows of a recording. */
export interface RecordingProgress {
  readonly path: string;
  /** Bytes of sub-buffers, written or on their way. */
  readonly bytes: number;
  readonly events: number;
  readonly ms: number;
  /** Events that did not get into the file: the disk failed or was too slow. */
  readonly lost: number;
  readonly state: 'recording' | 'finishing';
  readonly failure: FtuiError | undefined;
}

export interface PageRecordingOptions {
  readonly tracefs: Tracefs;
  readonly recorder: Recorder;
  readonly path: string;
  /** Replace what is there. */
  readonly force: boolean;
  /** `ftui 0.1.0`, stored in the file. */
  readonly producer: string;
  readonly kallsyms: Uint8Array;
  readonly clock: string;
  /** The halves in the order of the file's buffers: the main one first. */
  readonly halves: readonly { readonly name: HalfName; readonly directory: TraceDirectory }[];
  /** Systems whose event formats are stored. */
  readonly systems: readonly string[];
}

/** Pages wait so long for others to go with them, unless they are so many. */
const gatherMs = 30;
const gatherBytes = 1 << 20;
/** Pages that wait for the disk; beyond that they are dropped. */
const mostWaitingBytes = 64 << 20;

export class PageRecording {
  readonly #options: PageRecordingOptions;
  readonly #names: RecordedNames;
  readonly #begun = performance.now();
  readonly #sizes: readonly number[];
  #fixed: StaticMetadata;
  readonly #waiting = new WaitingPages();
  #bytes = 0;
  #events = 0;
  #unwritten = 0;
  #failure: FtuiError | undefined;
  #isFinishing = false;
  /** The calls of the recorder, one after the other. */
  #calls: Promise<unknown> = Promise.resolve();
  #isWriting = false;
  #gathering: NodeJS.Timeout | undefined;

  private constructor(options: PageRecordingOptions) {
    const { tracefs, halves, systems } = options;
    this.#options = options;
    this.#names = new RecordedNames(tracefs.top);
    this.#fixed = readStaticMetadata(tracefs, new Set(systems));
    this.#sizes = halves.map(({ directory }) => readSubBufferSize(directory, this.#fixed.headerPage));
  }

  /** Makes the file's folder and its head; throws when the file may not be made. */
  static async begin(options: PageRecordingOptions): Promise<PageRecording> {
    const recording = new PageRecording(options);
    const { recorder, tracefs, path, force, kallsyms } = options;
    const owner = readOwner(tracefs.kernel, process.pid);
    await recorder.create({ path, force, format: defaultFormat, maxBytes: undefined, owner });
    try {
      await recorder.storeSymbols(new Uint8Array(kallsyms));
      await recording.#writeHead();
    } catch (error) {
      await recorder.discard();
      throw error;
    }
    return recording;
  }

  progress(): RecordingProgress {
    return {
      path: this.#options.path,
      bytes: this.#bytes,
      events: this.#events,
      ms: performance.now() - this.#begun,
      lost: this.#unwritten,
      state: this.#isFinishing ? 'finishing' : 'recording',
      failure: this.#failure,
    };
  }

  /** Takes a sub-buffer of `events` records; `page` may be used again afterwards. */
  add(half: HalfName, cpu: number, page: Uint8Array, events: number): void {
    const bufferIndex = this.#options.halves.findIndex(({ name }) => name === half);
    if (this.#failure !== undefined || this.#isFinishing || this.#waiting.size + page.length > mostWaitingBytes) {
      this.#unwritten += this.#isFinishing ? 0 : events;
      return;
    }
    const subBufferSize = this.#sizes[bufferIndex]!;
    this.#waiting.add({ bufferIndex, cpu, subBufferSize }, page, events);
    this.#bytes += subBufferSize;
    this.#events += events;
    if (this.#waiting.size >= gatherBytes) this.#beginToWrite();
    else this.#gathering ??= setTimeout(() => this.#beginToWrite(), gatherMs);
  }

  /** Takes the names of tasks that the kernel knows now: it forgets. */
  refreshNames(): void {
    this.#names.refresh();
  }

  /**
   * Stores the formats of further systems. Throws FtuiError where an event's id stands for another event than before,
   * which one file cannot hold.
   */
  async addSystems(systems: readonly string[]): Promise<void> {
    const { tracefs } = this.#options;
    const before = this.#fixed.eventFormats;
    const known = new Map(before.flatMap(({ formats }) => formats.map((bytes) => [idOf(bytes), textOf(bytes)])));
    const added = addSystems(tracefs, { ...this.#fixed, eventFormats: [] }, systems);
    for (const bytes of added.flatMap(({ formats }) => formats)) {
      const other = known.get(idOf(bytes));
      if (other !== undefined && other !== textOf(bytes)) throw reusedId(this.#options.path);
    }
    const merged = new Map(before.map(({ system, formats }) => [system, formats]));
    for (const { system, formats } of added) {
      const texts = new Set(formats.map(textOf));
      const gone = (merged.get(system) ?? []).filter((bytes) => !texts.has(textOf(bytes)));
      merged.set(system, [...gone, ...formats]);
    }
    this.#fixed = { ...this.#fixed, eventFormats: [...merged].map(([system, formats]) => ({ system, formats })) };
    await this.#call(() => this.#writeHead());
  }

  /** Makes the file of what was recorded; throws when that fails: then NAME.part is there for `ftui restore`. */
  async finish(): Promise<FinishedRecording> {
    const { recorder } = this.#options;
    this.#isFinishing = true;
    this.#beginToWrite();
    while (this.#isWriting) await this.#calls;
    this.#names.refresh();
    await this.#call(() => this.#writeHead());
    return this.#call(() => recorder.finish());
  }

  #beginToWrite(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    if (!this.#isWriting) void this.#write();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      while (this.#waiting.size > 0) {
        const { pages } = this.#waiting.take();
        await this.#call(() => this.#options.recorder.appendPages(pages));
      }
    } catch (cause) {
      const why = cause instanceof FtuiError ? cause.why : String(cause);
      this.#failure = new FtuiError({ attempted: `recording to ${this.#options.path}`, why, cause });
      this.#unwritten += this.#waiting.take().events;
    } finally {
      this.#isWriting = false;
    }
  }

  #call<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#calls.then(work);
    this.#calls = result.catch(() => {});
    return result;
  }

  #writeHead(): Promise<void> {
    const { tracefs, recorder, producer } = this.#options;
    const metadata = composeMetadata(tracefs, this.#fixed, {
      buffers: this.#describeBuffers(),
      savedCmdlines: this.#names.bytes(),
      producer,
      date: undefined,
      offset: undefined,
      otherOptions: [],
    });
    return recorder.writeMetadata(metadata);
  }

  #describeBuffers(): RecordedBuffer[] {
    const { halves, clock } = this.#options;
    return halves.map(({ name, directory }, index) => ({
      name: index === 0 ? '' : name,
      clock,
      directory,
      subBufferSize: this.#sizes[index]!,
      stats: new Map(),
    }));
  }
}

function textOf(format: Uint8Array): string {
  return Buffer.from(format).toString('latin1');
}

/** The id of a format file: its line `ID: 314`. */
function idOf(format: Uint8Array): string {
  return /^ID: (\d+)/m.exec(textOf(format))?.[1] ?? '';
}

function reusedId(path: string): FtuiError {
  return new FtuiError({
    attempted: `going on recording to ${path}`,
    why: 'the kernel has given the id of a probe that was removed to another event',
    remedy: 'start a new recording',
  });
}
