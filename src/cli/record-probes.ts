/** --kprobe and --uprobe of `ftui record`: the probes of the commands `kprobe` and `uprobe`, each in one word. */

import { UsageError } from '../base/errors.ts';
import { parseFetchArgSupport } from '../control/fetch-arg.ts';
import { resolveKprobes } from '../control/kprobe-request.ts';
import { readKernelFunctions } from '../control/kprobe-target.ts';
import type { ProbeEvent } from '../control/probe-event.ts';
import { sessionGroup } from '../control/session-names.ts';
import { resolveUprobes } from '../control/uprobe-request.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { splitProbeWords } from './arguments.ts';
import { requireProbeFile } from './probe-options.ts';
import type { RecordingRequest } from './record-request.ts';

export interface RecordedProbes {
  readonly events: readonly ProbeEvent[];
  readonly notices: readonly string[];
}

/** Throws what the two commands throw. */
export function resolveProbes(
  tracefs: Tracefs,
  { kprobes, uprobes }: Pick<RecordingRequest, 'kprobes' | 'uprobes'>,
  { force }: { readonly force: boolean },
): RecordedProbes {
  if (kprobes.length > 0) requireProbeFile(tracefs, 'kprobe', 'record --kprobe');
  if (uprobes.length > 0) requireProbeFile(tracefs, 'uprobe', 'record --uprobe');
  const support = parseFetchArgSupport(tracefs.top.readIfThere('README') ?? '');
  const taken = new Set<string>();
  const functions = kprobes.length > 0 ? readKernelFunctions(tracefs) : undefined;
  const ofKernel = kprobes.map((text) => {
    const [spec, ...args] = splitProbeWords(text);
    return resolveKprobes(functions!, sessionGroup(), taken, support, { spec: spec!, args });
  });
  const ofPrograms = uprobes.map((text) => {
    const [binary, spec, ...args] = splitProbeWords(text);
    if (spec === undefined) {
      const remedy = "e.g. --uprobe '/bin/bash readline%return'";
      throw new UsageError({ attempted: `probing ${text}`, why: 'no function is given', remedy });
    }
    return resolveUprobes(tracefs.kernel, sessionGroup(), taken, support, { binary: binary!, spec, args, force });
  });
  const resolved = [...ofKernel, ...ofPrograms];
  return { events: resolved.flatMap(({ probes }) => probes), notices: resolved.flatMap(({ notes }) => notes) };
}
