/** The kernel's symbols for a view, read once from /proc/kallsyms. */

import type { SymbolName } from '../call-graph/tree-text.ts';
import { type KernelSymbolName, type KernelSymbols, parseKallsyms } from '../symbols/kallsyms.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';

interface SymbolSource {
  /** Whether the kernel hides its addresses from this user. */
  readonly hidden: boolean;
  /** The function at an address, without the offset that the tracer's own call site adds. */
  symbolName(address: bigint): SymbolName | undefined;
  /** The function that an address lies in, and how far behind its start. */
  symbolPlace(address: bigint): KernelSymbolName | undefined;
  /** A predicate for addresses inside the functions of these names. */
  insideOf(names: readonly string[]): (address: bigint) => boolean;
}

export function readSymbols(kernel: KernelFiles): SymbolSource {
  const symbols: KernelSymbols = parseKallsyms(kernel.readBytes('/proc/kallsyms'));
  return {
    hidden: symbols.hidden,
    symbolName: (address) => {
      const symbol = symbols.nameOf(address);
      return symbol === undefined ? undefined : { ...symbol, offset: 0 };
    },
    symbolPlace: (address) => symbols.nameOf(address),
    insideOf: (names) => symbols.insideOf(names),
  };
}
