/**
 * The writing half of a recording as the session sees it: in a thread of its own for a real kernel, in this thread for a
 * simulated one.
 */

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { FtuiError } from '../base/errors.ts';
import { workerUrl } from '../base/worker-url.ts';
import type { CpuPageCounts } from '../capture/page-capture.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import {
  type CallArguments,
  type CallResult,
  controlWord,
  createShared,
  loadProgress,
  type RecordAnswer,
  type RecordMethod,
  type RecordShared,
  state,
  unpackError,
  wanted,
} from './record-messages.ts';
import type { HeadMetadata } from './record-metadata.ts';
import {
  type FinishedRecording,
  type ReadPages,
  RecordOutput,
  type RecordProgress,
  type RecordSource,
  type RecordTarget,
} from './record-output.ts';

/**
 * Calls in this order: create, storeSymbols or readSymbols, writeMetadata (any number of times), open, hold, drain, release,
 * finish or discard, close.
 */
export interface Recorder {
  create(target: RecordTarget): Promise<{ readonly folder: string }>;
  /** /proc/kallsyms for all heads to come; its memory is given away. */
  storeSymbols(kallsyms: Uint8Array): Promise<void>;
  /** Reads them itself; tells whether the kernel hides the addresses. */
  readSymbols(): Promise<{ readonly isHidden: boolean }>;
  writeMetadata(metadata: HeadMetadata): Promise<void>;
  /** Opens the streams of all CPUs and reads from them every `roundMs` milliseconds. */
  open(sources: readonly RecordSource[], roundMs: number): Promise<void>;
  /** Instead of open, hold and drain: pages that this process has read; their memory is given away. */
  appendPages(pages: readonly ReadPages[]): Promise<void>;
  progress(): RecordProgress;
  /** What ended the reading. */
  readonly failure: FtuiError | undefined;
  /** Ends the rounds, so that the thread does nothing that could be traced while tracing is being stopped. */
  hold(): Promise<void>;
  /** Reads all that is left, tracing being off. */
  drain(): Promise<void>;
  counts(): Promise<CpuPageCounts[]>;
  /** Lets go of the kernel's files before it returns. Safe at any time, also while the process exits. */
  release(): void;
  finish(): Promise<FinishedRecording>;
  discard(): Promise<void>;
  close(): Promise<void>;
}

/** Loading the thread's program and a slow disk included. */
const releasePatienceMs = 3_000;

/** A recorder in a thread of its own; its thread ids are known once this has resolved. */
export async function startRecorderThread(): Promise<Recorder> {
  const shared = createShared();
  const { port1: port, port2 } = new MessageChannel();
  const worker = new Worker(workerUrl('record-worker'), {
    workerData: { port: port2, shared },
    transferList: [port2],
    name: 'ftui-recorder',
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('online', resolve);
    worker.once('error', reject);
  });
  return new ThreadRecorder(worker, port, shared);
}

class ThreadRecorder implements Recorder {
  failure: FtuiError | undefined;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #shared: RecordShared;
  #pending: { resolve(value: unknown): void; reject(error: Error): void } | undefined;

  constructor(worker: Worker, port: MessagePort, shared: RecordShared) {
    this.#worker = worker;
    this.#port = port;
    this.#shared = shared;
    port.on('message', (answer: RecordAnswer) => this.#take(answer));
    worker.on('error', (cause) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      this.failure ??= new FtuiError({ attempted: 'recording', why: `the recorder's thread ended: ${why}`, cause });
      this.#pending?.reject(this.failure);
    });
  }

  create = (target: RecordTarget) => this.#call('create', target);
  storeSymbols = (kallsyms: Uint8Array) => this.#call('storeSymbols', kallsyms);
  readSymbols = () => this.#call('readSymbols');
  writeMetadata = (metadata: HeadMetadata) => this.#call('writeMetadata', metadata);
  open = (sources: readonly RecordSource[], roundMs: number) => this.#call('open', sources, roundMs);
  appendPages = (pages: readonly ReadPages[]) => this.#call('appendPages', pages);
  hold = () => this.#call('hold');
  drain = () => this.#call('drain');
  counts = () => this.#call('counts');
  finish = () => this.#call('finish');
  discard = () => this.#call('discard');

  progress(): RecordProgress {
    return loadProgress(this.#shared);
  }

  release(): void {
    const { control } = this.#shared;
    Atomics.store(control, controlWord.wanted, wanted.release);
    Atomics.notify(control, controlWord.wanted);
    Atomics.wait(control, controlWord.state, state.working, releasePatienceMs);
  }

  async close(): Promise<void> {
    this.#port.close();
    await this.#worker.terminate();
  }

  #call<M extends RecordMethod>(method: M, ...args: CallArguments<M>): Promise<CallResult<M>> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve: resolve as (value: unknown) => void, reject };
      this.#port.postMessage({ method, args }, listGivenMemory(method, args));
      Atomics.store(this.#shared.control, controlWord.wanted, wanted.answer);
      Atomics.notify(this.#shared.control, controlWord.wanted);
    });
  }

  #take(answer: RecordAnswer): void {
    if (answer.kind === 'failure') {
      this.failure ??= unpackError(answer.error);
      return;
    }
    const pending = this.#pending;
    this.#pending = undefined;
    if (answer.kind === 'result') pending?.resolve(answer.result);
    else pending?.reject(unpackError(answer.error));
  }
}

/** Buffers smaller than this may lie in memory that Node shares between them. */
const ownMemoryBytes = 1 << 16;

/** The memory that goes to the recorder's thread with a call, and need not be copied. */
function listGivenMemory<M extends RecordMethod>(method: M, args: CallArguments<M>): ArrayBuffer[] {
  if (method === 'appendPages')
    return (args as CallArguments<'appendPages'>)[0].map(({ bytes }) => bytes.buffer as ArrayBuffer);
  if (method !== 'storeSymbols') return [];
  const [{ buffer }] = args as CallArguments<'storeSymbols'>;
  return buffer.byteLength < ownMemoryBytes ? [] : [buffer as ArrayBuffer];
}

/** A recorder in this thread, for a kernel that lives in its memory. */
export function startInlineRecorder(kernel: KernelFiles): Recorder {
  return new InlineRecorder(kernel);
}

class InlineRecorder implements Recorder {
  failure: FtuiError | undefined;
  readonly #output: RecordOutput;
  #timer: NodeJS.Timeout | undefined;

  constructor(kernel: KernelFiles) {
    this.#output = new RecordOutput(kernel, { countsRecords: true });
  }

  create = async (target: RecordTarget) => this.#output.create(target);
  storeSymbols = async (kallsyms: Uint8Array) => this.#output.storeSymbols(kallsyms);
  readSymbols = async () => this.#output.readSymbols();
  writeMetadata = async (metadata: HeadMetadata) => this.#output.writeMetadata(metadata);
  appendPages = async (pages: readonly ReadPages[]) => this.#output.appendPages(pages);
  counts = async () => this.#output.counts();
  finish = async () => this.#output.finish();
  discard = async () => this.#output.discard();

  async open(sources: readonly RecordSource[], roundMs: number): Promise<void> {
    this.#output.open(sources, performance.now());
    this.#timer = setInterval(() => this.#round(), roundMs);
  }

  #round(): void {
    try {
      this.#output.round(performance.now());
    } catch (error) {
      if (!(error instanceof FtuiError)) throw error;
      this.failure = error;
      clearInterval(this.#timer);
    }
  }

  progress(): RecordProgress {
    return this.#output.progress();
  }

  async hold(): Promise<void> {
    clearInterval(this.#timer);
  }

  async drain(): Promise<void> {
    clearInterval(this.#timer);
    this.#output.drain();
  }

  release(): void {
    clearInterval(this.#timer);
    this.#output.release();
  }

  async close(): Promise<void> {}
}
