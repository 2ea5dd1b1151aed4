/**
 * One thread of a report: it is told spans of time and writes their text, in pieces, into shared memory that the main
 * thread prints from. A thread whose places are all waiting to be printed stands still.
 */
import type { MessagePort } from 'node:worker_threads';
import { ByteWriter } from '../base/byte-writer.ts';
import { type OpenReport, openReport, type ReportRequest } from '../recording/report/report-request.ts';

/** What main tells: a span to write, with names known from before it. */
export interface SpanOrder {
  readonly span: number;
  readonly from: number;
  readonly to: number;
  readonly names: ReadonlyMap<number, string>;
}

/** What comes back: pieces of text, of which the last has `isLast`. */
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
  /** What made it fail. */
  readonly failure: string | undefined;
}

/** A thread's text: `places` pieces one behind the other, and for each whether it is taken. */
export interface SharedText {
  readonly bytes: Uint8Array;
  readonly taken: Int32Array;
}

export interface ReportWorkerData {
  readonly request: ReportRequest;
  readonly port: MessagePort;
  readonly text: SharedText;
}

const places = 6;
/** A report is handed on when it has a MB; a line more has room. */
const placeSize = (1 << 20) + (1 << 16);

export function createSharedText(): SharedText {
  return {
    bytes: new Uint8Array(new SharedArrayBuffer(places * placeSize)),
    taken: new Int32Array(new SharedArrayBuffer(places * 4)),
  };
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

export function runReportWorker(data: ReportWorkerData): void {
  const worker = new SpanWriter(data);
  data.port.on('message', (order: SpanOrder) => worker.write(order));
}

class SpanWriter {
  readonly #data: ReportWorkerData;
  readonly #out = new ByteWriter(0);
  #place = -1;
  #open: OpenReport | undefined;

  constructor(data: ReportWorkerData) {
    this.#data = data;
  }

  write(order: SpanOrder): void {
    try {
      this.#open ??= openReport(this.#data.request);
      const { report } = this.#open;
      report.beginSpan(order.names);
      this.#takePlace();
      const flush = () => {
        this.#send(order, this.#open!, false);
        this.#takePlace();
        return true;
      };
      report.write(this.#out, flush, order.from, order.to);
      this.#send(order, this.#open, true);
    } catch (error) {
      this.#data.port.postMessage({ failure: error instanceof Error ? error.message : String(error) });
    }
  }

  #send({ span }: SpanOrder, { report, recording }: OpenReport, isLast: boolean): void {
    const { tasks, isOrdered } = report;
    const { length, bytes } = this.#out;
    const isLarge = bytes.buffer !== this.#data.text.bytes.buffer;
    if (isLarge) Atomics.store(this.#data.text.taken, this.#place, 0);
    const piece: SpanPiece = {
      span,
      place: isLarge ? -1 : this.#place,
      length,
      large: isLarge ? bytes.slice(0, length) : undefined,
      isLast,
      unnamed: [...tasks.unnamed],
      learnt: tasks.learnt,
      isOrdered,
      problems: isLast ? recording.problems : [],
      failure: undefined,
    };
    this.#data.port.postMessage(piece);
  }

  /** The next piece goes to the next place; waits until that has been printed. */
  #takePlace(): void {
    const { bytes, taken } = this.#data.text;
    this.#place = (this.#place + 1) % places;
    while (Atomics.compareExchange(taken, this.#place, 0, 1) === 1) Atomics.wait(taken, this.#place, 1);
    this.#out.bytes = bytes.subarray(this.#place * placeSize, (this.#place + 1) * placeSize);
    this.#out.length = 0;
  }
}
