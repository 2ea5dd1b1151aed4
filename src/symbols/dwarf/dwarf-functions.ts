/**
 * Functions of a program from its debug information: prototypes, their code, and the copies that were inlined into other
 * functions (DWARF 5, section 3.3).
 */

import type { CParameter, FunctionPrototype } from '../c-types/c-type.ts';
import { attribute, tag } from './dwarf-constants.ts';
import { DwarfDamage } from './dwarf-cursor.ts';
import { type AddressRange, contains, rangesOf } from './dwarf-ranges.ts';
import { findEntriesNamed, indexOrigins, type OriginIndex } from './dwarf-scan.ts';
import type { DwarfTypes } from './dwarf-types.ts';
import type { DwarfEntry, DwarfUnit, DwarfUnits } from './dwarf-units.ts';
import { parseLineHeader } from './line-header.ts';

export interface SourceLine {
  /** As the compiler was told it, often relative. */
  readonly file: string;
  readonly line: number;
}

/** Code of a function at addresses of its own. */
export interface FunctionCode {
  readonly entry: DwarfEntry;
  readonly name: string;
  readonly ranges: readonly AddressRange[];
  /** The first instruction. */
  readonly address: number;
}

/** A copy of the function inside another: it has no entry of its own to probe by name. */
export interface InlinedCopy {
  readonly entry: DwarfEntry;
  readonly ranges: readonly AddressRange[];
  /** Where its code begins. */
  readonly address: number;
  /** The function that it was inlined into. */
  readonly into: string;
  /** Of the call in that function. */
  readonly call: SourceLine | undefined;
}

export interface DwarfFunction {
  readonly name: string;
  /** The mangled name, of C++ and Rust. */
  readonly linkageName: string | undefined;
  readonly prototype: FunctionPrototype;
  readonly declared: SourceLine | undefined;
  readonly code: readonly FunctionCode[];
  readonly inlined: readonly InlinedCopy[];
}

/** Origins of origins; more is damage. */
const deepestOrigin = 8;
const mostCopies = 10_000;
/** Address ranges kept of one function's copies, of all units, and entries looked at for one address. */
const mostRangesKept = 200_000;
const mostLookedAt = 2_000_000;
const namespaceTag = 0x39;
const parentTags = new Set<number>([
  ...[namespaceTag, tag.structureType, tag.classType, tag.unionType, 0x1e /* module */],
]);

export class DwarfFunctions {
  readonly #units: DwarfUnits;
  readonly #types: DwarfTypes;
  readonly #files = new Map<string, readonly string[]>();
  #origins: OriginIndex | undefined;
  #places: { low: number; high: number; unit: DwarfUnit }[] | undefined;

  constructor(units: DwarfUnits, types: DwarfTypes) {
    this.#units = units;
    this.#types = types;
  }

  /** All functions of this name: `f`, `ns::f`, or a mangled name. Those that are only declared are left out. */
  find(name: string): DwarfFunction[] {
    const parts = name.split('::');
    const offsets = new Set(findEntriesNamed(this.#units, [tag.subprogram], parts.at(-1)!));
    const found = [...offsets].flatMap((offset) => {
      const entry = this.#units.entry(offset);
      const isCopy = entry !== undefined && this.#isCopyOf(entry, offsets);
      return entry === undefined || isCopy ? [] : [this.#describe(entry)];
    });
    const defined = found.filter(({ code, inlined }) => code.length > 0 || inlined.length > 0);
    return parts.length === 1 ? defined : defined.filter((it) => isQualified(it.linkageName, parts));
  }

  /** The function whose code begins at `address`: for symbols that the debug information has no name for (aliases). */
  findByAddress(address: number): DwarfFunction | undefined {
    const code = this.at(address);
    return code === undefined || code.address !== address
      ? undefined
      : this.#describe(this.#lineage(code.entry).at(-1)!);
  }

  #isCopyOf(entry: DwarfEntry, others: ReadonlySet<number>): boolean {
    const origin = this.#origin(entry);
    return origin !== undefined && others.has(origin);
  }

  #origin(entry: DwarfEntry): number | undefined {
    const abstract = this.#units.reference(entry, attribute.abstractOrigin);
    return abstract ?? this.#units.reference(entry, attribute.specification);
  }

  /** The entry and those that it is a copy of, nearest first. */
  #lineage(entry: DwarfEntry): DwarfEntry[] {
    const lineage = [entry];
    for (let current: DwarfEntry | undefined = entry; current !== undefined && lineage.length < deepestOrigin; ) {
      const origin: number | undefined = this.#origin(current);
      current = origin === undefined ? undefined : this.#units.entry(origin);
      if (current !== undefined) lineage.push(current);
    }
    return lineage;
  }

  /** The entry of `entry`'s lineage that has an attribute. */
  withAttribute(entry: DwarfEntry, name: number): DwarfEntry | undefined {
    return this.#lineage(entry).find(({ values }) => values.has(name));
  }

  nameOf(entry: DwarfEntry): string {
    const named = this.withAttribute(entry, attribute.name);
    return (named && this.#units.text(named, attribute.name)) ?? '';
  }

  #describe(entry: DwarfEntry): DwarfFunction {
    const { code, inlined } = this.#copies(entry);
    const linked = [entry, ...code.map((it) => it.entry)].flatMap((it) => this.#linkageName(it) ?? []);
    return {
      name: this.nameOf(entry),
      linkageName: linked[0],
      prototype: this.prototypeOf(code[0]?.entry ?? entry),
      declared: this.declaredAt(code[0]?.entry ?? entry),
      code,
      inlined,
    };
  }

  /** Where the function is written. */
  declaredAt(entry: DwarfEntry): SourceLine | undefined {
    const declaring = this.withAttribute(entry, attribute.declLine) ?? entry;
    return this.#sourceLine(declaring, attribute.declFile, attribute.declLine);
  }

  #linkageName(entry: DwarfEntry): string | undefined {
    for (const name of [attribute.linkageName, attribute.mipsLinkageName]) {
      const named = this.withAttribute(entry, name);
      if (named !== undefined) return this.#units.text(named, name);
    }
    return undefined;
  }

  /** All code that goes back to `entry`, directly or by way of other copies. */
  #copies(entry: DwarfEntry): Pick<DwarfFunction, 'code' | 'inlined'> {
    const code: FunctionCode[] = [];
    const inlined: InlinedCopy[] = [];
    const seen = new Set<number>();
    const pending: { entry: DwarfEntry; owner: number }[] = [{ entry, owner: 0 }];
    let left = mostRangesKept;
    for (let next = pending.pop(); next !== undefined && seen.size < mostCopies; next = pending.pop()) {
      if (seen.has(next.entry.offset)) continue;
      seen.add(next.entry.offset);
      left -= this.#addCopy(next, code, inlined);
      if (left < 0) break;
      // Nothing is a copy of inlined code.
      if (next.entry.tag === tag.inlinedSubroutine) continue;
      this.#origins ??= indexOrigins(this.#units);
      for (const { offset, owner } of this.#origins.copiesOf(next.entry.offset)) {
        const copy = this.#units.entry(offset);
        if (copy !== undefined) pending.push({ entry: copy, owner });
      }
    }
    const byAddress = (a: { address: number }, b: { address: number }): number => a.address - b.address;
    return { code: code.sort(byAddress), inlined: inlined.sort(byAddress) };
  }

  /** Gives the number of address ranges that it added. */
  #addCopy(copy: { entry: DwarfEntry; owner: number }, code: FunctionCode[], inlined: InlinedCopy[]): number {
    const { entry, owner } = copy;
    const ranges = rangesOf(this.#units, entry);
    if (ranges.length === 0) return 0;
    if (entry.tag === tag.subprogram) code.push(this.#codeOf(entry, ranges));
    if (entry.tag !== tag.inlinedSubroutine) return ranges.length;
    const around = this.#units.entry(owner);
    inlined.push({
      entry,
      ranges,
      address: this.#entryAddress(entry, ranges),
      into: around === undefined ? '' : this.nameOf(around),
      call: this.#sourceLine(entry, attribute.callFile, attribute.callLine),
    });
    return ranges.length;
  }

  #codeOf(entry: DwarfEntry, ranges: readonly AddressRange[]): FunctionCode {
    return { entry, ranges, name: this.nameOf(entry), address: this.#entryAddress(entry, ranges) };
  }

  /** DW_AT_entry_pc, in DWARF 5 also counted from the low address; else the first range's start. */
  #entryAddress(entry: DwarfEntry, ranges: readonly AddressRange[]): number {
    const first = ranges[0]!.low;
    const address = this.#units.address(entry, attribute.entryPc);
    if (address !== undefined) return contains(ranges, address) ? address : first;
    const offset = this.#units.constant(entry, attribute.entryPc);
    return offset !== undefined && contains(ranges, first + offset) ? first + offset : first;
  }

  prototypeOf(entry: DwarfEntry): FunctionPrototype {
    const declaring = this.withAttribute(entry, attribute.type);
    const parameters: CParameter[] = [];
    let isVariadic = false;
    for (const child of this.#units.children(this.parametersOwner(entry), 2000)) {
      if (child.tag === tag.unspecifiedParameters) isVariadic = true;
      if (child.tag === tag.formalParameter) parameters.push(this.describeVariable(child));
    }
    const returns = declaring === undefined ? 0 : this.#types.typeOf(declaring);
    return { name: this.nameOf(entry), returns, parameters, isVariadic };
  }

  /** The entry that lists all parameters in order: a copy lists only those that it still has. */
  parametersOwner(entry: DwarfEntry): DwarfEntry {
    const lineage = this.#lineage(entry);
    const abstract = this.#units.reference(entry, attribute.abstractOrigin);
    return (abstract === undefined ? undefined : lineage[1]) ?? entry;
  }

  describeVariable(entry: DwarfEntry): CParameter {
    const typed = this.withAttribute(entry, attribute.type);
    return { name: this.nameOf(entry), type: typed === undefined ? 0 : this.#types.typeOf(typed) };
  }

  /** The function whose code holds `address`. */
  at(address: number): FunctionCode | undefined {
    this.#places ??= this.#findPlaces();
    for (const { low, high, unit } of this.#places) {
      if (address < low || address >= high) continue;
      const root = this.#units.root(unit);
      const found = root && this.#within(root, address, 0, { left: mostLookedAt });
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #findPlaces(): { low: number; high: number; unit: DwarfUnit }[] {
    const places: { low: number; high: number; unit: DwarfUnit }[] = [];
    for (const unit of this.#units.units) {
      const root = this.#units.root(unit);
      const ranges = root === undefined ? [] : rangesOf(this.#units, root);
      if (places.length + ranges.length > mostRangesKept) break;
      places.push(...ranges.map((range) => ({ ...range, unit })));
    }
    return places;
  }

  #within(parent: DwarfEntry, address: number, depth: number, budget: { left: number }): FunctionCode | undefined {
    for (const child of this.#units.children(parent, 1_000_000)) {
      budget.left -= 1;
      if (budget.left < 0) return undefined;
      if (child.tag === tag.subprogram) {
        const ranges = rangesOf(this.#units, child);
        if (contains(ranges, address)) return this.#codeOf(child, ranges);
      } else if (parentTags.has(child.tag) && depth < 8) {
        const found = this.#within(child, address, depth + 1, budget);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  #sourceLine(entry: DwarfEntry, fileName: number, lineName: number): SourceLine | undefined {
    const line = this.#units.constant(entry, lineName);
    const placed = this.withAttribute(entry, fileName);
    const file = placed && this.#units.constant(placed, fileName);
    if (line === undefined || placed === undefined || file === undefined) return undefined;
    return { file: this.filesOf(placed.unit)[file] ?? '', line };
  }

  /** The names of a unit's source files by their numbers. */
  filesOf(unit: DwarfUnit): readonly string[] {
    const root = this.#units.root(unit);
    const offset = root && this.#units.constant(root, attribute.stmtList);
    if (offset === undefined) return [];
    const key = String(offset);
    const known = this.#files.get(key) ?? this.#readFiles(offset);
    this.#files.set(key, known);
    return known;
  }

  #readFiles(offset: number): readonly string[] {
    try {
      return parseLineHeader(this.#units.sections, offset).files;
    } catch (cause) {
      if (!(cause instanceof DwarfDamage)) throw cause;
      this.#units.addProblem(`the line numbers are damaged: ${cause.message}`);
      return [];
    }
  }
}

/** `_ZN2ns5Class1fEi` holds `2ns5Class1f`. */
function isQualified(linkageName: string | undefined, parts: readonly string[]): boolean {
  return linkageName?.includes(parts.map((part) => `${part.length}${part}`).join('')) === true;
}
