/** A file as lines, read in blocks: memory stays bounded however large the file and however long a line is. */
import type { ByteSource } from '../files.ts';

const blockSize = 1 << 20;
/** A block becomes text in pieces: each line keeps its piece alive. */
const pieceSize = 1 << 16;
const newline = '\n';

/** Bytes of a line that are kept. */
export const lineLimit = 1 << 16;

export class LineReader {
  /** Number of the line that next() returned last, from 1 on. */
  lineNumber = 0;
  /** Whether that line was longer than lineLimit, and its end left out. */
  isCut = false;
  /** Whether that line has no end: the file stops in it. */
  isOpen = false;
  readonly #source: ByteSource;
  readonly #block = Buffer.allocUnsafe(blockSize);
  #offset = 0;
  /** The part of the block that is not text yet. */
  #blockAt = 0;
  #blockEnd = 0;
  #text = '';
  #at = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** The next line as a byte string without its end; undefined at the end of the file. */
  next(): string | undefined {
    const end = this.#text.indexOf(newline, this.#at);
    if (end < 0 || end - this.#at > lineLimit) return this.#nextOverBlocks();
    const line = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    return this.#took(line, false, false);
  }

  /** Up to `count` of the lines to come, as far as they lie within a block. */
  peek(count: number): string[] {
    let lines = this.#wholeLines(count);
    while (lines.length < count && this.#text.length - this.#at < blockSize && this.#readPiece()) {
      if (this.#blockAt === this.#blockEnd || this.#text.length - this.#at >= pieceSize)
        lines = this.#wholeLines(count);
    }
    return lines.length === 0 && this.#at < this.#text.length ? [this.#text.slice(this.#at)] : lines;
  }

  #wholeLines(count: number): string[] {
    const lines: string[] = [];
    for (let at = this.#at; lines.length < count; ) {
      const end = this.#text.indexOf(newline, at);
      if (end < 0) break;
      if (end - at <= lineLimit) lines.push(this.#text.slice(at, end));
      at = end + 1;
    }
    return lines;
  }

  #nextOverBlocks(): string | undefined {
    for (;;) {
      const end = this.#text.indexOf(newline, this.#at);
      const length = (end < 0 ? this.#text.length : end) - this.#at;
      if (length > lineLimit) return this.#cutLine(end);
      if (end >= 0) {
        const line = this.#text.slice(this.#at, end);
        this.#at = end + 1;
        return this.#took(line, false, false);
      }
      if (this.#readPiece()) continue;
      const line = this.#text.slice(this.#at);
      this.#text = '';
      this.#at = 0;
      return line === '' ? undefined : this.#took(line, false, true);
    }
  }

  /** The beginning of a line that is too long; `end` is where it ends, if that has been read. */
  #cutLine(end: number): string {
    const line = this.#text.slice(this.#at, this.#at + lineLimit);
    let endAt = end;
    while (endAt < 0) {
      this.#text = '';
      this.#at = 0;
      if (!this.#readPiece()) return this.#took(line, true, true);
      endAt = this.#text.indexOf(newline);
    }
    this.#at = endAt + 1;
    return this.#took(line, true, false);
  }

  #took(line: string, isCut: boolean, isOpen: boolean): string {
    this.lineNumber += 1;
    this.isCut = isCut;
    this.isOpen = isOpen;
    return line;
  }

  /** Adds a piece to what is left of the text; false at the end of the file. */
  #readPiece(): boolean {
    if (this.#blockAt === this.#blockEnd) {
      this.#blockAt = 0;
      this.#blockEnd = this.#source.read(this.#block, this.#offset);
      this.#offset += this.#blockEnd;
      if (this.#blockEnd === 0) return false;
    }
    const end = Math.min(this.#blockAt + pieceSize, this.#blockEnd);
    this.#text = this.#text.slice(this.#at) + this.#block.toString('latin1', this.#blockAt, end);
    this.#at = 0;
    this.#blockAt = end;
    return true;
  }
}
