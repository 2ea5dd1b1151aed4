/**
 * Which functions with a similar name are being called while the ones asked for are not: the function tracer counts
 * them for a moment in an instance of its own.
 */

import { readEventCatalogue } from '../capture/event-catalogue.ts';
import { RawCapture } from '../capture/raw-capture.ts';
import { applyChanges } from '../control/apply-writes.ts';
import { parseFunctionList } from '../control/function-list.ts';
import { planWrites } from '../control/plan-writes.ts';
import { siblingInstance } from '../control/session-names.ts';
import { emptyPlan, type TracePlan } from '../control/trace-plan.ts';
import { readState } from '../control/trace-state.ts';
import { applyUndos } from '../control/undo.ts';
import { readCommonType } from '../format/common-header.ts';
import { decodeEvent } from '../format/decoded-event.ts';
import type { StreamItem } from '../ring-buffer/stream-item.ts';
import { parseKallsyms } from '../symbols/kallsyms.ts';
import type { SessionContext } from './live-session.ts';

interface SiblingCalls {
  readonly name: string;
  readonly calls: number;
}

/** How long the siblings are counted. */
const watchMs = 1_000;
const mostSiblings = 40;
const bufferSizeKb = 256;

/** Functions whose name shares its stem with one of `names`: `do_sys_openat2` for `do_sys_open`. */
export function listSiblings(available: readonly string[], names: readonly string[]): string[] {
  const stems = names.map(stemOf).filter((stem) => stem.length >= 4);
  const own = new Set(names);
  const siblings = available.filter((name) => !own.has(name) && stems.some((stem) => stemOf(name).startsWith(stem)));
  return [...new Set(siblings)].slice(0, mostSiblings);
}

/** A name without the decorations that renames add: leading underscores, architecture prefixes, digits, `.isra.0`. */
function stemOf(name: string): string {
  return name
    .replace(/\..*$/, '')
    .replace(/^_*(?:x64_|ia32_|arm64_)?/, '')
    .replace(/\d+$/, '');
}

/** Counts calls of the siblings; empty where there are none, or where the function tracer is not to be had. */
export async function countSiblingCalls(context: SessionContext, names: readonly string[]): Promise<SiblingCalls[]> {
  const { tracefs, plan } = context;
  const text = tracefs.top.readIfThere('available_filter_functions');
  if (text === undefined || !tracefs.top.read('available_tracers').includes('function')) return [];
  const available = parseFunctionList(text).names;
  const siblings = listSiblings(available, names);
  if (siblings.length === 0) return [];
  const counting = planCounting(plan, siblings, available);
  const writes = planWrites(readState(tracefs.top, counting), counting);
  const catalogue = readEventCatalogue(tracefs.top, [{ system: 'ftrace', event: 'function' }]);
  const capture = new RawCapture(tracefs.instance(counting.instance!), catalogue.layout);
  const undos = writes.setup.flatMap((change) => change.undo ?? []);
  try {
    applyChanges(tracefs, [...writes.setup, ...writes.start]);
    await new Promise((resolve) => setTimeout(resolve, watchMs));
    applyChanges(tracefs, writes.stop);
    capture.open();
    return countCalls([...capture.drain()].flat(), catalogue, tracefs.kernel.readBytes('/proc/kallsyms'));
  } finally {
    capture.close();
    applyUndos(tracefs, undos, { afterCrash: false });
  }
}

function planCounting(plan: TracePlan, siblings: readonly string[], available: readonly string[]): TracePlan {
  const wanted = new Set(siblings);
  const lines = available.flatMap((name, line) => (wanted.has(name) ? [line] : []));
  return {
    ...emptyPlan,
    instance: siblingInstance(),
    ownsInstance: true,
    tracer: 'function',
    filterFunctions: { names: lines.map((line) => available[line]!), indexes: lines.map((line) => line + 1) },
    bufferSizeKb,
    pids: plan.pids,
    excludedPids: plan.excludedPids,
  };
}

function countCalls(
  items: readonly StreamItem[],
  { header, formats, abi }: ReturnType<typeof readEventCatalogue>,
  kallsyms: Uint8Array,
): SiblingCalls[] {
  const symbols = parseKallsyms(kallsyms);
  const counts = new Map<string, number>();
  for (const item of items) {
    const format = item.kind === 'record' ? formats.get(readCommonType(header, item.bytes)) : undefined;
    if (item.kind !== 'record' || format?.name !== 'function') continue;
    const name = symbols.nameOf(BigInt.asUintN(64, BigInt(decodeEvent(format, item.bytes, abi).ip as bigint)))?.name;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, calls]) => ({ name, calls })).sort((a, b) => b.calls - a.calls);
}
