/** Damaged BTF, DWARF and notes: no crash, no hang, bounded memory, whatever the bytes are. */
import { describe, expect, it } from 'vitest';
import { FtuiError } from '../../src/base/errors.ts';
import { parseBtf } from '../../src/symbols/btf/btf-types.ts';
import {
  compileKernelFetchArgs,
  kernelProbeScope,
  listScopeVariables,
} from '../../src/symbols/btf/kernel-fetch-arg.ts';
import { oldestFetchTypes } from '../../src/symbols/c-types/fetch-arg.ts';
import { describePrototype } from '../../src/symbols/c-types/type-text.ts';
import { compileUserFetchArgs, userProbeScope } from '../../src/symbols/dwarf/dwarf-fetch-arg.ts';
import { openDwarf } from '../../src/symbols/dwarf/dwarf-info.ts';
import { compileUsdtProbe } from '../../src/symbols/usdt-fetch-arg.ts';
import { listUsdtProbes } from '../../src/symbols/usdt-notes.ts';
import { buildKernelLikeBtf } from './btf/btf-builder.ts';
import { elfOf, fixtureBytes } from './fixture-files.ts';
import { damage, mutationCount } from './mutations.ts';

const offered = new Set([...oldestFetchTypes, 'ustring', 'symbol', 'array']);
/** Milliseconds of processor time that one input may take. */
const slowest = 1000;

/** Only sentences for the user may be thrown. Gives the most processor time that one input took, in milliseconds. */
function tryAll(count: number, run: (seed: number) => void): number {
  let longest = 0;
  for (let seed = 1; seed <= count; seed += 1) {
    const start = process.threadCpuUsage();
    try {
      run(seed);
    } catch (error) {
      if (!(error instanceof FtuiError)) throw new Error(`seed ${seed}`, { cause: error });
    }
    const { user, system } = process.threadCpuUsage(start);
    longest = Math.max(longest, (user + system) / 1000);
  }
  return longest;
}

function quietly(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof FtuiError)) throw error;
  }
}

function exerciseBtf(bytes: Uint8Array): void {
  const types = parseBtf(bytes);
  const form = { machine: 'x86-64', form: 'register' } as const;
  for (const prototype of types.functions()) {
    describePrototype(types, prototype);
    listScopeVariables(kernelProbeScope({ types, prototype, isReturn: false, offered, ...form }));
    for (const word of [
      'req->file->f_path.dentry->d_name.name:string',
      'req->parts[1].d_flags',
      'req->wide',
      '$params',
    ]) {
      quietly(() => compileKernelFetchArgs([word], { types, prototype, isReturn: false, offered, ...form }));
    }
  }
  for (let id = 0; id < types.endId; id += 1) types.enumerators(id);
}

function exerciseDwarf(bytes: Uint8Array): void {
  const dwarf = openDwarf({ elf: elfOf(bytes) });
  if (dwarf === undefined) return;
  for (const name of ['handle', 'twice', 'total', 'on_stack']) {
    for (const found of dwarf.findFunctions(name)) {
      describePrototype(dwarf.types, found.prototype);
      dwarf.findLineInFunction(found, 2);
      for (const code of [...found.code, ...found.inlined].slice(0, 4)) {
        const end = 'name' in code ? dwarf.findPrologueEnd(code) : undefined;
        for (const address of [code.address, end ?? code.address + 4]) {
          const place = { dwarf, code, address, isReturn: false, offered };
          listScopeVariables(userProbeScope(place));
          for (const word of ['request->points[2].y', 'counter', 'request->inner.name', 'this->id', '$params']) {
            quietly(() => compileUserFetchArgs([word], place));
          }
        }
      }
    }
  }
  dwarf.functionAt(0x400);
  dwarf.findLine('probed.c', 41);
  dwarf.types.findDefinition('struct', 'request');
}

function exerciseNotes(bytes: Uint8Array): void {
  for (const probe of listUsdtProbes(elfOf(bytes)).probes) {
    compileUsdtProbe(probe);
    quietly(() => compileUsdtProbe(probe, ['arg0:string']));
  }
}

/** The part of a file that its debug sections or notes take up, so that damage meets them. */
function sectionsIn(bytes: Uint8Array, pattern: RegExp): readonly (readonly [from: number, to: number])[] {
  const { sections } = elfOf(bytes).layout;
  return sections
    .filter(({ name, size }) => pattern.test(name) && size > 0)
    .map(({ fileOffset, size }) => [fileOffset, fileOffset + size] as const);
}

describe('damaged', () => {
  it('BTF is read in bounded time', { timeout: 600_000 }, () => {
    const bytes = buildKernelLikeBtf().build();
    expect(tryAll(mutationCount(1500), (seed) => exerciseBtf(damage(bytes, seed)))).toBeLessThan(slowest);
  });

  const debugFiles = [
    ...['probed-o0-dwarf4.so', 'probed-o0-dwarf5.so', 'probed-o2-dwarf2.so', 'probed-o2-dwarf5.so'],
    ...['probed-types-dwarf4.so', 'probed-zstd.so', 'probed-zlib-gnu.so', 'probed-cpp.so'],
  ];
  it.each(debugFiles)('DWARF of %s is read in bounded time', { timeout: 600_000 }, (file) => {
    const bytes = fixtureBytes(file);
    const places = sectionsIn(bytes, /^\.z?debug_|^\.eh_frame$/);
    const longest = tryAll(mutationCount(120), (seed) => {
      const [from, to] = places[seed % places.length]!;
      exerciseDwarf(damage(bytes, seed, from, to));
    });
    expect(longest).toBeLessThan(slowest);
  });

  it('files are read in bounded time', { timeout: 600_000 }, () => {
    const [program, probes] = [fixtureBytes('probed-o2-dwarf4.so'), fixtureBytes('usdt.so')];
    const longest = tryAll(mutationCount(200), (seed) => {
      exerciseDwarf(damage(program, seed));
      exerciseNotes(damage(probes, seed));
    });
    expect(longest).toBeLessThan(slowest);
  });

  it('notes are read in bounded time', { timeout: 600_000 }, () => {
    const bytes = fixtureBytes('usdt.so');
    const [[from, to] = [0, 0]] = sectionsIn(bytes, /^\.note\.stapsdt$/);
    const longest = tryAll(mutationCount(800), (seed) => exerciseNotes(damage(bytes, seed, from, to)));
    expect(longest).toBeLessThan(slowest);
  });

  it('files whose content ends early are read as far as it goes', () => {
    const bytes = fixtureBytes('probed-o2-dwarf5.so');
    const places = sectionsIn(bytes, /^\.debug_/);
    const [from, to] = [Math.min(...places.map(([start]) => start)), Math.max(...places.map(([, end]) => end))];
    let opened = 0;
    // Zeros from somewhere on: the headers behind the content stay, or nothing would be looked at.
    const longest = tryAll(60, (seed) => {
      const cut = Uint8Array.from(bytes).fill(0, from + Math.floor(((to - from) * seed) / 61), to);
      if (openDwarf({ elf: elfOf(cut) }) !== undefined) opened += 1;
      exerciseDwarf(cut);
    });
    expect(opened).toBe(60);
    expect(longest).toBeLessThan(slowest);
  });
});
