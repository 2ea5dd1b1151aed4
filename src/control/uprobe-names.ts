/**
 * Arguments of a program's functions by name: by its debug information (its own or a separate file's), else by the
 * prototypes of well-known functions (getenv, open, SSL_write ...). Loaded only by commands that may need it.
 */

import { UsageError } from '../base/errors.ts';
import type { MissingExplanation } from '../symbols/btf/missing-function.ts';
import { compileFetchArgs, type ProbeScope, type ProbeVariable } from '../symbols/c-types/fetch-arg.ts';
import { FetchWordError, parseFetchWord } from '../symbols/c-types/fetch-word.ts';
import { returnsString } from '../symbols/calling-convention.ts';
import { compileUserFetchArgs, type UserProbePlace, userProbeScope } from '../symbols/dwarf/dwarf-fetch-arg.ts';
import { explainMissingDwarf } from '../symbols/dwarf/dwarf-info.ts';
import { knownProbeScope } from '../symbols/known-prototypes.ts';
import { compileNamedRuns, kindOfProbeWord, type NameArguments } from './probe-words.ts';
import { openProgramDwarf } from './program-dwarf.ts';
import type { NamedUprobe } from './uprobe-request.ts';

const registers = 'name registers by the calling convention, e.g. %di:x64';

type KnownPlace = { readonly dwarf: UserProbePlace } | { readonly table: ProbeScope };

/** What is known of one binary's functions. */
export class ProgramTypes {
  readonly #offered: ReadonlySet<string>;

  constructor(offered: ReadonlySet<string>) {
    this.#offered = offered;
  }

  /** The function of a place by debug information, else by the table of well-known ones; or why neither knows it. */
  find({ binary, site }: NamedUprobe): KnownPlace | MissingExplanation {
    const { isReturn, address, symbol, offsetInSymbol } = site;
    const opened = openProgramDwarf(binary);
    const offered = this.#offered;
    const { dwarf } = opened;
    // A line means the function that it is written in, also where that was inlined.
    const code = site.source?.code ?? dwarf?.functionAt(address);
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
}

/** Compiles the words of uprobes; throws UsageError with the position of the word that does not work, and the reason. */
export function openUprobeNames(offered: ReadonlySet<string>): NameArguments<NamedUprobe> {
  const types = new ProgramTypes(offered);
  return (place, words) => {
    if (words.length === 0)
      return place.site.isReturn ? typedReturn(types, place) : defaultWords(types.findKnown(place));
    return compileNamedRuns(words, (run) => compileRun(types, place, run));
  };
}

/** Of a well-known function its own arguments; none else, and the caller has its own default. */
function defaultWords(known: ProbeScope | undefined): readonly string[] {
  if (known === undefined || known.isReturn || known.variables.length === 0) return [];
  return compileFetchArgs(['$params'], known).map(textOf);
}

/** The returned value by its type; none where nothing is known, or where one word does not hold it. */
function typedReturn(types: ProgramTypes, place: NamedUprobe): readonly string[] {
  const { symbol } = place.site;
  if (symbol !== undefined && returnsString(symbol)) return [];
  const known = types.find(place);
  if ('why' in known) return [];
  const scope = 'table' in known ? known.table : userProbeScope(known.dwarf);
  return tryCompiling(['$retval'], scope) ?? [];
}

function compileRun(types: ProgramTypes, place: NamedUprobe, run: readonly string[]): readonly string[] {
  const known = types.find(place);
  const named = run.find((word) => kindOfProbeWord(word) === 'named');
  if ('why' in known) {
    if (named === undefined) return run;
    parseFetchWord(named);
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
const probeLater = 'probe a place behind its assignment: FILE:LINE or FUNCTION+OFFSET';

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

function nameOf({ site: { source, symbol, address } }: NamedUprobe): string {
  return source?.label ?? symbol ?? `0x${address.toString(16)}`;
}

/** What a place offers to names, for `ftui vars`; throws UsageError when nothing is known. */
export function requireUprobeScope(types: ProgramTypes, place: NamedUprobe): ProbeScope {
  const known = types.find(place);
  if ('why' in known) {
    throw new UsageError({
      attempted: `looking for the arguments of ${nameOf(place)}`,
      ...known,
    });
  }
  if ('table' in known) return known.table;
  const scope = userProbeScope(known.dwarf);
  const locals = localsWithoutValue(known.dwarf);
  const withPlaces = scope.variables.map((variable): ProbeVariable => {
    return locals.has(variable.name) ? { ...variable, place: { kind: 'nowhere', why: noValueYet } } : variable;
  });
  return { ...scope, variables: withPlaces };
}
