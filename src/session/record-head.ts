/** The head of one recording: what is read before, while and after events are recorded, and when it is read. */

import type { RecordingOption } from '../recording/recording-metadata.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import type { RecordBuffers, RecordPlan } from './record-buffers.ts';
import {
  addSystems,
  composeMetadata,
  type HeadMetadata,
  readStaticMetadata,
  type StaticMetadata,
} from './record-metadata.ts';
import { RecordedNames } from './record-names.ts';

/** What the request of a recording says about its head. */
export interface RecordHeadOptions {
  /** Systems whose event formats are stored besides those of the plans; undefined stores all. */
  readonly formats: ReadonlySet<string> | undefined;
  /** `ftui 0.1.0`, stored in the file. */
  readonly producer: string;
  /** Store the wall-clock time of the trace clock's zero. */
  readonly date: boolean;
  /** ns to add to every stamp, as text. */
  readonly offset: string | undefined;
  readonly otherOptions: readonly RecordingOption[];
}

export class RecordHead {
  readonly #tracefs: Tracefs;
  readonly #options: RecordHeadOptions;
  readonly #plans: readonly RecordPlan[];
  readonly #buffers: RecordBuffers;
  readonly #names: RecordedNames;
  #fixed!: StaticMetadata;

  constructor(tracefs: Tracefs, options: RecordHeadOptions, plans: readonly RecordPlan[], buffers: RecordBuffers) {
    this.#tracefs = tracefs;
    this.#options = options;
    this.#plans = plans;
    this.#buffers = buffers;
    this.#names = new RecordedNames(tracefs.top);
  }

  /** Reads what does not change while recording. */
  readBefore(): void {
    const { formats } = this.#options;
    const planned = this.#plans.flatMap(({ plan }) => plan.events.map(({ system }) => system));
    this.#fixed = readStaticMetadata(
      this.#tracefs,
      formats === undefined ? undefined : new Set([...formats, ...planned]),
    );
    this.#buffers.readSizes(this.#fixed.headerPage);
    this.#names.refresh();
  }

  /** Reads what only the setup has brought, formats of probes and sizes of sub-buffers; tells whether there is any. */
  readAfterSetup(): boolean {
    const groups = [...new Set(this.#plans.flatMap(({ plan }) => plan.probes.map(({ group }) => group)))];
    const changed = this.#buffers.readSizes(this.#fixed.headerPage);
    if (groups.length === 0) return changed;
    this.#fixed = { ...this.#fixed, eventFormats: addSystems(this.#tracefs, this.#fixed, groups) };
    return true;
  }

  /** Takes the names of tasks that the kernel knows now: it forgets. */
  refreshNames(): void {
    this.#names.refresh();
  }

  /** All that is known now. */
  compose(): HeadMetadata {
    const { producer, date, offset, otherOptions } = this.#options;
    return composeMetadata(this.#tracefs, this.#fixed, {
      buffers: this.#buffers.describe(),
      savedCmdlines: this.#names.bytes(),
      producer,
      date: date ? this.#readDate() : undefined,
      offset,
      otherOptions,
    });
  }

  /** us between the epoch and the zero of CLOCK_MONOTONIC, hexadecimal. */
  #readDate(): string | undefined {
    const now = this.#tracefs.kernel.monotonicNow();
    if (now === undefined) return undefined;
    const wall = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000));
    return `0x${(wall - now / 1000n).toString(16)}`;
  }
}
