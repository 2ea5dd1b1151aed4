/**
 * Arguments of kernel functions by name: `filename:string` becomes `filename=+0(%si):ustring` by the kernel's BTF, also
 * on kernels that resolve no names themselves. Loaded only for probes that name something.
 */

import { UsageError } from '../base/errors.ts';
import { kernelProbeScope } from '../symbols/btf/kernel-fetch-arg.ts';
import { explainMissingFunction, type MissingExplanation } from '../symbols/btf/missing-function.ts';
import { compileFetchArgs, type ProbeScope } from '../symbols/c-types/fetch-arg.ts';
import { FetchWordError, parseFetchWord } from '../symbols/c-types/fetch-word.ts';
import { ownMachine } from '../symbols/files.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import type { KernelFunctions } from './kprobe-target.ts';
import { KernelTypes } from './kprobe-types.ts';
import type { KprobeSpec } from './probe-spec.ts';
import { compileNamedRuns, kindOfProbeWord, type NameArguments } from './probe-words.ts';

const registers = 'name registers by the calling convention, e.g. %di:x64';

/** Compiles the words of kprobes; throws UsageError with the position of the word that does not work, and the reason. */
export function openKprobeNames(
  kernel: KernelFiles,
  functions: KernelFunctions,
  offered: ReadonlySet<string>,
): NameArguments<KprobeSpec> {
  const types = new KernelTypes(kernel);
  return (spec, words) => {
    if (words.length === 0 && !spec.isReturn) return [];
    const compile = (run: readonly string[]): readonly string[] => {
      const scope = findKprobeScope(types, functions, spec, offered);
      if (run.length === 0) return 'why' in scope ? [] : typedReturn(scope);
      if (!('why' in scope)) return compileTexts(run, scope);
      const named = run.find((word) => kindOfProbeWord(word) === 'named');
      if (named !== undefined) throw cannotBeNamed(named, scope);
      return run;
    };
    return words.length === 0 ? compile([]) : compileNamedRuns(words, compile);
  };
}

function compileTexts(words: readonly string[], scope: ProbeScope): string[] {
  return compileFetchArgs(words, scope).map((it) => (typeof it === 'string' ? it : it.text));
}

/** What a return probe shows when nothing was asked for; none where one word does not hold the value. */
function typedReturn(scope: ProbeScope): string[] {
  try {
    return compileTexts(['$retval'], scope);
  } catch (error) {
    if (error instanceof FetchWordError) return [];
    throw error;
  }
}

/** A word that is no word at all is said to be that first. */
function cannotBeNamed(word: string, { why, remedy }: MissingExplanation): FetchWordError {
  parseFetchWord(word);
  return new FetchWordError(word, positionOfValue(word), why, remedy);
}

function positionOfValue(word: string): number {
  return /^[A-Za-z_]\w*=/.exec(word)?.[0].length ?? 0;
}

/** What the entry or the return of a function offers to names, or why it offers none. */
export function findKprobeScope(
  types: KernelTypes,
  functions: KernelFunctions,
  { symbol, module, offset, isReturn, numbered = false }: KprobeSpec,
  offered: ReadonlySet<string>,
): ProbeScope | MissingExplanation {
  if (symbol === undefined) return { why: 'a bare address has no arguments with names', remedy: registers };
  if (offset > 0) {
    const why = `arguments have known places only where ${symbol} begins, not at +0x${offset.toString(16)}`;
    return { why, remedy: `probe ${symbol}, or ${registers}` };
  }
  const copied = /^([\w]+)\.(?!cold)/.exec(symbol)?.[1];
  const name = copied ?? symbol;
  const found = types.find(name, module ?? functions.moduleOf(symbol));
  if (found !== undefined && (copied === undefined || isReturn)) {
    const form = numbered ? 'numbered' : 'register';
    const keepsArguments = numbered && copied === undefined;
    return kernelProbeScope({ ...found, isReturn, offered, machine: ownMachine(), form, keepsArguments });
  }
  const missing = explainMissingFunction(name, {
    hasBtf: types.vmlinux !== undefined,
    hasPrototype: found !== undefined,
    symbols: [symbol],
    candidates: () => functions.names(),
  });
  return { why: missing?.why ?? `${symbol} has no prototype`, remedy: registers };
}

/** The same for `ftui vars`; throws UsageError when there is nothing to tell. */
export function requireKprobeScope(
  types: KernelTypes,
  functions: KernelFunctions,
  spec: KprobeSpec,
  offered: ReadonlySet<string>,
): ProbeScope {
  const scope = findKprobeScope(types, functions, spec, offered);
  const place = spec.symbol ?? `0x${spec.address!.toString(16)}`;
  if ('why' in scope) throw new UsageError({ attempted: `looking for the arguments of ${place}`, ...scope });
  return scope;
}
