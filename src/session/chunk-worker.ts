/** Entry of a thread that undoes the chunks of a compressed recording; dist/chunk-worker.js in the bundle. */
import { parentPort, workerData } from 'node:worker_threads';
import { openByteSource } from '../recording/files.ts';
import { type ChunkRings, undoChunks } from '../recording/trace-dat/chunks-ahead.ts';

const source = openByteSource(workerData as string);
let memory = new Uint8Array(1 << 16);

function read(offset: number, length: number): Uint8Array {
  if (length > memory.length) memory = new Uint8Array(length);
  return memory.subarray(0, source.read(memory.subarray(0, length), offset));
}

parentPort!.once('message', (rings: ChunkRings) => {
  undoChunks(rings, read);
  source.close();
});
