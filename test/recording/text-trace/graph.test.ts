/** One recording of function_graph in every combination of its columns, against itself and against raw pages. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CallNode, CallTree } from '../../../src/call-graph/call-tree.ts';
import { CallTreeBuilder } from '../../../src/call-graph/call-tree-builder.ts';
import { GraphRecordReader } from '../../../src/call-graph/graph-record.ts';
import { readCommonPid } from '../../../src/format/common-header.ts';
import { capturedCases, loadCapturedPages } from '../../ring-buffer/captured-pages.ts';
import { functionName, kernels, loadTextFixtures, type ReadTrace, readTrace } from './text-fixtures.ts';

const all = kernels.map((kernel) => [kernel, loadTextFixtures(kernel)] as const);

/** Trees as text: function, duration in ns, depth by indentation. */
function treesOf(read: ReadTrace, withDurations = true): string[] {
  const trees: CallTree[] = [];
  const builder = new CallTreeBuilder({ onTree: (tree) => trees.push(tree) });
  for (const item of read.items) {
    if (item.kind === 'lost') builder.lost(item.cpu);
    if (item.kind === 'event' && item.graph) builder.add(item.cpu, item.pid, item.flags ?? 0, item.time, item.graph);
  }
  builder.finish();
  const print = (node: CallNode, indent: string): string =>
    `${indent}${functionName(read, node.func)}${withDurations ? ` ${node.duration}` : ''}${node.cut ? ` ${node.cut}` : ''}\n${node.children.map((child) => print(child, `${indent}  `)).join('')}`;
  return trees.map(({ root }) => print(root, '')).sort();
}

describe.each(all)('function_graph of %s', (_, fixtures) => {
  const combinations = fixtures
    .bytes('graph-layouts')
    .toString('latin1')
    .split(/^%% /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { options: part.slice(0, end), read: readTrace(Buffer.from(part.slice(end + 1), 'latin1')) };
    });
  const has = (options: string, name: string) => options.split(' ').includes(name);

  it('reads the same calls out of all 128 combinations of columns', () => {
    expect(combinations.length).toBe(128);
    const steps = (read: ReadTrace) =>
      read.events.map(({ name, graph, text }) =>
        graph ? `${name} ${graph.depth} ${functionName(read, graph.func)}` : `${name} ${text}`,
      );
    const expected = steps(combinations.at(-1)!.read);
    for (const { options, read } of combinations) {
      expect([options, read.items.length]).toEqual([options, fixtures.entries('graph-layouts')]);
      // Times put the exit of a leaf call where it belongs among the events of other CPUs: the order differs.
      expect([options, steps(read).sort()]).toEqual([options, [...expected].sort()]);
    }
  });

  it('reads durations, CPUs, tasks, times and flags wherever they are shown', () => {
    const last = combinations.at(-1)!.read;
    for (const { options, read } of combinations) {
      const shown = <T>(option: string, list: (read: ReadTrace) => T[]) => {
        if (has(options, option)) expect([options, list(read)]).toEqual([options, list(last)]);
      };
      const entries = ({ events }: ReadTrace) => events.filter(({ graph }) => graph?.kind !== 'exit');
      shown('funcgraph-duration', ({ events }) =>
        events.map(({ graph }) => (graph?.kind === 'exit' ? graph.duration : 0)).sort(),
      );
      shown('funcgraph-cpu', (one) => entries(one).map(({ cpu }) => cpu));
      shown('funcgraph-proc', (one) => entries(one).map(({ pid, comm }) => `${pid} ${comm}`));
      shown('funcgraph-abstime', (one) => entries(one).map(({ time }) => BigInt(time) + one.source.origin));
      shown('latency-format', (one) => entries(one).map(({ flags, preemptCount }) => `${flags} ${preemptCount}`));
      if (!has(options, 'funcgraph-abstime'))
        expect(read.source.problems.join()).toContain('counted from the durations');
      if (has(options, 'nofuncgraph-duration'))
        expect(read.source.problems.join()).toContain('durations are not shown');
    }
  });

  it('keeps events in order of time', () => {
    for (const { read } of combinations) {
      const times = read.items.map(({ time }) => time);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  it('builds the same trees without times and tasks as with them', () => {
    const shownAll = readTrace(fixtures.bytes('graph-all'));
    const usual = readTrace(fixtures.bytes('graph-default'));
    const trees = treesOf(shownAll);
    expect(trees.length).toBeGreaterThan(5);
    expect(treesOf(usual)).toEqual(trees);
    expect(treesOf(readTrace(fixtures.bytes('graph-task')))).toEqual(trees);
    // One marker holds a line that looks like the end of a remark and then a call: it counts as damage, once.
    for (const read of [shownAll, usual]) {
      expect(read.events.length).toBe(fixtures.entries('graph'));
      expect(read.items.length).toBe(read.events.length + 1);
      expect(read.events.filter(({ name }) => name === 'print').map(({ text }) => text)).toEqual([
        'plain text',
        'in x) | y',
        ' two\n lines ',
        'a',
      ]);
    }
  });

  it('knows tasks by the switches, before the first one, too', () => {
    const tasks = ({ events }: ReadTrace) =>
      events.filter(({ graph }) => graph?.kind === 'entry').map(({ pid, comm }) => `${comm} ${pid}`);
    expect(tasks(readTrace(fixtures.bytes('graph-default')))).toEqual(tasks(readTrace(fixtures.bytes('graph-all'))));
  });

  it('reads functions of modules, and switches in the middle of calls', () => {
    const read = readTrace(fixtures.bytes('graph-irqs'));
    expect(read.events.some(({ graph }) => graph && functionName(read, graph.func) === 'ovl_open [overlay]')).toBe(
      true,
    );
    expect(read.items.every(({ kind }) => kind === 'event')).toBe(true);
    const tail = readTrace(fixtures.bytes('graph-irqs-all'));
    expect(treesOf(tail, false).length).toBeGreaterThan(0);
  });

  it.each(['graph-nocontext', 'graph-overrun', 'graph-verbose', 'graph-raw', 'graph-hex'])('reads %s', (name) => {
    const { items, events } = readTrace(fixtures.bytes(name));
    expect(items.length).toBe(fixtures.entries('graph-layouts'));
    expect(events.length).toBe(items.length);
  });

  it('reads what trace_pipe says, which has no header, and the losses', () => {
    for (const name of fixtures.names.filter((name) => name.startsWith('pipe-'))) {
      const { items } = readTrace(fixtures.bytes(name));
      const lines = fixtures.bytes(name).toString('latin1').split('\n');
      expect([name, items.filter(({ kind }) => kind === 'damaged')]).toEqual([name, []]);
      const lost = items
        .filter((item) => item.kind === 'lost')
        .map(({ cpu, count }) => `CPU:${cpu} [LOST ${count} EVENTS]`);
      expect(lost).toEqual(lines.filter((line) => line.startsWith('CPU:')));
      expect(items.length).toBeGreaterThan(20);
    }
  });
});

it('reads arguments on 7.2', () => {
  const fixtures = loadTextFixtures('7.2');
  for (const name of ['graph-args', 'graph-args-all']) {
    const read = readTrace(fixtures.bytes(name));
    const call = read.events.find(
      ({ graph }) => graph?.kind === 'entry' && functionName(read, graph.func) === 'getname_flags',
    )!;
    const printed = /filename=(0x[0-9a-f]+), flags=(\d+|0x[0-9a-f]+)/.exec(call.text)!;
    expect(call.graph).toMatchObject({ args: [BigInt(printed[1]!), BigInt(printed[2]!)] });
  }
});

describe.each(['graph', 'graph-lost', 'graph-args'].flatMap((name) => capturedCases(name)))('%s', (folder) => {
  it('reads the same out of the text as out of the raw pages it was printed from', () => {
    const { items, formats, layout, header, symbolName } = loadCapturedPages(folder);
    const named = (name: string) => [...formats.values()].find((format) => format.name === name)!;
    const reader = new GraphRecordReader({ entry: named('funcgraph_entry'), exit: named('funcgraph_exit') }, layout);
    const raw = items.flatMap((item) => {
      const record = item.kind === 'record' ? reader.read(item.bytes) : undefined;
      if (item.kind !== 'record' || record === undefined) return [];
      const duration = record.kind === 'exit' ? record.duration! : 0;
      const digits = Math.max(7 - String(Math.floor(duration / 1000)).length, 0);
      // The kernel keeps seven digits of a duration.
      const kept = Math.floor(duration / 10 ** Math.max(3 - digits, 0)) * 10 ** Math.max(3 - digits, 0);
      const pid = readCommonPid(header, item.bytes);
      return [`${record.kind} ${pid} ${record.depth} ${symbolName(record.func)?.name} ${kept}`];
    });
    const read = readTrace(
      readFileSync(join(import.meta.dirname, '../../../tracefs-fixtures/pages', folder, 'trace.txt')),
    );
    const text = read.events.flatMap(({ graph, pid }) =>
      graph
        ? [
            `${graph.kind} ${pid} ${graph.depth} ${read.source.symbolName(graph.func)?.name} ${graph.kind === 'exit' ? graph.duration : 0}`,
          ]
        : [],
    );
    expect(text.length).toBeGreaterThan(30);
    // The text holds what the pages hold, from where either begins.
    const known = (line: string) => !line.includes('undefined');
    expect(text.filter(known).slice(0, raw.length)).toEqual(raw.filter(known).slice(0, text.length));
  });
});
