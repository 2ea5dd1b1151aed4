/**
 * From a SPEC to the places in a file where uprobes go. uprobe_events takes any file offset and checks nothing: what can
 * never fire, or would kill the traced process, is refused here.
 */

import { compileGlob, isGlob } from '../base/glob.ts';
import type { FunctionCode, InlinedCopy } from './dwarf/dwarf-functions.ts';
import { type CodeRange, findCodeRange } from './eh-frame.ts';
import type { ElfSymbol } from './elf-symbols.ts';
import { checkInstructionBoundary } from './instruction-boundary.ts';
import { readableName } from './mangled-name.ts';
import { codeSymbols, definedSymbols, symbolCovering, symbolsReadableAs, type UprobeBinary } from './uprobe-binary.ts';
import { Refusal } from './uprobe-refusals.ts';
import { type LineSpec, type PlaceSpec, parseUprobeSpec, type SymbolSpec, type UprobeSpec } from './uprobe-spec.ts';

export type { UprobeBinary } from './uprobe-binary.ts';

export interface UprobeSite {
  /** The symbol that the place lies in; undefined for a bare place in no symbol. */
  readonly symbol?: string | undefined;
  readonly offsetInSymbol: number;
  /** Virtual address in the file, as `nm` prints it. */
  readonly address: number;
  /** What uprobe_events takes. */
  readonly fileOffset: number;
  readonly isReturn: boolean;
  /** The symbol as it is called in the source, of C++ and Rust. */
  readonly readable?: string | undefined;
  /** Where the place was given by its line. */
  readonly source?: SourcePlace | undefined;
}

/** Code of a line of the source. */
export interface SourcePlace {
  readonly address: number;
  /** `main.c:42`, and the function where there are several places. */
  readonly label: string;
  /** The function that the line is written in: another than the symbol's where it was inlined. */
  readonly code: FunctionCode | InlinedCopy | undefined;
}

/** What debug information adds; reading it takes long, so it is only passed in where names alone do not do. */
export interface SourceKnowledge {
  /** Places of a line; throws UsageError, with the nearest lines that have code, when there is none. */
  findLine(binary: UprobeBinary, spec: LineSpec): { places: readonly SourcePlace[]; notes: readonly string[] };
  /** Why a function that the source has is no symbol: it was inlined everywhere, or optimised away. */
  explainMissing(binary: UprobeBinary, name: string): { readonly why: string; readonly remedy: string } | undefined;
}

interface UprobeTarget {
  /** One, or many for a glob; ascending by address, one for each address. */
  readonly sites: readonly UprobeSite[];
  /** Names that a glob matched and that cannot be probed. */
  readonly skipped: readonly { readonly symbol: string; readonly why: string }[];
  /** What the user should be told although it works. */
  readonly notes: readonly string[];
}

export interface ResolveOptions {
  /** Take places that may harm the traced process. */
  readonly force?: boolean;
  readonly source?: SourceKnowledge | undefined;
  /** What really runs for an IFUNC symbol; undefined when nothing tells. */
  readonly ifuncImplementation?: (symbol: ElfSymbol) => { address: number; symbol?: string | undefined } | undefined;
}

/** Throws SpecError for a SPEC that cannot be read, UsageError for one that must not be probed. */
export function resolveUprobeTarget(
  binary: UprobeBinary,
  spec: UprobeSpec | string,
  options: ResolveOptions = {},
): UprobeTarget {
  const parsed = typeof spec === 'string' ? parseUprobeSpec(spec) : spec;
  const refusal = new Refusal(binary, parsed, options);
  if (parsed.isReturn && binary.elf.isGo && options.force !== true) throw refusal.goReturn();
  if (parsed.kind === 'line') return lineTarget(binary, parsed, options, refusal);
  if (parsed.kind !== 'symbol') return oneSite(placeSite(binary, parsed, options, refusal));
  const candidates = definedSymbols(binary, parsed.symbol);
  if (candidates.length > 0) return symbolTarget(binary, candidates, parsed, options, refusal);
  if (isGlob(parsed.symbol)) return globTarget(binary, parsed, options, refusal);
  const readable = symbolsReadableAs(binary, parsed.symbol);
  if (readable.length > 0) return symbolTarget(binary, readable, parsed, options, refusal);
  throw refusal.noSuchSymbol();
}

function lineTarget(
  binary: UprobeBinary,
  spec: LineSpec,
  { source, force }: ResolveOptions,
  refusal: Refusal,
): UprobeTarget {
  if (source === undefined) throw refusal.needsSource();
  const { places, notes } = source.findLine(binary, spec);
  const sites = places.map((place) => {
    const symbol = symbolCovering(binary, place.address);
    const site = siteAt(binary, place.address, symbol, false);
    if (site === undefined) throw refusal.outsideCode(true);
    const answer = checkInstructionBoundary(binary.elf, symbol?.address, site.address);
    if (answer.kind === 'inside' && force !== true) throw refusal.offBoundary(site, answer);
    return { ...site, source: place };
  });
  return { sites, skipped: [], notes };
}

function oneSite(site: UprobeSite, notes: readonly string[] = []): UprobeTarget {
  return { sites: [site], skipped: [], notes };
}

function symbolTarget(
  binary: UprobeBinary,
  candidates: readonly ElfSymbol[],
  spec: SymbolSpec,
  options: ResolveOptions,
  refusal: Refusal,
): UprobeTarget {
  const symbol = chooseSymbol(candidates, refusal);
  const site = siteAt(binary, symbol.address + spec.offset, symbol, spec.isReturn);
  const isPlaceOfCode = site !== undefined && (symbol.type === 'function' || symbol.type === 'untyped');
  if (symbol.type === 'ifunc') {
    if (options.force !== true) throw refusal.ifunc(symbol);
    if (site !== undefined) return oneSite(site, [`${symbol.name} is only the resolver: it runs once a process`]);
  }
  const isBeyond = symbol.type === 'function' && symbol.size > 0 && spec.offset >= symbol.size;
  if (isBeyond && options.force !== true) throw refusal.beyondSymbol(symbol);
  if (!isPlaceOfCode || site === undefined) throw refusal.notCode(symbol);
  if (options.force !== true && spec.offset > 0) {
    if (spec.isReturn) throw refusal.returnInside(symbol);
    refuseOffBoundary(binary, symbol, site, refusal);
  }
  return oneSite(site);
}

/** Exported and default versions win over others; two functions left is an ambiguity that the user settles. */
function chooseSymbol(candidates: readonly ElfSymbol[], refusal: Refusal): ElfSymbol {
  const usable = candidates.filter(({ type }) => type !== 'object' && type !== 'other');
  const defaults = usable.filter(({ isDefaultVersion }) => isDefaultVersion);
  const known = defaults.length > 0 ? defaults : usable;
  const exported = known.filter(({ binding }) => binding !== 'local');
  const best = exported.length > 0 ? exported : known.length > 0 ? known : candidates;
  const byAddress = new Map(best.map((symbol) => [symbol.address, symbol]));
  if (byAddress.size > 1) throw refusal.ambiguous([...byAddress.values()]);
  return best[0]!;
}

function globTarget(binary: UprobeBinary, spec: SymbolSpec, options: ResolveOptions, refusal: Refusal): UprobeTarget {
  const matches = compileGlob(spec.symbol);
  const sites = new Map<number, UprobeSite>();
  const skipped = new Map<string, string>();
  const isRisky = spec.offset > 0 && options.force !== true;
  if (isRisky) throw refusal.globWithOffset();
  for (const symbol of codeSymbols(binary)) {
    if (!matches(symbol.name) && !isReadableMatch(symbol.name, spec.symbol, matches)) continue;
    const site = siteAt(binary, symbol.address + spec.offset, symbol, spec.isReturn);
    if (symbol.type === 'ifunc') skipped.set(symbol.name, 'it is an IFUNC: only the resolver has this name');
    else if (site === undefined) skipped.set(symbol.name, 'it lies outside the executable segments');
    else if (!sites.has(site.address)) sites.set(site.address, site);
  }
  if (sites.size === 0 && skipped.size === 0) throw refusal.noSuchSymbol();
  if (sites.size === 0) throw refusal.nothingToProbe([...skipped]);
  return {
    sites: [...sites.values()].sort((a, b) => a.address - b.address),
    skipped: [...skipped].map(([symbol, why]) => ({ symbol, why })),
    notes: [],
  };
}

/** Only patterns that look like a name of C++ or Rust are tried on readable names. */
function isReadableMatch(name: string, pattern: string, matches: (text: string) => boolean): boolean {
  const readable = pattern.includes('::') ? readableName(name) : undefined;
  return readable !== undefined && matches(readable);
}

function placeSite(binary: UprobeBinary, spec: PlaceSpec, options: ResolveOptions, refusal: Refusal): UprobeSite {
  const { elf } = binary;
  const isAddress = spec.kind === 'address';
  const segment = isAddress ? elf.segmentOfAddress(spec.value) : elf.segmentOfFileOffset(spec.value);
  if (segment === undefined || !segment.executable) throw refusal.outsideCode(segment !== undefined);
  const address = isAddress ? spec.value : spec.value - segment.fileOffset + segment.address;
  const symbol = symbolCovering(binary, address);
  const site = siteAt(binary, address, symbol, spec.isReturn);
  if (site === undefined) throw refusal.outsideCode(true);
  // Where the file is stripped, its unwind table still tells where functions start.
  const start = symbol ?? findCodeRange(elf, address);
  if (options.force !== true && start?.address !== address) {
    if (spec.isReturn) throw refusal.returnInside(symbol ?? start);
    refuseOffBoundary(binary, symbol ?? start, site, refusal);
  }
  return site;
}

function refuseOffBoundary(
  { elf }: UprobeBinary,
  start: ElfSymbol | CodeRange | undefined,
  site: UprobeSite,
  refusal: Refusal,
): void {
  const answer = checkInstructionBoundary(elf, start?.address, site.address);
  if (answer.kind !== 'boundary') throw refusal.offBoundary(site, answer);
}

/** The site at virtual address `address`; undefined when no executable segment holds it. */
function siteAt(
  { elf }: UprobeBinary,
  address: number,
  symbol: ElfSymbol | undefined,
  isReturn: boolean,
): UprobeSite | undefined {
  const segment = elf.segmentOfAddress(address);
  if (segment === undefined || !segment.executable) return undefined;
  return {
    symbol: symbol?.name,
    readable: symbol && readableName(symbol.name),
    offsetInSymbol: symbol === undefined ? 0 : address - symbol.address,
    address,
    fileOffset: address - segment.address + segment.fileOffset,
    isReturn,
  };
}
