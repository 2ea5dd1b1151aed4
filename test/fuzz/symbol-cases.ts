/** Damaged programs, debug information, notes and kernel types by number: which file, which damage. */
import { FtuiError } from '../../src/base/errors.ts';
import { buildKernelLikeBtf } from '../symbols/btf/btf-builder.ts';
import { elfOf, fixtureBytes } from '../symbols/fixture-files.ts';
import { damageBytes, forgeHeader, type Place } from './binary-damage.ts';
import { type FuzzCases, type Outcome, runCase } from './fuzz-case.ts';
import type { Reading } from './read-recording.ts';
import { readDebugInformation, readKernelTypes, readNotes, readProgram } from './read-symbols.ts';
import { randomOf, type SeededRandom } from './seeded-random.ts';

/** `symbols` is one of the others each time. */
export const symbolKinds: readonly string[] = ['symbols', 'elf', 'dwarf', 'btf', 'notes'];

const programs = [
  ...[
    'probed-o0-dwarf4.so',
    'probed-o0-dwarf5.so',
    'probed-o2-dwarf2.so',
    'probed-o2-dwarf4.so',
    'probed-o2-dwarf5.so',
  ],
  ...['probed-types-dwarf4.so', 'probed-zstd.so', 'probed-zlib-gnu.so', 'probed-zlib.so', 'probed-cpp.so'],
];

interface Base {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Where debug information is, and where notes are. */
  readonly debug: readonly Place[];
  readonly notes: readonly Place[];
}

const nothing: Reading = { refused: undefined, events: 0, lost: 0, damaged: 0, problems: 0, printed: 0 };

export class SymbolCases implements FuzzCases {
  readonly #kind: string;
  readonly #programs = programs.map(openBase);
  readonly #probes = openBase('usdt.so');
  readonly #types = buildKernelLikeBtf().build();

  constructor(kind: string) {
    this.#kind = kind;
  }

  run(seed: number): Outcome {
    const random = randomOf(seed);
    const kind = this.#kind === 'symbols' ? random.pick(symbolKinds.slice(1)) : this.#kind;
    const { name, bytes, steps } = this.#make(kind, random);
    return runCase({ name: `${kind} of ${name}`, bytes, steps }, () => ({
      reading: readDamaged(kind, bytes),
      isSilent: false,
    }));
  }

  #make(kind: string, random: SeededRandom): { name: string; bytes: Uint8Array; steps: readonly string[] } {
    if (kind === 'btf') {
      const whole = { from: 0, to: this.#types.length };
      // Everything hangs on the header.
      const head = { from: 0, to: 24 };
      return { name: 'BTF', ...damageBytes(this.#types, [random.oneIn(6) ? head : whole], random) };
    }
    const base = kind === 'notes' ? this.#probes : random.pick(this.#programs);
    if (random.oneIn(8)) return { name: base.name, ...forgeHeader(base.bytes, random) };
    const places = kind === 'dwarf' ? base.debug : kind === 'notes' ? base.notes : [];
    const everywhere = [{ from: 0, to: base.bytes.length }];
    const chosen = places.length === 0 || random.oneIn(10) ? everywhere : places;
    return { name: base.name, ...damageBytes(base.bytes, chosen, random) };
  }
}

function openBase(name: string): Base {
  const bytes = fixtureBytes(name);
  const placesOf = (pattern: RegExp): Place[] =>
    elfOf(bytes)
      .layout.sections.filter((section) => pattern.test(section.name) && section.size > 0)
      .map(({ fileOffset, size }) => ({ from: fileOffset, to: fileOffset + size }));
  return { name, bytes, debug: placesOf(/^\.z?debug_|^\.eh_frame/), notes: placesOf(/^\.note\.stapsdt$/) };
}

function readDamaged(kind: string, bytes: Uint8Array): Reading {
  try {
    return { ...nothing, ...readAs(kind, bytes) };
  } catch (error) {
    if (error instanceof FtuiError) return { ...nothing, refused: error.message };
    throw error;
  }
}

function readAs(kind: string, bytes: Uint8Array): Partial<Reading> {
  if (kind === 'btf') return { events: readKernelTypes(bytes) };
  const elf = elfOf(bytes);
  if (kind === 'notes') return { problems: readNotes(elf).length };
  if (kind === 'dwarf') return { problems: readDebugInformation(elf).length };
  readProgram(elf);
  return { problems: readNotes(elf).length };
}
