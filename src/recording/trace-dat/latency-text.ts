/** The text of a latency tracer (irqsoff, wakeup, ...): its trace is one snapshot, and recorded as the kernel prints it. */
import type { ByteSource } from '../files.ts';
import { ByteCursor, RecordingDamage } from './byte-cursor.ts';
import { type Compression, decompressBlock } from './compression.ts';
import type { LatencyText } from './file-layout.ts';

const blockSize = 256 * 1024;

/** Plain text in the file; `problem` is told when there is less than there should be. */
export function readTextBlocks(
  source: ByteSource,
  { offset, size }: { offset: number; size: number },
  problem: (why: string) => void,
): LatencyText {
  return {
    *blocks() {
      for (let done = 0; done < size; ) {
        const block = new Uint8Array(Math.min(blockSize, size - done));
        const count = source.read(block, offset + done);
        if (count === 0) return problem(`${size - done} bytes of the text are missing`);
        done += count;
        yield block.subarray(0, count);
      }
    },
  };
}

/** Text in compressed chunks: their count, then for each its two sizes and data; `problem` is told why it ends early. */
export function readTextChunks(
  source: ByteSource,
  place: { offset: number; size: number; littleEndian: boolean },
  compression: Compression,
  problem: (why: string) => void,
): LatencyText {
  return {
    *blocks() {
      try {
        const cursor = new ByteCursor(source, place.littleEndian, place.offset, place.offset + place.size);
        const count = cursor.u32();
        for (let index = 0; index < count; index += 1) {
          const compressed = cursor.u32();
          const size = cursor.u32();
          yield decompressBlock(compression, cursor.bytes(compressed), size);
        }
      } catch (error) {
        if (!(error instanceof RecordingDamage)) throw error;
        problem(`the text ends early: ${error.message}`);
      }
    },
  };
}
