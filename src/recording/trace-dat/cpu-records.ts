/**
 * The records of one CPU in a recording, one at a time and from any page on. The current record is described by plain
 * fields, so that millions of them cost no objects.
 */
import type { PageLayout } from '../../ring-buffer/page-layout.ts';
import { lostUnknown, SubBufferCursor } from '../../ring-buffer/sub-buffer.ts';
import { RecordingDamage } from './byte-cursor.ts';
import type { CpuPages, PageBlock } from './cpu-pages.ts';

/** Turns a time of the recording (since its origin) into the time that is shown; where clocks of machines are matched. */
export type TimeConversion = (time: number) => number;

export class CpuRecords {
  readonly cpu: number;
  readonly pages: CpuPages;
  /** The time of the current record: ns since the origin. Infinity when there is none. */
  time = Number.POSITIVE_INFINITY;
  /** The current record is bytes[start..end), with up to 3 of padding; valid after the next one has come, too. */
  bytes: Uint8Array = new Uint8Array();
  view: DataView = new DataView(new ArrayBuffer(0));
  start = 0;
  end = 0;
  /** Events lost right before the current record: 0, their count, or -1 when the kernel did not say. */
  lost = 0;
  /** Called with the page's number and why the rest of it, or of its block, cannot be read. */
  onDamage: ((page: number, why: string) => void) | undefined = undefined;

  readonly #cursor: SubBufferCursor;
  readonly #convert: TimeConversion | undefined;
  readonly #pageSize: number;
  readonly #layout: PageLayout;
  readonly #origin: bigint;
  /** The first bytes of a page, for stampOf(). */
  readonly #head: Uint8Array;
  readonly #headView: DataView;
  #block: PageBlock | undefined;
  /** Number of the page that the cursor is in, and of the one after the last to read. */
  #page = -1;
  #lastPage: number;

  constructor(pages: CpuPages, layout: PageLayout, origin: bigint, convert?: TimeConversion) {
    this.pages = pages;
    this.cpu = pages.cpu;
    this.#pageSize = pages.pageSize;
    this.#lastPage = pages.count;
    this.#cursor = new SubBufferCursor({ ...layout, subBufferSize: pages.pageSize }, origin);
    this.#convert = convert;
    this.#layout = layout;
    this.#origin = origin;
    this.#head = new Uint8Array(layout.timestamp + 8);
    this.#headView = new DataView(this.#head.buffer);
  }

  /** Number of the page that holds the current record. */
  get page(): number {
    return this.#page;
  }

  /** Goes to the first record of page `page` or, where that has none, of the next that has one. */
  seek(page: number): boolean {
    this.#page = page - 1;
    this.lost = 0;
    return this.#nextPage();
  }

  /** Goes to the next record; false, and `time` is Infinity, behind the last. */
  next(): boolean {
    const cursor = this.#cursor;
    if (cursor.next()) {
      this.lost = 0;
      this.start = cursor.dataStart;
      this.end = cursor.dataStart + cursor.dataLength;
      this.time = this.#convert === undefined ? cursor.time : this.#convert(cursor.time);
      return true;
    }
    const damage = this.#describeEnd();
    if (damage !== undefined) this.onDamage?.(this.#page, damage);
    return this.#nextPage();
  }

  /** The stamp of a page; undefined when it cannot be read. The current record stays. */
  stampOf(page: number): number | undefined {
    const { timestamp, littleEndian } = this.#layout;
    if (!this.pages.readHead(page, this.#head)) return undefined;
    const stamp = Number(this.#headView.getBigUint64(timestamp, littleEndian) - this.#origin);
    return this.#convert === undefined ? stamp : this.#convert(stamp);
  }

  #nextPage(): boolean {
    // Those lost before a page without records are lost before the next record.
    let lostBefore = 0;
    for (let page = this.#page + 1; page < this.#lastPage; ) {
      try {
        this.#openPage(page);
      } catch (error) {
        if (!(error instanceof RecordingDamage)) throw error;
        this.onDamage?.(page, error.message);
        page = this.pages.nextBlock(page);
        continue;
      }
      this.#page = page;
      lostBefore = addLost(lostBefore, this.#cursor.lost);
      if (this.#cursor.next()) return this.#takeFirst(lostBefore);
      const damage = this.#describeEnd() ?? this.#describeHole(page);
      if (damage !== undefined) this.onDamage?.(page, damage);
      page += 1;
    }
    if (lostBefore !== 0) this.onDamage?.(this.#lastPage - 1, 'events were lost, and no record comes behind them');
    this.#page = this.#lastPage;
    this.time = Number.POSITIVE_INFINITY;
    return false;
  }

  #takeFirst(lost: number): boolean {
    const cursor = this.#cursor;
    const { bytes, view } = this.#block!;
    this.bytes = bytes;
    this.view = view;
    this.lost = lost;
    this.start = cursor.dataStart;
    this.end = cursor.dataStart + cursor.dataLength;
    this.time = this.#convert === undefined ? cursor.time : this.#convert(cursor.time);
    return true;
  }

  /** Why the walk over a page ended too early, if it did. Events are whole words. */
  #describeEnd(): string | undefined {
    const { damage, usedBytes } = this.#cursor;
    return damage ?? (usedBytes % 4 === 0 ? undefined : `it says ${usedBytes} used bytes, and events are whole words`);
  }

  /**
   * What is odd about a page without records: no kernel gives one without a stamp (file systems leave such holes after a
   * crash), and where none are used all bytes are zeros (ring_buffer_read_page clears them).
   */
  #describeHole(page: number): string | undefined {
    if (this.#cursor.usedBytes > 0) return undefined;
    const { view, first } = this.#block!;
    const { timestamp, data, littleEndian } = this.#layout;
    const start = (page - first) * this.#pageSize;
    if (view.getBigUint64(start + timestamp, littleEndian) === 0n) return 'it has neither a time nor records';
    const isClear = start + data + 4 > view.byteLength || view.getUint32(start + data) === 0;
    return isClear || this.#cursor.lost !== 0 ? undefined : 'it says that no bytes are used, and there are some';
  }

  #openPage(page: number): void {
    let block = this.#block;
    if (block === undefined || page < block.first || page >= block.first + block.count) {
      block = this.pages.blockAt(page);
      this.#block = block;
    }
    this.#cursor.open(block.view, (page - block.first) * this.#pageSize);
  }
}

function addLost(before: number, more: number): number {
  return before < 0 || more < 0 ? lostUnknown : before + more;
}

/** A page and its stamp, undefined when it cannot be read. */
interface StampedPage {
  readonly page: number;
  readonly stamp: number | undefined;
}

/**
 * The page to begin at for the records from `time` on: the last whose stamp is before it (several can have the same), or
 * the first. Pages that cannot be read are stepped over.
 */
export function findPageAt(records: CpuRecords, time: number): number {
  const { count } = records.pages;
  if (count < 2) return 0;
  let from = stampedPage(records, 0);
  let to: StampedPage = { ...stampedPage(records, count - 1), page: count };
  // Which end moved last, and how often in a row: 2 is twice `from`, -2 twice `to`.
  let moved = 0;
  while (to.page - from.page > 1) {
    const middle = Math.abs(moved) > 1 ? (from.page + to.page) >>> 1 : guessPage(from, to, time, moved);
    let probe = stampedPage(records, middle);
    while (probe.stamp === undefined && probe.page + 1 < to.page)
      probe = stampedPage(records, Math.min(records.pages.nextBlock(probe.page), to.page - 1));
    if (probe.stamp !== undefined && probe.stamp < time) {
      from = probe;
      moved = moved === 1 ? 2 : 1;
    } else {
      to = { page: middle, stamp: probe.stamp };
      moved = moved === -1 ? -2 : -1;
    }
  }
  return from.page;
}

function stampedPage(records: CpuRecords, page: number): StampedPage {
  return { page, stamp: records.stampOf(page) };
}

/**
 * A page between two: where `time` would be if the stamps between them were even, and a little to the side of the end
 * that did not move last, so that the next guess closes the place in from both sides.
 */
function guessPage(from: StampedPage, to: StampedPage, time: number, moved: number): number {
  const pages = to.page - from.page;
  const part = (time - from.stamp!) / (to.stamp! - from.stamp!);
  if (!(part >= 0 && part <= 1)) return (from.page + to.page) >>> 1;
  const guess = Math.floor(from.page + part * pages + (moved * pages) / 16);
  return Math.min(Math.max(guess, from.page + 1), to.page - 1);
}
