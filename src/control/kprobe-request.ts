/** From `kprobe SPEC FETCHARG...` to probes that can fire. */

import { UsageError } from '../base/errors.ts';
import { isGlob } from '../base/glob.ts';
import { type FetchArg, type FetchArgContext, parseFetchArg } from './fetch-arg.ts';
import { listMatchedFunctions } from './kprobe-pattern.ts';
import { checkKprobe, type KernelFunctions } from './kprobe-target.ts';
import { describeMove, movedFunctions } from './moved-functions.ts';
import { buildProbeEvent, fprobePlace, kprobePlace, type ProbeEvent } from './probe-event.ts';
import { chooseEventName, type KprobeSpec, parseKprobeSpec } from './probe-spec.ts';
import { kindOfProbeWord, type NameArguments } from './probe-words.ts';

type Support = Pick<FetchArgContext, 'types' | 'numberedArguments' | 'namedArguments' | 'keepsArguments'>;

interface KprobeRequest {
  readonly spec: string;
  readonly args: readonly string[];
  /** How many calls of a return probe's function can be waited for at once; undefined leaves it to the kernel. */
  readonly maxActive?: number | undefined;
  /** By the function tracer's hook instead of a breakpoint. */
  readonly fprobe?: boolean | undefined;
}

interface ResolvedKprobes {
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
  const spec = readSpec(request, support);
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

/** The same for each function that a glob matches; those without the named arguments are left out, and said. */
export function resolveKprobePatterns(
  functions: KernelFunctions,
  group: string,
  taken: Set<string>,
  support: Support,
  { force, ...request }: KprobeRequest & { readonly force: boolean },
  nameArguments?: NameArguments<KprobeSpec>,
): ResolvedKprobes {
  if (!isGlob(request.spec)) return resolveKprobes(functions, group, taken, support, request, nameArguments);
  const { specs, notes } = listMatchedFunctions(functions, request.spec, { force: force || request.fprobe === true });
  if (request.fprobe === true) return { probes: [buildSharedFprobe(group, taken, support, request)], notes: [] };
  const failures: UsageError[] = [];
  const probes = specs.flatMap((text) => {
    try {
      const spec = readSpec({ ...request, spec: text }, support);
      const words = nameArguments?.(spec, request.args) ?? request.args;
      return [buildKprobe(group, taken, support, words, spec, text)];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      failures.push(error);
      return [];
    }
  });
  const [first] = failures;
  if (first === undefined) return { probes, notes };
  if (probes.length === 0) throw first;
  const left = `${failures.length} of ${specs.length} functions left out, the first because ${first.why.split('\n')[0]}`;
  return { probes, notes: [...notes, left] };
}

/**
 * One fprobe for all functions that the glob matches: the kernel takes globs there, and says at each hit which one it
 * was.
 */
function buildSharedFprobe(group: string, taken: Set<string>, support: Support, request: KprobeRequest): ProbeEvent {
  const isReturn = request.spec.endsWith('%return');
  const symbol = request.spec.replace(/%return$/, '');
  const spec: KprobeSpec = { module: undefined, symbol, address: undefined, offset: 0, isReturn, isFprobe: true };
  const named = request.args.find((word) => kindOfProbeWord(word) === 'named');
  if (named !== undefined) {
    const why = `'${named}' is named by the prototype, and these functions have several`;
    throw new UsageError({ attempted: `probing ${request.spec}`, why, remedy: 'use $arg1, $arg2 ... or $retval' });
  }
  const probe = buildKprobe(group, taken, support, request.args, spec, request.spec);
  const which = { name: isReturn ? '__probe_func' : '__probe_ip', style: 'symbol' } as const;
  return { ...probe, fields: [which, ...probe.fields] };
}

function readSpec({ spec: text, maxActive, fprobe }: KprobeRequest, { keepsArguments }: Support): KprobeSpec {
  const spec = parseKprobeSpec(text);
  const attempted = `probing ${text}`;
  if (maxActive !== undefined && !spec.isReturn) {
    throw new UsageError({ attempted, why: '--maxactive is for returns', remedy: `probe ${text}%return` });
  }
  if (fprobe === true && (spec.symbol === undefined || spec.offset > 0)) {
    throw new UsageError({
      attempted,
      why: 'an fprobe is at the start or the return of a function',
      remedy: 'leave out --fprobe',
    });
  }
  const numbered = fprobe === true || (spec.isReturn && keepsArguments === true);
  return { ...spec, maxActive, numbered, isFprobe: fprobe };
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
  const place = spec.isFprobe === true ? fprobePlace(spec, label) : kprobePlace(spec, label);
  return buildProbeEvent(group, event, place, args satisfies FetchArg[]);
}

function defaultArguments({ isReturn, offset }: KprobeSpec, { numberedArguments }: Support): string[] {
  if (isReturn) return ['ret=$retval:s64'];
  if (offset !== 0 || !numberedArguments) return [];
  return Array.from({ length: shownArguments }, (_, index) => `arg${index + 1}=$arg${index + 1}:x64`);
}
