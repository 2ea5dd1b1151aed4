/**
 * Static probes of a binary (USDT): the notes of owner `stapsdt` in .note.stapsdt, written by sys/sdt.h. A note holds the
 * location, the link-time address of .stapsdt.base, the semaphore, and three texts: provider, name and operands.
 */

import type { Place } from './c-types/fetch-place.ts';
import type { ElfFile } from './elf.ts';
import { type ElfNumbers, textAt } from './elf-layout.ts';
import { parseUsdtOperands, type UsdtOperand } from './usdt-operand.ts';

export interface UsdtSite {
  /** Virtual address in the file. */
  readonly address: number;
  readonly fileOffset: number;
  /** File offset of the counter that turns the probe on: uprobe_events takes it in parentheses. */
  readonly semaphoreOffset: number | undefined;
  /** As they are in the note. */
  readonly operandText: string;
  readonly operands: readonly UsdtOperand[];
}

export interface UsdtProbe {
  readonly provider: string;
  readonly name: string;
  /** Every place in the code that fires it; inlining and templates make several. */
  readonly sites: readonly UsdtSite[];
}

export interface UsdtListing {
  /** In the order of the file. */
  readonly probes: readonly UsdtProbe[];
  readonly problems: readonly string[];
}

interface UsdtOptions {
  /** The kernel adds OFFSET of `@+OFFSET` twice: see UserProbePlace in dwarf/dwarf-fetch-arg.ts. */
  readonly doublesFileOffsets?: boolean;
}

const noteType = 3;
const mostNotes = 100_000;
const largestSection = 64 * 1024 * 1024;
const mostProblems = 20;
/** Different symbols in operands; each is looked for in the whole symbol table. */
const mostSymbols = 1000;

interface UsdtNote {
  readonly location: number;
  readonly base: number;
  readonly semaphore: number;
  readonly provider: string;
  readonly name: string;
  readonly operandText: string;
}

/** All static probes of a binary; damaged notes are left out, with a sentence. */
export function listUsdtProbes(elf: ElfFile, options: UsdtOptions = {}): UsdtListing {
  const problems: string[] = [];
  const addProblem = (problem: string): void => {
    if (problems.length < mostProblems) problems.push(problem);
  };
  const section = elf.layout.sections.find(({ name }) => name === '.note.stapsdt');
  if (section === undefined) return { probes: [], problems };
  if (section.size > largestSection) {
    addProblem(`.note.stapsdt is too large to be read: ${section.size} bytes`);
    return { probes: [], problems };
  }
  const probes = new Map<string, { provider: string; name: string; sites: UsdtSite[] }>();
  const seen = new Set<string>();
  const locate = new SiteLocator(elf, options);
  for (const note of parseNotes(elf.numbers(elf.bytesOf(section) ?? new Uint8Array(0)), addProblem)) {
    const { provider, name } = note;
    const site = locate.site(note);
    if (typeof site === 'string') {
      addProblem(`${provider}:${name}: ${site}`);
      continue;
    }
    const key = JSON.stringify([provider, name]);
    const probe = probes.get(key) ?? { provider, name, sites: [] };
    probes.set(key, probe);
    // Linkers that merge sections may repeat a note.
    const place = `${site.address} ${key}`;
    if (!seen.has(place)) probe.sites.push(site);
    seen.add(place);
  }
  return { probes: [...probes.values()], problems };
}

/** Owner, type and content, each padded to 4 bytes. */
function* parseNotes(numbers: ElfNumbers, addProblem: (problem: string) => void): Generator<UsdtNote> {
  const { view } = numbers;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const padded = (length: number): number => Math.ceil(length / 4) * 4;
  let at = 0;
  for (let count = 0; at + 12 <= bytes.length; count += 1) {
    const [nameSize, size, type] = [numbers.u32(at), numbers.u32(at + 4), numbers.u32(at + 8)];
    const start = at + 12 + padded(nameSize);
    if (start + size > bytes.length || count === mostNotes) {
      addProblem('.note.stapsdt is damaged: a note is longer than the section');
      return;
    }
    const isOurs = type === noteType && textAt(bytes.subarray(at + 12, at + 12 + nameSize), 0) === 'stapsdt';
    const note = isOurs ? parseNote(numbers, bytes, start, size) : undefined;
    if (isOurs && note === undefined) addProblem('.note.stapsdt is damaged: a note is too short');
    if (note !== undefined) yield note;
    at = start + padded(size);
  }
}

function parseNote(numbers: ElfNumbers, bytes: Uint8Array, start: number, size: number): UsdtNote | undefined {
  const word = numbers.bits / 8;
  if (size < 3 * word + 3) return undefined;
  const [location, base, semaphore] = [0, 1, 2].map((index) => numbers.word(start + index * word)) as [
    number,
    number,
    number,
  ];
  const texts = bytes.subarray(start + 3 * word, start + size);
  const provider = textAt(texts, 0);
  const nameAt = texts.indexOf(0) + 1;
  const operandsAt = texts.indexOf(0, nameAt) + 1;
  if (provider === '' || nameAt === 0 || operandsAt === 0) return undefined;
  return { location, base, semaphore, provider, name: textAt(texts, nameAt), operandText: textAt(texts, operandsAt) };
}

class SiteLocator {
  readonly #elf: ElfFile;
  readonly #baseAddress: number | undefined;
  readonly #isDoubled: boolean;
  readonly #symbols = new Map<string, number | undefined>();

  constructor(elf: ElfFile, { doublesFileOffsets = false }: UsdtOptions) {
    this.#elf = elf;
    this.#isDoubled = doublesFileOffsets;
    const base = elf.layout.sections.find(({ name }) => name === '.stapsdt.base');
    // The section has no bytes in a debug file, but it keeps its address.
    this.#baseAddress = base?.address;
  }

  /** A sentence when the probe cannot be placed. */
  site(note: UsdtNote): UsdtSite | string {
    // prelink moves the file without touching the notes: the base tells how far.
    const delta = this.#baseAddress === undefined || note.base === 0 ? 0 : this.#baseAddress - note.base;
    const address = note.location + delta;
    const segment = this.#elf.segmentOfAddress(address);
    if (segment?.executable !== true) return `its location 0x${address.toString(16)} is not in the file's code`;
    const semaphore = note.semaphore === 0 ? undefined : this.#semaphore(note.semaphore + delta);
    if (typeof semaphore === 'string') return semaphore;
    return {
      address,
      fileOffset: address - segment.address + segment.fileOffset,
      semaphoreOffset: semaphore,
      operandText: note.operandText,
      operands: parseUsdtOperands(note.operandText, {
        machine: this.#elf.layout.machine,
        addressOf: (symbol) => this.#addressOf(symbol),
        placeOfData: (target) => this.#placeOfData(target, segment.address - segment.fileOffset),
      }),
    };
  }

  #addressOf(symbol: string): number | undefined {
    if (!this.#symbols.has(symbol) && this.#symbols.size < mostSymbols) {
      this.#symbols.set(symbol, this.#elf.symbolsNamed(symbol).find(({ isDefined }) => isDefined)?.address);
    }
    return this.#symbols.get(symbol);
  }

  #semaphore(address: number): number | string {
    const segment = this.#elf.segmentOfAddress(address);
    const isData = segment !== undefined && !segment.executable;
    if (!isData) return `its semaphore at 0x${address.toString(16)} is not in the file's data`;
    return address - segment.address + segment.fileOffset;
  }

  /** `@+OFFSET` counts from where the segment of the probe would put the file's first byte. */
  #placeOfData(address: number, textDelta: number): Place {
    const isLoaded = this.#elf.layout.segments.some(
      (it) => it.type === 1 && address >= it.address && address < it.address + it.memorySize,
    );
    const fileOffset = address - textDelta;
    if (isLoaded && fileOffset >= 0) return { kind: 'file', fileOffset, isDoubled: this.#isDoubled };
    return { kind: 'nowhere', why: 'its address is in none of the segments of the file' };
  }
}
