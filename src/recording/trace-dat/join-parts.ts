/** Makes the final file of a recording's parts and removes them. */
import path from 'node:path';
import { FtuiError } from '../../base/errors.ts';
import { createByteSink, kindOfFile, openByteSink, publishFile, readFreeBytes, removePath } from '../files.ts';
import { takeBase } from './parts-base.ts';
import { listSegments, namePartsFolder, type PageSegment, readHeadFile } from './parts-folder.ts';
import { readMovedSegments, SegmentMove } from './parts-move.ts';
import { findMissingParts, openPartsStreams } from './parts-streams.ts';
import { type EncodedHead, lengthOf } from './write-head.ts';
import { joinRecording, type WrittenRecording } from './write-recording.ts';

/** Room that is left alone beside what the final file needs. */
const reserve = 1 << 20;

interface JoinOptions {
  readonly force: boolean;
  /** The final file; NAME of NAME.part unless it is to be elsewhere. */
  readonly output?: string | undefined;
  /** The one that was stored last, where it is at hand. */
  readonly head?: EncodedHead | undefined;
}

/**
 * Joins the parts in `folder`. Everything stays as it was when it fails, for a full disk for example: it can be done
 * again. Throws FtuiError when there is no head.
 */
export function joinParts(
  folder: string,
  { force, output, head = readHeadFile(folder) }: JoinOptions,
): WrittenRecording {
  const attempted = `finishing ${folder}`;
  if (head === undefined) {
    const why = 'the recorder had not begun: there is nothing in it';
    throw new FtuiError({ attempted, why, remedy: `remove ${folder}` });
  }
  removePath(path.join(folder, 'spare'));
  const missing = findMissingParts(folder, head);
  const { target: usual } = namePartsFolder(folder);
  const written =
    output === undefined || path.resolve(output) === path.resolve(usual)
      ? joinInside(folder, head, usual, force)
      : joinElsewhere(folder, head, output, force);
  removePath(folder);
  return { ...written, problems: [...missing, ...written.problems] };
}

function joinElsewhere(folder: string, head: EncodedHead, output: string, force: boolean): WrittenRecording {
  const draft = `${output}.joining`;
  removePath(draft);
  const sink = createByteSink(draft);
  try {
    const written = joinRecording(sink, head, openPartsStreams(folder, head));
    sink.sync();
    publishFile(draft, output, { force });
    return written;
  } catch (error) {
    removePath(draft);
    throw error;
  } finally {
    sink.close();
  }
}

/** In the folder itself, so that the file of a finished recording is only renamed. */
function joinInside(folder: string, head: EncodedHead, target: string, force: boolean): WrittenRecording {
  const joined = path.join(folder, 'joined');
  const base = takeBase(folder, head);
  const moved = readMovedSegments(folder);
  if (moved.length === 0) {
    removePath(joined);
    removePath(path.join(folder, 'moved'));
  }
  const isMoving = moved.some(({ name }) => name !== base?.segment.name) || isShortOfRoom(folder, head);
  const sink = moved.length > 0 ? openByteSink(joined) : createByteSink(joined);
  try {
    const move = isMoving ? new SegmentMove(folder, sink, moved) : undefined;
    const done = (segment: PageSegment, size: number) => move?.finish(segment, size);
    const streams = openPartsStreams(folder, head, { done, base });
    const written = joinRecording(sink, head, streams);
    move?.close();
    sink.truncate(sink.length);
    sink.sync();
    publishFile(joined, target, { force });
    return written;
  } catch (error) {
    if (moved.length === 0 && !isMoving) removePath(joined);
    throw explainRoom(error, folder);
  } finally {
    sink.close();
  }
}

/** Compressed pages cannot be read back from the unfinished file: they are never moved, and need far less room. */
function isShortOfRoom(folder: string, { pieces, options, format, pageSize }: EncodedHead): boolean {
  if (format.compression !== 'none') return false;
  const segments = listSegments(folder);
  const pages = segments.reduce((sum, { size }) => sum + size, 0);
  const alignment = pageSize * new Set(segments.map(({ buffer, cpu }) => `${buffer}.${cpu}`)).size;
  return readFreeBytes(folder) < lengthOf(pieces) + options.length + pages + alignment + reserve;
}

function explainRoom(error: unknown, folder: string): unknown {
  if (!(error instanceof FtuiError) || !/^(?:ENOSPC|EDQUOT)/.test(error.why)) return error;
  const { attempted, why, cause } = error;
  const { target } = namePartsFolder(folder);
  const remedy = `the pages are in ${folder}: make room, then \`ftui restore ${target}\``;
  return new FtuiError({ attempted, why, remedy, cause });
}

/** Whether an earlier joining was finished but for the removal of the folder: its pages are in the target only. */
export function isJoinedAlready(folder: string): boolean {
  const moved = readMovedSegments(folder);
  if (moved.length === 0 || kindOfFile(path.join(folder, 'joined')) !== 'absent') return false;
  return moved.every(({ name }) => kindOfFile(path.join(folder, name)) === 'absent');
}
