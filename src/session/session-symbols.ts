/** The kernel's symbols in an interactive session: /proc/kallsyms, read when it is first asked for, and kept for recordings. */

import { readKallsyms } from '../control/kallsyms-access.ts';
import { type KernelSymbolName, type KernelSymbols, parseKallsyms } from '../symbols/kallsyms.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import type { SymbolLookup } from './live-events.ts';

/** What is said of a session whose symbols are `hidden`. */
export const hiddenAddresses = '/proc/kallsyms hides addresses (kernel.kptr_restrict): functions have no names';

export class SessionSymbols implements SymbolLookup {
  readonly #kernel: KernelFiles;
  #bytes: Uint8Array | undefined;
  #symbols: KernelSymbols | undefined;
  /** Functions that trees were asked for of, since the session began: what is left out later may still come. */
  readonly #roots = new Set<string>();
  #isRoot: ((address: bigint) => boolean) | undefined;

  constructor(kernel: KernelFiles) {
    this.#kernel = kernel;
  }

  /** As /proc/kallsyms is; empty where it may not be read. */
  get bytes(): Uint8Array {
    this.#bytes ??= readKallsyms(this.#kernel);
    return this.#bytes;
  }

  get isRead(): boolean {
    return this.#symbols !== undefined;
  }

  /** Whether the kernel hides its addresses from this user. */
  get hidden(): boolean {
    return this.#read().hidden;
  }

  nameOf(address: bigint): KernelSymbolName | undefined {
    return this.#read().nameOf(address);
  }

  nameOfHalves(high: number, low: number): KernelSymbolName | undefined {
    return this.#read().nameOfHalves(high, low);
  }

  addressOf(name: string): bigint | undefined {
    return this.#read().addressesOf(name)[0]?.address;
  }

  addRoots(names: readonly string[]): void {
    for (const name of names) this.#roots.add(name);
    this.#isRoot = undefined;
  }

  /** Whether `address` is in one of the roots; where addresses have no names, anything may be. */
  isRoot(address: bigint): boolean {
    if (this.hidden) return true;
    this.#isRoot ??= this.#read().insideOf(this.#roots);
    return this.#isRoot(address);
  }

  #read(): KernelSymbols {
    this.#symbols ??= parseKallsyms(this.bytes);
    return this.#symbols;
  }
}
