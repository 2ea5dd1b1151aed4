/**
 * From `usdt BINARY [PROVIDER:]NAME ARG...` to probes: all sites of a static probe in one event, as one definition a site
 * under the same name (uprobetracer.rst), with the semaphore that turns the site on.
 */

import { UsageError } from '../base/errors.ts';
import { compileGlob } from '../base/glob.ts';
import { nearestNames } from '../base/nearest.ts';
import { type FoundBinary, findBinary, readElf } from '../symbols/files.ts';
import { compileUsdtProbe, type UsdtEvent } from '../symbols/usdt-fetch-arg.ts';
import { listUsdtProbes, type UsdtListing, type UsdtProbe } from '../symbols/usdt-notes.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import { type FetchArg, type FetchArgContext, parseFetchArg } from './fetch-arg.ts';
import { buildProbeEvent, type ProbeEvent, uprobePlace } from './probe-event.ts';
import { chooseEventName } from './probe-spec.ts';
import { findTargetBinaries } from './process-binary.ts';
import { buildLineCounter, lineCounterNote, needsLineCounter } from './usdt-python.ts';

type Support = Pick<FetchArgContext, 'types' | 'numberedArguments' | 'namedArguments'>;

interface UsdtRequest {
  readonly binary: string;
  /** `NAME` or `PROVIDER:NAME`, each a glob. */
  readonly spec: string;
  /** `arg0`, `arg1:string`, `file=arg0:string`; none means all. */
  readonly args: readonly string[];
  readonly force: boolean;
  /** Processes whose own files are meant. */
  readonly pids?: readonly number[] | undefined;
}

interface ResolvedUsdt {
  /** Probes of the same name are sites of one event. */
  readonly probes: readonly ProbeEvent[];
  readonly notes: readonly string[];
}

/** More sites than this take long to set up and to remove. */
const mostSites = 512;

/** The static probes of a binary by name on the command line; throws as findBinary does. */
export function readUsdtProbes(word: string): FoundProbes {
  return readProbesOf(findBinary(word));
}

type FoundProbes = UsdtListing & { readonly path: string; readonly notes: readonly string[] };

function readProbesOf({ path, notes }: FoundBinary): FoundProbes {
  return { ...listUsdtProbes(readElf(path)), path, notes };
}

/** Throws UsageError for a probe that is not there, and for a word that is none of its arguments, with the position. */
export function resolveUsdt(
  kernel: KernelFiles,
  group: string,
  taken: Set<string>,
  support: Support,
  request: UsdtRequest,
): ResolvedUsdt {
  const found = findTargetBinaries(kernel, request.binary, request.pids ?? []);
  const resolved = found.map((binary) => resolveInFile(readProbesOf(binary), group, taken, support, request));
  const notes = [...new Set(resolved.flatMap((it) => it.notes))];
  return { probes: resolved.flatMap(({ probes }) => probes), notes };
}

function resolveInFile(
  listing: FoundProbes,
  group: string,
  taken: Set<string>,
  support: Support,
  request: UsdtRequest,
): ResolvedUsdt {
  const { path } = listing;
  const chosen = selectUsdtProbes(listing.probes, request.spec, path);
  const count = chosen.reduce((sum, { sites }) => sum + sites.length, 0);
  if (count > mostSites && !request.force) {
    const why = `it has ${count} places in the code, more than ${mostSites}`;
    const attempted = `probing ${request.spec} in ${path}`;
    throw new UsageError({ attempted, why, remedy: 'narrow the pattern, or use --force' });
  }
  const notes = [...listing.notes, ...listing.problems];
  const probes = chosen.flatMap((probe) =>
    compileUsdtProbe(probe, request.args).flatMap((event) => {
      const built = buildUsdtEvent(probe, event, path, group, taken, support);
      notes.push(...built.notes);
      return built.probes;
    }),
  );
  if (!needsLineCounter(chosen, path)) return { probes, notes };
  const counter = buildLineCounter(listing.probes, path, group, taken);
  if (counter !== undefined) notes.push(lineCounterNote);
  return { probes: counter === undefined ? probes : [...probes, counter], notes };
}

/** Those that `[PROVIDER:]NAME` matches; throws UsageError, with the nearest names, when none does. */
export function selectUsdtProbes(probes: readonly UsdtProbe[], spec: string, path: string): UsdtProbe[] {
  const colon = spec.indexOf(':');
  const isProvider = compileGlob(colon < 0 ? '*' : spec.slice(0, colon));
  const isName = compileGlob(spec.slice(colon + 1) || '*');
  const found = probes.filter(({ provider, name }) => isProvider(provider) && isName(name));
  if (found.length > 0) return found;
  const attempted = `probing ${spec} in ${path}`;
  if (probes.length === 0) {
    const why = 'it has no static probes (no .note.stapsdt)';
    throw new UsageError({ attempted, why, remedy: 'probe its functions: ftui uprobe' });
  }
  const names = probes.map(({ provider, name }) => (colon < 0 ? name : `${provider}:${name}`));
  const near = nearestNames(spec, [...new Set(names)]);
  const remedy = near.length > 0 ? `nearest: ${near.join(', ')}` : 'ftui list usdt shows them';
  throw new UsageError({ attempted, why: 'it has no such static probe', remedy });
}

function buildUsdtEvent(
  { provider, name }: UsdtProbe,
  { sites }: UsdtEvent,
  path: string,
  group: string,
  taken: Set<string>,
  support: Support,
): { readonly probes: ProbeEvent[]; readonly notes: string[] } {
  const notes = sites.flatMap(({ fields }) => fields.flatMap(({ problem }) => problem ?? []));
  const uncertain = new Set<string>();
  for (const { fields } of sites) for (const field of fields) if (field.text?.includes('@+')) uncertain.add(field.name);
  for (const field of uncertain) {
    notes.push(`${field} is left out: it is in the program's own memory, which some kernels read at another place`);
  }
  const label = `${provider}:${name}`;
  const event = chooseEventName(name, taken);
  const context: FetchArgContext = { probe: 'uprobe', isReturn: false, ...support };
  const probes = sites.map(({ site, offsetText, fields }) => {
    const readable = fields.filter((field) => !uncertain.has(field.name)).flatMap(({ text }) => text ?? []);
    const args = readable.map((text, index): FetchArg => parseFetchArg(text, index, context));
    const place = uprobePlace(path, site.fileOffset, false, label);
    return buildProbeEvent(group, event, { ...place, place: `${path}:${offsetText}` }, args);
  });
  return { probes, notes: notes.map((note) => `${label}: ${note}`) };
}
