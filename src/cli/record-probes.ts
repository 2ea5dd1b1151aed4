/** --kprobe and --uprobe of `ftui record`: the probes of the commands `kprobe` and `uprobe`, each in one word. */

import { UsageError } from '../base/errors.ts';
import { parseFetchArgSupport } from '../control/fetch-arg.ts';
import { type ResolvedKprobes, resolveKprobePatterns } from '../control/kprobe-request.ts';
import { readKernelFunctions } from '../control/kprobe-target.ts';
import type { ProbeEvent } from '../control/probe-event.ts';
import { sessionGroup } from '../control/session-names.ts';
import { type ResolvedUprobes, resolveUprobes } from '../control/uprobe-request.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { splitProbeWords } from './arguments.ts';
import { loadKprobeNames, loadUprobeNames, withSource } from './probe-names.ts';
import { requireProbeFile } from './probe-options.ts';
import type { RecordingRequest } from './record-request.ts';

export interface RecordedProbes {
  readonly events: readonly ProbeEvent[];
  readonly notices: readonly string[];
}

interface ResolveOptions {
  readonly force: boolean;
  readonly pids?: readonly number[];
  /** Names that other probes of the session have. */
  readonly taken?: Set<string>;
}

/** Throws what the two commands throw. */
export async function resolveProbes(
  tracefs: Tracefs,
  { kprobes, uprobes }: Pick<RecordingRequest, 'kprobes' | 'uprobes'>,
  { force, pids = [], taken = new Set() }: ResolveOptions,
): Promise<RecordedProbes> {
  if (kprobes.length > 0) requireProbeFile(tracefs, 'kprobe', 'record --kprobe');
  if (uprobes.length > 0) requireProbeFile(tracefs, 'uprobe', 'record --uprobe');
  const support = parseFetchArgSupport(tracefs.top.readIfThere('README') ?? '');
  const resolved = [
    ...(kprobes.length > 0 ? await resolveOfKernel(tracefs, kprobes, taken, support, force) : []),
    ...(await resolveOfPrograms(tracefs, uprobes, taken, support, { force, pids })),
  ];
  return { events: resolved.flatMap(({ probes }) => probes), notices: resolved.flatMap(({ notes }) => notes) };
}

type Support = ReturnType<typeof parseFetchArgSupport>;

async function resolveOfKernel(
  tracefs: Tracefs,
  texts: readonly string[],
  taken: Set<string>,
  support: Support,
  force: boolean,
): Promise<ResolvedKprobes[]> {
  const functions = readKernelFunctions(tracefs);
  const wanted = texts.map((text) => {
    const [spec, ...args] = splitProbeWords(text);
    return { spec: spec!, args };
  });
  const names = await loadKprobeNames(wanted, tracefs.kernel, functions, support.types);
  return wanted.map((probe) =>
    resolveKprobePatterns(functions, sessionGroup(), taken, support, { ...probe, force }, names),
  );
}

async function resolveOfPrograms(
  { kernel }: Tracefs,
  texts: readonly string[],
  taken: Set<string>,
  support: Support,
  options: { readonly force: boolean; readonly pids: readonly number[] },
): Promise<ResolvedUprobes[]> {
  const wanted = texts.map((text) => {
    const [binary, spec, ...args] = splitProbeWords(text);
    if (spec === undefined) {
      const remedy = "e.g. --uprobe '/bin/bash readline%return'";
      throw new UsageError({ attempted: `probing ${text}`, why: 'no function is given', remedy });
    }
    return { binary: binary!, spec, args, ...options };
  });
  const names = await loadUprobeNames(wanted, support.types);
  const specs = wanted.map(({ spec }) => spec);
  return withSource(specs, (source) => {
    const given = new Set(taken);
    return wanted.map((probe) => resolveUprobes(kernel, sessionGroup(), given, support, { ...probe, source }, names));
  });
}
