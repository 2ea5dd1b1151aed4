/** Rows and subtrees as plain text: for the clipboard, and for the detail of one node. */
import { errorName, formatCallTree } from '../../../src/index.ts';
import type { Models } from '../../state/models.ts';
import { formatCount, formatDuration, formatStamp, formatWhole } from '../../terminal/quantities.ts';
import type { GraphState } from './graph-state.ts';

interface CopiedText {
  readonly text: string;
  readonly what: string;
}

export function copyRow(state: GraphState, models: Models): CopiedText {
  const row = state.tree.rows[state.tree.cursor.at];
  if (state.view === 'calls' || row === undefined) return { text: callText(state, models), what: 'the call' };
  return { text: nodeText(row.node, 0, models), what: 'the row' };
}

/** The subtree under the cursor with its sums, or the very tree of a call. */
export function copySubtree(state: GraphState, models: Models): CopiedText {
  if (state.view === 'calls') return { text: callTreeText(state, models), what: 'the tree' };
  const row = state.tree.rows[state.tree.cursor.at];
  if (row === undefined) return { text: '', what: 'nothing' };
  return { text: subtreeText(row.node, models).join('\n'), what: 'the subtree' };
}

function nodeText(node: number, level: number, models: Models): string {
  const { paths } = models;
  const numbers = [
    formatDuration(paths.totalOf(node)).padStart(10),
    formatDuration(paths.selfOf(node)).padStart(10),
    formatCount(paths.callsOf(node)).padStart(6),
  ];
  return `${numbers.join(' ')}  ${'  '.repeat(level)}${models.labelOf(node).text}`;
}

const mostLines = 5_000;

export function subtreeText(node: number, models: Models): string[] {
  const { paths } = models;
  const lines: string[] = [];
  const add = (at: number, level: number) => {
    if (lines.length >= mostLines) return;
    lines.push(nodeText(at, level, models));
    for (const child of paths.children(at).sort((a, b) => paths.totalOf(b) - paths.totalOf(a))) add(child, level + 1);
  };
  add(node, 0);
  return lines;
}

function callText({ calls }: GraphState, models: Models): string {
  if (calls.cursor.at >= models.calls.length) return '';
  const row = models.calls.rowAt(calls.cursor.at);
  const stamp = formatStamp(models.stampOf(row.time));
  if (row.kind === 'gap') return `${stamp} ${row.count ?? 'some'} events lost on cpu${row.cpu}`;
  const duration = row.duration === undefined ? row.state : formatDuration(row.duration);
  return `${stamp} ${models.taskOf(row.pid)} cpu${row.cpu} ${models.nameOf(row.func).name} ${duration}`;
}

function callTreeText(state: GraphState, models: Models): string {
  const { cursor } = state.calls;
  if (cursor.at >= models.calls.length) return '';
  const row = models.calls.rowAt(cursor.at);
  const tree = row.kind === 'gap' ? undefined : models.treeOf(row);
  if (tree === undefined) return callText(state, models);
  const symbolName = (address: bigint) => models.nameOfAddress(address);
  return formatCallTree(tree, { symbolName, timeIsNanoseconds: true }).join('\n');
}

export function detailOf(state: GraphState, models: Models): { title: string; lines: string[] } {
  const row = state.tree.rows[state.tree.cursor.at];
  if (state.view === 'calls' || row === undefined)
    return { title: 'Call', lines: callTreeText(state, models).split('\n') };
  const { paths } = models;
  const stats = paths.stats(row.node);
  const time = (ns: number | undefined) => (ns === undefined ? '-' : formatDuration(ns));
  const most = Math.max(1, ...stats.histogram.map(({ count }) => count));
  return {
    title: models.labelOf(row.node).text,
    lines: [
      `calls ${formatWhole(stats.calls)}, returned ${formatWhole(stats.returned)}, cut off ${stats.cut}, running ${stats.running}`,
      `total ${time(stats.total)}, self ${time(stats.self)}, interrupts inside ${time(stats.interruptTime)}`,
      `min ${time(stats.min)}, average ${time(stats.average)}, p50 ${time(stats.p50)}, p99 ${time(stats.p99)}, max ${time(stats.max)}`,
      ...stats.errorNumbers.map(({ errno, count }) => `returned -${errorName(errno) ?? errno}: ${formatWhole(count)}`),
      '',
      ...stats.histogram.map(
        ({ from, to, count }) =>
          `${time(from).padStart(10)} to ${time(to).padStart(10)} ${'#'.repeat(Math.ceil((count / most) * 40)).padEnd(40)} ${formatWhole(count)}`,
      ),
    ],
  };
}
