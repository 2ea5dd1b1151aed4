/**
 * Arguments of a program's functions by name: by its debug information (its own or a separate file's), else by the
 * prototypes of well-known functions (getenv, open, SSL_write ...). Loaded only by commands that may need it.
 */

import { UsageError } from '../base/errors.ts';
import type { MissingExplanation } from '../symbols/btf/missing-function.ts';
import { compileFetchArgs, type ProbeScope, type ProbeVariable } from '../symbols/c-types/fetch-arg.ts';
import { FetchWordError } from '../symbols/c-types/fetch-word.ts';
import { compileUserFetchArgs, type UserProbePlace, userProbeScope } from '../symbols/dwarf/dwarf-fetch-arg.ts';
import { type DwarfInfo, explainMissingDwarf, openDwarf } from '../symbols/dwarf/dwarf-info.ts';
import { findDebugFile, readElf } from '../symbols/files.ts';
import { knownProbeScope } from '../symbols/known-prototypes.ts';
import type { UprobeBinary } from '../symbols/uprobe-binary.ts';
import { compileNamedRuns, kindOfProbeWord, type NameArguments } from './probe-words.ts';
import type { NamedUprobe } from './uprobe-request.ts';

const registers = 'name registers by the calling convention, e.g. %di:x64';

type KnownPlace = { readonly dwarf: UserProbePlace } | { readonly table: ProbeScope };

/** What is known of one binary's functions. */
export class ProgramTypes {
  readonly #offered: ReadonlySet<string>;
  readonly #opened = new Map<UprobeBinary, { readonly binary: UprobeBinary; readonly dwarf: DwarfInfo | undefined }>();

  constructor(offered: ReadonlySet<string>) {
    this.#offered = offered;
  }

  /** The function of a place by debug information, else by the table of well-known ones; or why neither knows it. */
  find({ binary, site }: NamedUprobe): KnownPlace | MissingExplanation {
    const { isReturn, address, symbol, offsetInSymbol } = site;
    const opened = this.#open(binary);
    const offered = this.#offered;
    const { dwarf } = opened;
    const code = dwarf?.functionAt(address);
    if (dwarf !== undefined && code !== undefined) return { dwarf: { dwarf, code, address, isReturn, offered } };
    const table = this.findKnown({ binary, site });
    if (table !== undefined) return { table };
    if (dwarf === undefined) return { ...explainMissingDwarf(opened.binary) };
    const where = symbol === undefined || offsetInSymbol > 0 ? `0x${address.toString(16)}` : symbol;
    return { why: `the debug information of ${binary.elf.name} has no function at ${where}`, remedy: registers };
  }

  /** The function by the table of well-known ones only. */
  findKnown({ binary, site }: NamedUprobe): ProbeScope | undefined {
    const { symbol, offsetInSymbol, isReturn } = site;
    if (symbol === undefined || offsetInSymbol > 0) return undefined;
    return knownProbeScope({ symbol, machine: binary.elf.layout.machine, isReturn, offered: this.#offered });
  }

  /** A file that is not stripped of its names may still have its types elsewhere. */
  #open(binary: UprobeBinary) {
    const known = this.#opened.get(binary);
    if (known !== undefined) return known;
    let whole = binary;
    let dwarf = openDwarf(binary);
    if (dwarf === undefined && binary.debug === undefined) {
      const path = findDebugFile(binary.elf, binary.elf.name);
      whole = path === undefined ? binary : { ...binary, debug: readElf(path) };
      dwarf = openDwarf(whole);
    }
    const opened = { binary: whole, dwarf };
    this.#opened.set(binary, opened);
    return opened;
  }
}

/** Compiles the words of uprobes; throws UsageError with the position of the word that does not work, and the reason. */
export function openUprobeNames(offered: ReadonlySet<string>): NameArguments<NamedUprobe> {
  const types = new ProgramTypes(offered);
  return (place, words) => {
    if (words.length === 0) return defaultWords(types.findKnown(place));
    return compileNamedRuns(words, (run) => compileRun(types, place, run));
  };
}

/** Of a well-known function its own arguments; none else, and the caller has its own default. */
function defaultWords(known: ProbeScope | undefined): readonly string[] {
  if (known === undefined || known.isReturn || known.variables.length === 0) return [];
  return compileFetchArgs(['$params'], known).map(textOf);
}

function compileRun(types: ProgramTypes, place: NamedUprobe, run: readonly string[]): readonly string[] {
  const known = types.find(place);
  const named = run.find((word) => kindOfProbeWord(word) === 'named');
  if ('why' in known) {
    if (named === undefined) return run;
    throw new FetchWordError(named, positionOfValue(named), known.why, known.remedy);
  }
  if ('table' in known) return compileFetchArgs(run, known.table).map(textOf);
  try {
    return compileByDebugInformation(run, known.dwarf);
  } catch (error) {
    // The file that libc's open is written in calls its arguments otherwise than the manual does.
    const table = types.findKnown(place);
    const other = table && tryCompiling(run, table);
    if (other === undefined) throw error;
    return other;
  }
}

function tryCompiling(run: readonly string[], scope: ProbeScope): readonly string[] | undefined {
  try {
    return compileFetchArgs(run, scope).map(textOf);
  } catch {
    return undefined;
  }
}

function compileByDebugInformation(run: readonly string[], place: UserProbePlace): readonly string[] {
  const locals = localsWithoutValue(place);
  const early = run.find((word) => kindOfProbeWord(word) === 'named' && locals.has(/^(?:\w+=)?(\w*)/.exec(word)![1]!));
  if (early !== undefined) throw new FetchWordError(early, positionOfValue(early), noValueYet, probeLater);
  const texts = compileUserFetchArgs(run, place).map(textOf);
  refuseGlobals(run, texts);
  return texts;
}

const noValueYet = 'it is a local variable, which has no value yet where the function begins';
const probeLater = 'probe a place behind its assignment: FUNCTION+OFFSET';

/** Names of the variables that are not arguments, at a function's first instruction. */
function localsWithoutValue(place: UserProbePlace): ReadonlySet<string> {
  if (place.address !== place.code.address) return new Set();
  const { variables } = userProbeScope(place);
  const given = new Set(variables.filter(({ isArgument }) => isArgument).map(({ name }) => name));
  return new Set(variables.map(({ name }) => name).filter((name) => !given.has(name)));
}

/** Some kernels add the offset of `@+OFFSET` twice, and nothing tells which: the value could be another variable's. */
function refuseGlobals(run: readonly string[], texts: readonly string[]): void {
  const index = texts.findIndex((text) => text.includes('@+'));
  if (index < 0) return;
  const word = run[index] ?? run[0]!;
  const why = 'it is in the memory of the program itself, which some kernels read at another place';
  throw new FetchWordError(word, positionOfValue(word), why, `if yours does not, write ${texts[index]}`);
}

function textOf(compiled: string | { readonly text: string }): string {
  return typeof compiled === 'string' ? compiled : compiled.text;
}

function positionOfValue(word: string): number {
  return /^[A-Za-z_]\w*=/.exec(word)?.[0].length ?? 0;
}

/** What a place offers to names, for `ftui vars`; throws UsageError when nothing is known. */
export function requireUprobeScope(types: ProgramTypes, place: NamedUprobe): ProbeScope {
  const known = types.find(place);
  if ('why' in known) {
    throw new UsageError({ attempted: `looking for the arguments of ${place.site.symbol}`, ...known });
  }
  if ('table' in known) return known.table;
  const scope = userProbeScope(known.dwarf);
  const locals = localsWithoutValue(known.dwarf);
  const withPlaces = scope.variables.map((variable): ProbeVariable => {
    return locals.has(variable.name) ? { ...variable, place: { kind: 'nowhere', why: noValueYet } } : variable;
  });
  return { ...scope, variables: withPlaces };
}
