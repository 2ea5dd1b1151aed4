/**
 * Functions that a text trace names, as addresses: the same made-up one for the same name each time, so that whoever
 * works on addresses (call trees, exports) works on text, too.
 */
import type { KernelSymbolName } from '../../symbols/kallsyms.ts';
import { decodeByteText, detachText } from './byte-text.ts';

/** Addresses a symbol gets: the kernel's own offsets stay below. */
const spacing = 1n << 24n;
const firstAddress = 1n << 60n;
/** Of a whole kernel with all modules there are 200,000; a damaged file must not grow the table for ever. */
const symbolLimit = 400_000;

/** Longer than any name of a function (KSYM_NAME_LEN is 512). */
const nameLimit = 1024;

const symbolPattern = /^(.*?)(?:\+0x([0-9a-f]{1,6})\/0x[0-9a-f]+)?(?: \[([^\]\s]+)\])?(?: <[0-9a-f]{8,16}>)?$/;

export class TextSymbols {
  /** Whether there were more names than are kept apart. */
  isFull = false;
  readonly #addresses = new Map<string, bigint>();
  readonly #starts = new Map<string, bigint>();
  readonly #names: { readonly name: string; readonly module?: string }[] = [];

  /** The address of a function as it is printed: `f`, `f+0x4/0xf0`, `f [mod]`, `f+0x4/0xf0 [mod] <ffffffff817aa714>`. */
  addressOf(printed: string): bigint {
    return this.#addresses.get(printed) ?? this.#add(printed);
  }

  /** The function around an address that addressOf() gave. */
  nameOf(address: bigint): KernelSymbolName | undefined {
    if (address < firstAddress) return undefined;
    const found = this.#names[Number((address - firstAddress) / spacing)];
    return found && { ...found, offset: Number((address - firstAddress) % spacing) };
  }

  #add(printed: string): bigint {
    const [, name = printed, offset, module] = (printed.length > nameLimit ? null : symbolPattern.exec(printed)) ?? [];
    const key = module === undefined ? name : `${name} [${module}]`;
    let start = this.#starts.get(key);
    if (start === undefined) {
      this.isFull ||= this.#names.length >= symbolLimit;
      if (this.isFull) return 0n;
      start = firstAddress + BigInt(this.#names.length) * spacing;
      const text = decodeByteText(detachText(name));
      this.#names.push(module === undefined ? { name: text } : { name: text, module: detachText(module) });
      this.#starts.set(detachText(key), start);
    }
    const address = offset === undefined ? start : start + BigInt(Number.parseInt(offset, 16));
    if (this.#addresses.size < symbolLimit) this.#addresses.set(detachText(printed), address);
    return address;
  }
}
