/**
 * The kernel's own symbols: /proc/kallsyms, lines `ffffffff81000000 T _stext` and, for a module,
 * `ffffffffc0000000 t init_once<TAB>[ext4]`. Core symbols come sorted, those of modules do not. The file has 4 to 12 MB
 * and lookups run once per traced function, so names stay bytes until asked for and addresses are two 32-bit halves.
 */

export interface KernelSymbolName {
  readonly name: string;
  readonly module?: string;
  /** Bytes from the symbol's start. */
  readonly offset: number;
}

interface KernelSymbolPlace {
  readonly address: bigint;
  readonly module?: string;
  /** The letter of nm: `T` and `t` are code, `W` and `w` weak, others data. */
  readonly type: string;
}

/** Farther than this from the symbol before it, an address lies in no symbol (generated code, user space). */
const largestSymbol = 1 << 24;
const cacheSize = 4096;

interface KallsymsRows {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  /** Where each line's type letter is in the bytes; the name starts two bytes later. */
  readonly typeAt: Uint32Array;
}

export class KernelSymbols {
  /** How many symbols there are. */
  readonly count: number;
  /** True when every address is zero: kernel.kptr_restrict hides them from this user. */
  readonly hidden: boolean;
  readonly #bytes: Buffer;
  readonly #rows: KallsymsRows;
  readonly #decoded: (Omit<KernelSymbolName, 'offset'> | undefined)[];
  #byName: NameIndex | undefined;
  /** The last index found for each hash of an address: the same few functions are asked for all the time. */
  readonly #cacheLow = new Uint32Array(cacheSize);
  readonly #cacheHigh = new Uint32Array(cacheSize);
  readonly #cacheIndex = new Int32Array(cacheSize).fill(-2);

  constructor(bytes: Buffer, rows: KallsymsRows) {
    this.#bytes = bytes;
    this.#rows = rows;
    this.count = rows.low.length;
    this.#decoded = new Array(this.count);
    this.hidden = this.count > 0 && rows.low.every((low) => low === 0) && rows.high.every((high) => high === 0);
  }

  /** The symbol that `address` lies in; undefined when there is none, or addresses are hidden. */
  nameOf(address: bigint): KernelSymbolName | undefined {
    return this.nameOfHalves(Number((address >> 32n) & 0xffffffffn), Number(address & 0xffffffffn));
  }

  /** As nameOf, by the address's unsigned 32-bit halves. */
  nameOfHalves(high: number, low: number): KernelSymbolName | undefined {
    const index = this.indexOf(high, low);
    if (index < 0) return undefined;
    return { ...this.symbolAt(index), offset: this.offsetIn(index, high, low) };
  }

  /** Number of the symbol that the address lies in, -1 for none: the fast way, with symbolAt and offsetIn. */
  indexOf(high: number, low: number): number {
    const slot = (low ^ (low >>> 12)) & (cacheSize - 1);
    const cached = this.#cacheIndex[slot]!;
    if (cached !== -2 && this.#cacheLow[slot] === low && this.#cacheHigh[slot] === high) return cached;
    const index = this.#search(high, low);
    this.#cacheLow[slot] = low;
    this.#cacheHigh[slot] = high;
    this.#cacheIndex[slot] = index;
    return index;
  }

  /** Name and module of symbol number `index`; the same object each time. */
  symbolAt(index: number): Omit<KernelSymbolName, 'offset'> {
    const known = this.#decoded[index] ?? this.#decode(this.#rows.typeAt[index]!);
    this.#decoded[index] = known;
    return known;
  }

  /** Distance in bytes of an address from the start of symbol number `index`. */
  offsetIn(index: number, high: number, low: number): number {
    return (high - this.#rows.high[index]!) * 2 ** 32 + low - this.#rows.low[index]!;
  }

  /** Every place a symbol of this name is at; several when static functions share it, none when there is no such one. */
  addressesOf(name: string): KernelSymbolPlace[] {
    this.#byName ??= indexNames(this.#bytes, this.#rows.typeAt);
    const wanted = Buffer.from(name, 'latin1');
    const { first, next } = this.#byName;
    const places: KernelSymbolPlace[] = [];
    for (let entry = first[hashOf(wanted, 0) & (first.length - 1)]!; entry !== 0; entry = next[entry - 1]!) {
      const nameAt = this.#rows.typeAt[entry - 1]! + 2;
      const end = nameEnd(this.#bytes, nameAt);
      if (end - nameAt === wanted.length && wanted.compare(this.#bytes, nameAt, end) === 0) {
        places.push(this.#place(entry - 1));
      }
    }
    return places;
  }

  /** A predicate for addresses inside the functions of these names; by address: a function may have several names. */
  insideOf(names: Iterable<string>): (address: bigint) => boolean {
    const starts = new Set([...names].flatMap((name) => this.addressesOf(name).map(({ address }) => address)));
    return (address) => starts.has(address - BigInt(this.nameOf(address)?.offset ?? 0));
  }

  /** All names in the order of addresses; one may come several times. */
  *names(): Generator<string> {
    const text = this.#bytes.toString('latin1');
    for (const typeAt of this.#rows.typeAt) yield text.slice(typeAt + 2, nameEnd(this.#bytes, typeAt + 2));
  }

  #search(high: number, low: number): number {
    if (this.hidden) return -1;
    const { high: highs, low: lows } = this.#rows;
    let from = 0;
    let to = this.count;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const isAfter = highs[middle]! > high || (highs[middle] === high && lows[middle]! > low);
      if (isAfter) to = middle;
      else from = middle + 1;
    }
    let index = from - 1;
    if (index < 0 || this.offsetIn(index, high, low) >= largestSymbol) return -1;
    // Of several names for one place the kernel itself prints the first.
    while (index > 0 && lows[index - 1] === lows[index] && highs[index - 1] === highs[index]) index -= 1;
    return index;
  }

  #decode(typeAt: number): Omit<KernelSymbolName, 'offset'> {
    const end = nameEnd(this.#bytes, typeAt + 2);
    const name = this.#bytes.toString('latin1', typeAt + 2, end);
    if (this.#bytes[end] !== 0x09) return { name };
    const line = this.#bytes.indexOf(0x0a, end);
    return { name, module: this.#bytes.toString('latin1', end + 2, (line < 0 ? this.#bytes.length : line) - 1) };
  }

  #place(index: number): KernelSymbolPlace {
    const { module } = this.symbolAt(index);
    return {
      address: (BigInt(this.#rows.high[index]!) << 32n) | BigInt(this.#rows.low[index]!),
      ...(module === undefined ? {} : { module }),
      type: String.fromCharCode(this.#bytes[this.#rows.typeAt[index]!]!),
    };
  }
}

/** Chains of symbol numbers (plus one; 0 ends a chain) by the hash of their names. */
interface NameIndex {
  readonly first: Int32Array;
  readonly next: Int32Array;
}

function indexNames(bytes: Buffer, typeAt: Uint32Array): NameIndex {
  const first = new Int32Array(2 ** Math.ceil(Math.log2(typeAt.length + 2)));
  const next = new Int32Array(typeAt.length);
  for (let index = typeAt.length - 1; index >= 0; index -= 1) {
    const slot = hashOf(bytes, typeAt[index]! + 2) & (first.length - 1);
    next[index] = first[slot]!;
    first[slot] = index + 1;
  }
  return { first, next };
}

/** FNV-1a of the name that starts at `at`. */
function hashOf(bytes: Uint8Array, at: number): number {
  let hash = 0x811c9dc5;
  for (let here = at; here < bytes.length && bytes[here]! > 0x20; here += 1) {
    hash = Math.imul(hash ^ bytes[here]!, 0x01000193);
  }
  return hash ^ (hash >>> 15);
}

/** Where the name that starts at `at` ends: at a tab before the module, or the end of the line. */
function nameEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < bytes.length && bytes[end]! > 0x20) end += 1;
  return end;
}

/** Absolute symbols (`A`, `a`) are no places, `$x` and the like mark code and data for disassemblers. */
function isListed(bytes: Uint8Array, typeAt: number): boolean {
  return (bytes[typeAt]! | 0x20) !== 0x61 && bytes[typeAt + 2] !== 0x24;
}

/** Takes the whole text of /proc/kallsyms, as bytes where possible; lines that are none are left out. */
export function parseKallsyms(text: Uint8Array | string): KernelSymbols {
  const bytes =
    typeof text === 'string' ? Buffer.from(text, 'latin1') : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  // The shortest line of a 32-bit kernel takes 12 bytes.
  const most = Math.ceil(bytes.length / 12) + 1;
  const rows = { high: new Uint32Array(most), low: new Uint32Array(most), typeAt: new Uint32Array(most) };
  const { count, sorted } = fillRows(bytes, rows);
  const used = {
    high: rows.high.slice(0, count),
    low: rows.low.slice(0, count),
    typeAt: rows.typeAt.slice(0, count),
  };
  return new KernelSymbols(bytes, sorted === count ? used : sortRows(used, sorted));
}

/** `sorted` is how many rows from the first on are in order: those of the kernel itself, without its modules. */
function fillRows(bytes: Buffer, { high, low, typeAt }: KallsymsRows): { count: number; sorted: number } {
  let count = 0;
  let sorted = 0;
  for (let at = 0; at < bytes.length; ) {
    let upper = 0;
    let lower = 0;
    const start = at;
    for (let digit = hexDigit(bytes[at]!); digit >= 0; digit = at < bytes.length ? hexDigit(bytes[at]!) : -1) {
      upper = (upper << 4) | (lower >>> 28);
      lower = (lower << 4) | digit;
      at += 1;
    }
    const isLine = at > start && bytes[at] === 0x20 && bytes[at + 2] === 0x20;
    if (isLine && isListed(bytes, at + 1)) {
      high[count] = upper;
      low[count] = lower;
      typeAt[count] = at + 1;
      if (sorted === count && (count === 0 || !isAbove(high, low, count - 1, count))) sorted += 1;
      count += 1;
    }
    // A plain loop beats indexOf on lines this short.
    while (at < bytes.length && bytes[at] !== 0x0a) at += 1;
    at += 1;
  }
  return { count, sorted };
}

function isAbove(high: Uint32Array, low: Uint32Array, a: number, b: number): boolean {
  return high[a]! > high[b]! || (high[a] === high[b] && low[a]! > low[b]!);
}

function hexDigit(character: number): number {
  if (character >= 0x30 && character <= 0x39) return character - 0x30;
  return character >= 0x61 && character <= 0x66 ? character - 0x57 : -1;
}

/** Sorts the rows behind the first `sorted` ones and merges both. Names of one place stay in the kernel's order. */
function sortRows(rows: KallsymsRows, sorted: number): KallsymsRows {
  const { high, low, typeAt } = rows;
  const count = low.length;
  const tail = sortOrder(rows, sorted);
  const order = new Uint32Array(count);
  let head = 0;
  let next = 0;
  for (let index = 0; index < count; index += 1) {
    const isHead = next === tail.length || (head < sorted && !isAbove(high, low, head, tail[next]!));
    order[index] = isHead ? head++ : tail[next++]!;
  }
  return { high: inOrder(high, order), low: inOrder(low, order), typeAt: inOrder(typeAt, order) };
}

/** The numbers of the rows from `from` on in the order of their addresses: a stable radix sort by bytes. */
function sortOrder({ high, low }: KallsymsRows, from: number): Uint32Array {
  let order = Uint32Array.from({ length: low.length - from }, (_, index) => from + index);
  let other = new Uint32Array(order.length);
  for (const key of [low, high]) {
    for (let shift = 0; shift < 32; shift += 8) {
      if (sortByByte(key, shift, order, other)) [order, other] = [other, order];
    }
  }
  return order;
}

/** Orders the rows in `from` by one byte of their keys into `to`; false, and nothing is done, when all have the same. */
function sortByByte(key: Uint32Array, shift: number, from: Uint32Array, to: Uint32Array): boolean {
  const starts = new Uint32Array(257);
  for (const row of from) starts[((key[row]! >>> shift) & 0xff) + 1]! += 1;
  if (starts.includes(from.length)) return false;
  for (let digit = 0; digit < 256; digit += 1) starts[digit + 1]! += starts[digit]!;
  for (const row of from) {
    const digit = (key[row]! >>> shift) & 0xff;
    to[starts[digit]!] = row;
    starts[digit]! += 1;
  }
  return true;
}

function inOrder(column: Uint32Array, order: Uint32Array): Uint32Array {
  const sorted = new Uint32Array(order.length);
  for (let index = 0; index < order.length; index += 1) sorted[index] = column[order[index]!]!;
  return sorted;
}
