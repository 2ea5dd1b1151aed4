/**
 * The base: a page file that becomes the final file, so that its pages, most of a long recording's where one CPU is busiest,
 * are never copied. They begin behind room for what precedes them there, which is written when the recording ends:
 *
 *     head    a section of room    the buffer's header    pages of the CPU's earlier file    the base's pages    all the rest
 *
 * The CPU that fills its first page file first gets it as its second and last one. Only uncompressed files of version 7
 * can have it, and none whose oldest pages may go.
 */
import path from 'node:path';
import { FtuiError } from '../../base/errors.ts';
import { publishFile, removePath } from '../files.ts';
import type { PagesInPlace } from '../recording-metadata.ts';
import { listSegments, type PageSegment } from './parts-folder.ts';
import { checkMoved, type MovedSegment, readMovedSegments, writeMovedSegments } from './parts-move.ts';
import { sectionHeaderSize } from './section-ids.ts';
import { type EncodedHead, lengthOf } from './write-head.ts';
import { pageAlignment } from './write-pages.ts';

/** What a head may grow while recording: names of tasks. */
const growth = 256 << 10;
/** Those of the room's section, with its u32, and of the buffer. */
const headers = 2 * sectionHeaderSize + 4;

/** Where the base's pages begin, when it is to have `earlier` bytes of pages before them. */
export function placeBase(head: EncodedHead, pageSize: number, earlier: number): number {
  const unit = pageAlignment(pageSize);
  return Math.ceil((lengthOf(head.pieces) + growth + headers) / unit) * unit + earlier;
}

/** The base, and where in the final file the CPU's pages begin. */
export interface PartsBase {
  readonly segment: MovedSegment;
  readonly inPlace: PagesInPlace;
}

/**
 * Gives the base the name of the unfinished file, if that is not done yet. undefined when there is none, or when the head
 * has outgrown the room: its pages are copied then, like all others. Throws FtuiError when the folder was damaged since
 * an earlier attempt.
 */
export function takeBase(folder: string, head: EncodedHead): PartsBase | undefined {
  const moved = readMovedSegments(folder);
  const segments = listSegments(folder);
  const isBase = ({ start }: PageSegment): boolean => start > 0;
  const found = segments.find(isBase) ?? moved.find(isBase);
  if (found === undefined) return undefined;
  const segment = { ...found, offset: found.start };
  const first = findFirst(head, segment, [...segments, ...moved]);
  const inPlace = first === undefined ? undefined : { first, offset: segment.offset, size: segment.size };
  if (!segments.includes(found)) {
    checkMoved(folder, segment);
    if (inPlace === undefined) throw refuseDamage(folder);
    return { segment, inPlace };
  }
  if (inPlace === undefined || moved.some(({ name }) => name !== found.name)) return undefined;
  removePath(path.join(folder, 'joined'));
  writeMovedSegments(folder, [segment]);
  publishFile(path.join(folder, found.name), path.join(folder, 'joined'), { force: true });
  return { segment, inPlace };
}

function refuseDamage(folder: string): FtuiError {
  const why = 'the file that was begun has pages where others would have to go';
  return new FtuiError({ attempted: `finishing ${folder}`, why, remedy: '`ftui restore -o OTHER` copies them' });
}

/** Where the pages of the base's CPU begin; undefined where they cannot: the folder may hold anything. */
function findFirst(
  { format, buffers, pieces }: EncodedHead,
  base: MovedSegment,
  segments: readonly PageSegment[],
): number | undefined {
  const pageSize = buffers[base.buffer]?.pageSize;
  if (format.version !== 7 || format.compression !== 'none' || pageSize === undefined) return undefined;
  const row = new Map(segments.map((segment) => [segment.name, segment]));
  const own = [...row.values()].filter(({ buffer, cpu }) => buffer === base.buffer && cpu === base.cpu);
  if (own.some(({ sequence }) => sequence > base.sequence)) return undefined;
  const earlier = own.filter(({ sequence }) => sequence < base.sequence);
  const first = earlier.reduce((at, { size }) => at - (size - (size % pageSize)), base.offset);
  const unit = pageAlignment(pageSize);
  const isFree = first % unit === 0 && first >= lengthOf(pieces) + headers;
  return isFree && base.offset % pageSize === 0 ? first : undefined;
}
