/**
 * The interactive session in a pseudo terminal of 160 columns and 50 rows: keys, drawing, a large recording, memory, and a
 * storm of events.
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openByteSource } from '../src/recording/files.ts';
import { GraphRecordFeed } from '../src/recording/graph-records.ts';
import { TraceDat } from '../src/recording/trace-dat/trace-dat.ts';
import { measureEventStorm } from './interactive/event-storm.ts';
import { measureKeys } from './interactive/key-latency.ts';
import { measureLargeRecording } from './interactive/large-recording.ts';
import { measureLiveTree, treeKeys } from './interactive/live-tree.ts';
import { measureHeap } from './interactive/steady-heap.ts';
import { writeRepeated, writeSlowly } from './made-recordings.ts';

export interface InteractiveRow {
  readonly what: string;
  readonly figure: string;
  /** What is wanted of it; '' where there is nothing to compare with. */
  readonly target: string;
}

const manyRecords = 10_000_000;
const slowPages = 400;
const slowEveryMs = 100;

/** Rows, and what was left out with the reason. `recording` is a large one of function_graph. */
export async function measureInteractive(
  ftui: string,
  recording: string | undefined,
): Promise<{ rows: InteractiveRow[]; skipped: string[] }> {
  const rows: InteractiveRow[] = [];
  const skipped: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'ftui-bench-'));
  try {
    if (recording === undefined) skipped.push('the interactive session on recordings: there is no large-graph.dat');
    else rows.push(...(await measureOnRecordings(ftui, recording, folder)));
    if (process.getuid?.() === 0 && existsSync('/bin/dd')) rows.push(...(await stormRows(ftui)));
    else skipped.push('a storm of events in the interactive session: it needs root');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { rows, skipped };
}

async function measureOnRecordings(ftui: string, recording: string, folder: string): Promise<InteractiveRow[]> {
  const slow = join(folder, 'slow.dat');
  writeSlowly(recording, slow, slowPages, slowEveryMs);
  const rate = countRecords(slow) / ((slowPages * slowEveryMs) / 1000);
  const rows = [...(await keyRows(ftui, slow)), ...(await liveRows(ftui, slow, rate)), heapRow(slow)];
  rmSync(slow);
  const large = join(folder, 'large.dat');
  writeRepeated(recording, large, Math.ceil(manyRecords / countRecords(recording)));
  return [...rows, ...(await largeRows(ftui, large))];
}

async function keyRows(ftui: string, recording: string): Promise<InteractiveRow[]> {
  const rows: InteractiveRow[] = [];
  for (const painter of ['1', '0'] as const) {
    const { p50, p95, cpu } = await measureKeys(ftui, recording, painter);
    const how = painter === '1' ? '' : ', all drawn by Ink (`FTUI_PAINTER=0`)';
    const target = (text: string) => (painter === '1' ? text : '');
    rows.push(
      { what: `key to first byte${how}`, figure: `p50 ${ms(p50)}, p95 ${ms(p95)}`, target: target('p95 < 5 ms') },
      { what: `CPU while a key is held, 30 a second${how}`, figure: share(cpu), target: '' },
    );
  }
  return rows;
}

async function liveRows(ftui: string, recording: string, rate: number): Promise<InteractiveRow[]> {
  const changes = `changes 10 times a second (${(rate / 1000).toFixed(1)}k records/s)`;
  const hotPath = await measureLiveTree(ftui, recording, treeKeys.hotPath);
  const unfolded = await measureLiveTree(ftui, recording, treeKeys.unfolded);
  return [
    { what: `CPU of a tree that ${changes}`, figure: share(hotPath), target: '< 2 %' },
    { what: 'the same, all of its largest root unfolded', figure: share(unfolded), target: '' },
  ];
}

function heapRow(recording: string): InteractiveRow {
  const { frames, before, after, most } = measureHeap(recording);
  return {
    what: `heap before and after ${frames.toLocaleString('en')} frames of new text (most between)`,
    figure: `${before.toFixed(1)} MB, ${after.toFixed(1)} MB (${most.toFixed(1)} MB)`,
    target: '± 5 MB',
  };
}

async function largeRows(ftui: string, recording: string): Promise<InteractiveRow[]> {
  const size = `${(countRecords(recording) / 1e6).toFixed(1)} million records (${(statSync(recording).size / 1e6).toFixed(0)} MB)`;
  const { firstScreen, wholeTree, keyP95, memory } = await measureLargeRecording(ftui, recording);
  return [
    { what: `${size}: to the first screen`, figure: seconds(firstScreen), target: '< 0.5 s' },
    { what: 'to the whole tree', figure: seconds(wholeTree), target: '< 5 s' },
    { what: 'key to its frame while the tree grows', figure: `p95 ${ms(keyP95)}`, target: 'p95 < 50 ms' },
    { what: 'largest resident set', figure: `${memory.toFixed(0)} MB`, target: '< 400 MB' },
  ];
}

async function stormRows(ftui: string): Promise<InteractiveRow[]> {
  const { rate, showing, lost, keyP50, keyP95 } = await measureEventStorm(ftui);
  return [
    {
      what: `key to its frame at ${rate} (${showing ?? 'all shown'}, ${lost})`,
      figure: `p50 ${ms(keyP50)}, p95 ${ms(keyP95)}`,
      target: 'p95 < 50 ms',
    },
  ];
}

function countRecords(recording: string): number {
  const source = openByteSource(recording);
  const nothing = () => {};
  const feed = new GraphRecordFeed(new TraceDat(source), {
    functionOf: () => 0,
    enter: nothing,
    exit: nothing,
    lost: nothing,
  });
  feed.step(Number.POSITIVE_INFINITY);
  source.close();
  return feed.records;
}

const ms = (value: number) => `${value.toFixed(1)} ms`;
const seconds = (value: number) => `${(value / 1000).toFixed(2)} s`;
const share = (value: number) => `${(value * 100).toFixed(1)} %`;
