/** Runs of sub-buffers on their way into a file: checked to be whole, aligned, or cut into chunks to be compressed. */
import type { ByteSink } from '../files.ts';
import type { BufferStreams, CpuPages } from '../recording-metadata.ts';

/** Readers map pages into memory: their offsets are multiples of the machine's page and of the sub-buffer. */
const smallestAlignment = 4096;

/** Items of whole sub-buffers; what is left over at the end of one is cut off and said once. */
export function* takeWholePages(
  { name, pageSize }: BufferStreams,
  { cpu, pages, inPlace }: CpuPages,
  problems: string[],
): Generator<Uint8Array> {
  let cut = (inPlace?.size ?? 0) % pageSize;
  for (const item of pages()) {
    const whole = item.length - (item.length % pageSize);
    cut += item.length - whole;
    if (whole > 0) yield item.subarray(0, whole);
  }
  if (cut === 0) return;
  const buffer = name === '' ? '' : ` of ${name}`;
  problems.push(`CPU ${cpu}${buffer}: ${cut} bytes of a torn sub-buffer were left out`);
}

/** The bytes of `items` in blocks of exactly `size`, the last as long as it comes out. Blocks are overwritten. */
export function* cutBlocks(items: Iterable<Uint8Array>, size: number): Generator<Uint8Array> {
  const block = new Uint8Array(size);
  let filled = 0;
  for (const item of items) {
    for (let at = 0; at < item.length; ) {
      const count = Math.min(size - filled, item.length - at);
      block.set(item.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled < size) continue;
      yield block;
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

/** What the offset of a run of sub-buffers is a multiple of. */
export function pageAlignment(pageSize: number): number {
  return Math.max(pageSize, smallestAlignment);
}

/** Fills up to where a run of sub-buffers may begin. */
export function alignToPage(sink: ByteSink, pageSize: number): void {
  const unit = pageAlignment(pageSize);
  const rest = sink.length % unit;
  if (rest > 0) sink.append(new Uint8Array(unit - rest));
}
