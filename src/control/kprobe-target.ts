/** Checks that a kprobe can fire before it is written: kprobe_events accepts symbols that do not exist. */

import { UsageError } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import { parseKallsyms } from '../symbols/kallsyms.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { parseFunctionList } from './function-list.ts';
import type { KprobeSpec } from './probe-spec.ts';

/** Functions that the kernel has marked as not to be probed, one `0xaddr-0xaddr\tname` a line. */
const blacklistFile = '/sys/kernel/debug/kprobes/blacklist';

export interface KernelFunctions {
  /** Whether the function tracer can trace it, which a kprobe then can, too. */
  isTraceable(name: string): boolean;
  /** Whether kallsyms has it at all. */
  exists(name: string): boolean;
  isBlacklisted(name: string): boolean;
  names(): Iterable<string>;
}

/** The functions of the kernel; kallsyms is only read for a name that available_filter_functions does not have. */
export function readKernelFunctions({ kernel, top }: Tracefs): KernelFunctions {
  const traceable = new Set(parseFunctionList(top.readIfThere('available_filter_functions') ?? '').names);
  let all: Set<string> | undefined;
  const everything = () => {
    all ??= new Set(parseKallsyms(kernel.readBytes('/proc/kallsyms')).names());
    return all;
  };
  return {
    isTraceable: (name) => traceable.has(name),
    exists: (name) => traceable.has(name) || everything().has(name),
    isBlacklisted: (name) => readBlacklist(kernel).has(name),
    names: () => (traceable.size > 0 ? traceable : everything()),
  };
}

function readBlacklist(kernel: KernelFiles): Set<string> {
  try {
    const lines = kernel.readText(blacklistFile).split('\n');
    return new Set(lines.map((line) => line.split('\t')[1] ?? ''));
  } catch {
    return new Set();
  }
}

/** Throws UsageError, with the reason and the nearest names, for a probe that the kernel would take and never hit. */
export function checkKprobe(functions: KernelFunctions, spec: KprobeSpec, text: string): void {
  const { symbol } = spec;
  if (symbol === undefined || functions.isTraceable(symbol)) return;
  const attempted = `probing ${text}`;
  if (!functions.exists(symbol)) {
    const near = nearestNames(symbol, functions.names());
    throw new UsageError({
      attempted,
      why: 'the kernel has no such function (it may be inlined or not loaded)',
      remedy: near.length === 0 ? undefined : `nearest: ${near.join(', ')}`,
    });
  }
  if (functions.isBlacklisted(symbol)) {
    throw new UsageError({
      attempted,
      why: 'the kernel forbids probes in this function (it is on the kprobes blacklist)',
      remedy: 'probe one of its callers',
    });
  }
}
