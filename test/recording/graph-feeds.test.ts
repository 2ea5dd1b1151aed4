/** The fast way and the way by events give the same calls of every recording, and those that call trees have. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GraphModel } from '../../src/analysis/graph-model.ts';
import { pathKey } from '../../src/analysis/path-keys.ts';
import { kindOf, readPathStats } from '../../src/analysis/path-stats.ts';
import type { CallNode, CallTree } from '../../src/call-graph/call-tree.ts';
import { TaskTrees } from '../../src/recording/export/task-trees.ts';
import { byteSourceOf, openByteSource } from '../../src/recording/files.ts';
import { GraphItemFeed } from '../../src/recording/graph-items.ts';
import type { GraphRecordSink } from '../../src/recording/graph-record-sink.ts';
import { GraphRecordFeed } from '../../src/recording/graph-records.ts';
import { readCallTree } from '../../src/recording/read-call-tree.ts';
import { convertRecording } from '../../src/recording/trace-dat/convert-recording.ts';
import { openPageStreams } from '../../src/recording/trace-dat/page-streams.ts';
import { TraceDat } from '../../src/recording/trace-dat/trace-dat.ts';
import { TraceDatEvents } from '../../src/recording/trace-dat/trace-dat-events.ts';
import { randomNumbers } from '../analysis/path-notation.ts';
import { recordingNames, recordingPath } from '../recordings/recordings.ts';
import { kernels, loadTextFixtures, readTrace } from './text-trace/text-fixtures.ts';

const graphRecordings = ['6.1-graph-depth3', '6.1-graph-interrupts'];
const openDat = (name: string) => new TraceDat(openByteSource(recordingPath(name)));

/** Everything a sink is told, one line each. */
class ToldLines implements GraphRecordSink {
  readonly lines: string[] = [];
  functionOf(high: number, low: number): number {
    return high * 2 ** 20 + low;
  }
  enter(...values: number[]): void {
    this.lines.push(`enter ${values}`);
  }
  exit(...values: number[]): void {
    this.lines.push(`exit ${values}`);
  }
  lost(...values: number[]): void {
    this.lines.push(`lost ${values}`);
  }
  event(...values: number[]): void {
    this.lines.push(`event ${values}`);
  }
  taskSwitch(...values: number[]): void {
    this.lines.push(`switch ${values}`);
  }
}

function feedWhole(recording: TraceDat, sink: GraphRecordSink, selection = {}): GraphRecordFeed {
  const feed = new GraphRecordFeed(recording, sink, selection);
  while (!feed.step(1000).done);
  return feed;
}

function feedItems(recording: TraceDat, sink: GraphRecordSink, selection = {}): void {
  const feed = new GraphItemFeed(sink);
  for (const item of new TraceDatEvents(recording).events(selection)) feed.add(item);
}

function toldBy(feed: (recording: TraceDat, sink: GraphRecordSink, selection?: object) => unknown, name: string) {
  return (selection?: object) => {
    const told = new ToldLines();
    const recording = openDat(name);
    feed(recording, told, selection);
    recording.source.close();
    return told.lines;
  };
}

describe.each(recordingNames)('%s', (name) => {
  it('is the same by records as by events', () => {
    const fast = toldBy(feedWhole, name)();
    expect(fast.length).toBeGreaterThan(0);
    expect(fast).toEqual(toldBy(feedItems, name)());
  });
});

describe.each(['6.1-graph-interrupts', '6.12-lost', '6.1-instances', '6.12-all-events'])('a part of %s', (name) => {
  it('is the same by records as by events', () => {
    const times = toldBy(feedWhole, name)()
      .filter((line) => line.startsWith('event'))
      .map((line) => Number(line.split(',')[2]));
    const at = (share: number) => times[Math.floor((times.length - 1) * share)]!;
    for (const selection of [
      { from: at(0.3) },
      { to: at(0.6) },
      { from: at(0.25), to: at(0.75) + 0.5 },
      { cpus: new Set([1]) },
      { instance: '' },
      { instance: 'none' },
    ]) {
      expect(toldBy(feedWhole, name)(selection)).toEqual(toldBy(feedItems, name)(selection));
    }
  });
});

describe.each(['6.1-graph-interrupts', '6.12-lost', '6.12-all-events'])('%s as far as it was played', (name) => {
  it('is the same as all of it, and never ahead', () => {
    const whole = toldBy(feedWhole, name)();
    const recording = openDat(name);
    const times = whole.filter((line) => line.startsWith('event')).map((line) => Number(line.split(',')[2]));
    const told = new ToldLines();
    const feed = new GraphRecordFeed(recording, told);
    for (const share of [0, 0.1, 0.1, 0.5, 0.9]) {
      const until = times[Math.floor((times.length - 1) * share)]!;
      expect(feed.step(1000, until).done).toBe(false);
      expect(told.lines.filter((line) => line.startsWith('event'))).toHaveLength(
        times.filter((time) => time <= until).length,
      );
    }
    expect(feed.step(1000, times.at(-1)!).done).toBe(true);
    expect(told.lines).toEqual(whole);
    recording.source.close();
  });
});

function readModel(name: string, feed: (recording: TraceDat, sink: GraphRecordSink) => unknown): GraphModel {
  const recording = openDat(name);
  const model = new GraphModel();
  feed(recording, model);
  model.finish();
  recording.source.close();
  return model;
}

/** Figures of every path, by its key. */
function describePaths({ paths, functions }: GraphModel) {
  return Array.from({ length: paths.nodes.end }, (_, node) => node)
    .filter((node) => kindOf(paths, node) === 'function')
    .map((node) => ({ key: pathKey(paths, functions, node), ...readPathStats(paths, node) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Calls and times of every path in trees, by its key. */
function figuresOfTrees(trees: readonly CallTree[]) {
  const figures = new Map<string, { key: string; calls: number; total: number; self: number }>();
  const visit = (node: CallNode, above: string) => {
    const key = `${above}${above === '' ? '' : '/'}${node.func.toString(16)}${node.interrupt ? '!' : ''}`;
    const known = figures.get(key) ?? { key, calls: 0, total: 0, self: 0 };
    figures.set(key, known);
    known.calls += 1;
    known.total += node.duration ?? 0;
    known.self += node.selfTime ?? 0;
    for (const child of node.children) visit(child, key);
  };
  for (const { root, outermost } of trees) visit(root, outermost ? '' : '[callers%20not%20seen]');
  return [...figures.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function readTrees(name: string): CallTree[] {
  const found: CallTree[] = [];
  const trees = new TaskTrees(({ tree }) => found.push(tree));
  for (const item of new TraceDatEvents(openDat(name)).events()) trees.add(item);
  trees.finish();
  return found;
}

describe.each(graphRecordings)('the paths of %s', (name) => {
  const model = readModel(name, feedWhole);

  it('are the same by records as by events', () => {
    expect(describePaths(readModel(name, feedItems))).toEqual(describePaths(model));
  });

  it('have the calls and times of its call trees', () => {
    const ofPaths = describePaths(model).map(({ key, calls, total, self }) => ({ key, calls, total, self }));
    expect(ofPaths.length).toBeGreaterThan(15);
    expect(ofPaths).toEqual(figuresOfTrees(readTrees(name)));
  });

  it('have a row for every tree, from which the tree can be read again', () => {
    const source = new TraceDatEvents(openDat(name));
    const trees = readTrees(name).sort((a, b) => a.root.start - b.root.start || a.pid - b.pid);
    const rows = Array.from({ length: model.calls.length }, (_, index) => model.calls.rowAt(index)!)
      .filter((row) => row.kind === 'call')
      .sort((a, b) => a.time - b.time || a.pid - b.pid);
    expect(rows.map(({ time, pid, cpu, duration, calls }) => ({ time, pid, cpu, duration, calls }))).toEqual(
      trees.map(({ root, pid, cpu, calls }) => ({ time: root.start, pid, cpu, duration: root.duration, calls })),
    );
    for (const [index, row] of rows.entries()) {
      if (row.state !== 'returned' || !row.outermost) continue;
      expect(readCallTree(source, row)).toEqual(trees[index]);
    }
    source.close();
  });
});

describe.each(kernels)('text traces of %s', (kernel) => {
  const fixtures = loadTextFixtures(kernel);

  it.each(['graph-default', 'graph-all'])('%s has the calls and times of its call trees', (name) => {
    // A loss is told differently: the tree of a call that was open across it keeps its times.
    const { events } = readTrace(fixtures.bytes(name));
    const model = new GraphModel();
    const feed = new GraphItemFeed(model);
    const found: CallTree[] = [];
    const trees = new TaskTrees(({ tree }) => found.push(tree));
    for (const event of events) {
      feed.add(event);
      trees.add(event);
    }
    model.finish();
    trees.finish();
    const ofPaths = describePaths(model).map(({ key, calls, total, self }) => ({ key, calls, total, self }));
    expect(ofPaths.length).toBeGreaterThan(10);
    expect(ofPaths).toEqual(figuresOfTrees(found));
  });
});

describe('a feed in slices', () => {
  it('tells how far it is, and gives what it gives at once', () => {
    const recording = openDat('6.12-all-events');
    const told = new ToldLines();
    const feed = new GraphRecordFeed(recording, told);
    const shares: number[] = [];
    for (;;) {
      const { done, share } = feed.step(0);
      shares.push(share);
      if (done) break;
    }
    expect(shares.length).toBeGreaterThan(3);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares[0]).toBeLessThan(0.9);
    expect(shares.at(-1)).toBe(1);
    expect(told.lines).toEqual(toldBy(feedWhole, '6.12-all-events')());
    expect(feed.step(10)).toEqual({ done: true, share: 1 });
  });

  it('gives nothing of a recording without records', () => {
    const told = new ToldLines();
    expect(feedWhole(openDat('6.1-graph-depth3'), told, { cpus: new Set([99]) }).records).toBe(0);
    expect(told.lines).toEqual([]);
  });
});

/** The bytes of a recording with pages that are not compressed. */
function plainBytes(name: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'ftui-graph-feeds-'));
  try {
    const source = openByteSource(recordingPath(name));
    const path = join(folder, 'plain.dat');
    convertRecording(
      openPageStreams(source, () => {}),
      path,
      { version: 7, compression: 'none' },
    );
    source.close();
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('damaged graph records', () => {
  it('are no danger to the model, and the same by records as by events', () => {
    const bytes = plainBytes('6.1-graph-interrupts');
    const random = randomNumbers(17);
    const openBytes = (content: Uint8Array) => new TraceDat(byteSourceOf(content, 'damaged'));
    const pages = openBytes(bytes)
      .layout.buffers.flatMap(({ cpus }) => cpus)
      .filter(({ size }) => size > 0);
    const seen = new Set<string>();
    for (let round = 0; round < 15; round += 1) {
      const damaged = Uint8Array.from(bytes);
      for (let change = 0; change < 1 + 5 * round; change += 1) {
        const { offset, size } = pages[random(pages.length)]!;
        damaged[offset + random(size)] = random(256);
      }
      const recording = openBytes(damaged);
      const [fast, slow] = [new GraphModel(), new GraphModel()];
      feedWhole(recording, fast);
      feedItems(recording, slow);
      for (const model of [fast, slow]) model.finish();
      expect(describePaths(slow)).toEqual(describePaths(fast));
      expect(slow.calls.length).toBe(fast.calls.length);
      seen.add(`${fast.paths.calls} ${fast.paths.nodes.count}`);
    }
    expect(seen.size).toBeGreaterThan(8);
  });
});
