/** The page files of a recording in the making as streams, which the writer of trace.dat takes. */
import path from 'node:path';
import { FtuiError } from '../../base/errors.ts';
import { listFolder, openByteSource } from '../files.ts';
import type { BufferStreams, CpuPages } from '../recording-metadata.ts';
import { listSegments, type PageSegment, parseSegmentName } from './parts-folder.ts';
import { type MovedSegment, readMovedSegments } from './parts-move.ts';
import type { HeadShape } from './write-head.ts';

const blockSize = 1 << 20;

/** Told when all of a page file, `size` bytes of whole sub-buffers, has been taken. */
type SegmentDone = (segment: PageSegment, size: number) => void;

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

/** Page files that are not there, or not of this recording, one sentence each. To be asked before anything is moved. */
export function findMissingParts(folder: string, head: HeadShape): string[] {
  const segments = mergeMoved(listSegments(folder), readMovedSegments(folder));
  const problems = listFolder(folder)
    .filter(({ name, size }) => name.endsWith('.pages') && !isPartOf(head, parseSegmentName(name, size)))
    .map(({ name }) => `${name} is no page file of this recording, and was left out`);
  for (const [index, { name, buffer, cpu, sequence }] of segments.entries()) {
    const before = segments[index - 1];
    if (before?.buffer !== buffer || before.cpu !== cpu || before.sequence + 1 === sequence) continue;
    problems.push(`CPU ${cpu}: ${sequence - before.sequence - 1} page files before ${name} are missing`);
  }
  return problems;
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
      yield* readBlocks(path.join(folder, segment.name), 0, segment.size, block);
      done(segment, segment.size - (segment.size % pageSize));
    }
  }
}

/** The list of what was moved may have been damaged: FtuiError where the unfinished file has not as many bytes. */
function checkMoved(folder: string, { name, offset, size }: MovedSegment): void {
  const source = openByteSource(path.join(folder, 'joined'));
  const there = source.size();
  source.close();
  if (offset + size <= there) return;
  throw new FtuiError({
    attempted: `finishing ${folder}`,
    why: `the pages of ${name} should be in ${source.name} from ${offset} on, which has ${there} bytes`,
    remedy: `without its line in ${folder}/moved the rest can be restored`,
  });
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
