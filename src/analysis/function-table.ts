/**
 * Addresses of functions as small integers, so that records of millions of calls carry plain numbers. An address comes as
 * its two unsigned 32-bit halves. Number 0 stands for all the functions that the table has no room for.
 */

export class FunctionTable {
  /** Numbers given so far, with 0. */
  size = 1;
  readonly #limit: number;
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  /** Open addressing: numbers of functions, 0 is empty. */
  #slots = new Int32Array(2048);

  /** `limit` is how many functions are told apart: damaged records may name any number of addresses. */
  constructor(limit = 262_144) {
    this.#limit = limit;
  }

  /** The number of the function at an address; a new address gets the next one, or 0 when the table is full. */
  idOf(high: number, low: number): number {
    const slot = this.#slotOf(high, low);
    const known = this.#slots[slot]!;
    if (known !== 0) return known;
    if (this.size > this.#limit) return 0;
    return this.#add(slot, high, low);
  }

  idOfAddress(address: bigint): number {
    return this.idOf(Number((address >> 32n) & 0xffffffffn), Number(address & 0xffffffffn));
  }

  /** As idOfAddress, without making room for it; undefined when it has not been seen. */
  findAddress(address: bigint): number | undefined {
    const slot = this.#slotOf(Number((address >> 32n) & 0xffffffffn), Number(address & 0xffffffffn));
    return this.#slots[slot]! || undefined;
  }

  /** The address of a function; 0n for number 0. */
  addressOf(func: number): bigint {
    return (BigInt(this.#high[func] ?? 0) << 32n) | BigInt(this.#low[func] ?? 0);
  }

  /** The slot that holds the address, or the empty one where it belongs. */
  #slotOf(high: number, low: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(high, low) & mask;
    for (let func = this.#slots[slot]!; func !== 0; func = this.#slots[slot]!) {
      if (this.#low[func] === low && this.#high[func] === high) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #add(slot: number, high: number, low: number): number {
    const func = this.size;
    this.size += 1;
    if (func === this.#high.length) this.#grow();
    this.#high[func] = high;
    this.#low[func] = low;
    if (this.#slots.length < 2 * this.size) this.#rehash();
    else this.#slots[slot] = func;
    return func;
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low];
    this.#high = new Uint32Array(high.length * 2);
    this.#low = new Uint32Array(low.length * 2);
    this.#high.set(high);
    this.#low.set(low);
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let func = 1; func < this.size; func += 1) {
      this.#slots[this.#slotOf(this.#high[func]!, this.#low[func]!)] = func;
    }
  }
}

function hashOf(high: number, low: number): number {
  const mixed = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
