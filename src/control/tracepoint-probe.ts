/**
 * Probes on tracepoints themselves, with the arguments that the kernel's code hands to them (`prev->pid` of
 * sched_switch): "t:" of dynamic_events (Documentation/trace/fprobetrace.rst), since Linux 6.5.
 */

import { UnsupportedError, UsageError } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import { type FetchArgContext, parseFetchArg } from './fetch-arg.ts';
import { buildProbeEvent, eventPlace, type ProbeEvent } from './probe-event.ts';
import { chooseEventName } from './probe-spec.ts';

/** Throws UnsupportedError where the kernel has no fprobes and no tracepoint probes. */
export function requireFprobes(readme: string, attempted: string): void {
  if (/^\s*f\[:\[<group>/m.test(readme)) return;
  throw new UnsupportedError({
    attempted,
    why: 'this kernel has no fprobes and no tracepoint probes',
    remedy: 'they exist since Linux 6.5 with CONFIG_FPROBE_EVENTS',
  });
}

/** Tracepoints that bring events of another name: those of all system calls. */
const further = ['sys_enter', 'sys_exit'];

/**
 * A probe on the tracepoint `name`; `events` are the kernel's events (`SYSTEM:EVENT`), which bear the names of their
 * tracepoints. The kernel itself takes one that does not exist. Without words the whole `$arg*` is recorded.
 */
export function buildTracepointProbe(
  group: string,
  taken: Set<string>,
  {
    name: given,
    words,
    events,
  }: { readonly name: string; readonly words: readonly string[]; readonly events: readonly string[] },
  support: Omit<FetchArgContext, 'probe' | 'isReturn'>,
): ProbeEvent {
  const name = given.slice(given.indexOf(':') + 1);
  const names = [
    ...new Set([...further, ...events.filter(isTracepoint).map((event) => event.slice(event.indexOf(':') + 1))]),
  ];
  if (!names.includes(name)) {
    const near = nearestNames(name, names);
    throw new UsageError({
      attempted: `probing the tracepoint ${name}`,
      why: 'no event of this kernel has this name',
      remedy: near.length === 0 ? 'ftui list events shows them' : `nearest: ${near.join(', ')}`,
    });
  }
  const context: FetchArgContext = { probe: 'kprobe', isReturn: false, ...support };
  const args = (words.length > 0 ? words : ['$arg*']).map((word, index) => parseFetchArg(word, index, context));
  return buildProbeEvent(group, chooseEventName(name, taken), eventPlace('t', name, name), args);
}

/** Events of system calls, functions and probes have no tracepoint of their own. */
function isTracepoint(event: string): boolean {
  return !/^(?:syscalls|ftrace|synthetic|ftui_\d+):/.test(event);
}
