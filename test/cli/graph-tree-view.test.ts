/** Call trees as text and as objects, on pages captured from real kernels. */
import { describe, expect, it } from 'vitest';
import { callTreeHeading } from '../../src/call-graph/tree-text.ts';
import { GraphTreeView } from '../../src/cli/graph-tree-view.ts';
import { findSchemaProblems } from '../journeys/json-schema.ts';
import { capturedCases, loadCapturedPages } from '../ring-buffer/captured-pages.ts';
import { beginView } from './view-context.ts';

interface Shown {
  readonly lines: string[];
  readonly events: number;
  readonly view: GraphTreeView;
}

/** All that a view shows of a folder's pages, with the end of the trace. */
function showAll(folder: string, options: { json?: boolean; thresholdNs?: number } = {}): Shown {
  const pages = loadCapturedPages(folder);
  const { symbolName } = pages;
  const view = new GraphTreeView({ json: false, thresholdNs: 0, symbolName, ...options });
  const show = beginView(view, pages, new Map([[195, 'bash']]));
  const shown = [...pages.items.map((item) => show(item)), view.finish()];
  return {
    lines: shown.flatMap(({ lines }) => lines),
    events: shown.reduce((sum, { events }) => sum + events, 0),
    view,
  };
}

interface Call {
  readonly children?: readonly Call[];
}

const countCalls = ({ children = [] }: Call): number => children.reduce((sum, child) => sum + countCalls(child), 1);

const cases = ['graph', 'graph-args', 'graph-lost'].flatMap(capturedCases);

describe('call trees', () => {
  it('are of four kernels', () => expect(cases).toHaveLength(9));

  it.each(cases)('%s: one object a tree, as the schema says, with all its calls', (folder) => {
    const { lines, events, view } = showAll(folder, { json: true });
    const objects = lines.map((line) => JSON.parse(line));
    const trees = objects.filter(({ type }) => type === 'tree');
    expect(objects.flatMap((object) => findSchemaProblems(object, object.type))).toEqual([]);
    expect(trees.length).toBeGreaterThan(3);
    expect(events).toBe(trees.length);
    expect(trees.map(({ root }) => countCalls(root))).toEqual(trees.map(({ calls }) => calls));
    expect(view.counts()).toMatchObject({ trees: trees.length });
    expect(view.counts().calls).toBe(trees.reduce((sum, { calls }) => sum + calls, 0));
  });

  it.each(cases)('%s: the text has the same trees, under one heading', (folder) => {
    const { lines } = showAll(folder);
    const objects = showAll(folder, { json: true }).lines.map((line) => JSON.parse(line));
    const trees = objects.filter(({ type }) => type === 'tree');
    const gaps = objects.filter(({ type }) => type === 'lost');
    expect(lines.filter((line) => line === callTreeHeading)).toHaveLength(1);
    const heads = lines.filter((line) => /^ +\d+\.\d{6} {2}\S+-\d+ \[000\]$/.test(line));
    expect(heads.map((line) => Number(line.trim().split(' ')[0]))).toEqual(
      trees.map(({ time }) => Math.floor(time / 1000) / 1e6),
    );
    expect(lines.filter((line) => line.includes('LOST before this point'))).toHaveLength(gaps.length);
  });

  it('have the name of their task, where it is known', () => {
    const { lines } = showAll('6.12-graph');
    expect(lines.filter((line) => / bash-195 \[000\]$/.test(line)).length).toBeGreaterThan(3);
    expect(showAll('7.2-graph').lines.some((line) => / <\.\.\.>-\d+ \[000\]$/.test(line))).toBe(true);
  });

  it('show a loss where it happened', () => {
    const [first, ...rest] = showAll('6.12-graph-lost').lines;
    expect(first).toBe('      8.030520  cpu 0: 1345 events LOST before this point');
    expect(rest[0]).toBe(callTreeHeading);
    const json = showAll('6.12-graph-lost', { json: true }).lines;
    expect(JSON.parse(json[0]!)).toEqual({ type: 'lost', time: 8_030_520_623, cpu: 0, count: 1345 });
  });

  it('have arguments where the kernel recorded them', () => {
    const trees = showAll('7.2-graph-args', { json: true }).lines.map((line) => JSON.parse(line));
    const open = trees.find(({ root }) => root.function === 'do_sys_openat2');
    expect(open.root.args[0]).toBe('0xffffff9c');
    expect(showAll('7.2-graph-args').lines.join('\n')).toMatch(/ do_sys_openat2\(0xffffff9c, 0x[0-9a-f]+/);
  });

  it('below the threshold are counted and not shown', () => {
    const all = showAll('6.12-graph-lost', { json: true });
    const durations = all.lines.flatMap((line) => JSON.parse(line).root?.duration ?? []).sort((a, b) => a - b);
    const thresholdNs = durations[Math.floor(durations.length / 2)];
    const some = showAll('6.12-graph-lost', { json: true, thresholdNs });
    expect(some.events).toBe(durations.filter((duration) => duration >= thresholdNs).length);
    expect(some.events).toBeLessThan(all.events);
    expect(some.view.counts()).toEqual(all.view.counts());
    expect(some.lines.some((line) => JSON.parse(line).type === 'lost')).toBe(true);
  });
});
