/**
 * A report written by several threads, each a span of time, and put together in order. The text is the one that a single
 * thread writes: where a span depends on what came before it, it is written again with what is known by then.
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
function writeAlone({ report }: OpenReport, take: TakeText, { to = Number.POSITIVE_INFINITY, skip = 0 } = {}): boolean {
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
  report.write(out, flush, Number.NEGATIVE_INFINITY, to);
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
  readonly #pieces = new Map<number, { piece: SpanPiece; thread: Thread }[]>();
  readonly #problems = new Set<string>();
  /** Names from all spans that are written. */
  readonly #names = new Map<number, string>();
  /** The span being written, and how much of it is. */
  #span = 0;
  #written = 0;
  #total = 0;
  /** Bytes of the span that come again and are to be left out. */
  #skip = 0;
  #nextOrder = 1;
  /** Counts how often spans were written anew: pieces of an earlier attempt are dropped. */
  #attempt = 0;
  readonly #anew = new Map<number, number>();
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
    if (writeAlone(this.#own, this.#take, { to: this.#times[1]! })) this.#endOwnSpan();
    else this.#finish('done');
    const end = await ended;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
    if (end instanceof Error) throw end;
    if (end === 'ordered') {
      const anew = openReport(this.#request);
      writeAlone(anew, this.#take, { skip: this.#total });
      anew.source.close();
    }
    return [...new Set([...this.#problems, ...this.#own.recording.problems])];
  }

  #endOwnSpan(): void {
    for (const [pid, name] of this.#own.report.tasks.learnt) this.#names.set(pid, name);
    this.#span = 1;
    this.#writePieces();
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
      attempt: this.#attempt,
      from: this.#times[span]!,
      to: this.#times[span + 1]!,
      names: this.#names,
    };
    thread.port.postMessage(order);
  }

  #receive(piece: SpanPiece, thread: Thread): void {
    if (piece.failure !== undefined) return this.#finish(failed(this.#request, piece.failure));
    if (this.#isDropped(piece)) return releasePiece(piece, thread.text);
    if (piece.isLast) this.#orderNext(thread);
    this.#pieces.get(piece.span)?.push({ piece, thread });
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

  /** Passes a piece on; false when the report ends here or the span is written anew. */
  #write(piece: SpanPiece, thread: Thread): boolean {
    if (piece.isOrdered) {
      this.#finish('ordered');
      return false;
    }
    if (piece.unnamed.some((pid) => this.#names.has(pid))) {
      this.#writeAnew(thread);
      return false;
    }
    const text = textOfPiece(piece, thread.text);
    const already = Math.min(this.#skip, text.length);
    this.#skip -= already;
    const rest = text.subarray(already);
    this.#written += rest.length;
    if (rest.length > 0 && !this.#take(rest)) {
      this.#finish('done');
      return false;
    }
    if (piece.isLast) this.#endSpan(piece);
    return this.#span < this.#times.length - 1;
  }

  #endSpan(piece: SpanPiece): void {
    for (const [pid, name] of piece.learnt) if (!this.#names.has(pid)) this.#names.set(pid, name);
    for (const problem of piece.problems) this.#problems.add(problem);
    this.#pieces.delete(this.#span);
    this.#span += 1;
    this.#written = 0;
    this.#skip = 0;
    if (this.#span === this.#times.length - 1) this.#finish('done');
  }

  /** A task got its name before this span: the thread writes it again, and what has been passed on is left out. */
  #writeAnew(thread: Thread): void {
    for (const { piece } of this.#pieces.get(this.#span) ?? []) releasePiece(piece, thread.text);
    this.#attempt += 1;
    this.#anew.set(this.#span, this.#attempt);
    this.#skip = this.#written;
    this.#order(this.#span, thread);
  }

  #isDropped({ span, attempt }: SpanPiece): boolean {
    return attempt < (this.#anew.get(span) ?? 0);
  }
}

function failed({ path }: ReportRequest, why: string): FtuiError {
  return new FtuiError({ attempted: `reading ${path}`, why });
}
