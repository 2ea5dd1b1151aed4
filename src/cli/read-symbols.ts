/** The kernel's symbols for a view, read once from /proc/kallsyms. */

import type { SymbolName } from '../call-graph/tree-text.ts';
import { type KernelSymbols, parseKallsyms } from '../symbols/kallsyms.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';

export interface SymbolSource {
  /** Whether the kernel hides its addresses from this user. */
  readonly hidden: boolean;
  /** The function at an address, without the offset that the tracer's own call site adds. */
  symbolName(address: bigint): SymbolName | undefined;
}

export function readSymbols(kernel: KernelFiles): SymbolSource {
  const symbols: KernelSymbols = parseKallsyms(kernel.readBytes('/proc/kallsyms'));
  return {
    hidden: symbols.hidden,
    symbolName: (address) => {
      const symbol = symbols.nameOf(address);
      return symbol === undefined ? undefined : { ...symbol, offset: 0 };
    },
  };
}
