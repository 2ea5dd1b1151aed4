/** The initial block of a trace.dat, and from there the reader of its version. */
import { FtuiError } from '../../base/errors.ts';
import type { ByteSource } from '../files.ts';
import { ByteCursor, RecordingDamage } from './byte-cursor.ts';
import type { Compression } from './compression.ts';
import type { TraceDatLayout } from './file-layout.ts';
import { readVersion6 } from './read-version-6.ts';
import { readVersion7 } from './read-version-7.ts';

const magic = Buffer.from('\x17\x08\x44tracing', 'latin1');

/** What the first bytes say. */
export interface InitialBlock {
  readonly littleEndian: boolean;
  readonly userLongSize: number;
  readonly pageSize: number;
}

/** Whether a file that begins with `head` is a trace.dat. */
export function isTraceDat(head: Uint8Array): boolean {
  return magic.equals(head.subarray(0, magic.length));
}

/** Reads the head of a trace.dat; throws FtuiError when there is nothing in it that could be read. */
export function readLayout(source: ByteSource): TraceDatLayout {
  try {
    return readKnownVersion(source);
  } catch (error) {
    if (!(error instanceof RecordingDamage)) throw error;
    throw unreadable(
      source,
      error.message,
      'the file is cut off or damaged; `ftui restore` finishes an interrupted recording',
    );
  }
}

/** Whether its pages are compressed, as its first bytes tell; false also for what is no trace.dat. */
export function isCompressed(source: ByteSource): boolean {
  try {
    return readInitialBlock(source).compression !== 'none';
  } catch (error) {
    if (error instanceof RecordingDamage || error instanceof FtuiError) return false;
    throw error;
  }
}

function readKnownVersion(source: ByteSource): TraceDatLayout {
  const { cursor, version, block, compression } = readInitialBlock(source);
  return version === '6' ? readVersion6(source, cursor, block) : readVersion7(source, cursor, block, compression);
}

/** `cursor` stands behind what was read. */
function readInitialBlock(source: ByteSource): {
  cursor: ByteCursor;
  version: '6' | '7';
  block: InitialBlock;
  compression: Compression;
} {
  const cursor = new ByteCursor(source, true);
  if (!isTraceDat(cursor.bytes(magic.length)))
    throw unreadable(source, 'it is no trace.dat: the first bytes are others');
  const version = cursor.text(16);
  const isBig = cursor.u8() === 1;
  const userLongSize = cursor.u8();
  const ordered = new ByteCursor(source, !isBig, cursor.position);
  const pageSize = ordered.u32();
  if (pageSize < 64 || pageSize > 16 * 1024 * 1024) throw new RecordingDamage(`sub-buffers of ${pageSize} bytes`);
  if (version !== '6' && version !== '7')
    throw unreadable(source, `version ${JSON.stringify(version)} of trace.dat is not known`);
  const compression = version === '6' ? 'none' : compressionNamed(source, ordered.text(64));
  return { cursor: ordered, version, block: { littleEndian: !isBig, userLongSize, pageSize }, compression };
}

function compressionNamed(source: ByteSource, name: string): Compression {
  if (name === 'none' || name === 'zlib' || name === 'zstd') return name;
  throw unreadable(source, `it is compressed with ${JSON.stringify(name)}`, 'zlib, zstd and none can be read');
}

function unreadable({ name }: ByteSource, why: string, remedy?: string): FtuiError {
  return new FtuiError({ attempted: `reading ${name}`, why, remedy });
}
