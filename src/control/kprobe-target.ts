/** Checks that a kprobe can fire before it is written: kprobe_events accepts symbols that do not exist. */

import { UsageError } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import { type KernelSymbols, parseKallsyms } from '../symbols/kallsyms.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { type FunctionList, parseFunctionList } from './function-list.ts';
import type { KprobeSpec } from './probe-spec.ts';

/** Functions that the kernel has marked as not to be probed, one `0xaddr-0xaddr\tname` a line. */
const blacklistFile = '/sys/kernel/debug/kprobes/blacklist';

export interface KernelFunctions {
  /** Whether the function tracer can trace it, which a kprobe then can, too. */
  isTraceable(name: string): boolean;
  /** Whether kallsyms has it at all. */
  exists(name: string): boolean;
  isBlacklisted(name: string): boolean;
  /** Whether several functions have this name, so that newer kernels refuse to probe it. */
  isShared(name: string): boolean;
  names(): Iterable<string>;
  /** The module that a traceable function is in. */
  moduleOf(name: string): string | undefined;
  /** The other function that begins before `offset` bytes behind the start of `name` are over; undefined if none does. */
  functionBehind(name: string, offset: number): string | undefined;
}

/** The functions of the kernel; kallsyms is only read for a name that available_filter_functions does not have. */
export function readKernelFunctions({ kernel, top }: Tracefs): KernelFunctions {
  const list = parseFunctionList(top.readIfThere('available_filter_functions') ?? '');
  const traceable = new Set(list.names);
  let symbols: KernelSymbols | undefined;
  let shared: Set<string> | undefined;
  let modules: Map<string, string | undefined> | undefined;
  let blacklist: Set<string> | undefined;
  const kallsyms = () => {
    symbols ??= parseKallsyms(kernel.readBytes('/proc/kallsyms'));
    return symbols;
  };
  return {
    isTraceable: (name) => traceable.has(name),
    exists: (name) => traceable.has(name) || kallsyms().addressesOf(name).length > 0,
    isBlacklisted: (name) => {
      blacklist ??= readBlacklist(kernel);
      return blacklist.has(name);
    },
    isShared: (name) => {
      shared ??= findShared(list.names);
      return shared.has(name);
    },
    functionBehind: (name, offset) => {
      const [place] = kallsyms().hidden ? [] : kallsyms().addressesOf(name);
      const found = place === undefined ? undefined : kallsyms().nameOf(place.address + BigInt(offset));
      return found === undefined || found.offset >= offset ? undefined : found.name;
    },
    moduleOf: (name) => {
      modules ??= mapModules(list);
      return modules.get(name);
    },
    names: () => (traceable.size > 0 ? traceable : kallsyms().names()),
  };
}

/** The module of each function; of several with one name the first counts. */
function mapModules({ names, modules }: FunctionList): Map<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  for (const [line, name] of names.entries()) if (!found.has(name)) found.set(name, modules[line]);
  return found;
}

function findShared(names: readonly string[]): Set<string> {
  const [seen, shared] = [new Set<string>(), new Set<string>()];
  for (const name of names) (seen.has(name) ? shared : seen).add(name);
  return shared;
}

function readBlacklist(kernel: KernelFiles): Set<string> {
  try {
    const lines = kernel.readText(blacklistFile).split('\n');
    return new Set(lines.map((line) => line.split('\t')[1] ?? ''));
  } catch {
    return new Set();
  }
}

/** Throws UsageError, with the reason and the nearest names, for a probe that would never hit, or hit elsewhere. */
export function checkKprobe(functions: KernelFunctions, spec: KprobeSpec, text: string): void {
  const { symbol, offset } = spec;
  if (symbol === undefined) return;
  const attempted = `probing ${text}`;
  if (!functions.exists(symbol)) {
    const near = nearestNames(symbol, functions.names());
    throw new UsageError({
      attempted,
      why: 'the kernel has no such function (it may be inlined or not loaded)',
      remedy: near.length === 0 ? undefined : `nearest: ${near.join(', ')}`,
    });
  }
  if (!functions.isTraceable(symbol) && functions.isBlacklisted(symbol)) {
    throw new UsageError({
      attempted,
      why: 'the kernel forbids probes in this function (it is on the kprobes blacklist)',
      remedy: 'probe one of its callers',
    });
  }
  refuseOtherModule(functions, spec, attempted);
  const reached = offset === 0 ? undefined : functions.functionBehind(symbol, offset);
  if (reached !== undefined) {
    throw new UsageError({
      attempted,
      why: `${symbol} is shorter than that: the offset lies in ${reached}`,
      remedy: `probe ${reached} by its own name`,
    });
  }
}

/** The kernel takes `MODULE:FUNC` for a module that is not loaded yet, and a function of the kernel itself never is in one. */
function refuseOtherModule(functions: KernelFunctions, { symbol, module }: KprobeSpec, attempted: string): void {
  if (symbol === undefined || module === undefined || !functions.isTraceable(symbol)) return;
  const real = functions.moduleOf(symbol);
  if (real?.replaceAll('-', '_') === module.replaceAll('-', '_')) return;
  const why = `${symbol} is in ${real === undefined ? 'the kernel itself' : `the module ${real}`}, not in ${module}`;
  throw new UsageError({ attempted, why, remedy: `probe ${real === undefined ? '' : `${real}:`}${symbol}` });
}
