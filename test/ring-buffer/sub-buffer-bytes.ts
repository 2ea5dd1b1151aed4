/** Writes synthetic sub-buffers, in either byte order and with either size of long. */
import type { PageLayout } from '../../src/ring-buffer/page-layout.ts';

export function layoutOf({ littleEndian = true, longSize = 8 as 4 | 8, subBufferSize = 4096 } = {}): PageLayout {
  return { littleEndian, longSize, timestamp: 0, commit: 8, data: 8 + longSize, subBufferSize };
}

export class SubBufferWriter {
  readonly bytes: Uint8Array;
  readonly #layout: PageLayout;
  readonly #view: DataView;
  #at: number;

  constructor(layout: PageLayout, stamp: bigint) {
    this.#layout = layout;
    this.bytes = new Uint8Array(layout.subBufferSize).fill(0xee);
    this.#view = new DataView(this.bytes.buffer);
    this.#view.setBigUint64(0, stamp, layout.littleEndian);
    this.#at = layout.data;
  }

  word(value: number): this {
    this.#view.setUint32(this.#at, value, this.#layout.littleEndian);
    this.#at += 4;
    return this;
  }

  /** The first word of an event. */
  event(typeLength: number, delta: number): this {
    const { littleEndian } = this.#layout;
    return this.word(littleEndian ? delta * 32 + typeLength : typeLength * 0x8000000 + delta);
  }

  data(text: string): this {
    const padded = Math.ceil(text.length / 4) * 4;
    this.bytes.set(Buffer.from(text.padEnd(padded, '.')), this.#at);
    this.#at += padded;
    return this;
  }

  record(delta: number, text: string): this {
    return this.event(Math.ceil(text.length / 4), delta).data(text);
  }

  longRecord(delta: number, text: string): this {
    return this.event(0, delta)
      .word(4 + text.length)
      .data(text);
  }

  /** Writes the commit field: used bytes, lost marks, and the count after the records where one is given. */
  done(lost?: 'unknown' | number, used = this.#at - this.#layout.data): Uint8Array {
    const marks = lost === undefined ? 0n : lost === 'unknown' ? 0xffffffff80000000n : 0xffffffffc0000000n;
    this.#long(8, marks | BigInt(used));
    if (typeof lost === 'number') this.#long(this.#at, BigInt(lost));
    return this.bytes;
  }

  #long(at: number, value: bigint): void {
    const { littleEndian, longSize } = this.#layout;
    if (longSize === 8) this.#view.setBigUint64(at, value, littleEndian);
    else this.#view.setUint32(at, Number(value & 0xffffffffn), littleEndian);
  }
}
