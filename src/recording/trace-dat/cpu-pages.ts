/**
 * The sub-buffers of one CPU in a recording, read a block at a time from any place: plain pages by their number, or
 * chunks of pages that are compressed, after one pass over the chunks' headers.
 */
import type { ByteSource } from '../files.ts';
import { ByteCursor, RecordingDamage } from './byte-cursor.ts';
import type { ChunkPlaces } from './chunks-ahead.ts';
import { type Compression, decompressBlock, largestBlock } from './compression.ts';
import type { CpuPlace } from './file-layout.ts';

/** Pages that lie one after the other in `bytes`. */
export interface PageBlock {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Number of its first page, and how many there are; the last may be cut off. */
  readonly first: number;
  readonly count: number;
}

export interface CpuPages {
  readonly cpu: number;
  readonly pageSize: number;
  readonly count: number;
  /** The block that holds page number `index`; throws RecordingDamage when it cannot be read. */
  blockAt(index: number): PageBlock;
  /** The first bytes of page number `index`, as many as `head` has room for; false when they cannot be read. */
  readHead(index: number, head: Uint8Array): boolean;
  /** Number of the first page behind the block of page `index`, also when that one cannot be read. */
  nextBlock(index: number): number;
}

/** The bytes of a chunk, if somebody else has undone it. */
export type TakeChunk = (chunk: number) => Uint8Array | undefined;

const plainBlockBytes = 256 * 1024;
/** Compressed chunks have some 10 KB. */
const readAhead = 256 * 1024;
const mostHeads = 4096;
const chunkHeadBytes = 8;
/** For a pass over the heads of chunks. */
const chunkHeadWindow = 2 * chunkHeadBytes;

/** The pages of a CPU; `problem` is told what of them is missing. */
export function openCpuPages(
  source: ByteSource,
  place: CpuPlace,
  file: { readonly pageSize: number; readonly littleEndian: boolean; readonly compression: Compression },
  problem: (why: string) => void,
): CpuPages {
  const available = Math.max(Math.min(place.size, source.size() - place.offset), 0);
  if (available < place.size) problem(`CPU ${place.cpu}: ${place.size - available} of ${place.size} bytes are missing`);
  if (place.isCompressed) return new ChunkedPages(source, { ...place, size: available }, file, problem);
  return new PlainPages(source, { ...place, size: available }, file.pageSize);
}

class PlainPages implements CpuPages {
  readonly cpu: number;
  readonly pageSize: number;
  readonly count: number;
  readonly #source: ByteSource;
  readonly #place: CpuPlace;
  readonly #pagesPerBlock: number;
  #block: PageBlock | undefined;

  constructor(source: ByteSource, place: CpuPlace, pageSize: number) {
    this.cpu = place.cpu;
    this.pageSize = pageSize;
    this.count = Math.ceil(place.size / pageSize);
    this.#source = source;
    this.#place = place;
    this.#pagesPerBlock = Math.max(1, Math.floor(plainBlockBytes / pageSize));
  }

  blockAt(index: number): PageBlock {
    const held = this.#block;
    if (held !== undefined && index >= held.first && index < held.first + held.count) return held;
    const first = index - (index % this.#pagesPerBlock);
    const start = first * this.pageSize;
    const bytes = new Uint8Array(Math.min(this.#pagesPerBlock * this.pageSize, this.#place.size - start));
    const count = this.#source.read(bytes, this.#place.offset + start);
    if (count < bytes.length) throw new RecordingDamage(`the file ends at ${this.#place.offset + start + count}`);
    this.#block = { bytes, view: viewOf(bytes), first, count: Math.ceil(count / this.pageSize) };
    return this.#block;
  }

  readHead(index: number, head: Uint8Array): boolean {
    const start = index * this.pageSize;
    if (start + head.length > this.#place.size) return false;
    return this.#source.read(head, this.#place.offset + start) === head.length;
  }

  nextBlock(index: number): number {
    return index - (index % this.#pagesPerBlock) + this.#pagesPerBlock;
  }
}

interface Chunk {
  readonly offset: number;
  readonly compressed: number;
  readonly size: number;
  /** Number of its first page. */
  readonly first: number;
}

/** Pages in compressed chunks. */
export class ChunkedPages implements CpuPages {
  readonly cpu: number;
  readonly pageSize: number;
  readonly count: number;
  readonly #source: ByteSource;
  readonly #compression: Compression;
  readonly #chunks: readonly Chunk[];
  /** Where the chunks end in the file. */
  readonly #end: number;
  /** Heads of pages that were asked for: a search asks for many of them again. */
  readonly #heads = new Map<number, Uint8Array>();
  #memory = new Uint8Array();
  #ahead = this.#memory;
  #aheadAt = 0;
  #block: PageBlock | undefined;
  #take: TakeChunk = () => undefined;

  constructor(
    source: ByteSource,
    place: CpuPlace,
    { pageSize, littleEndian, compression }: { pageSize: number; littleEndian: boolean; compression: Compression },
    problem: (why: string) => void,
  ) {
    this.cpu = place.cpu;
    this.pageSize = pageSize;
    this.#source = source;
    this.#compression = compression;
    this.#end = place.offset + place.size;
    // Some writers do not count the four bytes of the chunk count itself.
    const cursor = new ByteCursor(source, littleEndian, place.offset, place.offset + place.size + 4, chunkHeadWindow);
    this.#chunks = readChunks(cursor, pageSize, (why) => problem(`CPU ${place.cpu}: ${why}`));
    const rest = this.#end - cursor.position;
    if (rest > 0) problem(`CPU ${place.cpu}: ${rest} bytes behind its ${this.#chunks.length} chunks are not read`);
    const last = this.#chunks.at(-1);
    this.count = last === undefined ? 0 : last.first + Math.ceil(last.size / pageSize);
  }

  blockAt(index: number): PageBlock {
    const held = this.#block;
    if (held !== undefined && index >= held.first && index < held.first + held.count) return held;
    const chunk = this.#chunkOf(index);
    const bytes = this.#take(chunk);
    return bytes === undefined ? this.#undoBlock(chunk) : this.#keepBlock(chunk, bytes);
  }

  #undoBlock(chunk: number): PageBlock {
    const { offset, compressed, size } = this.#chunks[chunk]!;
    return this.#keepBlock(chunk, decompressBlock(this.#compression, this.#readBlock(offset, compressed), size));
  }

  #keepBlock(chunk: number, { buffer, byteOffset, length }: Uint8Array): PageBlock {
    const { first, size } = this.#chunks[chunk]!;
    // Never a Buffer, which zlib gives: code that meets blocks of two kinds is slower.
    const bytes = new Uint8Array(buffer, byteOffset, length);
    this.#block = { bytes, view: viewOf(bytes), first, count: Math.ceil(size / this.pageSize) };
    return this.#block;
  }

  readHead(index: number, head: Uint8Array): boolean {
    try {
      const known = this.#heads.get(index) ?? this.#readHead(index, head.length);
      if (known.length < head.length) return false;
      head.set(known.subarray(0, head.length));
      return true;
    } catch (error) {
      if (error instanceof RecordingDamage) return false;
      throw error;
    }
  }

  /** Keeps the heads of all pages of the block: a search that has come so near asks for several of them. */
  #readHead(index: number, length: number): Uint8Array {
    const { bytes, first, count } = this.#undoBlock(this.#chunkOf(index));
    const headOf = (page: number) =>
      bytes.slice((page - first) * this.pageSize, (page - first) * this.pageSize + length);
    if (count > mostHeads) return headOf(index);
    if (this.#heads.size + count > mostHeads) this.#heads.clear();
    for (let page = first; page < first + count; page += 1) this.#heads.set(page, headOf(page));
    return this.#heads.get(index) ?? headOf(index);
  }

  /** The bytes of a compressed chunk; where chunks are read one after the other, those of the next ones with them. */
  #readBlock(offset: number, length: number): Uint8Array {
    const at = offset - this.#aheadAt;
    if (at >= 0 && at + length <= this.#ahead.length) return this.#ahead.subarray(at, at + length);
    const isNext = at >= 0 && at <= this.#ahead.length + chunkHeadBytes;
    const wanted = isNext ? Math.max(Math.min(readAhead, this.#end - offset), length) : length;
    if (wanted > this.#memory.length) this.#memory = new Uint8Array(Math.max(wanted, readAhead));
    const count = this.#source.read(this.#memory.subarray(0, wanted), offset);
    this.#ahead = this.#memory.subarray(0, count);
    this.#aheadAt = offset;
    if (count < length) throw new RecordingDamage(`the file ends inside the chunk at ${offset}`);
    return this.#ahead.subarray(0, length);
  }

  nextBlock(index: number): number {
    const { first, size } = this.#chunks[this.#chunkOf(index)]!;
    return first + Math.max(Math.ceil(size / this.pageSize), 1);
  }

  get chunkPlaces(): ChunkPlaces {
    const chunks = this.#chunks;
    return {
      offsets: Float64Array.from(chunks, ({ offset }) => offset),
      compressed: Uint32Array.from(chunks, ({ compressed }) => compressed),
      sizes: Uint32Array.from(chunks, ({ size }) => size),
    };
  }

  /** From now on blockAt() asks `take` for a chunk before it undoes one itself: chunks-ahead.ts. */
  takeChunksFrom(take: TakeChunk): void {
    this.#take = take;
  }

  /** Number of the chunk that holds page `index`. */
  #chunkOf(index: number): number {
    let from = 0;
    let to = this.#chunks.length;
    while (to - from > 1) {
      const middle = (from + to) >>> 1;
      if (this.#chunks[middle]!.first <= index) from = middle;
      else to = middle;
    }
    return from;
  }
}

/** The count of chunks, then for each its compressed size, its size and the data. */
function readChunks(cursor: ByteCursor, pageSize: number, problem: (why: string) => void): Chunk[] {
  const chunks: Chunk[] = [];
  if (cursor.position === cursor.end) return chunks;
  let first = 0;
  let hollowBytes = 0;
  try {
    const count = cursor.u32();
    for (let index = 0; index < count; index += 1) {
      const compressed = cursor.u32();
      const size = cursor.u32();
      const offset = cursor.position;
      cursor.skip(compressed);
      if (size > largestBlock) throw new RecordingDamage(`a chunk says that it holds ${size} bytes`);
      if (size > 0) chunks.push({ offset, compressed, size, first });
      else hollowBytes += compressed;
      first += Math.ceil(size / pageSize);
    }
  } catch (error) {
    if (!(error instanceof RecordingDamage)) throw error;
    problem(`after ${chunks.length} chunks: ${error.message}`);
  }
  if (hollowBytes > 0) problem(`${hollowBytes} bytes are in chunks that say they hold nothing`);
  return chunks;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
