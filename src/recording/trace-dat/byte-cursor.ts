/**
 * Integers and texts of a recording's head, read one after the other. A recording is untrusted: every length is held
 * against what the file has, and what does not fit throws RecordingDamage, which the readers turn into a `problem`.
 */
import type { ByteSource } from '../files.ts';

/** Something in the file is not as the format says; caught where reading can go on without it. */
export class RecordingDamage extends Error {}

/** The largest single piece of a head that is read into memory: kallsyms and formats have some 12 MB. */
const largestPiece = 256 * 1024 * 1024;
const usualWindow = 16 * 1024;

export class ByteCursor {
  readonly littleEndian: boolean;
  /** Where the next read begins. */
  position: number;
  readonly #source: ByteSource;
  /** Reads must not go beyond it. */
  readonly #end: number;
  readonly #windowSize: number;
  #window: Buffer = Buffer.alloc(0);
  #windowAt = 0;

  /** `window`: so many bytes are read at a time; few where most of them are skipped. */
  constructor(
    source: ByteSource,
    littleEndian: boolean,
    position = 0,
    end: number = source.size(),
    window = usualWindow,
  ) {
    this.#windowSize = window;
    this.#source = source;
    this.littleEndian = littleEndian;
    this.position = position;
    this.#end = Math.min(end, source.size());
  }

  get end(): number {
    return this.#end;
  }

  u8(): number {
    return this.#take(1)[0]!;
  }

  u16(): number {
    const bytes = this.#take(2);
    return this.littleEndian ? bytes.readUInt16LE() : bytes.readUInt16BE();
  }

  u32(): number {
    const bytes = this.#take(4);
    return this.littleEndian ? bytes.readUInt32LE() : bytes.readUInt32BE();
  }

  /** A u64 that is an offset or a size: beyond what a file can have it is damage. */
  offset(): number {
    const value = this.u64();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RecordingDamage(`an offset or size of ${value} bytes`);
    return Number(value);
  }

  u64(): bigint {
    const bytes = this.#take(8);
    return this.littleEndian ? bytes.readBigUInt64LE() : bytes.readBigUInt64BE();
  }

  /** The next `length` bytes; they may be overwritten by the next read, unless they are many. */
  bytes(length: number): Buffer {
    return this.#take(length);
  }

  /** A text that ends with NUL, as latin1 (names of events, clocks, instances). */
  text(longest = 4096): string {
    let text = '';
    for (let byte = this.u8(); byte !== 0; byte = this.u8()) {
      if (text.length === longest) throw new RecordingDamage(`a name has no end within ${longest} bytes`);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  skip(length: number): void {
    if (length > this.#end - this.position) throw this.#beyond(length);
    this.position += length;
  }

  #take(length: number): Buffer {
    if (length > this.#end - this.position) throw this.#beyond(length);
    if (length > largestPiece) throw new RecordingDamage(`a piece of ${length} bytes`);
    const at = this.position - this.#windowAt;
    this.position += length;
    if (at >= 0 && at + length <= this.#window.length) return this.#window.subarray(at, at + length);
    if (length > this.#windowSize / 2) return this.#readWhole(Buffer.allocUnsafe(length), this.position - length);
    this.#windowAt = this.position - length;
    const window = Buffer.allocUnsafe(Math.min(this.#windowSize, this.#end - this.#windowAt));
    this.#window = this.#readWhole(window, this.#windowAt);
    return this.#window.subarray(0, length);
  }

  #readWhole(target: Buffer, at: number): Buffer {
    const count = this.#source.read(target, at);
    if (count < target.length) throw new RecordingDamage(`the file ends at ${at + count}`);
    return target;
  }

  #beyond(length: number): RecordingDamage {
    return new RecordingDamage(
      `${length} bytes are to be at ${this.position}, and the file or section ends at ${this.#end}`,
    );
  }
}
