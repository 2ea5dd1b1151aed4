/** From `kprobe SPEC FETCHARG...` to probes that can fire. */

import { type FetchArg, type FetchArgContext, parseFetchArg } from './fetch-arg.ts';
import { checkKprobe, type KernelFunctions } from './kprobe-target.ts';
import { describeMove, movedFunctions } from './moved-functions.ts';
import { buildProbeEvent, kprobePlace, type ProbeEvent } from './probe-event.ts';
import { chooseEventName, type KprobeSpec, parseKprobeSpec } from './probe-spec.ts';
import type { NameArguments } from './probe-words.ts';

type Support = Pick<FetchArgContext, 'types' | 'numberedArguments' | 'namedArguments'>;

export interface KprobeRequest {
  readonly spec: string;
  readonly args: readonly string[];
}

export interface ResolvedKprobes {
  readonly probes: readonly ProbeEvent[];
  /** Substitutions of functions that are no longer passed through. */
  readonly notes: readonly string[];
}

/** How many arguments an entry probe shows when none were asked for. */
const shownArguments = 4;

/**
 * Throws UsageError, with the position or the nearest names, for whatever could never fire. `nameArguments`
 * (kprobe-names.ts) compiles what is named as in the source; without it, names are left to the kernel.
 */
export function resolveKprobes(
  functions: KernelFunctions,
  group: string,
  taken: Set<string>,
  support: Support,
  request: KprobeRequest,
  nameArguments: NameArguments<KprobeSpec> = (_spec, words) => words,
): ResolvedKprobes {
  const spec = parseKprobeSpec(request.spec);
  const move = movedFunctions.find(({ name, successor }) => name === spec.symbol && functions.exists(successor));
  const symbols = move === undefined ? [spec.symbol] : listProbed(move, functions);
  const probes = symbols.map((symbol) => {
    const its = { ...spec, symbol };
    const label = request.spec.replace(spec.symbol ?? request.spec, symbol ?? request.spec);
    checkKprobe(functions, its, label);
    return buildKprobe(group, taken, support, nameArguments(its, request.args), its, label);
  });
  return { probes, notes: move === undefined ? [] : [describeMove(move)] };
}

/** The old function where it still exists, and the one that does the work now. */
function listProbed({ name, successor }: { name: string; successor: string }, functions: KernelFunctions): string[] {
  return functions.exists(name) ? [name, successor] : [successor];
}

function buildKprobe(
  group: string,
  taken: Set<string>,
  support: Support,
  words: readonly string[],
  spec: KprobeSpec,
  label: string,
): ProbeEvent {
  const context: FetchArgContext = { probe: 'kprobe', isReturn: spec.isReturn, ...support };
  const name = spec.symbol ?? `at_${spec.address!.toString(16)}`;
  const event = chooseEventName(spec.isReturn ? `${name}__return` : name, taken);
  const args = (words.length > 0 ? words : defaultArguments(spec, support)).map((word, index) =>
    parseFetchArg(word, index, context),
  );
  return buildProbeEvent(group, event, kprobePlace(spec, label), args satisfies FetchArg[]);
}

function defaultArguments({ isReturn, offset }: KprobeSpec, { numberedArguments }: Support): string[] {
  if (isReturn) return ['ret=$retval:s64'];
  if (offset !== 0 || !numberedArguments) return [];
  return Array.from({ length: shownArguments }, (_, index) => `arg${index + 1}=$arg${index + 1}:x64`);
}
