/**
 * Sub-buffers of which nothing is shown, because more comes than a screen can take: their records are counted by event id
 * (common_type, the first field of every record), and each leaves one lost item with their number.
 */

import type { CpuId } from '../base/units.ts';
import type { PageLayout } from '../ring-buffer/page-layout.ts';
import type { LostItem, StreamItem } from '../ring-buffer/stream-item.ts';
import { lostUnknown, SubBufferCursor } from '../ring-buffer/sub-buffer.ts';

const eventIds = 65_536;

export class SkippedRecords {
  /** Records of the page that was counted last. */
  lastCount = 0;
  readonly #layout: PageLayout;
  readonly #counts = new Float64Array(eventIds);
  readonly #seen: number[] = [];
  #cursor: { readonly origin: bigint; readonly cursor: SubBufferCursor } | undefined;

  constructor(layout: PageLayout) {
    this.#layout = layout;
  }

  /** Counts the records of a sub-buffer; returns what the stream gets in their place. */
  count(page: Uint8Array, cpu: CpuId, origin: bigint): StreamItem[] {
    const cursor = this.#cursorFor(origin);
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
    const { littleEndian } = this.#layout;
    cursor.open(view);
    const items: StreamItem[] = [];
    if (cursor.lost !== 0) {
      items.push({
        kind: 'lost',
        cpu,
        time: cursor.time,
        count: cursor.lost === lostUnknown ? undefined : cursor.lost,
      });
    }
    this.lastCount = 0;
    while (cursor.next()) {
      this.lastCount += 1;
      if (cursor.dataLength >= 2) this.#add(view.getUint16(cursor.dataStart, littleEndian));
    }
    if (this.lastCount > 0) items.push(skippedItem(cpu, cursor.time, this.lastCount));
    return items;
  }

  /** The counts since the last call, by event id. */
  take(): ReadonlyMap<number, number> {
    const taken = new Map(this.#seen.map((id) => [id, this.#counts[id]!]));
    for (const id of this.#seen.splice(0)) this.#counts[id] = 0;
    return taken;
  }

  #add(id: number): void {
    if (this.#counts[id] === 0) this.#seen.push(id);
    this.#counts[id]! += 1;
  }

  #cursorFor(origin: bigint): SubBufferCursor {
    if (this.#cursor?.origin !== origin) this.#cursor = { origin, cursor: new SubBufferCursor(this.#layout, origin) };
    return this.#cursor.cursor;
  }
}

function skippedItem(cpu: CpuId, time: number, count: number): LostItem {
  return { kind: 'lost', cpu, time, count, skipped: true };
}
