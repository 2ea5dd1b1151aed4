/** A few seconds of test/fuzz/symbols.ts, always with the same cases, and files that end early. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FtuiError } from '../../src/base/errors.ts';
import { openDwarf } from '../../src/symbols/dwarf/dwarf-info.ts';
import { buildKernelLikeBtf } from '../symbols/btf/btf-builder.ts';
import { elfOf, fixtureBytes } from '../symbols/fixture-files.ts';
import { readDebugInformation, readKernelTypes, readNotes, readProgram } from './read-symbols.ts';
import { SymbolCases } from './symbol-cases.ts';

/** Each takes some milliseconds. */
const caseCount = 200;

describe('whole files', () => {
  it('are read without a word of damage', () => {
    expect(readKernelTypes(buildKernelLikeBtf().build())).toBeGreaterThan(2);
    const elf = elfOf(fixtureBytes('probed-o2-dwarf5.so'));
    readProgram(elf);
    expect(readDebugInformation(elf)).toEqual([]);
    expect(readNotes(elfOf(fixtureBytes('usdt.so')))).toEqual([]);
  });
});

describe.each(['elf', 'dwarf', 'btf', 'notes'])('damaged %s', { timeout: 120_000 }, (kind) => {
  it('is refused or read as far as it makes sense, in bounded time', async () => {
    const cases = new SymbolCases(kind);
    const findings: string[] = [];
    for (let seed = 1; seed <= caseCount; seed += 1) {
      const { finding, name, steps, stack } = cases.run(seed);
      // zlib lets go of streams that could not be decompressed only behind the current turn.
      if (seed % 50 === 0) await nextTurn();
      if (finding !== undefined)
        findings.push(`seed ${seed}, ${name}: ${finding} (${steps.join('; ')})\n${stack ?? ''}`);
    }
    expect(findings).toEqual([]);
  });
});

describe('files whose content ends early', () => {
  it('are read as far as it goes', () => {
    const bytes = fixtureBytes('probed-o2-dwarf5.so');
    const places = elfOf(bytes).layout.sections.filter(({ name, size }) => name.startsWith('.debug_') && size > 0);
    const from = Math.min(...places.map(({ fileOffset }) => fileOffset));
    const to = Math.max(...places.map(({ fileOffset, size }) => fileOffset + size));
    let [opened, slowest] = [0, 0];
    for (let step = 1; step <= 60; step += 1) {
      // Zeros from somewhere on: the headers behind the content stay, or nothing would be looked at.
      const cut = Uint8Array.from(bytes).fill(0, from + Math.floor(((to - from) * step) / 61), to);
      const begin = performance.now();
      try {
        if (openDwarf({ elf: elfOf(cut) }) !== undefined) opened += 1;
        readDebugInformation(elfOf(cut));
      } catch (error) {
        if (!(error instanceof FtuiError)) throw new Error(`cut at step ${step}`, { cause: error });
      }
      slowest = Math.max(slowest, performance.now() - begin);
    }
    expect(opened).toBe(60);
    expect(slowest).toBeLessThan(2000);
  });
});
