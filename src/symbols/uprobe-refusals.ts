/** Why a uprobe SPEC is refused, in the user's words: one method for each reason. */

import { type ErrorParts, UsageError } from '../base/errors.ts';
import { isGlob } from '../base/glob.ts';
import { nearestNames } from '../base/nearest.ts';
import { type ElfSymbol, parseVersionedName } from './elf-symbols.ts';
import type { BoundaryAnswer } from './instruction-boundary.ts';
import { readableName } from './mangled-name.ts';
import { symbolCovering, type UprobeBinary } from './uprobe-binary.ts';
import type { UprobeSpec } from './uprobe-spec.ts';
import type { ResolveOptions, UprobeSite } from './uprobe-target.ts';

const orForce = 'or take it as it is with --force';
const shownAddresses = 8;
/** Names shown that hold what was asked for. */
const shownContaining = 4;

/** The file has no such symbol: its debug information may know more. */
export class UnknownSymbolError extends UsageError {}

export class Refusal {
  readonly #binary: UprobeBinary;
  readonly #spec: UprobeSpec;
  readonly #options: ResolveOptions;

  constructor(binary: UprobeBinary, spec: UprobeSpec, options: ResolveOptions) {
    this.#binary = binary;
    this.#spec = spec;
    this.#options = options;
  }

  noSuchSymbol(): UsageError {
    const { elf, debug } = this.#binary;
    const wanted = this.#spec.kind === 'symbol' ? parseVersionedName(this.#spec.symbol) : undefined;
    const named = wanted === undefined ? [] : elf.symbolsNamed(wanted.name);
    const versions = [...new Set(named.flatMap(({ isDefined, version }) => (isDefined && version ? [version] : [])))];
    if (wanted?.version !== undefined && versions.length > 0) {
      return this.#refuse(`${wanted.name} is there in other versions only`, `one of ${versions.join(', ')}`);
    }
    if (named.some(({ isDefined }) => !isDefined)) {
      return this.#refuse(
        `${wanted!.name} is not in this file: it takes it from a library`,
        `name the library, for instance: ftui uprobe libc ${this.#spec.text}`,
      );
    }
    const isGlobbed = wanted !== undefined && isGlob(wanted.name);
    const explained =
      wanted && !isGlobbed ? this.#options.source?.explainMissing(this.#binary, wanted.name) : undefined;
    if (explained !== undefined) return this.#refuse(explained.why, explained.remedy);
    const what = isGlobbed ? 'no function matches' : 'there is no such symbol';
    const nearest = wanted === undefined || isGlobbed ? [] : this.#candidates(wanted.name);
    const close = nearest.length > 0 ? `did you mean ${nearest.join(', ')}?` : undefined;
    if (elf.symtab !== undefined || debug?.symtab !== undefined || elf.goFunctions.length > 0) {
      return this.#unknown(what, close ?? 'ftui list symbols shows what is there');
    }
    const exported = elf.dynsym === undefined ? 'it has no symbols at all' : 'only its exported names are known';
    const id = elf.buildId === undefined ? '' : ` (build id ${elf.buildId})`;
    const debugHint = `install its debug symbols${id}, or give 0xADDRESS or @0xOFFSET`;
    const remedy = close === undefined ? debugHint : `${close} Or ${debugHint}`;
    return this.#unknown(`${what}, and the file is stripped: ${exported}`, remedy);
  }

  needsSource(): UsageError {
    return this.#refuse('lines are known by debug information only', 'name a function');
  }

  goReturn(): UsageError {
    return this.#refuse(
      'this is a Go program: its stacks move while a return probe holds the return address, and the program dies',
      `probe its return instructions (0xADDRESS of each RET), ${orForce}`,
    );
  }

  ifunc(symbol: ElfSymbol): UsageError {
    const real = this.#options.ifuncImplementation?.(symbol);
    const mark = this.#spec.isReturn ? '%return' : '';
    const why = `${symbol.name} is an IFUNC: this symbol is the resolver, run once a process, not what callers reach`;
    if (real === undefined) return this.#refuse(why, 'give the address of the implementation as 0xADDRESS');
    const name = real.symbol ?? symbolCovering(this.#binary, real.address)?.name;
    const place = name === undefined ? hex(real.address) : `${hex(real.address)} (${name})`;
    return this.#refuse(`${why}; what really runs is the code at ${place}`, `use ${name ?? hex(real.address)}${mark}`);
  }

  notCode(symbol: ElfSymbol): UsageError {
    const isData = symbol.type === 'object' || symbol.type === 'other';
    const why = isData ? 'is data, not a function' : 'lies outside the executable segments';
    return this.#refuse(`${symbol.name} ${why}: a probe there never fires`, 'name a function');
  }

  outsideCode(isInFile: boolean): UsageError {
    const why = isInFile
      ? 'it lies outside the executable segments: a probe there never fires'
      : 'nothing of the file is loaded there';
    return this.#refuse(why, this.#codeRanges());
  }

  beyondSymbol(symbol: ElfSymbol): UsageError {
    const last = `${symbol.name} has ${symbol.size} bytes`;
    return this.#refuse(`the offset lies behind the function: ${last}`, `name the function that is there, ${orForce}`);
  }

  returnInside(start: { readonly address: number; readonly name?: string } | undefined): UsageError {
    const where =
      start === undefined ? 'no known function starts here' : `this is inside ${start.name ?? 'a function'}`;
    return this.#refuse(
      `${where}: only at a function's first instruction is the return address where a return probe changes it`,
      start === undefined ? orForce.slice(3) : `use ${start.name ?? hex(start.address)}%return, ${orForce}`,
    );
  }

  offBoundary({ address, symbol, offsetInSymbol }: UprobeSite, answer: BoundaryAnswer): UsageError {
    const harm = 'a probe inside an instruction kills the traced process';
    if (answer.kind === 'inside') {
      const start = address - offsetInSymbol;
      const near = answer.nearest.map((at) =>
        symbol === undefined ? hex(at) : at === start ? symbol : `${symbol}+${hex(at - start)}`,
      );
      return this.#refuse(`no instruction starts at ${hex(address)}: ${harm}`, `use ${near.join(' or ')}`);
    }
    const why = answer.kind === 'unknown' ? answer.why : '';
    return this.#refuse(
      `no instruction is known to start at ${hex(address)} (${why}): ${harm}`,
      `check the place, ${orForce}`,
    );
  }

  globWithOffset(): UsageError {
    return this.#refuse('an offset does not fit all the functions of a pattern', `name one function, ${orForce}`);
  }

  ambiguous(symbols: readonly ElfSymbol[]): UsageError {
    const shown = symbols.slice(0, shownAddresses).map(({ address, version, name }) => {
      const mangled = readableName(name) === undefined ? '' : ` ${name}`;
      return `${hex(address)}${mangled}${version ? ` (${version})` : ''}`;
    });
    const more = symbols.length > shownAddresses ? ` and ${symbols.length - shownAddresses} more` : '';
    const mark = this.#spec.isReturn ? '%return' : '';
    const why = `${symbols.length} functions have this name, at ${shown.join(', ')}${more}`;
    return this.#refuse(why, `give the address, for instance ${hex(symbols[0]!.address)}${mark}`);
  }

  nothingToProbe(skipped: readonly (readonly [string, string])[]): UsageError {
    const [name, why] = skipped[0]!;
    const others = skipped.length > 1 ? ` (and ${skipped.length - 1} more)` : '';
    return this.#refuse(`no function that matches can be probed: ${name}${others}: ${why}`, undefined);
  }

  /** Names that are spelt alike, then those of C++ and Rust that hold the one asked for. */
  #candidates(wanted: string): string[] {
    const spelt = function* (names: Iterable<string>): Generator<string> {
      for (const name of names) yield (wanted.includes('::') ? readableName(name) : undefined) ?? name;
    };
    const nearest = nearestNames(wanted, spelt(this.#names()));
    if (wanted.length < 3) return nearest;
    const last = /\w*$/.exec(wanted)![0] || wanted;
    const containing = new Set<string>();
    for (const name of this.#names()) {
      if (!/^_[ZR]/.test(name) || !name.includes(last)) continue;
      containing.add(readableName(name) ?? name);
      if (containing.size === shownContaining) break;
    }
    return [...new Set([...containing, ...nearest.map((name) => readableName(name) ?? name)])];
  }

  *#names(): Generator<string> {
    for (const file of [this.#binary.elf, this.#binary.debug]) {
      if (file === undefined) continue;
      for (const { name, isDefined, type } of file.symbols()) {
        if (isDefined && type !== 'object') yield name;
      }
    }
  }

  #codeRanges(): string {
    const inFile = this.#spec.kind === 'fileOffset';
    const ranges = this.#binary.elf.layout.segments
      .filter(({ type, executable }) => type === 1 && executable)
      .map(({ address, fileOffset, fileSize }) => ({ start: inFile ? fileOffset : address, fileSize }))
      .map(({ start, fileSize }) => `${hex(start)}-${hex(start + fileSize)}`);
    if (ranges.length === 0) return 'this file has no code';
    const unit = inFile ? 'file offsets' : 'addresses';
    return `its code has the ${unit} ${ranges.join(', ')}${inFile ? '' : '; a file offset is written @0xOFFSET'}`;
  }

  #refuse(why: string, remedy: string | undefined): UsageError {
    return new UsageError(this.#parts(why, remedy));
  }

  #unknown(why: string, remedy: string | undefined): UnknownSymbolError {
    return new UnknownSymbolError(this.#parts(why, remedy));
  }

  #parts(why: string, remedy: string | undefined): ErrorParts {
    return { attempted: `probing ${this.#spec.text} in ${this.#binary.elf.name}`, why, remedy };
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
