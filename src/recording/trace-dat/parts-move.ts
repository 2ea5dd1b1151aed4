/**
 * Joining on a nearly full disk: each page file goes as soon as the final file has its pages, so that little more than one
 * page file of room is needed. What has gone is kept in `moved`, a line of JSON for each, so that a joining that was
 * itself interrupted can be done again from the start: the pages are then read where they are, in the unfinished file,
 * and written to the same place once more.
 */
import path from 'node:path';
import { type ByteSink, createByteSink, openByteSink, readSmallFile, removePath } from '../files.ts';
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
  const segment = found === null ? undefined : parseSegmentName(found[1]!, Number(found[3]));
  return segment === undefined ? undefined : { ...segment, offset: Number(found![2]) };
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
    for (const segment of moved) this.#log.append(formatLine(segment, segment.offset, segment.size));
  }

  /** To be called when the last thing that was appended to `joined` are the `size` bytes of this page file. */
  finish(segment: PageSegment, size: number): void {
    this.#joined.sync();
    this.#log.append(formatLine(segment, this.#joined.length - size, size));
    this.#log.sync();
    removePath(path.join(this.#folder, segment.name));
  }

  close(): void {
    this.#log.close();
  }
}

function formatLine({ name }: PageSegment, offset: number, size: number): Uint8Array {
  return Buffer.from(`${name} ${offset} ${size}\n`);
}
