/** Bytes straight to standard output, in order and at once: for commands that print millions of lines. */

import { writeSync } from 'node:fs';
import { errnoOf, FtuiError } from '../base/errors.ts';

const standardOutput = 1;
/** Between two attempts at a pipe that somebody has made non-blocking, and that is full. */
const retryMs = 2;
const nap = new Int32Array(new SharedArrayBuffer(4));

/** Writes all of `bytes`; false when the reader has gone away. Throws FtuiError for any other failure. */
export function writeOut(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(standardOutput, bytes, at);
    } catch (cause) {
      const code = errnoOf(cause);
      if (code === 'EPIPE') return false;
      if (code !== 'EAGAIN') throw writeFailure(code, cause);
      Atomics.wait(nap, 0, 0, retryMs);
    }
  }
  return true;
}

function writeFailure(code: string | undefined, cause: unknown): FtuiError {
  const remedy = code === 'ENOSPC' ? 'the disk is full' : undefined;
  return new FtuiError({ attempted: 'writing standard output', why: code ?? String(cause), remedy, cause });
}
