/** Why a kernel function cannot be probed by name, or its arguments are not known, and what can be done instead. */

import { nearestNames } from '../../base/nearest.ts';

interface FunctionKnowledge {
  /** BTF is there at all (/sys/kernel/btf/vmlinux). */
  readonly hasBtf: boolean;
  /** BTF has a prototype of this very name. */
  readonly hasPrototype: boolean;
  /** Function symbols of the kernel (kallsyms) of this name or that begin with it and a dot. */
  readonly symbols: readonly string[];
  /** Function names of BTF, for suggestions; looked at only when nothing else helps. */
  readonly candidates: () => Iterable<string>;
}

export interface MissingExplanation {
  readonly why: string;
  readonly remedy: string;
}

const copyKinds: Readonly<Record<string, string>> = {
  isra: 'the compiler took arguments apart or away, so that their places are not those of the prototype',
  constprop: 'the compiler made some arguments constant, so that the others may have moved',
  part: 'only a part of the function is there, the rest is inlined into its callers',
  cold: 'only the rarely run part of the function is there',
  llvm: 'the compiler renamed it to keep it apart from others',
};

/** A sentence for a name whose arguments are asked for; undefined when nothing stands in the way. */
export function explainMissingFunction(name: string, known: FunctionKnowledge): MissingExplanation | undefined {
  const { hasBtf, hasPrototype, symbols } = known;
  const copies = symbols.filter((symbol) => symbol.startsWith(`${name}.`));
  const isThere = symbols.includes(name);
  if (isThere && hasPrototype) return undefined;
  if (!isThere && copies.length > 0) return explainCopies(name, copies);
  if (!hasBtf) {
    const why = 'the kernel has no type information (CONFIG_DEBUG_INFO_BTF), so arguments have no names';
    return { why, remedy: 'name registers by the calling convention: arg1=%di:x64' };
  }
  if (isThere) {
    const why = `the kernel's type information has no prototype of ${name}: it is written in assembly, or several functions of this name differ`;
    return { why, remedy: 'name registers by the calling convention: arg1=%di:x64' };
  }
  if (hasPrototype) {
    const why = `${name} is inlined into its callers everywhere, or in a module that is not loaded`;
    return { why, remedy: 'probe a caller, or load the module' };
  }
  const near = nearestNames(name, known.candidates());
  const remedy = near.length > 0 ? `did you mean ${near.join(', ')}?` : 'look for it with: ftui list functions';
  return { why: `the kernel has no function ${name}`, remedy };
}

function explainCopies(name: string, copies: readonly string[]): MissingExplanation {
  const kind = /\.(\w+)/.exec(copies[0]!.slice(name.length))?.[1] ?? '';
  const why = Object.hasOwn(copyKinds, kind) ? copyKinds[kind] : 'the compiler made a copy of it';
  return {
    why: `${name} exists only as ${copies.join(', ')}: ${why}`,
    remedy: `probe ${copies[0]} and check its values`,
  };
}
