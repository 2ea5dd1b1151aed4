/**
 * Arguments named as in the source, compiled to fetch args: `filename:string` becomes `filename=+0(%si):ustring`,
 * `how->flags` becomes `flags=+0(%dx):u64`. What perf probe does with debug information, for kernels that cannot do it.
 */

import { nearestNames } from '../../base/nearest.ts';
import type { CTypes, TypeId } from './c-type.ts';
import { inRegister, type Place } from './fetch-place.ts';
import { type ChosenFetch, chooseFetch } from './fetch-type.ts';
import { type FetchWord, FetchWordError, isKernelFetchArg, parseFetchWord } from './fetch-word.ts';
import { followPath, type MemberStep } from './member-path.ts';
import { describeVariable } from './type-text.ts';

/** A variable that a probe can name. */
export interface ProbeVariable {
  readonly name: string;
  readonly type: TypeId;
  readonly place: Place;
  /** Memory behind it belongs to user space although its type does not say so. */
  readonly isUser: boolean;
  /** An argument, not a local variable. */
  readonly isArgument: boolean;
}

/** What a place in code offers to its fetch args. */
export interface ProbeScope {
  readonly types: CTypes;
  /** For messages: `do_sys_openat2`. */
  readonly functionName: string;
  readonly isReturn: boolean;
  /** The arguments can still be had at the return: the kernel has kept them. */
  readonly keepsArguments?: boolean | undefined;
  readonly isKernel: boolean;
  readonly returns: TypeId;
  /** Where the returned value is: `placeReturn`. */
  readonly returnPlace: Place;
  readonly variables: readonly ProbeVariable[];
  /** Type names that this kernel takes: `parseFetchArgSupport`. */
  readonly offered: ReadonlySet<string>;
}

export interface CompiledFetchArg extends ChosenFetch {
  readonly name: string;
  /** What the kernel takes: `NAME=VALUE:TYPE`. */
  readonly text: string;
  /** The value's declaration in C: `struct open_how* how`. */
  readonly declaration: string;
  readonly steps: readonly MemberStep[];
  /** A small negative number is an errno. */
  readonly mayBeErrno: boolean;
}

/** The kernel has 16 steps for an argument (FETCH_INSN_MAX): with any type, arrays of bit fields too, 12 pointers fit. */
const mostPointers = 12;

/**
 * Compiles all words; those in the kernel's own syntax are passed on as they are (`undefined` for what is not known of
 * them). `$params` (also `$arg*`) stands for all arguments. Throws FetchWordError for the first that does not work.
 */
export function compileFetchArgs(words: readonly string[], scope: ProbeScope): (CompiledFetchArg | string)[] {
  const taken = new Set<string>();
  const expanded = words.flatMap((word) =>
    word === '$params' || word === '$arg*' ? allArguments(word, scope) : [word],
  );
  return expanded.map((word) => {
    if (isKernelFetchArg(word)) return word;
    const compiled = compileFetchArg(word, scope);
    const name = uniqueName(compiled.name, taken);
    taken.add(name);
    return { ...compiled, name, text: `${name}=${compiled.value}:${compiled.type}` };
  });
}

/** Of those that fetch args can reach. */
function allArguments(word: string, { variables, isReturn, keepsArguments }: ProbeScope): string[] {
  if (isReturn && keepsArguments !== true)
    throw goneAtReturn(parseFetchWord(word === '$params' ? '$arg1' : word), word);
  const usable = variables.filter((it) => it.isArgument && it.name !== '' && it.place.kind !== 'nowhere');
  return usable.map(({ name }) => name);
}

function goneAtReturn(word: FetchWord, shown: string): FetchWordError {
  const why = `'${shown}' is gone when the function returns`;
  return new FetchWordError(word.text, word.rootPosition, why, 'take $retval here, and arguments at the entry');
}

function uniqueName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const tried = number === 1 ? name : `${name.slice(0, 28)}_${number}`;
    if (!taken.has(tried)) return tried;
  }
}

/** Compiles one word. Throws FetchWordError with the position of what does not work, and what to write instead. */
export function compileFetchArg(text: string, scope: ProbeScope): CompiledFetchArg {
  const word = parseFetchWord(text);
  const variable = findVariable(word, scope);
  const { types, isKernel, offered } = scope;
  const start = { type: variable.type, place: variable.place, bitField: undefined };
  const plain = word.root === '$comm' ? commOf(word) : undefined;
  const path = followPath(types, start, word);
  const isUser = variable.isUser && word.parts.length === 0;
  const chosen = plain ?? chooseFetch(path, word, { types, offered, isUser, isKernel });
  if (chosen.value.split('(').length - 1 > mostPointers) {
    const why = `the path goes through more than ${mostPointers} pointers, which the kernel does not follow`;
    throw new FetchWordError(text, word.parts.at(-1)?.position ?? word.rootPosition, why, 'shorten the path');
  }
  const name = word.name ?? defaultName(word);
  return {
    ...chosen,
    name,
    text: `${name}=${chosen.value}:${chosen.type}`,
    declaration: plain === undefined ? describeVariable(types, path.type, name) : 'char comm[16]',
    steps: path.steps,
    mayBeErrno: word.root === '$retval' && chosen.shownAs === 'signed' && word.parts.length === 0,
  };
}

/** `$comm` is a string and nothing else. */
function commOf(word: FetchWord): ChosenFetch {
  if (word.parts.length > 0) {
    throw new FetchWordError(word.text, word.parts[0]!.position, '$comm has no members', 'write $comm alone');
  }
  if (word.type !== undefined && word.type.text !== 'string') {
    throw new FetchWordError(word.text, word.type.position, '$comm is a string', 'write $comm or $comm:string');
  }
  return { value: '$comm', type: 'string', shownAs: 'string', signBits: undefined, notes: [] };
}

/** The last member's name, as perf probe names fields; an element also by its number. */
function defaultName({ root, parts }: FetchWord): string {
  const last = parts.findLastIndex(({ kind }) => kind === 'member');
  const member = parts[last];
  const name = member?.kind === 'member' ? member.name : root.replace('$', '');
  const indexes = parts.slice(last + 1).map((part) => (part.kind === 'index' ? `_${part.index}` : ''));
  const full = (name === 'retval' ? 'ret' : name) + indexes.join('');
  return full.slice(0, 31);
}

function findVariable(word: FetchWord, scope: ProbeScope): ProbeVariable {
  const { root, rootPosition, text } = word;
  if (root.startsWith('$')) return kernelVariable(word, scope);
  const found = scope.variables.find(({ name }) => name === root);
  if (found === undefined) throw unknownVariable(word, scope);
  if (scope.isReturn && scope.keepsArguments !== true) throw goneAtReturn(word, root);
  if (found.place.kind === 'nowhere') {
    throw new FetchWordError(text, rootPosition, `'${root}' cannot be read here: ${found.place.why}`, 'leave it out');
  }
  return found;
}

function unknownVariable({ root, text, rootPosition }: FetchWord, scope: ProbeScope): FetchWordError {
  const names = scope.variables.map(({ name }) => name).filter((name) => name !== '');
  const near = nearestNames(root, names);
  const all = names.length > 0 ? `it has ${names.slice(0, 12).join(', ')}` : 'it has none: name a register, e.g. %di';
  const remedy = near.length > 0 ? `did you mean ${near.join(', ')}?` : all;
  return new FetchWordError(text, rootPosition, `${scope.functionName} has no argument '${root}'`, remedy);
}

function kernelVariable(word: FetchWord, scope: ProbeScope): ProbeVariable {
  const { root, rootPosition, text } = word;
  const named = { name: root.slice(1), isUser: false, isArgument: false };
  const refuse = (why: string, remedy: string): never => {
    throw new FetchWordError(text, rootPosition, why, remedy);
  };
  const place = inRegister(root, scope.types.pointerSize * 8);
  if (root === '$comm') return { ...named, type: 0, place };
  if (root === '$retval') {
    if (!scope.isReturn) refuse('$retval exists only where the function returns', 'add %return to the probe');
    const returns = scope.types.type(scope.returns);
    if (returns.kind === 'void') refuse(`${scope.functionName} returns nothing`, 'leave $retval out');
    const { returnPlace } = scope;
    if (returnPlace.kind === 'nowhere') refuse(`$retval is not the value: ${returnPlace.why}`, 'leave $retval out');
    return { ...named, type: scope.returns, place: returnPlace };
  }
  const number = Number(/^\$arg(\d+)$/.exec(root)?.[1] ?? Number.NaN);
  if (Number.isNaN(number)) return refuse(`${root} has no type that is known here`, `write it as NAME=+0(${root}):x64`);
  if (scope.isReturn && scope.keepsArguments !== true) throw goneAtReturn(word, root);
  const given = scope.variables.filter(({ isArgument }) => isArgument);
  const variable = given[number - 1];
  if (variable === undefined) {
    return refuse(`${scope.functionName} has ${given.length} arguments`, 'they are numbered from $arg1');
  }
  return variable;
}
