/** How fast sub-buffers are walked, beside a loop that only adds up their bytes. The data is the bundled recording. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { PageLayout } from '../src/ring-buffer/page-layout.ts';
import { SubBufferCursor } from '../src/ring-buffer/sub-buffer.ts';
import type { Contender } from './measurement.ts';

const layout: PageLayout = {
  littleEndian: true,
  longSize: 8,
  timestamp: 0,
  commit: 8,
  data: 16,
  subBufferSize: 4096,
};
const megabytes = 64;

export interface DecodingBench {
  readonly walk: Contender;
  readonly byBytes: Contender;
  /** Records of one walk, and the size in bytes of what they are in. */
  readonly records: number;
  readonly size: number;
}

export function prepareDecoding(): DecodingBench {
  const pages = zstdDecompressSync(readFileSync(join(import.meta.dirname, '../tracefs-fixtures/demo/cpu1.pages.zst')));
  const copies = Math.ceil((megabytes * 1024 * 1024) / pages.length);
  const view = new DataView(new ArrayBuffer(pages.length * copies));
  const bytes = new Uint8Array(view.buffer);
  for (let copy = 0; copy < copies; copy += 1) bytes.set(pages, copy * pages.length);
  return {
    walk: () => timeOf(() => walkRecords(view)),
    byBytes: () => timeOf(() => sumBytes(bytes)),
    records: walkRecords(view),
    size: view.byteLength,
  };
}

/** The walk of a live session without what is done with the records. */
function walkRecords(view: DataView): number {
  const cursor = new SubBufferCursor(layout, 0n);
  let records = 0;
  for (let start = 0; start < view.byteLength; start += layout.subBufferSize) {
    cursor.open(view, start);
    while (cursor.next()) records += 1;
  }
  return records;
}

/** Every byte once. */
function sumBytes(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 1) sum = (sum + bytes[at]!) | 0;
  return sum;
}

function timeOf(work: () => number): number {
  const begun = performance.now();
  // The result is looked at, or the loop might be optimised away.
  if (work() === -1) throw new Error('a sum or count is never -1');
  return performance.now() - begun;
}
