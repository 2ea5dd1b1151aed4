/**
 * funcgraph_entry and funcgraph_exit as trace-cmd report 3.3.1 prints them: an entry whose exit is the very next record
 * of the buffer, over all CPUs, becomes one line. Arguments and return addresses are not shown, as there.
 */
import { type ByteWriter, type WordText, wordTextOf } from '../../base/byte-writer.ts';
import type { CommonHeader } from '../../format/common-header.ts';
import type { EventField, EventFormat } from '../../format/event-format.ts';
import type { KernelAbi } from '../../format/kernel-abi.ts';
import type { CpuRecords } from '../trace-dat/cpu-records.ts';
import type { FindName } from './address-names.ts';
import { CallTexts } from './call-texts.ts';
import { writeDuration } from './graph-duration.ts';

const wordUnit = 0x100000000;
/** A forged depth must not fill the memory with blanks. */
const deepest = 4096;
/** Texts of returns are kept up to this depth. */
const usualDepth = 64;
const nested = '             |  ';

/** Where the two halves of a word are in a record; a word of 32 bits has no high half. */
interface WordPlace {
  readonly low: number;
  readonly high: number | undefined;
  /** Bytes that a record must have for it. */
  readonly end: number;
}

/** Where the fields of an entry or exit are. */
interface GraphPlaces {
  readonly id: number;
  readonly func: WordPlace;
  readonly depth: WordPlace;
  readonly calltime: WordPlace | undefined;
  readonly rettime: WordPlace | undefined;
  readonly retval: WordPlace | undefined;
  /** Bytes that a record must have for all of them, and for the function alone; the common header included. */
  readonly size: number;
  readonly leafSize: number;
}

/** An entry that waits for the record behind it. */
export interface PendingEntry {
  cpu: number;
  view: DataView;
  start: number;
  end: number;
}

export class GraphText {
  readonly entryId: number;
  readonly exitId: number;
  readonly #entry: GraphPlaces;
  readonly #exit: GraphPlaces;
  readonly #littleEndian: boolean;
  readonly #header: CommonHeader;
  readonly #findName: FindName;
  readonly #calls = new CallTexts();
  /** `  }` by depth. */
  readonly #closing: (WordText | undefined)[] = [];

  private constructor(entry: GraphPlaces, exit: GraphPlaces, abi: KernelAbi, header: CommonHeader, findName: FindName) {
    this.#entry = entry;
    this.#exit = exit;
    this.entryId = entry.id;
    this.exitId = exit.id;
    this.#littleEndian = abi.littleEndian;
    this.#header = header;
    this.#findName = findName;
  }

  /** undefined when the kernel has no such events, or they lack the fields. */
  static forFormats(
    { entry, exit }: { entry: EventFormat | undefined; exit: EventFormat | undefined },
    abi: KernelAbi,
    header: CommonHeader,
    findName: FindName,
  ): GraphText | undefined {
    const entryPlaces = entry && placesIn(entry, abi, header);
    const exitPlaces = exit && placesIn(exit, abi, header);
    if (entryPlaces === undefined || exitPlaces?.calltime === undefined || exitPlaces.rettime === undefined)
      return undefined;
    return new GraphText(entryPlaces, exitPlaces, abi, header, findName);
  }

  /** Whether `next` is the return of the call that `entry` is: the two are one line then. */
  isLeaf(entry: PendingEntry, next: CpuRecords): boolean {
    if (next.cpu !== entry.cpu) return false;
    const { view, start, end } = next;
    const here = this.#entry.func;
    const there = this.#exit.func;
    if (entry.end - entry.start < this.#entry.leafSize || end - start < this.#exit.size) return false;
    const { type, pid, littleEndian } = this.#header;
    return (
      view.getUint16(start + type, littleEndian) === this.exitId &&
      view.getInt32(start + pid, littleEndian) === entry.view.getInt32(entry.start + pid, littleEndian) &&
      this.#low(entry.view, entry.start, here) === this.#low(view, start, there) &&
      this.#high(entry.view, entry.start, here) === this.#high(view, start, there)
    );
  }

  /** `+ 16.349 us  |    f();`, or without an exit `           |    f() {`. */
  writeEntry(out: ByteWriter, entry: PendingEntry, exit: CpuRecords | undefined): void {
    if (entry.end - entry.start < this.#entry.size) return out.text('!');
    if (exit !== undefined) this.#writeDuration(out, exit.view, exit.start);
    this.#writeCall(out, entry, exit !== undefined);
    if (exit !== undefined) this.#writeReturnValue(out, exit.view, exit.start);
  }

  /** `+ 16.349 us  |    }`. */
  writeExit(out: ByteWriter, view: DataView, start: number, end: number): void {
    if (end - start < this.#exit.size) return out.text('!');
    this.#writeDuration(out, view, start);
    const depth = this.#depth(view, start, this.#exit.depth);
    out.words(this.#closing[depth] ?? this.#keepClosing(depth));
    this.#writeReturnValue(out, view, start);
  }

  #keepClosing(depth: number): WordText {
    const text = wordTextOf(Buffer.from(`${indent(depth)}}`));
    if (depth <= usualDepth) this.#closing[depth] = text;
    return text;
  }

  #low(view: DataView, start: number, place: WordPlace): number {
    return view.getUint32(start + place.low, this.#littleEndian);
  }

  #high(view: DataView, start: number, place: WordPlace): number {
    return place.high === undefined ? 0 : view.getUint32(start + place.high, this.#littleEndian);
  }

  #depth(view: DataView, start: number, place: WordPlace): number {
    const depth = this.#low(view, start, place) | 0;
    return Math.max(0, Math.min(depth, deepest));
  }

  /** `  f();`, or for a call with others in it `           |    f() {`, the empty column of the duration included. */
  #writeCall(out: ByteWriter, { view, start }: PendingEntry, isLeaf: boolean): void {
    const { func } = this.#entry;
    const depth = this.#depth(view, start, this.#entry.depth);
    // As signed numbers these are no objects.
    const low = this.#low(view, start, func) | 0;
    const high = this.#high(view, start, func) | 0;
    const line = isLeaf ? depth * 2 + 1 : depth * 2;
    if (this.#calls.write(out, high, low, line)) return;
    const address = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    const name = this.#findName(high >>> 0, low >>> 0)?.name ?? address.toString(16);
    const text = isLeaf ? `${indent(depth)}${name}();` : `${nested}${indent(depth)}${name}() {`;
    const bytes = Buffer.from(text, 'latin1');
    out.copy(bytes);
    this.#calls.keep(high, low, line, bytes);
  }

  #writeDuration(out: ByteWriter, view: DataView, start: number): void {
    const calltime = this.#exit.calltime!;
    const rettime = this.#exit.rettime!;
    const low = this.#low(view, start, rettime) - this.#low(view, start, calltime);
    const high = this.#high(view, start, rettime) - this.#high(view, start, calltime);
    writeDuration(out, high === 0 ? low : high * wordUnit + low);
  }

  #writeReturnValue(out: ByteWriter, view: DataView, start: number): void {
    const place = this.#exit.retval;
    if (place === undefined) return;
    const value = (BigInt(this.#high(view, start, place)) << 32n) | BigInt(this.#low(view, start, place));
    const isError = value >= 2n ** 64n - 4095n;
    out.text(isError ? ` (ret=${BigInt.asIntN(64, value)})` : ` (ret=0x${value.toString(16)})`);
  }
}

function indent(depth: number): string {
  return '  '.repeat(depth);
}

function placesIn(format: EventFormat, abi: KernelAbi, header: CommonHeader): GraphPlaces | undefined {
  const place = (name: string) =>
    wordPlace(
      format.fields.find((field) => field.name === name),
      abi,
    );
  const func = place('func');
  const depth = place('depth');
  if (func === undefined || depth === undefined) return undefined;
  const [calltime, rettime, retval] = [place('calltime'), place('rettime'), place('retval')];
  const ends = [func, depth, calltime, rettime, retval].map((word) => word?.end ?? 0);
  return {
    id: format.id,
    func,
    depth,
    calltime,
    rettime,
    retval,
    size: Math.max(...ends, header.size),
    leafSize: Math.max(func.end, header.size),
  };
}

function wordPlace(field: EventField | undefined, { littleEndian }: KernelAbi): WordPlace | undefined {
  if (field === undefined) return undefined;
  const { offset, size } = field;
  const end = offset + size;
  if (size === 4) return { low: offset, high: undefined, end };
  if (size !== 8) return undefined;
  return littleEndian ? { low: offset, high: offset + 4, end } : { low: offset + 4, high: offset, end };
}
