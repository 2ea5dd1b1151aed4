/**
 * The walk over one sub-buffer of the ring buffer (kernel/trace/ring_buffer.c: rb_update_event, rb_update_read_stamp).
 * This is the hot path: a cursor with plain number fields, nothing allocated per record, one bigint per sub-buffer.
 *
 * An event is a u32 (type_len in 5 bits, time delta in 27) and what follows it:
 *   1..28 type_len * 4 bytes of data      0 u32 length of data with itself, then data
 *   29 padding or a discarded event       30 time extend (u32 << 27)       31 absolute stamp, low 59 bits
 */
import type { PageLayout } from './page-layout.ts';

const typePadding = 29;
const typeTimeExtend = 30;
/** 1 << 27: the weight of a time extend's second word. */
const extendUnit = 0x8000000;
/** 1 << 32. */
const wordUnit = 0x100000000;
/** 1 << 58: half of what an absolute stamp can hold. */
const halfTurn = 2 ** 58;
const lengthMask = 0x7ffffff;

/** `SubBufferCursor.lost` when the kernel did not say how many events are missing. */
export const lostUnknown = -1;

/**
 * Walks one sub-buffer at a time, as `open(view, start); while (cursor.next()) ...`. After next() returned true, `time`
 * and `dataStart`/`dataLength` (in the view) describe a record; after false, `damage` says why the walk ended early.
 */
export class SubBufferCursor {
  /**
   * Nanoseconds (or clock units) since the origin; after open() the stamp of the sub-buffer. NaN before: of a field that
   * begins as a small integer the engine takes all for small, and its code is thrown away when one is not.
   */
  time = Number.NaN;
  /** Offset of the record's common header in the view. */
  dataStart = 0;
  /** Bytes of the record, with up to 3 of padding. */
  dataLength = 0;
  /** Events lost right before this sub-buffer: 0 none, `lostUnknown`, or their count. */
  lost = 0;
  /** Why the walk ended before the end of the used bytes. */
  damage: string | undefined = undefined;
  /** Bytes of records in this sub-buffer, as its header says and clamped to what there is. */
  usedBytes = 0;

  readonly #layout: PageLayout;
  readonly #origin: bigint;
  /** The origin in the parts of an absolute stamp: top 5, middle 32, low 27 bits. */
  readonly #originTop: number;
  readonly #originMiddle: number;
  readonly #originLow: number;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  #end = 0;
  /** Top 5 bits of the sub-buffer's stamp. */
  #top = 0;

  constructor(layout: PageLayout, origin: bigint) {
    this.#layout = layout;
    this.#origin = origin;
    this.#originTop = Number((origin >> 59n) & 31n);
    this.#originMiddle = Number((origin >> 27n) & 0xffffffffn);
    this.#originLow = Number(origin & 0x7ffffffn);
  }

  /** Begins the sub-buffer at `start`; what is before its first record is in `time`, `lost` and `damage`. */
  open(view: DataView, start = 0): void {
    const { littleEndian, timestamp, commit, data, subBufferSize, longSize } = this.#layout;
    const available = Math.min(view.byteLength - start, subBufferSize);
    this.#view = view;
    this.lost = 0;
    this.damage = undefined;
    this.usedBytes = 0;
    this.#at = start + data;
    this.#end = this.#at;
    if (available < data) {
      this.time = 0;
      this.damage = `the sub-buffer has ${Math.max(available, 0)} bytes, not even a header`;
      return;
    }
    const stamp = view.getBigUint64(start + timestamp, littleEndian);
    this.time = Number(stamp - this.#origin);
    this.#top = Number(stamp >> 59n);
    const lowWord = start + commit + (littleEndian || longSize === 4 ? 0 : 4);
    const word = view.getUint32(lowWord, littleEndian);
    const used = word & lengthMask;
    if ((word & 0x80000000) !== 0) this.lost = this.#readLostCount((word & 0x40000000) !== 0, used, start + available);
    this.usedBytes = Math.min(used, available - data);
    this.#end = this.#at + this.usedBytes;
    if (used > available - data) this.damage = `the sub-buffer says ${used} used bytes and has ${available - data}`;
  }

  /** Steps to the next record; false at the end of the sub-buffer or of its readable part. */
  next(): boolean {
    const view = this.#view;
    const { littleEndian } = this.#layout;
    const end = this.#end;
    while (this.#at + 4 <= end) {
      const at = this.#at;
      const word = view.getUint32(at, littleEndian);
      const type = littleEndian ? word & 31 : word >>> 27;
      const delta = littleEndian ? word >>> 5 : word & lengthMask;
      if (type !== 0 && type < typePadding) {
        this.time += delta;
        this.dataStart = at + 4;
        this.dataLength = type * 4;
        this.#at = at + 4 + type * 4;
        if (this.#at <= end) return true;
        return this.#stopAt(`a record of ${type * 4} bytes crosses the end of the used bytes`);
      }
      if (type === typePadding && delta === 0) return this.#finish();
      if (at + 8 > end) return this.#stopAt('the used bytes end inside an event');
      const second = view.getUint32(at + 4, littleEndian);
      if (type === 0) {
        this.time += delta;
        return this.#longRecord(at, second);
      }
      if (type === typePadding) this.#skipPadding(at, delta, second);
      else {
        this.time = type === typeTimeExtend ? this.time + second * extendUnit + delta : this.#absolute(second, delta);
        this.#at = at + 8;
      }
    }
    return false;
  }

  #longRecord(at: number, length: number): boolean {
    this.dataStart = at + 8;
    this.dataLength = length - 4;
    this.#at = at + 4 + Math.ceil(length / 4) * 4;
    if (length <= 4) return this.#stopAt(`a record says that it has ${length} bytes with its own length`);
    if (this.dataStart + this.dataLength > this.#end) {
      return this.#stopAt(`a record of ${length - 4} bytes crosses the end of the used bytes`);
    }
    return true;
  }

  /** A discarded event; its time counts, its bytes do not. */
  #skipPadding(at: number, delta: number, length: number): void {
    this.time += delta;
    this.#at = at + 4 + Math.max(length, 4);
    if (this.#at > this.#end) this.#stopAt('padding crosses the end of the used bytes');
  }

  /**
   * An absolute stamp has 59 bits; the kernel takes the other five from the running stamp (rb_fix_abs_ts). Far backwards
   * means that the 59 bits have wrapped since.
   */
  #absolute(middle: number, low: number): number {
    const units = middle - this.#originMiddle + (this.#top - this.#originTop) * wordUnit;
    const time = units * extendUnit + (low - this.#originLow);
    const hasWrapped = this.time - time > halfTurn;
    return hasWrapped ? (units + wordUnit) * extendUnit + (low - this.#originLow) : time;
  }

  /** The count is a long after the used bytes, where there was room for it. */
  #readLostCount(isStored: boolean, used: number, limit: number): number {
    const { littleEndian, longSize } = this.#layout;
    const at = this.#at + used;
    if (!isStored || at + longSize > limit) return lostUnknown;
    if (longSize === 4) return this.#view.getUint32(at, littleEndian);
    const first = this.#view.getUint32(at, littleEndian);
    const second = this.#view.getUint32(at + 4, littleEndian);
    return littleEndian ? second * wordUnit + first : first * wordUnit + second;
  }

  #finish(): boolean {
    this.#at = this.#end;
    return false;
  }

  #stopAt(reason: string): boolean {
    this.damage = reason;
    return this.#finish();
  }
}
