/** The page files of a recording in the making as streams, which the writer of trace.dat takes. */
import path from 'node:path';
import { listFolder, openByteSource } from '../files.ts';
import type { BufferStreams, CpuPages } from '../recording-metadata.ts';
import type { PartsBase } from './parts-base.ts';
import { listSegments, type PageSegment, parseSegmentName } from './parts-folder.ts';
import { checkMoved, type MovedSegment, readMovedSegments } from './parts-move.ts';
import type { HeadShape } from './write-head.ts';

const blockSize = 1 << 20;

/** Told when all of a page file, `size` bytes of whole sub-buffers, has been taken. */
type SegmentDone = (segment: PageSegment, size: number) => void;

interface PartsReading {
  /** Not called for pages that have been moved before. */
  readonly done?: SegmentDone | undefined;
  /** What is where it belongs is not read. */
  readonly base?: PartsBase | undefined;
}

export function openPartsStreams(
  folder: string,
  head: HeadShape,
  { done = () => {}, base }: PartsReading = {},
): BufferStreams[] {
  const segments = mergeMoved(listSegments(folder), readMovedSegments(folder));
  return head.buffers.map((buffer, index) => {
    const own = segments.filter((segment) => segment.buffer === index);
    const cpus = [...Map.groupBy(own, ({ cpu }) => cpu)].map(([cpu, row]): CpuPages => {
      const copied = row.filter(({ name }) => name !== base?.segment.name);
      const inPlace = copied.length < row.length ? base?.inPlace : undefined;
      return { cpu, pages: () => readRow(folder, copied, buffer.pageSize, done), inPlace };
    });
    return { ...buffer, cpus };
  });
}

/** Page files that are not there, or not of this recording, one sentence each. To be asked before anything is moved. */
export function findMissingParts(folder: string, head: HeadShape): string[] {
  const segments = mergeMoved(listSegments(folder), readMovedSegments(folder));
  const problems = listFolder(folder)
    .filter(({ name, size }) => name.endsWith('.pages') && !isPartOf(head, parseSegmentName(name, size)))
    .map(({ name }) => `${name} is no page file of this recording, and was left out`);
  for (const [index, segment] of segments.entries()) {
    const missing = segment.sequence - expectedSequence(segment, segments[index - 1]);
    if (missing > 0) problems.push(`CPU ${segment.cpu}: ${missing} page files before ${segment.name} are missing`);
  }
  return problems;
}

/** The oldest of a CPU may have gone for a largest size, but not where there is a base. */
function expectedSequence({ buffer, cpu, sequence, start }: PageSegment, before: PageSegment | undefined): number {
  if (before?.buffer === buffer && before.cpu === cpu) return before.sequence + 1;
  return start > 0 ? 0 : sequence;
}

function isPartOf(head: HeadShape, segment: PageSegment | undefined): boolean {
  return segment !== undefined && segment.buffer < head.buffers.length;
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
      checkMoved(folder, segment);
      yield* readBlocks(path.join(folder, 'joined'), segment.offset, segment.size, block);
    } else {
      yield* readBlocks(path.join(folder, segment.name), segment.start, segment.size, block);
      done(segment, segment.size - (segment.size % pageSize));
    }
  }
}

function* readBlocks(file: string, from: number, size: number, block: Uint8Array): Generator<Uint8Array> {
  const source = openByteSource(file);
  try {
    for (let at = 0; at < size; at += block.length) {
      const target = block.subarray(0, Math.min(block.length, size - at));
      const count = source.read(target, from + at);
      if (count === 0) return;
      yield target.subarray(0, count);
    }
  } finally {
    source.close();
  }
}
