/**
 * Positional reading of a file, so that a binary of 100 MB is looked into without being read whole. The folder's only
 * implementation over a real file is in files.ts.
 */

export interface ByteSource {
  /** Size in bytes. */
  readonly size: number;
  /** The bytes at `offset`; fewer than `length` at the end of the file, none beyond it. */
  read(offset: number, length: number): Uint8Array;
}
