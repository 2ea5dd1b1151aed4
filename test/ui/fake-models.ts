/** Models of a session that has run for a while, and of none: what the screens' tests are drawn from. */

import { parseEventTime } from '../../src/base/event-time.ts';
import { asCpuId, asPid } from '../../src/base/units.ts';
import {
  type Diagnosis,
  EventRates,
  GraphModel,
  NameList,
  noTraces,
  type RecentRecording,
  type SourceItem,
  type StateText,
} from '../../src/index.ts';
import type { BrowseRows, BrowseTab, CommandView, LoadedList, Models } from '../../ui/state/models.ts';
import { PathReader } from '../../ui/state/path-reader.ts';

/** Text that would take the terminal over if it came through. */
export const hostile = 'bad\u001b[31m\u0007\u202ename\nnext';

const baseDiagnosis: Diagnosis = {
  kernel: 'running kernel 6.12.9',
  tracefs: '/sys/kernel/tracing',
  problem: null,
  features: [
    { key: 'tracer:function_graph', title: 'function_graph tracer', answer: 'yes' },
    { key: 'option:funcgraph-args', title: 'funcgraph-args', answer: 'no', remedy: 'Linux 6.15 or later' },
    { key: 'file:user_events_data', title: 'user events', answer: 'unknown', remedy: 'Linux 6.4 or later' },
  ],
  commands: { graph: true, uprobe: true, event: true },
  exitStatus: 0,
};

export const notRoot: StateText = {
  what: 'opening tracefs',
  why: `/sys/kernel/tracing is 0700 root ${hostile}`,
  remedy: 'run it as root: sudo ftui',
  command: 'sudo ftui',
  exit: 4,
  line: 'opening tracefs: /sys/kernel/tracing is 0700 root (run it as root: sudo ftui)',
};

export const blockedDiagnosis: Diagnosis = {
  ...baseDiagnosis,
  tracefs: null,
  problem: 'tracing needs root: /sys/kernel/tracing is 0700 root (sudo ftui)',
  features: [],
  commands: { graph: false, uprobe: false, event: false },
  exitStatus: 4,
};

export function eventItem(time: number, name: string, text: string, cpu = 0): SourceItem {
  return {
    kind: 'event',
    time,
    cpu: asCpuId(cpu),
    pid: asPid(4121),
    comm: 'bash',
    tgid: undefined,
    flags: 1,
    preemptCount: 0,
    instance: '',
    system: 'sched',
    name,
    text,
    format: undefined,
    fields: { prev_comm: hostile, prev_pid: 12, address: 0xffffffff81000000n },
    graph: undefined,
    call: undefined,
    stack: undefined,
  };
}

export function lostItem(time: number, count: number | undefined, skipped?: true): SourceItem {
  return { kind: 'lost', time, cpu: asCpuId(3), count, skipped };
}

export function damagedItem(time: number): SourceItem {
  return { kind: 'damaged', time, cpu: asCpuId(1), reason: `a record of length 0 ${hostile}` };
}

/** A second of events with a gap, a damaged place, and rows that were left out. */
export function fakeItems(): SourceItem[] {
  const items: SourceItem[] = [];
  for (let index = 0; index < 300; index += 1) {
    const time = index * 3_000_000;
    if (index === 100) items.push(lostItem(time, 1204));
    if (index === 150) items.push(damagedItem(time));
    if (index === 200) items.push(lostItem(time, undefined, true));
    const name = index % 3 === 0 ? 'sched_waking' : 'sched_switch';
    items.push(eventItem(time, name, `prev_pid=${index} next_comm=${hostile} 日本語`, index % 4));
  }
  return items;
}

export interface FakeOptions {
  readonly items?: readonly SourceItem[];
  readonly lists?: Partial<Readonly<Record<BrowseTab, LoadedList<{ readonly name: string }>>>>;
  readonly chips?: readonly { readonly name: string; readonly on: boolean }[];
}

export function loaded<Row extends { readonly name: string }>(rows: readonly Row[]): LoadedList<Row> {
  return { state: 'loaded', list: new NameList(rows) };
}

function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202e]/g, '?');
}

function fakeRates(items: readonly SourceItem[]): EventRates {
  const rates = new EventRates();
  for (const item of items) {
    if (item.kind === 'event') rates.add(`${item.system}:${item.name}`, item.time, item);
    else rates.lost(item.kind === 'lost' ? (item.count ?? 1) : 1, item.time);
  }
  rates.advance(2e9);
  return rates;
}

/** Three levels of calls in two tasks, some of them slow, one that failed. */
export function fakeGraph(): GraphModel {
  const graph = new GraphModel({ commOf: (pid) => (pid === 4121 ? 'bash' : 'cc1') });
  const [open, path, alloc, close] = [0x10, 0x20, 0x30, 0x40].map((address) => graph.functionOf(0, address)) as [
    number,
    number,
    number,
    number,
  ];
  for (let index = 0; index < 40; index += 1) {
    const begin = index * 1_000_000;
    const pid = index % 4 === 0 ? 5120 : 4121;
    const slow = index === 17 ? 20 : 1;
    graph.enter(0, pid, 0, begin, open, 0);
    graph.enter(0, pid, 0, begin + 1_000, path, 1);
    graph.enter(0, pid, 0, begin + 2_000, alloc, 2);
    graph.exit(0, pid, begin + 10_000 * slow, alloc, 2, -1, -1, 0);
    graph.exit(0, pid, begin + 30_000 * slow, path, 1, -1, -1, 0);
    graph.enter(0, pid, 0, begin + 31_000 * slow, close, 1);
    graph.exit(0, pid, begin + 35_000 * slow, close, 1, -1, -1, 0);
    const failed = index % 10 === 0;
    graph.exit(0, pid, begin + 40_000 * slow, open, 0, -1, failed ? 0xffffffff : 0, failed ? 0xfffffffe : 3);
  }
  return graph;
}

/** Nothing is traced, nothing is known yet. */
export function emptyModels(change: Partial<Models> = {}): Models {
  return fakeModels(
    { items: [], lists: {} },
    { ...noSession(), diagnosis: undefined, recent: [], graph: emptyGraph, ...change },
  );
}

function noSession(): Partial<Models> {
  return {
    status: { ...fakeStatus, kind: 'none', title: '', badge: '', eventsPerSecond: 0, events: 0, lost: 0 },
    wanted: noTraces,
    isTracing: false,
    isArming: false,
  };
}

const fakeStatus: Models['status'] = {
  kind: 'live',
  title: 'event sched:sched_switch',
  badge: 'LIVE',
  eventsPerSecond: 48_000,
  events: 300,
  lost: 1204,
  showing: 1,
  fill: 0.31,
  runningMs: 72_000,
  notices: [],
  share: undefined,
};

export const fakeRecent: readonly RecentRecording[] = [
  {
    path: '/tmp/open.dat',
    time: '2026-11-20T10:11:12.000Z',
    how: 'recorded',
    bytes: 13_000_000,
    events: 1_204_000,
    isThere: true,
  },
  {
    path: `/tmp/${hostile}.dat`,
    time: '2026-11-19T10:11:12.000Z',
    how: 'replayed',
    bytes: undefined,
    events: undefined,
    isThere: true,
  },
  {
    path: `/a/very/long/${'path/'.repeat(40)}gone.dat`,
    time: '2026-11-18T10:11:12.000Z',
    how: 'replayed',
    bytes: 1,
    events: 1,
    isThere: false,
  },
];

const fakeFunctions: BrowseRows['functions'][] = [
  ...['do_sys_open', 'do_sys_openat2', '__x64_sys_openat', 'vfs_read', 'kmem_cache_alloc'].map((name) => ({
    name,
    module: undefined,
    reason: undefined,
  })),
  { name: 'do_sys_ftruncate', module: undefined, reason: 'not traceable: notrace, startup or assembly code' },
  { name: 'ext4_file_open', module: 'ext4', reason: undefined },
  { name: hostile, module: hostile, reason: undefined },
  ...Array.from({ length: 200 }, (_, index) => ({
    name: `tcp_function_${index}`,
    module: undefined,
    reason: undefined,
  })),
];

const fakeLists = {
  functions: loaded(fakeFunctions),
  events: loaded([
    { name: 'sched:sched_switch', system: 'sched', event: 'sched_switch' },
    { name: 'sched:sched_waking', system: 'sched', event: 'sched_waking' },
  ]),
  probes: loaded([{ name: 'probes/p_one', definition: 'p:probes/p_one vfs_read' }]),
  symbols: loaded([{ name: 'readline', version: undefined, address: 0x1000, size: 12 }]),
};

/** A command that runs; `lines` are what it has written. */
export function fakeCommand(change: Partial<CommandView> & { readonly lines?: readonly string[] } = {}): CommandView {
  const { lines = ['one', 'two'], ...rest } = change;
  return {
    title: 'bash -c "ls /"',
    hasBegun: true,
    end: undefined,
    lack: undefined,
    heldBackAt: Number.NEGATIVE_INFINITY,
    length: lines.length,
    lineAt: (index) => [...(lines[index] ?? '')].map((text) => ({ text, width: 1, look: {} })),
    cursor: { line: 0, column: 0 },
    isAlternate: false,
    ...rest,
  };
}

/** Graphs are large: those that no test changes are shared. */
const sharedGraph = fakeGraph();
const emptyGraph = new GraphModel();

/** A session that traces an event, with everything in it; `change` replaces what a test is about. */
export function fakeModels(
  { items = fakeItems(), lists = fakeLists, chips = [{ name: 'task:bash', on: true }] }: FakeOptions = {},
  change: Partial<Models> = {},
): Models {
  const graph = change.graph ?? sharedGraph;
  const base: Models = {
    command: undefined,
    graph,
    paths: new PathReader(graph.paths, graph.functions),
    calls: {
      length: graph.calls.length,
      rowAt: (index) => graph.calls.rowAt(index)!,
      indexOf: (id) => graph.calls.indexOf(id),
    },
    log: {
      length: items.length,
      itemAt: (index) => items[index]!,
      textOf: (item) => (item.kind === 'event' ? visible(item.text) : ''),
    },
    rates: fakeRates(items),
    status: fakeStatus,
    recording: undefined,
    transport: undefined,
    wanted: { ...noTraces, events: [{ system: 'sched', event: 'sched_switch' }] },
    diagnosis: baseDiagnosis,
    isSampled: false,
    problem: undefined,
    recent: fakeRecent,
    list: <Tab extends BrowseTab>(tab: Tab) => (lists[tab] ?? { state: 'absent' }) as LoadedList<BrowseRows[Tab]>,
    describe: (tab, name) => [`${tab} ${visible(name)}(struct file *file)`, 'field:int prev_pid'],
    treeOf: () => undefined,
    nameOf: (func) => ({ name: `function_${func}`, module: func === 2 ? 'ext4' : undefined }),
    nameOfAddress: (address) => ({ name: `at_${address.toString(16)}` }),
    labelOf: (node) => ({ text: node === 0 ? 'all' : `node_${node}` }),
    taskOf: (pid) => `bash-${pid}`,
    stampOf: (time) => 12e9 + time,
    stampText: (time) => ((12e9 + time) / 1e9).toFixed(6),
    timeOfText: (text) => parseEventTime(text, { origin: 12_000_000_000n, timeIsNanoseconds: true }, 0),
    matches: (text, query) => text.toLowerCase().includes(query.toLowerCase()),
    nameFilter: undefined,
    filterRows: () => chips,
    isTracing: true,
    isArming: false,
    recordingFile: undefined,
    emptyWords: (screen) => [`armed, 0 events in 12 s on ${screen}`, 'run something that makes them: ls /'],
    version: 1,
  };
  return { ...base, ...change };
}
