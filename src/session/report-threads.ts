/**
 * A report written by several threads, each a span of time, and put together in order. The text is the one that a single
 * thread writes: a span that depends on what came before it is written again, here, with what is known by then.
 */
import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { ByteWriter } from '../base/byte-writer.ts';
import { FtuiError } from '../base/errors.ts';
import { workerUrl } from '../base/worker-url.ts';
import type { ByteSource } from '../recording/files.ts';
import { type OpenReport, openReport, type ReportRequest } from '../recording/report/report-request.ts';
import { computeSliceTimes } from '../recording/report/report-slices.ts';
import type { TraceDat } from '../recording/trace-dat/trace-dat.ts';
import {
  claimSpan,
  countSent,
  createSharedText,
  type ReportTask,
  type ReportWorkerData,
  releasePiece,
  type SharedSpans,
  type SharedText,
  type SpanFailure,
  type SpanPiece,
  SpanWriter,
  shareSpans,
  textOfPiece,
  waitForPiece,
} from './report-spans.ts';

/** Each thread takes some 80 MB: more would use more memory than a report may. */
const mostThreads = 2;
/** So many ms without a sign of the other threads, and this one does no longer wait for them. */
const longestWait = 1000;

/** Takes the text in order; false ends the report. The bytes may be overwritten afterwards. */
export type TakeText = (bytes: Uint8Array) => boolean;

/** A thread that opens the recording, and waits to be told what to write. */
export interface ReportThread {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly text: SharedText;
}

export interface ReportThreading {
  /** The recording, where it is open already; it is closed in the end. */
  readonly recording?: TraceDat;
  /** Threads of startReportThreads(). */
  readonly started?: readonly ReportThread[];
  /** All threads, this one included. */
  readonly threads?: number;
  /** Bytes of pages in a span, see report-slices.ts. */
  readonly sliceBytes?: number;
}

/** Smaller recordings are reported before a thread has started. */
const smallestShared = 2 << 20;

/**
 * Starts the threads for a report of a large recording, which writeReport() is then given: done first of all, they are
 * ready when it is known what to write. They do not keep the process from ending.
 */
export function startReportThreads(
  { name, size }: ByteSource,
  request: Omit<ReportRequest, 'path'>,
  { threads = usualThreads(), smallest = smallestShared } = {},
): ReportThread[] {
  if (dependsOnOrder(request) || size() < smallest) return [];
  return Array.from({ length: threads - 1 }, () => startThread(name));
}

function usualThreads(): number {
  return Math.min(availableParallelism(), mostThreads);
}

function startThread(path: string): ReportThread {
  const { port1: port, port2 } = new MessageChannel();
  const text = createSharedText();
  const workerData: ReportWorkerData = { path, port: port2, text };
  const worker = new Worker(workerUrl('report-worker'), {
    workerData,
    transferList: [port2],
    name: 'ftui-report',
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  worker.unref();
  port.unref();
  return { worker, port, text };
}

/** Writes the lines of a report; returns what of the recording could not be read. */
export async function writeReport(
  request: ReportRequest,
  take: TakeText,
  { recording, started = [], threads = usualThreads(), sliceBytes }: ReportThreading = {},
): Promise<readonly string[]> {
  const open = openReport(request, recording);
  try {
    const times = threads < 2 || dependsOnOrder(request) ? [] : computeSliceTimes(open.recording, request, sliceBytes);
    if (times.length > 0) return await new ReportThreads(request, open, take, { times, threads, started }).run();
    writeAlone(open, take);
    return open.recording.problems;
  } finally {
    open.source.close();
    await Promise.all(started.map(({ worker }) => worker.terminate()));
  }
}

/** The difference of times goes over spans, and so does the stack behind an event that passes a filter. */
function dependsOnOrder({ layout, filters = [], exclusions = [], chips }: Omit<ReportRequest, 'path'>): boolean {
  return layout.timeDifference || filters.length > 0 || exclusions.length > 0 || chips !== undefined;
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

/** ordered: the text depends on the order in which it is written, and one thread has to write it. */
type End = 'done' | 'ordered' | Error;

class ReportThreads {
  readonly #request: ReportRequest;
  /** This thread writes spans as the others do, and passes on what all have written. */
  readonly #own: OpenReport;
  readonly #ownText = createSharedText();
  readonly #ownWriter: SpanWriter;
  /** This thread is in the middle of a span, and cannot write another. */
  #isWriting = false;
  readonly #take: TakeText;
  readonly #spans: SharedSpans;
  readonly #threads: ReportThread[] = [];
  /** Pieces that wait for their turn, by span. */
  readonly #pieces = new Map<number, { piece: SpanPiece; text: SharedText }[]>();
  /** Spans of this thread that had no room to wait for their turn: what is left of them is written when it comes. */
  readonly #brokenOff = new Set<number>();
  readonly #problems = new Set<string>();
  /** Names from all spans that are written. */
  readonly #names = new Map<number, string>();
  /** The span whose turn it is, and how much of it is passed on. */
  #span = 0;
  #written = 0;
  #total = 0;
  #end: End | undefined;
  #onEnd: () => void = () => {};

  constructor(
    request: ReportRequest,
    own: OpenReport,
    take: TakeText,
    { times, threads, started }: { times: readonly number[]; threads: number; started: readonly ReportThread[] },
  ) {
    this.#request = request;
    this.#own = own;
    this.#take = (bytes) => {
      this.#total += bytes.length;
      return take(bytes);
    };
    this.#spans = shareSpans(times);
    const send = (piece: SpanPiece) => this.#receive(piece, this.#ownText);
    this.#ownWriter = new SpanWriter(own, { text: this.#ownText, spans: this.#spans, send });
    for (let index = 1; index < Math.min(threads, times.length + 1); index += 1)
      this.#threads.push(this.#tell(started[index - 1] ?? startThread(request.path)));
  }

  async run(): Promise<readonly string[]> {
    while (this.#end === undefined) {
      const span = claimSpan(this.#spans);
      if (span === undefined) break;
      this.#writeOwn(span);
      // Errors of the other threads come between two spans.
      await new Promise(setImmediate);
    }
    if (this.#end === undefined) {
      await new Promise<void>((resolve) => {
        this.#onEnd = resolve;
      });
    }
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
    if (this.#end instanceof Error) throw this.#end;
    if (this.#end === 'ordered') {
      const anew = openReport(this.#request);
      writeAlone(anew, this.#take, { skip: this.#total });
      anew.source.close();
    }
    return [...this.#problems];
  }

  #finish(end: End): void {
    this.#end ??= end;
    this.#onEnd();
  }

  /** Tells a thread what to write, and listens to it. */
  #tell(thread: ReportThread): ReportThread {
    const { worker, port, text } = thread;
    worker.ref();
    worker.on('error', (error) => this.#finish(error as Error));
    port.on('message', (message: SpanPiece | SpanFailure) => this.#receive(message, text));
    port.postMessage({ request: this.#request, spans: this.#spans } satisfies ReportTask);
    return thread;
  }

  #writeOwn(span: number): void {
    this.#isWriting = true;
    if (!this.#ownWriter.write(span, this.#names, (place) => this.#makeRoom(place))) this.#brokenOff.add(span);
    this.#isWriting = false;
    this.#receiveAll();
    this.#passOn();
  }

  /** A place is taken as long as its turn has not come: waits for what the others send, unless nothing comes. */
  #makeRoom(place: number): boolean {
    for (;;) {
      const sent = countSent(this.#spans);
      this.#receiveAll();
      if (this.#end !== undefined) return false;
      if (this.#ownText.taken[place] === 0) return true;
      if (this.#waitsForThis() || !waitForPiece(this.#spans, sent, longestWait)) return false;
    }
  }

  /** Whether the span whose turn it is can only be written by this thread. */
  #waitsForThis(): boolean {
    const next = this.#pieces.get(this.#span)?.[0];
    return next === undefined ? this.#brokenOff.has(this.#span) : this.#isOutdated(next.piece);
  }

  /** Takes what has come from the other threads. */
  #receiveAll(): void {
    for (const { port, text } of this.#threads) {
      for (let told = receiveMessageOnPort(port); told !== undefined; told = receiveMessageOnPort(port))
        this.#receive(told.message, text);
    }
  }

  #receive(message: SpanPiece | SpanFailure, text: SharedText): void {
    if ('failure' in message) return this.#finish(failed(this.#request, message.failure));
    // A span that had to be written here is over: what still comes of it is not needed.
    if (message.span < this.#span) return releasePiece(message, text);
    const waiting = this.#pieces.get(message.span) ?? [];
    this.#pieces.set(message.span, waiting);
    waiting.push({ piece: message, text });
    this.#passOn();
  }

  /** Passes on all pieces whose turn it is. */
  #passOn(): void {
    while (this.#end === undefined) {
      const next = this.#pieces.get(this.#span)?.[0];
      if (this.#waitsForThis()) {
        if (this.#isWriting) return;
        this.#writeRest();
      } else if (next === undefined) return;
      else this.#passPiece(next.piece, next.text);
    }
  }

  #passPiece(piece: SpanPiece, from: SharedText): void {
    this.#pieces.get(this.#span)?.shift();
    if (piece.isOrdered) return this.#finish('ordered');
    const text = textOfPiece(piece, from);
    this.#written += text.length;
    const goesOn = text.length === 0 || this.#take(text);
    releasePiece(piece, from);
    if (!goesOn) this.#finish('done');
    else if (piece.isLast) this.#endSpan(piece.learnt, piece.problems);
  }

  /** Whether a task was shown without the name, or got another name than the one, that spans before this one tell. */
  #isOutdated({ unnamed, learnt }: SpanPiece): boolean {
    if (this.#names.size === 0) return false;
    if (unnamed.some((pid) => this.#names.has(pid))) return true;
    return [...learnt].some(([pid, name]) => (this.#names.get(pid) ?? name) !== name);
  }

  /** Writes what is left of the span whose turn it is. */
  #writeRest(): void {
    for (const { piece, text } of this.#pieces.get(this.#span) ?? []) releasePiece(piece, text);
    const { report, recording } = this.#own;
    report.beginSpan(this.#names);
    const { times } = this.#spans;
    const span = { from: times[this.#span]!, to: times[this.#span + 1]!, skip: this.#written };
    if (writeAlone(this.#own, this.#take, span)) this.#endSpan(report.tasks.learnt, recording.problems);
    else this.#finish('done');
  }

  #endSpan(learnt: ReadonlyMap<number, string>, problems: readonly string[]): void {
    const known = this.#names.size;
    for (const [pid, name] of learnt) if (!this.#names.has(pid)) this.#names.set(pid, name);
    if (this.#names.size > known) for (const { port } of this.#threads) port.postMessage(this.#names);
    for (const problem of problems) this.#problems.add(problem);
    this.#pieces.delete(this.#span);
    this.#span += 1;
    this.#written = 0;
    if (this.#span === this.#spans.times.length - 1) this.#finish('done');
  }
}

function failed({ path }: ReportRequest, why: string): FtuiError {
  return new FtuiError({ attempted: `reading ${path}`, why });
}
