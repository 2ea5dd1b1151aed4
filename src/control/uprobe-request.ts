/** From `uprobe BINARY SYMBOL FETCHARG...` to probes that can fire. */

import { UsageError } from '../base/errors.ts';
import { asPid } from '../base/units.ts';
import { entryArguments, returnsString } from '../symbols/calling-convention.ts';
import type { ElfSymbol } from '../symbols/elf-symbols.ts';
import { type FoundBinary, readUprobeBinary } from '../symbols/files.ts';
import { findIfuncImplementation } from '../symbols/ifunc.ts';
import {
  resolveUprobeTarget,
  type SourceKnowledge,
  type UprobeBinary,
  type UprobeSite,
} from '../symbols/uprobe-target.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import { type FetchArg, type FetchArgContext, parseFetchArg } from './fetch-arg.ts';
import { buildProbeEvent, type ProbeEvent, uprobePlace } from './probe-event.ts';
import { chooseEventName } from './probe-spec.ts';
import type { NameArguments } from './probe-words.ts';
import { findTargetBinaries } from './process-binary.ts';

interface UprobeRequest {
  readonly binary: string;
  readonly spec: string;
  readonly args: readonly string[];
  readonly force: boolean;
  /** Processes whose own files are meant. */
  readonly pids?: readonly number[] | undefined;
  /** What debug information knows of lines (uprobe-lines.ts). */
  readonly source?: SourceKnowledge | undefined;
}

interface ResolvedUprobes {
  readonly probes: readonly ProbeEvent[];
  readonly notes: readonly string[];
}

type Support = Pick<FetchArgContext, 'types' | 'numberedArguments' | 'namedArguments'>;

/** How many arguments an entry probe shows when none were asked for. */
const shownArguments = 4;
/** More probes than this from one glob take long to set up and to remove. */
const mostProbes = 512;

/** Where a uprobe's arguments are named. */
export interface NamedUprobe {
  readonly binary: UprobeBinary;
  readonly site: UprobeSite;
}

/** The unwinder of C++ and Rust finds the probe's own address where the caller's should be. */
const exceptions = 'an exception or panic that leaves a function while its return is probed ends the program';

/** Without type information: no word is compiled. */
const asTheyAre: NameArguments<NamedUprobe> = (_place, words) => words;

/**
 * Resolves names to file offsets and builds the probes; throws UsageError for whatever could never fire. `nameArguments`
 * (uprobe-names.ts) compiles what is named as in the source, and knows better arguments where none were asked for.
 */
export function resolveUprobes(
  kernel: KernelFiles,
  group: string,
  taken: Set<string>,
  support: Support,
  request: UprobeRequest,
  nameArguments: NameArguments<NamedUprobe> = asTheyAre,
): ResolvedUprobes {
  const { places, notes } = listUprobePlaces(kernel, request);
  const probes = places.map(({ binary, site }) => {
    const args = nameArguments({ binary, site }, request.args);
    return buildUprobe(binary, binary.elf.name, group, taken, support, { ...request, args }, site);
  });
  return { probes, notes };
}

interface UprobePlaces {
  /** With the function's own name: `readline%return`. */
  readonly places: readonly (NamedUprobe & { readonly label: string })[];
  readonly notes: readonly string[];
}

/** The places that SPEC means in the binary; throws UsageError as resolveUprobes does. */
export function listUprobePlaces(kernel: KernelFiles, request: Omit<UprobeRequest, 'args'>): UprobePlaces {
  const { binary, pids = [] } = request;
  const listed = findTargetBinaries(kernel, binary, pids).map((found) => placesIn(kernel, found, request));
  return { places: listed.flatMap(({ places }) => places), notes: listed.flatMap(({ notes }) => notes) };
}

function placesIn(kernel: KernelFiles, found: FoundBinary, request: Omit<UprobeRequest, 'args'>): UprobePlaces {
  const binary = readUprobeBinary(found.path);
  const target = resolveUprobeTarget(binary, request.spec, {
    force: request.force,
    source: request.source,
    ifuncImplementation: (symbol) => askRunningProcesses(kernel, binary, found, symbol, request.pids ?? []),
  });
  if (target.sites.length > mostProbes && !request.force) {
    throw new UsageError({
      attempted: `probing ${request.spec} in ${found.path}`,
      why: `it matches ${target.sites.length} functions, more than ${mostProbes}`,
      remedy: 'narrow the pattern, or use --force',
    });
  }
  const skipped = target.skipped.map(({ symbol, why }) => `${symbol} left out: ${why}`);
  const places = target.sites.map((site) => ({ binary, site, label: labelOf(site, request.spec) }));
  const thrown = target.sites.some(({ isReturn, readable }) => isReturn && readable !== undefined) ? [exceptions] : [];
  return { places, notes: [...found.notes, ...target.notes, ...skipped, ...thrown] };
}

function buildUprobe(
  binary: UprobeBinary,
  path: string,
  group: string,
  taken: Set<string>,
  support: Support,
  request: UprobeRequest,
  site: UprobeSite,
): ProbeEvent {
  const label = labelOf(site, request.spec);
  const name = site.readable ?? site.symbol ?? `at_${site.fileOffset.toString(16)}`;
  const line =
    site.source === undefined ? '' : `_L${/\d+/.exec(request.spec.slice(request.spec.lastIndexOf(':')))?.[0]}`;
  const event = chooseEventName(site.isReturn ? `${name}__return` : `${name}${line}`, taken);
  const context: FetchArgContext = { probe: 'uprobe', isReturn: site.isReturn, ...support };
  const args =
    request.args.length > 0
      ? request.args.map((word, index) => parseFetchArg(word, index, context))
      : defaultArguments(binary, site, context);
  return buildProbeEvent(group, event, uprobePlace(path, site.fileOffset, site.isReturn, label), args);
}

/** `readline%return`; of a glob, each function's own name. */
function labelOf({ source, readable, symbol, offsetInSymbol, isReturn, address }: UprobeSite, spec: string): string {
  if (source !== undefined) return source.label;
  if (symbol === undefined) return spec;
  const offset = offsetInSymbol === 0 ? '' : `+0x${offsetInSymbol.toString(16)}`;
  return `${readable ?? (symbol || `0x${address.toString(16)}`)}${offset}${isReturn ? '%return' : ''}`;
}

function defaultArguments(binary: UprobeBinary, site: UprobeSite, context: FetchArgContext): FetchArg[] {
  if (site.isReturn) {
    const text = site.symbol !== undefined && returnsString(site.symbol);
    return [parseFetchArg(text ? 'ret=+0($retval):string' : 'ret=$retval:s64', 0, context)];
  }
  if (site.offsetInSymbol !== 0) return [];
  const { layout, isGo } = binary.elf;
  return entryArguments(layout.machine, shownArguments, { isGo }).map(({ name, expression, type }, index) =>
    parseFetchArg(`${name}=${expression}:${type}`, index, context),
  );
}

/** Which implementation the processes that run right now use; those that are meant first, then ftui's own. */
function askRunningProcesses(
  kernel: KernelFiles,
  binary: UprobeBinary,
  { path: file, mappedPath }: FoundBinary,
  symbol: ElfSymbol,
  pids: readonly number[],
): { address: number; symbol?: string | undefined } | undefined {
  const path = mappedPath ?? file;
  const others = kernel
    .list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  for (const pid of [...pids, process.pid, ...others].map(asPid)) {
    try {
      const maps = kernel.readText(`/proc/${pid}/maps`);
      if (!maps.includes(path)) continue;
      const found = findIfuncImplementation({
        symbol,
        library: binary.elf,
        libraryPath: path,
        maps,
        readMemory: (address, length) => kernel.readAt(`/proc/${pid}/mem`, address, length),
        openElf: (mapped) => readUprobeBinary(mapped === path ? file : mapped).elf,
      });
      if (found !== undefined) return found;
    } catch {
      // The process has gone, or its memory is not ours to read: another one may tell.
    }
  }
  return undefined;
}
