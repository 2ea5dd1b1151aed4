/** A thread that undoes the chunks of a compressed recording while this one makes something of those before. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { workerUrl } from '../base/worker-url.ts';
import type { ByteSource } from '../recording/files.ts';
import { shareChunkRings, takeChunk } from '../recording/trace-dat/chunks-ahead.ts';
import { ChunkedPages } from '../recording/trace-dat/cpu-pages.ts';
import { isCompressed } from '../recording/trace-dat/read-layout.ts';
import type { TraceDat } from '../recording/trace-dat/trace-dat.ts';

/** Smaller recordings are read before a thread has started. */
const smallest = 2 << 20;

export class ChunkThread {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /**
   * Starts the thread, which takes as long as opening the recording; undefined when it would not help. It does not keep
   * the process from ending.
   */
  static start(source: ByteSource, { cpus = availableParallelism(), from = smallest } = {}): ChunkThread | undefined {
    if (cpus < 2 || source.size() < from || !isCompressed(source)) return undefined;
    const worker = new Worker(workerUrl('chunk-worker'), {
      workerData: source.name,
      name: 'ftui-chunks',
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    // What it fails at, the reader of the recording meets itself.
    worker.on('error', () => {});
    worker.unref();
    return new ChunkThread(worker);
  }

  /** Has the thread work for the next reader of all of the recording's pages, who goes from CPU to CPU, but never back. */
  serve(recording: TraceDat): void {
    const compressed = recording.openPages().filter((pages) => pages instanceof ChunkedPages);
    const places = compressed.map(({ chunkPlaces }) => chunkPlaces);
    const rings = shareChunkRings(places, recording.layout.compression);
    if (rings === undefined) return;
    for (const [cpu, pages] of compressed.entries()) pages.takeChunksFrom((chunk) => takeChunk(rings, cpu, chunk));
    this.#worker.postMessage(rings);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
