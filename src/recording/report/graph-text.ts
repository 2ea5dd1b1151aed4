/**
 * funcgraph_entry and funcgraph_exit as trace-cmd report 3.3.1 prints them: an entry whose exit is the very next record
 * of the buffer, over all CPUs, becomes one line. Arguments and return addresses are not shown, as there.
 */
import { type ByteWriter, type WordText, wordTextOf } from '../../base/byte-writer.ts';
import { type CommonHeader, readCommonPid, readCommonType } from '../../format/common-header.ts';
import type { EventField, EventFormat } from '../../format/event-format.ts';
import type { KernelAbi } from '../../format/kernel-abi.ts';
import type { CpuRecords } from '../trace-dat/cpu-records.ts';
import type { FindName } from './address-names.ts';
import { writeDuration } from './graph-duration.ts';

const wordUnit = 0x100000000;
/** A forged depth must not fill the memory with blanks. */
const deepest = 4096;
/** A power of two; a trace has some hundred functions. */
const nameSlots = 8192;
const nested = wordTextOf(Buffer.from('             |  '));

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
  /** Bytes that a record must have for all of them. */
  readonly size: number;
}

/** An entry that waits for the record behind it. */
export interface PendingEntry {
  cpu: number;
  pid: number;
  view: DataView;
  start: number;
  end: number;
}

/** A function's name as it stands in lines. */
interface NameTexts {
  /** `f() {` */
  readonly open: WordText;
  /** `f();` */
  readonly leaf: WordText;
}

export class GraphText {
  readonly entryId: number;
  readonly exitId: number;
  readonly #entry: GraphPlaces;
  readonly #exit: GraphPlaces;
  readonly #littleEndian: boolean;
  readonly #header: CommonHeader;
  readonly #findName: FindName;
  /** The names met last, by a hash of the address. */
  readonly #names: (NameTexts | undefined)[] = new Array(nameSlots).fill(undefined);
  readonly #nameLows = new Int32Array(nameSlots);
  readonly #nameHighs = new Int32Array(nameSlots);

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
    const entryPlaces = entry && placesIn(entry, abi);
    const exitPlaces = exit && placesIn(exit, abi);
    if (entryPlaces === undefined || exitPlaces?.calltime === undefined || exitPlaces.rettime === undefined)
      return undefined;
    return new GraphText(entryPlaces, exitPlaces, abi, header, findName);
  }

  /** Whether `next` is the return of the call that `entry` is: the two are one line then. */
  isLeaf(entry: PendingEntry, next: CpuRecords): boolean {
    if (next.cpu !== entry.cpu) return false;
    const { bytes, view, start, end } = next;
    if (readCommonType(this.#header, bytes, start) !== this.exitId) return false;
    if (readCommonPid(this.#header, bytes, start) !== entry.pid) return false;
    const here = this.#entry.func;
    const there = this.#exit.func;
    if (entry.start + here.end > entry.end || start + this.#exit.size > end) return false;
    return (
      this.#low(entry.view, entry.start, here) === this.#low(view, start, there) &&
      this.#high(entry.view, entry.start, here) === this.#high(view, start, there)
    );
  }

  /** `+ 16.349 us  |    f();`, or without an exit `           |    f() {`. */
  writeEntry(out: ByteWriter, entry: PendingEntry, exit: CpuRecords | undefined): void {
    if (entry.end - entry.start < this.#entry.size) return out.text('!');
    if (exit === undefined) out.words(nested);
    else this.#writeDuration(out, exit.view, exit.start);
    this.#writeIndent(out, entry.view, entry.start, this.#entry.depth);
    const name = this.#nameAt(entry.view, entry.start, this.#entry.func);
    if (exit === undefined) return out.words(name.open);
    out.words(name.leaf);
    this.#writeReturnValue(out, exit.view, exit.start);
  }

  /** `+ 16.349 us  |    }`. */
  writeExit(out: ByteWriter, view: DataView, start: number, end: number): void {
    if (end - start < this.#exit.size) return out.text('!');
    this.#writeDuration(out, view, start);
    this.#writeIndent(out, view, start, this.#exit.depth);
    out.reserve(1);
    out.byte(0x7d);
    this.#writeReturnValue(out, view, start);
  }

  #low(view: DataView, start: number, place: WordPlace): number {
    return view.getUint32(start + place.low, this.#littleEndian);
  }

  #high(view: DataView, start: number, place: WordPlace): number {
    return place.high === undefined ? 0 : view.getUint32(start + place.high, this.#littleEndian);
  }

  #nameAt(view: DataView, start: number, place: WordPlace): NameTexts {
    // As signed numbers these are no objects.
    const low = this.#low(view, start, place) | 0;
    const high = this.#high(view, start, place) | 0;
    const slot = (low ^ (low >>> 11)) & (nameSlots - 1);
    const known = this.#names[slot];
    if (known !== undefined && this.#nameLows[slot] === low && this.#nameHighs[slot] === high) return known;
    const found = this.#findName(high >>> 0, low >>> 0);
    const address = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    const name = found?.name ?? address.toString(16);
    const texts = { open: latin1Words(`${name}() {`), leaf: latin1Words(`${name}();`) };
    this.#nameLows[slot] = low;
    this.#nameHighs[slot] = high;
    this.#names[slot] = texts;
    return texts;
  }

  #writeIndent(out: ByteWriter, view: DataView, start: number, place: WordPlace): void {
    const depth = this.#low(view, start, place) | 0;
    out.blanks(Math.min(depth, deepest) * 2);
  }

  #writeDuration(out: ByteWriter, view: DataView, start: number): void {
    const { calltime, rettime } = this.#exit;
    const duration =
      (this.#high(view, start, rettime!) - this.#high(view, start, calltime!)) * wordUnit +
      (this.#low(view, start, rettime!) - this.#low(view, start, calltime!));
    writeDuration(out, duration);
  }

  #writeReturnValue(out: ByteWriter, view: DataView, start: number): void {
    const place = this.#exit.retval;
    if (place === undefined) return;
    const value = (BigInt(this.#high(view, start, place)) << 32n) | BigInt(this.#low(view, start, place));
    const isError = value >= 2n ** 64n - 4095n;
    out.text(isError ? ` (ret=${BigInt.asIntN(64, value)})` : ` (ret=0x${value.toString(16)})`);
  }
}

function latin1Words(text: string): WordText {
  return wordTextOf(Buffer.from(text, 'latin1'));
}

function placesIn(format: EventFormat, abi: KernelAbi): GraphPlaces | undefined {
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
  return { id: format.id, func, depth, calltime, rettime, retval, size: Math.max(...ends) };
}

function wordPlace(field: EventField | undefined, { littleEndian }: KernelAbi): WordPlace | undefined {
  if (field === undefined) return undefined;
  const { offset, size } = field;
  const end = offset + size;
  if (size === 4) return { low: offset, high: undefined, end };
  if (size !== 8) return undefined;
  return littleEndian ? { low: offset, high: offset + 4, end } : { low: offset + 4, high: offset, end };
}
