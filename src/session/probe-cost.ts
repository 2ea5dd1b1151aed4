/**
 * What probes cost: their rate, as the kernel counts it, times a cost of each hit. An estimate, and called so: a uprobe
 * usually costs 1 to 2 µs, a kprobe 0.1 to 0.3 µs. In a virtual machine the single step behind most uprobes goes through
 * the hypervisor: in one, labs() of libc fell from 5.7 million to 87,000 calls a second, which is 11 µs a hit.
 */

import type { ProbeEvent } from '../control/probe-event.ts';

type ProbeKind = 'kprobe' | 'kretprobe' | 'uprobe' | 'uretprobe';
type Machine = 'bare' | 'virtual';

/** Microseconds of a CPU for one hit, with a few numbers recorded. */
const microsecondsPerHit: Readonly<Record<Machine, Readonly<Record<ProbeKind, number>>>> = {
  bare: { kprobe: 0.3, kretprobe: 0.6, uprobe: 1.5, uretprobe: 3 },
  virtual: { kprobe: 0.5, kretprobe: 1, uprobe: 11, uretprobe: 11 },
};

/** A share of one CPU that is worth a word. */
const notableShare = 0.05;
/** How long a rate is measured. */
export const measuredMs = 1_000;

/** Whether /proc/cpuinfo is that of a virtual machine. */
export function isVirtual(cpuinfo: string): boolean {
  return /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo);
}

function kindOf({ definition: { file, line } }: ProbeEvent): ProbeKind {
  const returns = line.startsWith('r');
  if (file === 'uprobe_events') return returns ? 'uretprobe' : 'uprobe';
  return returns ? 'kretprobe' : 'kprobe';
}

/**
 * A sentence about probes that take a notable part of a CPU; undefined when they do not. `hits` are those of each
 * event in the last `spanMs`, whether they were recorded or not: a filter or a choice of tasks spares the record, not
 * the hit.
 */
export function describeProbeCost(
  probes: readonly ProbeEvent[],
  hits: ReadonlyMap<string, number>,
  { spanMs, machine }: { readonly spanMs: number; readonly machine: Machine },
): string | undefined {
  const events = new Map(probes.map((probe) => [probe.definition.event, probe]));
  const rows = [...events.values()].map((probe) => {
    const perSecond = ((hits.get(probe.definition.event) ?? 0) * 1000) / spanMs;
    const cost = microsecondsPerHit[machine][kindOf(probe)];
    return { probe, perSecond, cost, share: (perSecond * cost) / 1e6 };
  });
  const share = rows.reduce((sum, row) => sum + row.share, 0);
  const [busiest] = rows.toSorted((a, b) => b.share - a.share);
  if (share < notableShare || busiest === undefined) return undefined;
  const { probe, perSecond, cost } = busiest;
  const rate = Math.round(perSecond).toLocaleString('en');
  const many = rows.length > 1;
  const who = many ? `${probe.label}, the busiest of ${rows.length} probes,` : probe.label;
  const estimate = `about ${formatShare(share)} by estimate (${cost} µs a hit)`;
  return `${who} is hit ${rate} times a second: ${many ? 'all together cost' : 'that costs'} ${estimate}; --max-rate N stops at N hits a second`;
}

function formatShare(share: number): string {
  return share < 0.95 ? `${Math.round(share * 100)} % of one CPU` : `${share.toFixed(1)} CPUs`;
}
