/**
 * Blocks of a compressed version 7 file. A zstd frame says its content size unless told not to; trace-cmd writes none, so
 * neither do we.
 */
import { constants, deflateSync, zstdCompressSync } from 'node:zlib';
import type { RecordingFormat } from '../recording-metadata.ts';
import { FieldWriter } from './write-bytes.ts';

type Compression = RecordingFormat['compression'];

/** What the head calls the version of the compressing library; empty for none. */
export function compressionVersion(compression: Compression): string {
  return compression === 'none' ? '' : (process.versions[compression] ?? '');
}

/** u32 compressed size, u32 size, data. */
export function encodeBlock(compression: Compression, littleEndian: boolean, bytes: Uint8Array): Uint8Array {
  const data = compress(compression, bytes);
  return new FieldWriter(littleEndian, data.length + 8).u32(data.length).u32(bytes.length).bytes(data).written();
}

function compress(compression: Compression, bytes: Uint8Array): Uint8Array {
  if (compression === 'zlib') return deflateSync(bytes);
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } });
}
