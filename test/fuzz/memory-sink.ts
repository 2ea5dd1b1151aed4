/** A ByteSink that keeps what is written in memory. */
import type { ByteSink } from '../../src/recording/files.ts';

export function memorySink(): ByteSink & { bytes(): Uint8Array } {
  let kept = new Uint8Array(1 << 16);
  let length = 0;
  const reserve = (size: number): void => {
    if (size <= kept.length) return;
    const larger = new Uint8Array(Math.max(size, kept.length * 2));
    larger.set(kept);
    kept = larger;
  };
  return {
    name: 'memory',
    get length() {
      return length;
    },
    append: (bytes) => {
      reserve(length + bytes.length);
      kept.set(bytes, length);
      length += bytes.length;
    },
    writeAt: (bytes, offset) => {
      reserve(offset + bytes.length);
      kept.set(bytes, offset);
    },
    skipTo: (offset) => {
      reserve(offset);
      length = offset;
    },
    truncate: (to) => {
      length = to;
    },
    sync: () => {},
    close: () => {},
    bytes: () => kept.slice(0, length),
  };
}
