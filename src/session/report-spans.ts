/**
 * The spans of time that the threads of a report share out among themselves: who is free claims the next one and writes
 * its text, in pieces, into memory that the main thread prints from.
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { ByteWriter } from '../base/byte-writer.ts';
import { openByteSource } from '../recording/files.ts';
import { type OpenReport, openReport, type ReportRequest } from '../recording/report/report-request.ts';
import { TraceDat } from '../recording/trace-dat/trace-dat.ts';

/** A part of the text of a span; the last one has `isLast`. */
export interface SpanPiece {
  readonly span: number;
  /** Where the text is: a place in the shared memory; -1 for one that did not fit there, which is in `large`. */
  readonly place: number;
  readonly length: number;
  readonly large: Uint8Array | undefined;
  readonly isLast: boolean;
  /** Pids of this span that were shown without a name. */
  readonly unnamed: readonly number[];
  /** Names known from events so far. */
  readonly learnt: ReadonlyMap<number, string>;
  /** The text depends on what came before the span. */
  readonly isOrdered: boolean;
  readonly problems: readonly string[];
}

/** What a thread sends instead of a piece when it failed. */
export interface SpanFailure {
  readonly failure: string;
}

/** Names of tasks known from spans that are written. */
export type KnownNames = ReadonlyMap<number, string>;

/** A thread's text: `places` pieces one behind the other, and for each whether it is taken. */
export interface SharedText {
  readonly bytes: Uint8Array;
  readonly taken: Int32Array;
}

/** Span n is [times[n], times[n + 1]). */
export interface SharedSpans {
  readonly times: readonly number[];
  /** How many of them have somebody who writes them, and how many pieces the threads have sent. */
  readonly counts: Int32Array;
}

const claimedCount = 0;
const sentCount = 1;

/** A thread begins with the opening of the recording, while the main thread still finds out what is to be written. */
export interface ReportWorkerData {
  readonly path: string;
  readonly port: MessagePort;
  readonly text: SharedText;
}

/** The first message to a thread. */
export interface ReportTask {
  readonly request: ReportRequest;
  readonly spans: SharedSpans;
}

/** A span has some 5 MB of text: a thread is not to wait for the span before its own. */
const places = 6;
/** A report is handed on when it has a MB; a line more has room. */
const placeSize = (1 << 20) + (1 << 16);

export function createSharedText(): SharedText {
  return {
    bytes: new Uint8Array(new SharedArrayBuffer(places * placeSize)),
    taken: new Int32Array(new SharedArrayBuffer(places * 4)),
  };
}

/** Spans between `times`. */
export function shareSpans(times: readonly number[]): SharedSpans {
  return {
    times: [Number.NEGATIVE_INFINITY, ...times, Number.POSITIVE_INFINITY],
    counts: new Int32Array(new SharedArrayBuffer(8)),
  };
}

/** The next span that nobody writes; undefined when there is none. */
export function claimSpan({ times, counts }: SharedSpans): number | undefined {
  const span = Atomics.add(counts, claimedCount, 1);
  return span < times.length - 1 ? span : undefined;
}

/** How many pieces the threads have sent, for waitForPiece(). */
export function countSent({ counts }: SharedSpans): number {
  return Atomics.load(counts, sentCount);
}

/** Waits until more than `known` pieces are sent; false when none comes in this time. */
export function waitForPiece({ counts }: SharedSpans, known: number, ms: number): boolean {
  return Atomics.wait(counts, sentCount, known, ms) !== 'timed-out';
}

/** The text of a piece; it stays as it is until releasePiece(). */
export function textOfPiece({ place, length, large }: SpanPiece, { bytes }: SharedText): Uint8Array {
  return large ?? bytes.subarray(place * placeSize, place * placeSize + length);
}

/** Gives a piece's place back. */
export function releasePiece({ place }: SpanPiece, { taken }: SharedText): void {
  if (place < 0) return;
  Atomics.store(taken, place, 0);
  Atomics.notify(taken, place);
}

/** A thread: opens the recording, and writes spans once it is told which, as long as there are any. */
export function runReportWorker({ path, port, text }: ReportWorkerData): void {
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      port.postMessage({ failure: error instanceof Error ? error.message : String(error) } satisfies SpanFailure);
    }
  };
  attempt(() => {
    const recording = new TraceDat(openByteSource(path));
    port.once('message', (task: ReportTask) => attempt(() => writeSpans(task, recording, port, text)));
  });
}

/** Stands still while all places wait to be printed. */
function writeSpans({ request, spans }: ReportTask, recording: TraceDat, port: MessagePort, text: SharedText): void {
  const send = (piece: SpanPiece) => {
    port.postMessage(piece);
    Atomics.add(spans.counts, sentCount, 1);
    Atomics.notify(spans.counts, sentCount);
  };
  const writer = new SpanWriter(openReport(request, recording), { text, spans, send });
  const waitForPlace = (place: number) => {
    Atomics.wait(text.taken, place, 1);
    return true;
  };
  let names: KnownNames = new Map();
  for (let span = claimSpan(spans); span !== undefined; span = claimSpan(spans)) {
    for (let told = receiveMessageOnPort(port); told !== undefined; told = receiveMessageOnPort(port))
      names = told.message;
    writer.write(span, names, waitForPlace);
  }
}

export class SpanWriter {
  readonly #open: OpenReport;
  readonly #text: SharedText;
  readonly #spans: SharedSpans;
  readonly #send: (piece: SpanPiece) => void;
  readonly #out = new ByteWriter(0);
  #place = -1;

  constructor(
    open: OpenReport,
    { text, spans, send }: { text: SharedText; spans: SharedSpans; send: (piece: SpanPiece) => void },
  ) {
    this.#open = open;
    this.#text = text;
    this.#spans = spans;
    this.#send = send;
  }

  /**
   * Writes a span. `onFull` is asked while the next place is taken, and says whether to go on; false when the span was
   * broken off there.
   */
  write(span: number, names: KnownNames, onFull: (place: number) => boolean): boolean {
    const { report } = this.#open;
    const { times } = this.#spans;
    report.beginSpan(names);
    let goesOn = this.#takePlace(onFull);
    const flush = () => {
      this.#sendPiece(span, false);
      goesOn = this.#takePlace(onFull);
      return goesOn;
    };
    if (goesOn) report.write(this.#out, flush, times[span]!, times[span + 1]!);
    if (goesOn) this.#sendPiece(span, true);
    return goesOn;
  }

  #sendPiece(span: number, isLast: boolean): void {
    const { report, recording } = this.#open;
    const { tasks, isOrdered } = report;
    const { length, bytes } = this.#out;
    const isLarge = bytes.buffer !== this.#text.bytes.buffer;
    if (isLarge) Atomics.store(this.#text.taken, this.#place, 0);
    this.#send({
      span,
      place: isLarge ? -1 : this.#place,
      length,
      large: isLarge ? bytes.slice(0, length) : undefined,
      isLast,
      unnamed: [...tasks.unnamed],
      learnt: new Map(tasks.learnt),
      isOrdered,
      problems: isLast ? recording.problems : [],
    });
  }

  /** The next piece goes to the next place. */
  #takePlace(onFull: (place: number) => boolean): boolean {
    const { bytes, taken } = this.#text;
    const place = (this.#place + 1) % places;
    while (Atomics.compareExchange(taken, place, 0, 1) === 1) if (!onFull(place)) return false;
    this.#place = place;
    this.#out.writeInto(bytes.subarray(place * placeSize, (place + 1) * placeSize));
    return true;
  }
}
