/** The debug information of a program: functions, types, lines and variables. What ui and commands ask goes through here. */

import type { ElfFile } from '../elf.ts';
import { findFrameAddress } from './call-frame.ts';
import { tag } from './dwarf-constants.ts';
import {
  type DwarfFunction,
  DwarfFunctions,
  type FunctionCode,
  type InlinedCopy,
  type SourceLine,
} from './dwarf-functions.ts';
import { findEntriesNamed } from './dwarf-scan.ts';
import { hasDwarf, openDwarfSections } from './dwarf-sections.ts';
import { DwarfTypes } from './dwarf-types.ts';
import { type DwarfEntry, DwarfUnits } from './dwarf-units.ts';
import { findInlinedAt } from './inlined-at.ts';
import { type CodeLine, findPrologueEnd, type LineLookup, listCodeLines, lookUpLine } from './line-lookup.ts';

/** A binary and, where one is installed, its separate debug file (`readUprobeBinary`). */
interface DwarfBinary {
  readonly elf: ElfFile;
  readonly debug?: ElfFile | undefined;
}

/** Opens the debug information of a binary or of its debug file; undefined when neither has any. */
export function openDwarf({ elf, debug }: DwarfBinary): DwarfInfo | undefined {
  if (hasDwarf(elf)) return new DwarfInfo(elf, elf);
  return debug !== undefined && hasDwarf(debug) ? new DwarfInfo(elf, debug) : undefined;
}

/** Why a binary's types are not known, and what would help. */
export function explainMissingDwarf({ elf, debug }: DwarfBinary): { readonly why: string; readonly remedy: string } {
  const name = debug === undefined ? elf.name : `${elf.name} (with ${debug.name})`;
  const hasMini = elf.layout.sections.some((it) => it.name === '.gnu_debugdata');
  const mini = hasMini ? '; its .gnu_debugdata, names compressed by xz, is not read' : '';
  const remedy = 'install its debug symbols (the package NAME-dbgsym or NAME-debuginfo), or build it with -g';
  return { why: `${name} has no debug information${mini}`, remedy };
}

export class DwarfInfo {
  /** The program itself: addresses and code. */
  readonly elf: ElfFile;
  readonly types: DwarfTypes;
  readonly functions: DwarfFunctions;
  readonly units: DwarfUnits;
  readonly #debug: ElfFile;

  constructor(elf: ElfFile, debug: ElfFile) {
    this.elf = elf;
    this.#debug = debug;
    this.units = new DwarfUnits(openDwarfSections(debug));
    this.types = new DwarfTypes(this.units);
    this.functions = new DwarfFunctions(this.units, this.types);
  }

  /** What is damaged or not read, in sentences; grows as more is looked up. */
  get problems(): readonly string[] {
    return this.units.sections.problems;
  }

  /**
   * All functions of this name (`f`, `ns::f`, or a mangled name), inlined ones as well. A name that only the symbol table
   * has leads to the function at its address: libc's `malloc` is `__libc_malloc` there.
   */
  findFunctions(name: string): DwarfFunction[] {
    const named = this.functions.find(name);
    if (named.length > 0) return named;
    const files = this.#debug === this.elf ? [this.elf] : [this.elf, this.#debug];
    const symbols = files.flatMap((file) => file.symbolsNamed(name)).filter(({ isDefined }) => isDefined);
    const addresses = [...new Set(symbols.map(({ address }) => address))].slice(0, 16);
    return addresses.flatMap((address) => this.functions.findByAddress(address) ?? []);
  }

  /** The function whose code holds `address`. */
  functionAt(address: number): FunctionCode | undefined {
    return this.functions.at(address);
  }

  /** The function at `address` and the copies of others that were inlined there, outer ones first. */
  functionsAt(address: number): (FunctionCode | InlinedCopy)[] {
    const code = this.functionAt(address);
    return code === undefined ? [] : [code, ...findInlinedAt(this.units, this.functions, code, address)];
  }

  /** Where a function, or the one that it is a copy of, is declared. */
  declaredAt({ entry }: FunctionCode | InlinedCopy): SourceLine | undefined {
    return this.functions.declaredAt(entry);
  }

  /** Where the code of `file`:`line` begins. */
  findLine(file: string, line: number): LineLookup {
    return lookUpLine(this.units.sections, file, line, (problem) => this.units.addProblem(problem));
  }

  /** Where the code of the line `line` behind the function's declaration begins, in its inlined copies as well. */
  findLineInFunction({ declared, code, inlined }: DwarfFunction, line: number): LineLookup {
    if (declared === undefined) return { matches: [], files: [], nearest: [] };
    const within = [...code, ...inlined].flatMap(({ ranges }) => ranges);
    const addProblem = (problem: string): void => this.units.addProblem(problem);
    const found = lookUpLine(this.units.sections, declared.file, declared.line + line, addProblem, within);
    return { ...found, nearest: found.nearest.map((it) => it - declared.line) };
  }

  /** The lines that a function has code for, in its inlined copies as well. */
  listLines({ code, inlined }: DwarfFunction): CodeLine[] {
    const within = [...code, ...inlined].flatMap(({ ranges }) => ranges);
    return listCodeLines(this.units.sections, within, (problem) => this.units.addProblem(problem));
  }

  /** Where the arguments of unoptimised code are in memory: behind the prologue. */
  findPrologueEnd({ ranges }: FunctionCode): number | undefined {
    const range = ranges[0];
    return range && findPrologueEnd(this.units.sections, range, (problem) => this.units.addProblem(problem));
  }

  /** Entries of global and static variables called `name`, outside of functions. */
  findGlobals(name: string): DwarfEntry[] {
    const offsets = findEntriesNamed(this.units, [tag.variable], name);
    return offsets.flatMap((offset) => this.units.entry(offset) ?? []);
  }

  /** The names that the symbol tables give to the code at `address`. */
  symbolsAt(address: number): string[] {
    const files = this.#debug === this.elf ? [this.elf] : [this.elf, this.#debug];
    return files.flatMap((file) => [...file.symbols()].filter((it) => it.address === address).map(({ name }) => name));
  }

  /** Where the frame is at `address`. */
  frameAddressAt(address: number) {
    return findFrameAddress(this.elf, address, this.#debug);
  }
}
