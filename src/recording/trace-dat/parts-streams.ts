/** The page files of a recording in the making as streams, which the writer of trace.dat takes. */
import path from 'node:path';
import { openByteSource } from '../files.ts';
import type { BufferStreams, CpuPages } from '../recording-metadata.ts';
import { listSegments, type PageSegment } from './parts-folder.ts';
import { type MovedSegment, readMovedSegments } from './parts-move.ts';
import type { HeadShape } from './write-head.ts';

const blockSize = 1 << 20;

/** Told when all of a page file, `size` bytes of whole sub-buffers, has been taken. */
export type SegmentDone = (segment: PageSegment, size: number) => void;

/** `done` is not called for pages that have been moved before. */
export function openPartsStreams(folder: string, head: HeadShape, done: SegmentDone = () => {}): BufferStreams[] {
  const segments = mergeMoved(listSegments(folder), readMovedSegments(folder));
  return head.buffers.map((buffer, index) => {
    const own = segments.filter((segment) => segment.buffer === index);
    const cpus = [...Map.groupBy(own, ({ cpu }) => cpu)].map(
      ([cpu, row]): CpuPages => ({ cpu, pages: () => readRow(folder, row, buffer.pageSize, done) }),
    );
    return { ...buffer, cpus };
  });
}

type StoredSegment = PageSegment | MovedSegment;

/** A page file that is still there counts, whatever was noted about it. */
function mergeMoved(segments: readonly PageSegment[], moved: readonly MovedSegment[]): StoredSegment[] {
  const byName = new Map<string, StoredSegment>(moved.map((segment) => [segment.name, segment]));
  for (const segment of segments) byName.set(segment.name, segment);
  return [...byName.values()].sort((a, b) => a.buffer - b.buffer || a.cpu - b.cpu || a.sequence - b.sequence);
}

function* readRow(
  folder: string,
  row: readonly StoredSegment[],
  pageSize: number,
  done: SegmentDone,
): Generator<Uint8Array> {
  const block = new Uint8Array(Math.max(blockSize - (blockSize % pageSize), pageSize));
  for (const segment of row) {
    if ('offset' in segment) {
      yield* readBlocks(path.join(folder, 'joined'), segment.offset, segment.size, block);
    } else {
      yield* readBlocks(path.join(folder, segment.name), 0, segment.size, block);
      done(segment, segment.size - (segment.size % pageSize));
    }
  }
}

function* readBlocks(file: string, from: number, size: number, block: Uint8Array): Generator<Uint8Array> {
  const source = openByteSource(file);
  try {
    for (let at = 0; at < size; at += block.length) {
      const target = block.subarray(0, Math.min(block.length, size - at));
      yield target.subarray(0, source.read(target, from + at));
    }
  } finally {
    source.close();
  }
}
