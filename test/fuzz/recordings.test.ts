/** A few seconds of the fuzz scripts of this folder, always with the same cases; those that once failed come first. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { byteSourceOf } from '../../src/recording/files.ts';
import { TraceDat } from '../../src/recording/trace-dat/trace-dat.ts';
import { judgeCut } from './cut-cases.ts';
import { ExportCases } from './export-cases.ts';
import type { FuzzCases } from './fuzz-case.ts';
import { PartsCases } from './parts-cases.ts';
import { RecordingCases } from './recording-cases.ts';
import { randomOf } from './seeded-random.ts';
import { TextCases } from './text-cases.ts';

/** Bounded by time, too: a busy machine runs fewer. */
const seconds = 4;

/** A chunk of nothing, used bytes of 2 and 3, a count of no chunks: each once was an empty recording without a word. */
const keptSeeds: readonly number[] = [111_221, 3_004_182, 4_002_799, 4_048_324];

function findingsOf(cases: FuzzCases, seeds: Iterable<number>): { findings: string[]; count: number } {
  const findings: string[] = [];
  const end = performance.now() + seconds * 1000;
  let count = 0;
  for (const seed of seeds) {
    if (performance.now() > end) break;
    const { finding, name, steps, stack } = cases.run(seed);
    count += 1;
    if (finding !== undefined) findings.push(`seed ${seed}, ${name}: ${finding} (${steps.join('; ')})\n${stack ?? ''}`);
  }
  return { findings, count };
}

function* numbers(from: number, count: number): Generator<number> {
  for (let index = 0; index < count; index += 1) yield from + index;
}

describe('small recordings', () => {
  const cases = new RecordingCases();

  it.each(cases.bases.map(({ recording: { name } }, index) => ({ name, index })))('are whole: $name', ({ index }) => {
    const { bytes, recording } = cases.bases[index]!;
    expect(judgeCut(bytes, bytes.length)).toMatchObject({ finding: 'nothing is said', isRefused: false });
    expect(recording.buffers.length).toBeGreaterThan(0);
  });

  it('are refused or read with their damage said, whatever happens to them', () => {
    const { findings, count } = findingsOf(cases, [...keptSeeds, ...numbers(1, 1000)]);
    expect(findings).toEqual([]);
    expect(count).toBeGreaterThan(20);
  });
});

describe('exports of small recordings', () => {
  it('are refused or written, whatever happened to them', () => {
    const { findings, count } = findingsOf(new ExportCases(), numbers(1, 600));
    expect(findings).toEqual([]);
    expect(count).toBeGreaterThan(20);
  });
});

describe('text traces', () => {
  it('are read with their damage said', () => {
    const { findings, count } = findingsOf(new TextCases(), numbers(1, 1500));
    expect(findings).toEqual([]);
    expect(count).toBeGreaterThan(20);
  });
});

describe('unfinished recordings', () => {
  it('are restored, or it is said why not', () => {
    const { findings, count } = findingsOf(new PartsCases(), numbers(1, 150));
    expect(findings).toEqual([]);
    expect(count).toBeGreaterThan(10);
  });
});

describe('recordings that are cut off', () => {
  it.each(['6.1-instances', '7.2-zlib-sched', '6.12-synthetic'])('say so: %s', (name) => {
    const bytes = readFileSync(join(import.meta.dirname, `../recordings/${name}.dat`));
    const random = randomOf(7);
    const places = [...numbers(1, 30)].map(() => random.below(bytes.length));
    expect(places.flatMap((at) => judgeCut(bytes, at).finding ?? [])).toEqual([]);
  });

  it.each(['6.1-instances', '7.2-zlib-sched', '6.12-synthetic'])('give what is there: %s', (name) => {
    const bytes = readFileSync(join(import.meta.dirname, `../recordings/${name}.dat`));
    const whole = judgeCut(bytes, bytes.length).events;
    // The options come behind the data.
    const { layout } = new TraceDat(byteSourceOf(bytes, name));
    const end = Math.max(...layout.buffers.flatMap(({ cpus }) => cpus.map(({ offset, size }) => offset + size)));
    // Some writers leave the four bytes of the count of chunks out of the size.
    expect(judgeCut(bytes, end + 4)).toEqual({ finding: undefined, isRefused: false, events: whole });
    const half = judgeCut(bytes, end - 1500);
    expect(half.events).toBeGreaterThan(0);
    expect(half.events).toBeLessThan(whole);
  });
});
