/** Integers, texts and bytes of a trace.dat in the byte order of the recording. */
import { ByteWriter } from '../../base/byte-writer.ts';
import { encodeKernelText } from '../../base/text.ts';

export class FieldWriter {
  readonly littleEndian: boolean;
  readonly #out: ByteWriter;

  constructor(littleEndian: boolean, capacity = 1024) {
    this.littleEndian = littleEndian;
    this.#out = new ByteWriter(capacity);
  }

  get length(): number {
    return this.#out.length;
  }

  u8(value: number): this {
    return this.#integer(BigInt(value), 1);
  }

  u16(value: number): this {
    return this.#integer(BigInt(value), 2);
  }

  u32(value: number): this {
    return this.#integer(BigInt(value), 4);
  }

  u64(value: number | bigint): this {
    return this.#integer(BigInt(value), 8);
  }

  bytes(bytes: Uint8Array): this {
    this.#out.copy(bytes);
    return this;
  }

  /** A text and the NUL that ends it. */
  terminated(text: string): this {
    return this.bytes(encodeKernelText(text)).u8(0);
  }

  /** The bytes so far; the next write may overwrite them. */
  written(): Uint8Array {
    return this.#out.written();
  }

  #integer(value: bigint, size: number): this {
    this.#out.reserve(size);
    for (let index = 0; index < size; index += 1) {
      const shift = 8 * (this.littleEndian ? index : size - 1 - index);
      this.#out.byte(Number((value >> BigInt(shift)) & 0xffn));
    }
    return this;
  }
}
