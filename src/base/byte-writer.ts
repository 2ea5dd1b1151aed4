/**
 * Text as bytes, appended to one growing buffer: what prints millions of lines does so without a string for each. Numbers
 * are written digit by digit; 64-bit ones come as two 32-bit halves.
 */

/** Smallest room that is added at a time. */
const growth = 1 << 16;
const fourBlanks = 0x20202020;
const hexDigits = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const encoder = new TextEncoder();

/** A text that is written again and again. */
export interface WordText {
  readonly bytes: Uint8Array;
  /** The same, four bytes each, the first one lowest; zeros fill the last. Storing four at once takes a quarter of the time. */
  readonly words: Int32Array;
}

/** From so many words on, one call of set() is faster. */
const manyWords = 7;

export function wordTextOf(bytes: Uint8Array): WordText {
  const words = new Int32Array((bytes.length + 3) >> 2);
  for (let at = 0; at < bytes.length; at += 1) words[at >> 2]! |= bytes[at]! << ((at & 3) * 8);
  return { bytes, words };
}

export class ByteWriter {
  /** The text so far is bytes[0..length). Replaced when it grows: do not keep it over a write. */
  bytes: Uint8Array;
  /** Over the same bytes. */
  view: DataView;
  length = 0;

  constructor(capacity: number = growth) {
    this.bytes = new Uint8Array(capacity);
    this.view = viewOf(this.bytes);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.length + count > this.bytes.length) this.#grow(this.length + count);
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2, growth));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.view = viewOf(larger);
  }

  /** A text made for it. */
  words({ bytes, words }: WordText): void {
    this.reserve(bytes.length + 3);
    let at = this.length;
    this.length = at + bytes.length;
    if (words.length >= manyWords) return this.bytes.set(bytes, at);
    const { view } = this;
    for (let index = 0; index < words.length; index += 1, at += 4) view.setInt32(at, words[index]!, true);
  }

  /** `count` bytes that lie in words, as those of a WordText, from `first` on. */
  wordsOf(words: Int32Array, first: number, count: number): void {
    this.reserve(count + 3);
    const { view } = this;
    let at = this.length;
    const end = at + count;
    for (let index = first; at < end; index += 1, at += 4) view.setInt32(at, words[index]!, true);
    this.length = end;
  }

  /** `count` blanks; none when the count is below 1. */
  blanks(count: number): void {
    if (count <= 0) return;
    this.reserve(count + 3);
    const { view } = this;
    const end = this.length + count;
    for (let at = this.length; at < end; at += 4) view.setInt32(at, fourBlanks, true);
    this.length = end;
  }

  /** One byte; the caller has reserved room for it. */
  byte(value: number): void {
    this.bytes[this.length++] = value;
  }

  /** The same byte `count` times; none when the count is below 1. */
  fill(value: number, count: number): void {
    if (count <= 0) return;
    this.reserve(count);
    const end = this.length + count;
    for (let at = this.length; at < end; at += 1) this.bytes[at] = value;
    this.length = end;
  }

  /** Bytes `from` up to `to` of `source`. */
  copy(source: Uint8Array, from = 0, to: number = source.length): void {
    const count = to - from;
    this.reserve(count);
    const { bytes } = this;
    // A call of set() costs more than a loop over as few bytes as most texts have.
    if (count > 48) bytes.set(source.subarray(from, to), this.length);
    else for (let at = from, into = this.length; at < to; at += 1, into += 1) bytes[into] = source[at]!;
    this.length += count;
  }

  /** A text as UTF-8. */
  text(text: string): void {
    this.reserve(text.length * 3);
    const { bytes } = this;
    let into = this.length;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code > 0x7f) {
        this.length += encoder.encodeInto(text, bytes.subarray(this.length)).written;
        return;
      }
      bytes[into++] = code;
    }
    this.length = into;
  }

  /** A whole number of up to 53 bits, with its sign, padded on the left to `width`. */
  decimal(value: number, width = 0, pad = 0x20): void {
    this.reserve(24 + width);
    const { bytes } = this;
    let rest = value < 0 ? -value : value;
    let digits = 1;
    for (let limit = 10; rest >= limit && digits < 17; limit *= 10) digits += 1;
    const total = value < 0 ? digits + 1 : digits;
    let at = this.length;
    const end = at + Math.max(total, width);
    if (value < 0 && pad === 0x30) {
      bytes[at++] = 0x2d;
      for (const stop = end - digits; at < stop; at += 1) bytes[at] = pad;
    } else {
      for (const stop = end - total; at < stop; at += 1) bytes[at] = pad;
      if (value < 0) bytes[at++] = 0x2d;
    }
    // Up to 31 bits the division is one of integers.
    let into = end;
    while (rest > 0x7fffffff) {
      const next = Math.floor(rest / 10);
      bytes[--into] = 0x30 + (rest - next * 10);
      rest = next;
    }
    let small = rest | 0;
    while (into > at) {
      const next = (small / 10) | 0;
      bytes[--into] = 0x30 + (small - next * 10);
      small = next;
    }
    this.length = end;
  }

  /** Hexadecimal of a 64-bit number given as unsigned 32-bit halves, without 0x, padded on the left to `width`. */
  hex(high: number, low: number, width = 0, pad = 0x20): void {
    this.reserve(16 + width);
    const { bytes } = this;
    const digits = high === 0 ? countHexDigits(low) : 8 + countHexDigits(high);
    for (let missing = width - digits; missing > 0; missing -= 1) bytes[this.length++] = pad;
    let into = this.length + digits;
    this.length = into;
    let word = low;
    for (let digit = 0; digit < digits; digit += 1) {
      if (digit === 8) word = high;
      bytes[--into] = hexDigits[word & 15]!;
      word >>>= 4;
    }
  }

  /** What was written since, as a view that the next write may overwrite. */
  written(from = 0): Uint8Array {
    return this.bytes.subarray(from, this.length);
  }

  /** What was written since `from`, as text. */
  toText(from = 0): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + from, this.length - from).toString('utf8');
  }

  clear(): void {
    this.length = 0;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function countHexDigits(word: number): number {
  return word === 0 ? 1 : (35 - Math.clz32(word)) >> 2;
}
