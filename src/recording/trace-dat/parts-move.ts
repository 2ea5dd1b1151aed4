/**
 * Joining on a nearly full disk: each page file goes as soon as the final file has its pages, so that little more than one
 * page file of room is needed. What has gone is kept in `moved`, a line of JSON for each, so that a joining that was
 * itself interrupted can be done again from the start: the pages are then read where they are, in the unfinished file,
 * and written to the same place once more.
 */
import path from 'node:path';
import { FtuiError } from '../../base/errors.ts';
import {
  type ByteSink,
  createByteSink,
  openByteSink,
  openByteSource,
  readSmallFile,
  removePath,
  replaceFile,
} from '../files.ts';
import { type PageSegment, parseSegmentName } from './parts-folder.ts';

/** A page file whose pages are in `joined` only. */
export interface MovedSegment extends PageSegment {
  readonly offset: number;
}

/** What earlier attempts at joining have moved; a line that was cut off says nothing, its page file is still there. */
export function readMovedSegments(folder: string): MovedSegment[] {
  const text = Buffer.from(readSmallFile(path.join(folder, 'moved')) ?? []).toString('latin1');
  return text.split('\n').flatMap((line) => parseMovedLine(line) ?? []);
}

function parseMovedLine(line: string): MovedSegment | undefined {
  const found = /^(\S+) (\d+) (\d+)$/.exec(line);
  const segment = found === null ? undefined : parseSegmentName(found[1]!, 0);
  return segment === undefined ? undefined : { ...segment, offset: Number(found![2]), size: Number(found![3]) };
}

/** Notes, durably, what of `joined` are pages of files that the folder no longer has: these and no others. */
export function writeMovedSegments(folder: string, moved: readonly MovedSegment[]): void {
  const lines = moved.map(({ name, offset, size }) => formatLine(name, offset, size));
  replaceFile(path.join(folder, 'moved'), ...lines);
}

/** The list of what was moved may have been damaged: FtuiError where the unfinished file has not as many bytes. */
export function checkMoved(folder: string, { name, offset, size }: MovedSegment): void {
  if (size === 0) return;
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

/** Moves page files into `joined`. */
export class SegmentMove {
  readonly #folder: string;
  readonly #joined: ByteSink;
  readonly #log: ByteSink;

  constructor(folder: string, joined: ByteSink, moved: readonly MovedSegment[]) {
    this.#folder = folder;
    this.#joined = joined;
    const file = path.join(folder, 'moved');
    this.#log = moved.length > 0 ? openByteSink(file) : createByteSink(file);
    for (const segment of moved) this.#log.append(formatLine(segment.name, segment.offset, segment.size));
  }

  /** To be called when the last thing that was appended to `joined` are the `size` bytes of this page file. */
  finish(segment: PageSegment, size: number): void {
    this.#joined.sync();
    this.#log.append(formatLine(segment.name, this.#joined.length - size, size));
    this.#log.sync();
    removePath(path.join(this.#folder, segment.name));
  }

  close(): void {
    this.#log.close();
  }
}

function formatLine(name: string, offset: number, size: number): Uint8Array {
  return Buffer.from(`${name} ${offset} ${size}\n`);
}
