/**
 * A binary together with its separate debug file: names come from both, code and file offsets from the binary alone,
 * whose addresses the debug file shares.
 */

import type { ElfFile } from './elf.ts';
import { type ElfSymbol, parseVersionedName } from './elf-symbols.ts';
import { isReadableAs, readableName } from './mangled-name.ts';

/** A binary with its separate debug file, if there is one: symbols come from both, code and offsets from `elf`. */
export interface UprobeBinary {
  readonly elf: ElfFile;
  readonly debug?: ElfFile | undefined;
}

/** The symbols that `text`, a name with or without a version, means and that the file defines; doubles stay. */
export function definedSymbols({ elf, debug }: UprobeBinary, text: string): ElfSymbol[] {
  const wanted = parseVersionedName(text);
  const found = [...elf.symbolsNamed(wanted.name), ...(debug?.symbolsNamed(wanted.name) ?? [])];
  return found.filter((symbol) => symbol.isDefined && hasVersion(symbol, wanted));
}

function hasVersion(symbol: ElfSymbol, wanted: ReturnType<typeof parseVersionedName>): boolean {
  if (wanted.version === undefined) return true;
  return symbol.version === wanted.version && (symbol.isDefaultVersion || !wanted.isDefault);
}

/** The functions of C++ and Rust that `wanted` means: `shop::Order::total`, or the end of it. */
export function symbolsReadableAs(binary: UprobeBinary, wanted: string): ElfSymbol[] {
  // Compilers put the name's parts into the symbol as they are, but for operators and destructors.
  const last = /\w+$/.exec(wanted)?.[0];
  const found: ElfSymbol[] = [];
  for (const symbol of codeSymbols(binary)) {
    if (!/^_[ZR]/.test(symbol.name) || (last !== undefined && !symbol.name.includes(last))) continue;
    const readable = readableName(symbol.name);
    if (readable !== undefined && isReadableAs(readable, wanted)) found.push(symbol);
  }
  return found;
}

/** The functions that the file defines, IFUNCs among them; one in both tables comes twice. */
export function* codeSymbols({ elf, debug }: UprobeBinary): Generator<ElfSymbol> {
  for (const file of debug === undefined ? [elf] : [elf, debug]) {
    for (const symbol of file.symbols()) {
      if (symbol.isDefined && (symbol.type === 'function' || symbol.type === 'ifunc')) yield symbol;
    }
  }
}

/** The function that holds `address`; one without a size holds what comes before the next. */
export function symbolCovering(binary: UprobeBinary, address: number): ElfSymbol | undefined {
  let best: ElfSymbol | undefined;
  for (const symbol of codeSymbols(binary)) {
    const isCloser = symbol.address <= address && (best === undefined || symbol.address > best.address);
    if (isCloser && (symbol.size === 0 || address < symbol.address + symbol.size)) best = symbol;
  }
  return best;
}

interface ListedSymbol {
  readonly name: string;
  readonly version?: string | undefined;
  readonly address: number;
  readonly size: number;
  readonly isIfunc: boolean;
  readonly isExported: boolean;
}

/** Every function that can be named in a SPEC, by address; aliases each have their own row, doubles do not. */
export function listSymbols(binary: UprobeBinary): ListedSymbol[] {
  const rows = new Map<string, ListedSymbol>();
  for (const { name, version, address, size, type, table } of codeSymbols(binary)) {
    const key = `${address} ${name}`;
    const isExported = table === 'dynsym' || (rows.get(key)?.isExported ?? false);
    rows.set(key, {
      name,
      version: version ?? rows.get(key)?.version,
      address,
      size,
      isIfunc: type === 'ifunc',
      isExported,
    });
  }
  return [...rows.values()].sort((a, b) => a.address - b.address || (a.name < b.name ? -1 : 1));
}
