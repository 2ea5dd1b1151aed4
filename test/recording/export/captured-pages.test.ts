/** All formats on what real kernels recorded, checked by each format's rules. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { csv } from '../../../src/recording/export/csv.ts';
import { flameGraph } from '../../../src/recording/export/flame-graph.ts';
import { folded } from '../../../src/recording/export/folded.ts';
import { jsonLines } from '../../../src/recording/export/json-lines.ts';
import { speedscope } from '../../../src/recording/export/speedscope.ts';
import { traceEvents } from '../../../src/recording/export/trace-events.ts';
import { findSchemaProblems } from '../../journeys/json-schema.ts';
import { capturedCases } from '../../ring-buffer/captured-pages.ts';
import { capturedSource } from './captured-source.ts';
import { exported } from './recorded-events.ts';
import { findSpeedscopeProblems } from './speedscope-rules.ts';
import { findTraceEventProblems } from './trace-event-rules.ts';
import { parseXml } from './xml-rules.ts';

const all = readdirSync(join(import.meta.dirname, '../../../tracefs-fixtures/pages'));
const graphs = [...capturedCases('graph'), ...capturedCases('graph-args'), ...capturedCases('graph-lost')];

describe.each(all)('%s', (folder) => {
  const source = capturedSource(folder);

  it('is a valid trace for viewers', () => {
    expect(findTraceEventProblems(exported(traceEvents, source).text)).toEqual([]);
  });

  it('has JSON lines of the documented shapes', () => {
    const lines = exported(jsonLines, source).text.trimEnd().split('\n');
    const objects = lines.map((line) => JSON.parse(line) as { type: string });
    expect(objects.flatMap((object) => findSchemaProblems(object, object.type))).toEqual([]);
  });

  it('has a row for each event', () => {
    const { text, report } = exported(csv, source);
    expect(report.events).toBeGreaterThan(20);
    expect(text.split('\r\n').length).toBe(1 + report.events + report.lostGaps + report.damaged + 1);
  });
});

interface Call {
  readonly duration: number | null;
  readonly children?: readonly Call[];
}

/** Of a call without a return, what is known: the time in the calls that did return. */
function timeIn({ duration, children = [] }: Call): number {
  return duration ?? children.reduce((sum, child) => sum + timeIn(child), 0);
}

describe.each(graphs)('%s', (folder) => {
  const source = capturedSource(folder);

  it('has the same total in every form of merged stacks', () => {
    const lines = exported(folded, source).text.trimEnd().split('\n');
    const total = lines.reduce((sum, line) => sum + Number(/\d+$/.exec(line)![0]), 0);
    const trees = exported(jsonLines, source)
      .text.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { root?: Call });
    expect(total).toBe(trees.reduce((sum, { root }) => sum + (root === undefined ? 0 : timeIn(root)), 0));
    expect(() => parseXml(exported(flameGraph, source).text)).not.toThrow();
  });

  it('has profiles that speedscope’s schema and rules allow', () => {
    expect(findSpeedscopeProblems(exported(speedscope, source).text)).toEqual([]);
  });
});
