import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  type ChunkRings,
  shareChunkRings,
  takeChunk,
  undoChunks,
} from '../../../src/recording/trace-dat/chunks-ahead.ts';

const size = 1000;

/** Chunks of `counts` one CPU after the other; the bytes of each are the number of its CPU and its own. */
function fileOf(counts: readonly number[]) {
  let offset = 0;
  const blocks = new Map<number, Uint8Array>();
  const places = counts.map((count, cpu) => {
    const chunks = Array.from({ length: count }, (_, chunk) => {
      const block = deflateSync(Buffer.alloc(size, cpu * 16 + chunk));
      blocks.set(offset, block);
      const place = { offset, length: block.length };
      offset += block.length;
      return place;
    });
    return {
      offsets: Float64Array.from(chunks, (chunk) => chunk.offset),
      compressed: Uint32Array.from(chunks, ({ length }) => length),
      sizes: Uint32Array.from(chunks, () => size),
    };
  });
  return { places, read: (at: number, length: number) => blocks.get(at)!.subarray(0, length) };
}

describe('chunks undone ahead', () => {
  it('are there for who takes them', () => {
    const { places, read } = fileOf([3, 2]);
    const rings = shareChunkRings(places, 'zlib')!;
    undoChunks(rings, read);
    expect(takeChunk(rings, 1, 0)).toEqual(new Uint8Array(size).fill(16));
    for (const chunk of [0, 1, 2]) expect(takeChunk(rings, 0, chunk)).toEqual(new Uint8Array(size).fill(chunk));
    expect(takeChunk(rings, 1, 1)).toEqual(new Uint8Array(size).fill(17));
  });

  it('are left to the reader before the thread has begun, and not undone again then', () => {
    const { places, read } = fileOf([3]);
    const rings = shareChunkRings(places, 'zlib')!;
    expect(takeChunk(rings, 0, 0)).toBeUndefined();
    const asked: number[] = [];
    undoChunks(rings, (offset, length) => {
      asked.push(offset);
      return read(offset, length);
    });
    expect(asked).toEqual([...places[0]!.offsets.slice(1)]);
    expect(takeChunk(rings, 0, 1)?.[0]).toBe(1);
  });

  it('are left to the reader when they are damaged, or lie behind him', () => {
    const { places, read } = fileOf([4]);
    const rings = shareChunkRings(places, 'zlib')!;
    undoChunks(rings, (offset, length) =>
      offset === places[0]!.offsets[1] ? new Uint8Array(length) : read(offset, length),
    );
    expect(takeChunk(rings, 0, 1)).toBeUndefined();
    expect(takeChunk(rings, 0, 2)?.[0]).toBe(2);
    expect(takeChunk(rings, 0, 1)).toBeUndefined();
    expect(takeChunk(rings, 0, 3)?.[0]).toBe(3);
  });

  it('are not undone for a reader who has gone on', () => {
    const { places, read } = fileOf([9]);
    const rings = shareChunkRings(places, 'zlib')!;
    expect(takeChunk(rings, 0, 5)).toBeUndefined();
    const asked: number[] = [];
    undoChunks(rings, (offset, length) => {
      asked.push(offset);
      return read(offset, length);
    });
    expect(asked).toEqual([4, 6, 7, 8].map((chunk) => places[0]!.offsets[chunk]));
  });

  it('have rings that another thread can be given, unless there are too many CPUs', () => {
    const { port1, port2 } = new MessageChannel();
    const rings = shareChunkRings(fileOf([2]).places, 'zlib')!;
    port1.postMessage(rings);
    const received = receiveMessageOnPort(port2)!.message as ChunkRings;
    Atomics.store(received.held, 0, 1);
    expect(rings.held[0]).toBe(1);
    port1.close();
    const wide = { offsets: new Float64Array(1), compressed: new Uint32Array(1), sizes: Uint32Array.of(640 << 10) };
    expect(
      shareChunkRings(
        Array.from({ length: 200 }, () => wide),
        'zlib',
      ),
    ).toBeUndefined();
    expect(shareChunkRings([], 'zlib')).toBeUndefined();
  });
});
