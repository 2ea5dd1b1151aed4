/** Recordings made by hand: events from a few words each, as a source that exports read. */
import { asCpuId, asPid } from '../../../src/base/units.ts';
import type { GraphRecord } from '../../../src/call-graph/graph-record.ts';
import type { EventSelection, EventSource, RecordedEvent, SourceItem } from '../../../src/recording/event-source.ts';
import {
  type ExportFormat,
  type ExportOptions,
  type ExportReport,
  newExportReport,
} from '../../../src/recording/export/export-format.ts';
import type { KernelSymbolName } from '../../../src/symbols/kallsyms.ts';

type Parts = Partial<Omit<RecordedEvent, 'kind' | 'cpu' | 'pid' | 'tgid'>> & {
  readonly cpu?: number;
  readonly pid?: number;
  readonly tgid?: number | undefined;
};

/** An event of task bash-12 on CPU 0, unless said otherwise. */
export function event({ cpu = 0, pid = 12, tgid, ...parts }: Parts): RecordedEvent {
  return {
    kind: 'event',
    time: 0,
    cpu: asCpuId(cpu),
    pid: asPid(pid),
    comm: 'bash',
    tgid: tgid === undefined ? undefined : asPid(tgid),
    flags: 0,
    preemptCount: 0,
    instance: '',
    system: 'test',
    name: 'thing',
    text: '',
    format: undefined,
    fields: undefined,
    graph: undefined,
    call: undefined,
    stack: undefined,
    ...parts,
  };
}

export function lost(time: number, count: number | undefined, cpu = 0): SourceItem {
  return { kind: 'lost', time, count, cpu: asCpuId(cpu) };
}

export function damaged(time: number, reason: string, cpu = 0): SourceItem {
  return { kind: 'damaged', time, reason, cpu: asCpuId(cpu) };
}

type Task = Pick<Parts, 'cpu' | 'pid' | 'comm' | 'tgid' | 'instance'>;

/**
 * The records of call trees, one call a line: `START DURATION name`, indented by two for each depth. A duration of `-` is
 * a call that does not return. Addresses come from addressOf.
 */
export function calls(tree: string, task: Task = {}): RecordedEvent[] {
  const open: { readonly depth: number; readonly exit: RecordedEvent }[] = [];
  const events: RecordedEvent[] = [];
  const closeFrom = (depth: number) => {
    while ((open.at(-1)?.depth ?? -1) >= depth) {
      const { exit } = open.pop()!;
      if (Number.isFinite(exit.time)) events.push(exit);
    }
  };
  for (const line of tree.split('\n').filter((text) => text.trim() !== '')) {
    const [, indent, start, length, name] = /^( *)(\d+) (\d+|-) (.*)$/.exec(line)!;
    const depth = indent!.length / 2;
    closeFrom(depth);
    const func = addressOf(name!);
    events.push(record(Number(start), 'funcgraph_entry', entry(func, depth), task));
    const duration = length === '-' ? Number.NaN : Number(length);
    // The records of returns come in order, whatever the durations say; a caller without return has no time here.
    const callerReturn = open.at(-1)?.exit.time || Number.POSITIVE_INFINITY;
    const time = Math.min(Number(start) + duration, callerReturn);
    open.push({ depth, exit: record(time, 'funcgraph_exit', exitOf(func, depth, duration), task) });
  }
  closeFrom(0);
  return events;
}

function record(time: number, name: string, graph: GraphRecord, task: Task): RecordedEvent {
  return event({ ...task, time, name, system: 'ftrace', graph });
}

function entry(func: bigint, depth: number): GraphRecord {
  return { kind: 'entry', func, depth, args: undefined, retaddr: undefined };
}

function exitOf(func: bigint, depth: number, duration: number): GraphRecord {
  return {
    kind: 'exit',
    func,
    depth,
    overrun: 0,
    duration,
    calltime: undefined,
    rettime: undefined,
    retval: undefined,
  };
}

/** Addresses given out so far, and what is there. */
const symbols = new Map<bigint, KernelSymbolName>();

/** An address for a function; `name [module]` is one of a module. */
export function addressOf(label: string): bigint {
  const parts = /^(.*) \[(.*)\]$/s.exec(label);
  const symbol = parts === null ? { name: label, offset: 0 } : { name: parts[1]!, module: parts[2]!, offset: 0 };
  const known = [...symbols].find(([, { name, module }]) => name === symbol.name && module === parts?.[2]);
  if (known !== undefined) return known[0];
  const address = 0xffffffff81000000n + BigInt(symbols.size) * 64n;
  symbols.set(address, symbol);
  return address;
}

/** The items in order of time, filtered as a source does it. */
export function sourceOf(items: readonly SourceItem[], about: Partial<EventSource> = {}): EventSource {
  const sorted = [...items].sort((a, b) => a.time - b.time);
  return {
    origin: 5_000_000_000n,
    timeIsNanoseconds: true,
    problems: [],
    symbolName: (address) => symbols.get(address),
    events: (selection = {}) => sorted.filter((item) => isSelected(item, selection)),
    ...about,
  };
}

function isSelected(item: SourceItem, { from, to, cpus, pids, comms, wantsEvent, instance }: EventSelection): boolean {
  if (item.time < (from ?? -Infinity) || item.time >= (to ?? Infinity)) return false;
  if (cpus?.has(item.cpu) === false) return false;
  if (item.kind !== 'event') return true;
  if (pids?.has(item.pid) === false || comms?.has(item.comm) === false) return false;
  if (instance !== undefined && item.instance !== instance) return false;
  return wantsEvent?.(item.system, item.name) ?? true;
}

/** What an export writes, and what it says of it. */
export function exported(
  format: ExportFormat,
  source: EventSource,
  options: Partial<ExportOptions> = {},
): { readonly text: string; readonly report: ExportReport } {
  const report = newExportReport();
  const blocks = [...format.write(source, { selection: {}, title: 'trace.dat', ...options }, report)];
  return { text: Buffer.concat(blocks).toString('utf8'), report };
}

/** Names that could break out of a format that does not escape them. */
export const hostileNames: readonly string[] = [
  '</script><script>alert(1)</script>',
  ']]><x onload="alert(1)">',
  '"quoted", \'twice\'',
  'a;b,c\td',
  'line\nbreak\r',
  'nul\u0000esc\u001b[31m',
  'broken \udc80\udcff utf-8',
  'not \ufffe xml \uffff',
  '\u202egnp.exe',
  '&amp; &lt; %d \\u0041',
  '=cmd|calc!A1',
  '__proto__',
  '😀 ünïcode',
  '',
];
