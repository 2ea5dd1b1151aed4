/** An open trace.dat: the tables of its head, and fresh cursors over the records of its buffers as often as wanted. */
import { FtuiError } from '../../base/errors.ts';
import { type CommonHeader, commonHeaderOf } from '../../format/common-header.ts';
import type { KernelAbi } from '../../format/kernel-abi.ts';
import type { PageLayout } from '../../ring-buffer/page-layout.ts';
import { type KernelSymbols, parseKallsyms } from '../../symbols/kallsyms.ts';
import type { ByteSource } from '../files.ts';
import { type CpuPages, openCpuPages } from './cpu-pages.ts';
import { CpuRecords } from './cpu-records.ts';
import type { BufferPlace, CpuPlace, TraceDatLayout } from './file-layout.ts';
import { readLayout } from './read-layout.ts';
import { RecordedFormats } from './recorded-formats.ts';
import { parsePrintkFormats, parseTaskNames, parseThreadGroups } from './recorded-names.ts';
import { readPageLayout } from './recorded-page-layout.ts';
import { compileConversion, type RecordingClock, readRecordingClock } from './recording-clock.ts';

const nanosecondsPerSecond = 1_000_000_000n;

/** The cursors over one buffer, in the order of CPUs; CPUs without pages are left out. */
export interface OpenBuffer {
  readonly name: string;
  readonly cpus: readonly CpuRecords[];
}

export class TraceDat {
  readonly source: ByteSource;
  readonly layout: TraceDatLayout;
  readonly pageLayout: PageLayout;
  readonly abi: KernelAbi;
  readonly header: CommonHeader;
  readonly formats: RecordedFormats;
  readonly clock: RecordingClock;
  /** What record times are relative to, as shown: a whole second not after the first record, in units of the clock. */
  readonly origin: bigint;
  readonly #problems: string[] = [];
  readonly #conversionOrigin: bigint;
  readonly #pages = new Map<CpuPlace, CpuPages>();
  #symbols: KernelSymbols | undefined;
  #taskNames: Map<number, string> | undefined;
  #threadGroups: Map<number, number> | undefined;
  #printkFormats: Map<bigint, string> | undefined;

  /**
   * Opens a recording of pages; throws FtuiError when nothing of it can be read. `origin` is what record times are
   * relative to, if it has to be another than the recording's own.
   */
  constructor(source: ByteSource, origin?: bigint) {
    this.source = source;
    this.layout = readLayout(source);
    this.formats = new RecordedFormats(this.layout, (why) => this.addProblem(why));
    this.clock = readRecordingClock(this.layout);
    const { littleEndian } = this.layout;
    this.pageLayout = readPageLayout(this.layout, (why) => this.addProblem(why));
    this.abi = { littleEndian, longSize: this.pageLayout.longSize };
    this.header = this.#readHeader();
    this.#conversionOrigin = this.#firstStamp();
    const first = this.clock.convert(0)?.(this.#conversionOrigin) ?? this.#conversionOrigin;
    const shown = first + this.clock.offset;
    const wholeSecond = shown - (((shown % nanosecondsPerSecond) + nanosecondsPerSecond) % nanosecondsPerSecond);
    this.origin = origin ?? wholeSecond;
  }

  /** What is missing or damaged, so far. */
  get problems(): readonly string[] {
    return [...this.layout.problems, ...this.#problems];
  }

  addProblem(why: string): void {
    const most = 1000;
    if (this.#problems.length < most && !this.#problems.includes(why)) this.#problems.push(why);
  }

  get symbols(): KernelSymbols {
    this.#symbols ??= parseKallsyms(this.layout.kallsyms());
    return this.#symbols;
  }

  /** Names by pid, as the recorder saved them. */
  get taskNames(): ReadonlyMap<number, string> {
    this.#taskNames ??= parseTaskNames(this.layout.savedCmdlines());
    return this.#taskNames;
  }

  /** Thread groups by pid, where the recording has them. */
  get threadGroups(): ReadonlyMap<number, number> {
    this.#threadGroups ??= parseThreadGroups(this.layout.savedTgids());
    return this.#threadGroups;
  }

  get printkFormats(): ReadonlyMap<bigint, string> {
    this.#printkFormats ??= parsePrintkFormats(this.layout.printkFormats());
    return this.#printkFormats;
  }

  /** New cursors over every buffer, not yet at any record. */
  openBuffers(): OpenBuffer[] {
    return this.layout.buffers.map((buffer) => ({ name: buffer.name, cpus: this.#openCpus(buffer) }));
  }

  /** The pages of every CPU of every buffer. */
  openPages(): CpuPages[] {
    return this.layout.buffers.flatMap(({ name, pageSize, cpus }) =>
      cpus.filter(({ size }) => size > 0).map((place) => this.#pagesOf(place, pageSize, whereOf(name))),
    );
  }

  #openCpus({ name, pageSize, cpus }: BufferPlace): CpuRecords[] {
    return cpus
      .filter(({ size }) => size > 0)
      .map((place) => {
        const pages = this.#pagesOf(place, pageSize, whereOf(name));
        const convert = this.clock.convert(place.cpu);
        // Without a conversion the cursor subtracts the origin itself, which costs nothing.
        if (convert === undefined) return new CpuRecords(pages, this.pageLayout, this.origin - this.clock.offset);
        const conversion = compileConversion(convert, this.#conversionOrigin, this.origin - this.clock.offset);
        return new CpuRecords(pages, this.pageLayout, this.#conversionOrigin, conversion);
      });
  }

  /** The pages of a CPU; finding the chunks of a compressed file takes time and is done once. */
  #pagesOf(place: CpuPlace, pageSize: number, where: string): CpuPages {
    let pages = this.#pages.get(place);
    if (pages === undefined) {
      const problem = (why: string) => this.addProblem(`${where}${why}`);
      pages = openCpuPages(this.source, place, { ...this.layout, pageSize }, problem);
      this.#pages.set(place, pages);
    }
    return pages;
  }

  #readHeader(): CommonHeader {
    const format = this.formats.any();
    if (format !== undefined) return commonHeaderOf(format, this.abi);
    throw new FtuiError({
      attempted: `reading ${this.source.name}`,
      why: 'it has no event format that could be read: its records cannot be understood',
    });
  }

  /** The earliest stamp of the first pages. */
  #firstStamp(): bigint {
    let first: bigint | undefined;
    for (const pages of this.openPages()) {
      const stamp = readFirstStamp(pages, this.pageLayout);
      if (stamp !== undefined && (first === undefined || stamp < first)) first = stamp;
    }
    return first ?? 0n;
  }
}

function whereOf(instance: string): string {
  return instance === '' ? '' : `instance ${instance}, `;
}

/** The stamp of the first page that has one; empty pages are zeros. */
function readFirstStamp(pages: CpuPages, { timestamp, littleEndian }: PageLayout): bigint | undefined {
  const head = new Uint8Array(timestamp + 8);
  for (let page = 0; page < Math.min(pages.count, 16); page += 1) {
    const stamp = pages.readHead(page, head) ? new DataView(head.buffer).getBigUint64(timestamp, littleEndian) : 0n;
    if (stamp > 0n) return stamp;
  }
  return undefined;
}
