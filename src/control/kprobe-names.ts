/**
 * Arguments of kernel functions by name: `filename:string` becomes `filename=+0(%si):ustring` by the kernel's BTF, also
 * on kernels that resolve no names themselves. Loaded only for probes that name something.
 */

import { UsageError } from '../base/errors.ts';
import { kernelProbeScope } from '../symbols/btf/kernel-fetch-arg.ts';
import { explainMissingFunction, type MissingExplanation } from '../symbols/btf/missing-function.ts';
import { compileFetchArgs, type ProbeScope } from '../symbols/c-types/fetch-arg.ts';
import { FetchWordError } from '../symbols/c-types/fetch-word.ts';
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
  return (spec, words) =>
    compileNamedRuns(words, (run) => {
      const scope = findKprobeScope(types, functions, spec, offered);
      if (!('why' in scope)) return compileFetchArgs(run, scope).map((it) => (typeof it === 'string' ? it : it.text));
      const named = run.find((word) => kindOfProbeWord(word) === 'named');
      if (named !== undefined) throw new FetchWordError(named, positionOfValue(named), scope.why, scope.remedy);
      return run;
    });
}

function positionOfValue(word: string): number {
  return /^[A-Za-z_]\w*=/.exec(word)?.[0].length ?? 0;
}

/** What the entry or the return of a function offers to names, or why it offers none. */
export function findKprobeScope(
  types: KernelTypes,
  functions: KernelFunctions,
  { symbol, module, offset, isReturn }: KprobeSpec,
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
    return kernelProbeScope({ ...found, isReturn, offered, machine: ownMachine(), form: 'register' });
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
  if ('why' in scope) throw new UsageError({ attempted: `looking for the arguments of ${spec.symbol}`, ...scope });
  return scope;
}
