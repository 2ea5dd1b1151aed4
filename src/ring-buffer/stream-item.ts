/** What a CPU's stream consists of, as objects: for live use, where records are few enough to hold. */
import type { CpuId } from '../base/units.ts';
import type { PageLayout } from './page-layout.ts';
import { lostUnknown, SubBufferCursor } from './sub-buffer.ts';

interface RecordItem {
  readonly kind: 'record';
  readonly cpu: CpuId;
  /** Nanoseconds since the origin that the stream was read with. */
  readonly time: number;
  /** The record from its common header on, with up to 3 bytes of padding. */
  readonly bytes: Uint8Array;
}

/** Events that the ring buffer had to drop, at the place where they are missing. */
export interface LostItem {
  readonly kind: 'lost';
  readonly cpu: CpuId;
  readonly time: number;
  /** undefined when the kernel did not say how many. */
  readonly count: number | undefined;
  /** Not lost but left out: read and counted, more than a screen can take. */
  readonly skipped?: true | undefined;
}

/** Bytes that make no sense: the rest of that sub-buffer is left out, the stream goes on with the next one. */
export interface DamagedItem {
  readonly kind: 'damaged';
  readonly cpu: CpuId;
  readonly time: number;
  readonly reason: string;
}

export type StreamItem = RecordItem | LostItem | DamagedItem;

/**
 * The items of one sub-buffer, oldest first. Its used bytes are copied once, so `page` may be read over afterwards.
 * `origin` is the stamp (ns, as the kernel counts) that times are relative to.
 */
export function readPageItems(page: Uint8Array, layout: PageLayout, cpu: CpuId, origin: bigint): StreamItem[] {
  const cursor = new SubBufferCursor(layout, origin);
  cursor.open(new DataView(page.buffer, page.byteOffset, page.byteLength));
  const bytes = page.slice(0, layout.data + cursor.usedBytes);
  const items: StreamItem[] = [];
  while (cursor.next()) {
    if (items.length === 0) pushLost(items, cursor, cpu);
    const start = cursor.dataStart;
    items.push({ kind: 'record', cpu, time: cursor.time, bytes: bytes.subarray(start, start + cursor.dataLength) });
  }
  if (items.length === 0) pushLost(items, cursor, cpu);
  if (cursor.damage !== undefined) items.push({ kind: 'damaged', cpu, time: cursor.time, reason: cursor.damage });
  return items;
}

/** A loss is dated by the first record after it, or by the sub-buffer when it has none. */
function pushLost(items: StreamItem[], { lost, time }: SubBufferCursor, cpu: CpuId): void {
  if (lost !== 0) items.push({ kind: 'lost', cpu, time, count: lost === lostUnknown ? undefined : lost });
}

/** The stamp of a sub-buffer as the kernel counts; 0n when the page is shorter than its header. For choosing an origin. */
export function readPageStamp(page: Uint8Array, layout: PageLayout): bigint {
  const end = layout.timestamp + 8;
  if (page.byteLength < end) return 0n;
  return new DataView(page.buffer, page.byteOffset, page.byteLength).getBigUint64(
    layout.timestamp,
    layout.littleEndian,
  );
}
