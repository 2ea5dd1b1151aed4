/**
 * The compressions of trace.dat version 7 (`zlib`, `zstd`). Every block says how large it becomes, and may not become
 * larger: a forged block cannot take the memory.
 */
import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { RecordingDamage } from './byte-cursor.ts';

export type Compression = 'none' | 'zlib' | 'zstd';

/** The largest block anybody writes has 10 sub-buffers of 64 KB, and sections have some MB. */
export const largestBlock = 64 * 1024 * 1024;
/** Texts shrink to a tenth. More than this is not set aside for a block before it proves to need it. */
const usualRatio = 64;

/** The bytes that a block holds; throws RecordingDamage when it cannot be undone or does not become `size` bytes. */
export function decompressBlock(compression: Compression, block: Uint8Array, size: number): Uint8Array {
  if (size > largestBlock) throw new RecordingDamage(`a compressed block says that it holds ${size} bytes`);
  if (compression === 'none') throw new RecordingDamage('a compressed block in a file without compression');
  let bytes: Uint8Array;
  try {
    // One byte more than announced is allowed for, to tell a block that is too large from one that is damaged; output
    // in one piece saves joining it.
    const chunkSize = Math.max(Math.min(size + 1, block.length * usualRatio), 64);
    const options = { maxOutputLength: size + 1, chunkSize };
    bytes = compression === 'zlib' ? inflateSync(block, options) : zstdDecompressSync(block, options);
  } catch (cause) {
    throw new RecordingDamage(`a ${compression} block cannot be read (${(cause as Error).message})`);
  }
  if (bytes.length === size) return bytes;
  throw new RecordingDamage(`a ${compression} block of ${size} bytes holds ${bytes.length}`);
}
