/**
 * A report written by several threads, each a span of time, and put together in order. The text is the one that a single
 * thread writes: a span that depends on what came before it is written again, here, with what is known by then.
 */
import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { ByteWriter } from '../base/byte-writer.ts';
import { FtuiError } from '../base/errors.ts';
import { workerUrl } from '../base/worker-url.ts';
import { type OpenReport, openReport, type ReportRequest } from '../recording/report/report-request.ts';
import { computeSliceTimes } from '../recording/report/report-slices.ts';
import {
  createSharedText,
  releasePiece,
  type SharedText,
  type SpanOrder,
  type SpanPiece,
  textOfPiece,
} from './report-spans.ts';

/** Each thread takes some 80 MB: more would use more memory than a report may. */
const mostThreads = 2;

/** Takes the text in order; false ends the report. The bytes may be overwritten afterwards. */
export type TakeText = (bytes: Uint8Array) => boolean;

export interface ReportThreading {
  readonly threads?: number;
  /** Bytes of pages in a span, see report-slices.ts. */
  readonly sliceBytes?: number;
}

/** Writes the lines of a report; returns what of the recording could not be read. */
export async function writeReport(
  request: ReportRequest,
  take: TakeText,
  { threads = Math.min(availableParallelism(), mostThreads), sliceBytes }: ReportThreading = {},
): Promise<readonly string[]> {
  const open = openReport(request);
  try {
    const times = threads < 2 || dependsOnOrder(request) ? [] : computeSliceTimes(open.recording, request, sliceBytes);
    if (times.length > 0) return await new ReportThreads(request, open, take, { times, threads }).run();
    writeAlone(open, take);
    return open.recording.problems;
  } finally {
    open.source.close();
  }
}

/** The difference of times goes over spans, and so does the stack behind an event that passes a filter. */
function dependsOnOrder({ layout, filters = [], exclusions = [] }: ReportRequest): boolean {
  return layout.timeDifference || filters.length > 0 || exclusions.length > 0;
}

/** Everything from `from` up to `to` by this thread, without the first `skip` bytes; false when the reader has gone. */
function writeAlone(
  { report }: OpenReport,
  take: TakeText,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, skip = 0 } = {},
): boolean {
  const out = new ByteWriter((1 << 20) + (1 << 16));
  let skipped = 0;
  let goesOn = true;
  const flush = () => {
    const already = Math.min(skip - skipped, out.length);
    skipped += already;
    goesOn = already === out.length || take(out.bytes.subarray(already, out.length));
    out.clear();
    return goesOn;
  };
  report.write(out, flush, from, to);
  return goesOn;
}

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly text: SharedText;
}

/** ordered: the text depends on the order in which it is written, and one thread has to write it. */
type End = 'done' | 'ordered' | Error;

class ReportThreads {
  readonly #request: ReportRequest;
  /** This thread writes the first span, while the others start. */
  readonly #own: OpenReport;
  readonly #take: TakeText;
  /** Span n is [#times[n], #times[n + 1]). */
  readonly #times: readonly number[];
  readonly #threads: Thread[] = [];
  /** Pieces that wait for their turn, by span; a span that is written has none. */
  readonly #pieces = new Map<number, { piece: SpanPiece; thread: Thread }[]>();
  readonly #problems = new Set<string>();
  /** Names from all spans that are written. */
  readonly #names = new Map<number, string>();
  /** The span being written, and how much of it is. */
  #span = 0;
  #written = 0;
  #total = 0;
  #nextOrder = 1;
  #finish: (end: End) => void = () => {};

  constructor(
    request: ReportRequest,
    own: OpenReport,
    take: TakeText,
    { times, threads }: { times: readonly number[]; threads: number },
  ) {
    this.#request = request;
    this.#own = own;
    this.#take = (bytes) => {
      this.#total += bytes.length;
      return take(bytes);
    };
    this.#times = [Number.NEGATIVE_INFINITY, ...times, Number.POSITIVE_INFINITY];
    for (let index = 0; index < Math.min(threads, times.length); index += 1) this.#threads.push(this.#startThread());
  }

  async run(): Promise<readonly string[]> {
    const ended = new Promise<End>((resolve) => {
      this.#finish = resolve;
    });
    for (const thread of this.#threads) this.#orderNext(thread);
    if (this.#writeHere()) this.#writePieces();
    else this.#finish('done');
    const end = await ended;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
    if (end instanceof Error) throw end;
    if (end === 'ordered') {
      const anew = openReport(this.#request);
      writeAlone(anew, this.#take, { skip: this.#total });
      anew.source.close();
    }
    return [...this.#problems];
  }

  #startThread(): Thread {
    const { port1: port, port2 } = new MessageChannel();
    const text = createSharedText();
    const workerData = { request: this.#request, port: port2, text };
    const worker = new Worker(workerUrl('report-worker'), {
      workerData,
      transferList: [port2],
      name: 'ftui-report',
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    const thread = { worker, port, text };
    worker.on('error', (error) => this.#finish(error as Error));
    port.on('message', (piece: SpanPiece) => this.#receive(piece, thread));
    return thread;
  }

  #orderNext(thread: Thread): void {
    if (this.#nextOrder >= this.#times.length - 1) return;
    this.#order(this.#nextOrder, thread);
    this.#nextOrder += 1;
  }

  #order(span: number, thread: Thread): void {
    this.#pieces.set(span, []);
    const order: SpanOrder = {
      span,
      from: this.#times[span]!,
      to: this.#times[span + 1]!,
      names: this.#names,
    };
    thread.port.postMessage(order);
  }

  #receive(piece: SpanPiece, thread: Thread): void {
    if (piece.failure !== undefined) return this.#finish(failed(this.#request, piece.failure));
    if (piece.isLast) this.#orderNext(thread);
    const waiting = this.#pieces.get(piece.span);
    // A span that had to be written here is over: what still comes of it is not needed.
    if (waiting === undefined) return releasePiece(piece, thread.text);
    waiting.push({ piece, thread });
    // Nothing is passed on before this thread's own span is.
    if (this.#span > 0) this.#writePieces();
  }

  #writePieces(): void {
    for (let next = this.#nextPiece(); next !== undefined; next = this.#nextPiece()) {
      const goesOn = this.#write(next.piece, next.thread);
      releasePiece(next.piece, next.thread.text);
      if (!goesOn) return;
    }
  }

  #nextPiece(): { piece: SpanPiece; thread: Thread } | undefined {
    return this.#pieces.get(this.#span)?.shift();
  }

  /** Passes a piece on; false when the report ends here. */
  #write(piece: SpanPiece, thread: Thread): boolean {
    if (piece.isOrdered) {
      this.#finish('ordered');
      return false;
    }
    if (this.#isOutdated(piece)) return this.#writeAnew();
    const text = textOfPiece(piece, thread.text);
    this.#written += text.length;
    if (text.length > 0 && !this.#take(text)) {
      this.#finish('done');
      return false;
    }
    if (piece.isLast) this.#endSpan(piece.learnt, piece.problems);
    return !this.#isComplete;
  }

  /** Whether a task was shown without the name, or got another name than the one, that spans before this one tell. */
  #isOutdated({ unnamed, learnt }: SpanPiece): boolean {
    if (unnamed.some((pid) => this.#names.has(pid))) return true;
    return [...learnt].some(([pid, name]) => (this.#names.get(pid) ?? name) !== name);
  }

  /** A task got its name before this span, and the thread did not know: the rest of the span is written here. */
  #writeAnew(): boolean {
    const waiting = this.#pieces.get(this.#span) ?? [];
    for (const { piece, thread } of waiting) releasePiece(piece, thread.text);
    if (this.#writeHere()) return !this.#isComplete;
    this.#finish('done');
    return false;
  }

  /** Writes what is left of the span by this thread; false when the reader has gone. */
  #writeHere(): boolean {
    const { report, recording } = this.#own;
    report.beginSpan(this.#names);
    const [from, to] = [this.#times[this.#span]!, this.#times[this.#span + 1]!];
    if (!writeAlone(this.#own, this.#take, { from, to, skip: this.#written })) return false;
    this.#endSpan(report.tasks.learnt, recording.problems);
    return true;
  }

  get #isComplete(): boolean {
    return this.#span === this.#times.length - 1;
  }

  #endSpan(learnt: ReadonlyMap<number, string>, problems: readonly string[]): void {
    for (const [pid, name] of learnt) if (!this.#names.has(pid)) this.#names.set(pid, name);
    for (const problem of problems) this.#problems.add(problem);
    this.#pieces.delete(this.#span);
    this.#span += 1;
    this.#written = 0;
    if (this.#isComplete) this.#finish('done');
  }
}

function failed({ path }: ReportRequest, why: string): FtuiError {
  return new FtuiError({ attempted: `reading ${path}`, why });
}
