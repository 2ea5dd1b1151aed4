/** From probes as they were asked for to probes that can fire: one way for live commands, `record` and the screens. */

import { UnsupportedError, UsageError } from '../base/errors.ts';
import { type FetchArgContext, parseFetchArgSupport } from '../control/fetch-arg.ts';
import { copiesText, type ProbeEvent } from '../control/probe-event.ts';
import { sessionGroup } from '../control/session-names.ts';
import { requireFprobes } from '../control/tracepoint-probe.ts';
import { panicsOnWarning } from '../tracefs/features.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { loadKprobeNames, loadUprobeNames, withSource } from './probe-names.ts';
import type { WantedProbe } from './probe-options.ts';

interface ResolvedProbes {
  readonly probes: readonly ProbeEvent[];
  /** Substitutions, and what was left out. */
  readonly notices: readonly string[];
}

interface ResolveOptions {
  readonly force: boolean;
  /** Processes whose own files are meant. */
  readonly pids?: readonly number[];
  /** Names that other probes of the session have; those of the new ones are added. */
  readonly taken?: Set<string>;
}

type WantedOf<Kind> = Extract<WantedProbe, { readonly kind: Kind }>;

interface Context extends Required<ResolveOptions> {
  readonly tracefs: Tracefs;
  readonly readme: string;
  readonly support: Omit<FetchArgContext, 'probe' | 'isReturn'>;
}

interface Resolved {
  readonly probes: readonly ProbeEvent[];
  readonly notes: readonly string[];
}

/** Kprobes first, then uprobes, then static probes. Throws UsageError and UnsupportedError for what could never fire. */
export async function resolveProbes(
  tracefs: Tracefs,
  wanted: readonly WantedProbe[],
  { force, pids = [], taken = new Set() }: ResolveOptions,
): Promise<ResolvedProbes> {
  const readme = tracefs.top.readIfThere('README') ?? '';
  const context = { tracefs, readme, support: parseFetchArgSupport(readme), force, pids, taken };
  for (const probe of wanted) requireProbeFile(context, probe);
  const resolved = [
    ...(await resolveKprobes(
      wanted.filter((probe) => probe.kind === 'kprobe'),
      context,
    )),
    ...(await resolveUprobes(
      wanted.filter((probe) => probe.kind === 'uprobe'),
      context,
    )),
    ...(await resolveUsdts(
      wanted.filter((probe) => probe.kind === 'usdt'),
      context,
    )),
  ];
  const probes = resolved.flatMap((one) => one.probes);
  if (!force) refuseHaltingTexts(tracefs, probes);
  return { probes, notices: resolved.flatMap(({ notes }) => notes) };
}

/** Throws UsageError where a probe might halt the machine. */
export function refuseHaltingTexts({ kernel }: Tracefs, probes: readonly ProbeEvent[]): void {
  const probe = probes.find((one) => copiesText([one]));
  if (probe === undefined || !panicsOnWarning(kernel)) return;
  throw new UsageError({
    attempted: `probing ${probe.label}`,
    why: 'a text of 4 KB or more makes the kernel warn, and with kernel.panic_on_warn=1 that halts the machine',
    remedy: 'take the address instead of the text, or use --force',
  });
}

function requireProbeFile({ tracefs, readme }: Context, probe: WantedProbe): void {
  const attempted = `${probe.kind} ${probe.spec}`;
  const file = probe.kind === 'kprobe' ? 'kprobe_events' : 'uprobe_events';
  if (!tracefs.top.exists(file)) {
    throw new UnsupportedError({
      attempted,
      why: `this kernel was built without CONFIG_${file.toUpperCase()}: there is no ${file}`,
      remedy: '`ftui doctor` shows what it can do',
    });
  }
  if (probe.kind === 'kprobe' && probe.fprobe === true) requireFprobes(readme, attempted);
}

async function resolveKprobes(
  wanted: readonly WantedOf<'kprobe'>[],
  { tracefs, support, force, taken }: Context,
): Promise<Resolved[]> {
  if (wanted.length === 0) return [];
  const [{ resolveKprobePatterns }, { readKernelFunctions }] = await Promise.all([
    import('../control/kprobe-request.ts'),
    import('../control/kprobe-target.ts'),
  ]);
  const functions = readKernelFunctions(tracefs);
  const names = await loadKprobeNames(wanted, tracefs.kernel, functions, support.types);
  return wanted.map((probe) =>
    resolveKprobePatterns(functions, sessionGroup(), taken, support, { ...probe, force }, names),
  );
}

async function resolveUprobes(
  wanted: readonly WantedOf<'uprobe'>[],
  { tracefs, support, force, pids, taken }: Context,
): Promise<Resolved[]> {
  if (wanted.length === 0) return [];
  const programs = await import('../control/uprobe-request.ts');
  const names = await loadUprobeNames(wanted, support.types);
  const specs = wanted.map(({ spec }) => spec);
  return withSource(specs, (source) => {
    // The first of two attempts may have named some.
    const given = new Set(taken);
    const resolved = wanted.map((probe) =>
      programs.resolveUprobes(tracefs.kernel, sessionGroup(), given, support, { ...probe, force, source, pids }, names),
    );
    for (const name of given) taken.add(name);
    return resolved;
  });
}

async function resolveUsdts(
  wanted: readonly WantedOf<'usdt'>[],
  { tracefs, support, force, pids, taken }: Context,
): Promise<Resolved[]> {
  if (wanted.length === 0) return [];
  const { resolveUsdt } = await import('../control/usdt-request.ts');
  return wanted.map((probe) => resolveUsdt(tracefs.kernel, sessionGroup(), taken, support, { ...probe, force, pids }));
}
