/** An open trace.dat as metadata and streams of pages: what convert carries from one file to another. */
import { decodeKernelText } from '../../base/text.ts';
import type { ByteSource } from '../files.ts';
import type { BufferStreams, CpuPages, PageStreams, RecordingMetadata } from '../recording-metadata.ts';
import { RecordingDamage } from './byte-cursor.ts';
import { type CpuPages as IndexedPages, openCpuPages } from './cpu-pages.ts';
import { type BufferPlace, type CpuPlace, optionId, type TraceDatLayout } from './file-layout.ts';
import { readLayout } from './read-layout.ts';
import { chosenClock } from './read-version-6.ts';

/** Options that have a field in RecordingMetadata, or that tell places in the file. */
const carriedElsewhere: ReadonlySet<number> = new Set([
  optionId.done,
  optionId.date,
  optionId.cpuStat,
  optionId.buffer,
  optionId.traceClock,
  optionId.uname,
  optionId.offset,
  optionId.cpuCount,
  optionId.version,
  optionId.traceId,
  optionId.strings,
  optionId.headerInfo,
  optionId.ftraceEvents,
  optionId.eventFormats,
  optionId.kallsyms,
  optionId.printk,
  optionId.cmdlines,
  optionId.bufferText,
  optionId.btfFile,
  optionId.modulesFile,
]);

/** Throws FtuiError when the recording cannot be read; `problem` is told what of its data is missing. */
export function openPageStreams(source: ByteSource, problem: (why: string) => void): PageStreams {
  const layout = readLayout(source);
  let told = 0;
  const tell = (): void => {
    while (told < layout.problems.length) problem(layout.problems[told++]!);
  };
  const buffers = layout.latencyText === undefined ? openBuffers(source, layout, problem) : [textBuffer(layout, tell)];
  const metadata = collectMetadata(layout, buffers);
  tell();
  return { metadata, buffers };
}

function openBuffers(source: ByteSource, layout: TraceDatLayout, problem: (why: string) => void): BufferStreams[] {
  return layout.buffers.map(({ name, clock, pageSize, cpus }: BufferPlace) => ({
    name,
    clock: clock ?? clockOfAll(layout),
    pageSize,
    cpus: cpus.map((place) => openPages(source, place, { ...layout, pageSize }, problem)),
  }));
}

function openPages(
  source: ByteSource,
  place: CpuPlace,
  layout: TraceDatLayout & { readonly pageSize: number },
  problem: (why: string) => void,
): CpuPages {
  const { cpu } = place;
  return {
    cpu,
    *pages() {
      const pages: IndexedPages = openCpuPages(source, place, layout, problem);
      for (let index = 0; index < pages.count; index = pages.nextBlock(index)) {
        try {
          yield pages.blockAt(index).bytes;
        } catch (error) {
          if (!(error instanceof RecordingDamage)) throw error;
          problem(`CPU ${cpu}, page ${index}: ${error.message}`);
        }
      }
    },
  };
}

/** `tell` is called when the text has been read. */
function textBuffer(layout: TraceDatLayout, tell: () => void): BufferStreams {
  const { pageSize, latencyText } = layout;
  const text = function* (): Generator<Uint8Array> {
    yield* latencyText!.blocks();
    tell();
  };
  return { name: '', clock: clockOfAll(layout), pageSize, cpus: [], text };
}

function collectMetadata(layout: TraceDatLayout, buffers: readonly BufferStreams[]): RecordingMetadata {
  const { littleEndian, options, userLongSize, pageSize, cpuCount } = layout;
  const text = (id: number) => findText(layout, id);
  const savedTgids = layout.savedTgids();
  const statistics = readStatistics(layout);
  return {
    littleEndian,
    longSize: userLongSize === 4 ? 4 : 8,
    pageSize,
    headerPage: latin1(layout.headerPage),
    headerEvent: latin1(layout.headerEvent),
    ftraceFormats: layout.ftraceFormats.map(latin1),
    eventFormats: layout.eventFormats.map(({ system, formats }) => ({ system, formats: formats.map(latin1) })),
    kallsyms: layout.kallsyms(),
    printkFormats: layout.printkFormats(),
    savedCmdlines: layout.savedCmdlines(),
    savedTgids: savedTgids.length > 0 ? savedTgids : undefined,
    cpuCount,
    uname: text(optionId.uname),
    producer: text(optionId.version),
    traceId: readTraceId(layout),
    traceClock: text(optionId.traceClock),
    date: text(optionId.date),
    offset: text(optionId.offset),
    buffers: buffers.map(({ name, clock, pageSize, text: ofText }) => ({
      name,
      clock,
      pageSize,
      cpuStats: statistics.get(name) ?? [],
      holdsText: ofText !== undefined,
    })),
    otherOptions: options.filter(({ id }) => !carriedElsewhere.has(id)),
  };
}

/** The texts of per_cpu/cpuN/stats by instance; `Buffer: NAME` comes before those of an instance. */
function readStatistics({ options }: TraceDatLayout): Map<string, string[]> {
  const statistics = new Map<string, string[]>();
  let current = '';
  for (const { id, data } of options) {
    if (id !== optionId.cpuStat) continue;
    const text = decodeKernelText(data).replace(/\0.*$/s, '');
    const name = /^\nBuffer: (.*)\n\n$/s.exec(text)?.[1];
    if (name !== undefined) current = name;
    else if (statistics.get(current)?.push(text) === undefined) statistics.set(current, [text]);
  }
  return statistics;
}

function clockOfAll(layout: TraceDatLayout): string {
  return chosenClock(findText(layout, optionId.traceClock) ?? '') ?? '';
}

function findText({ options }: TraceDatLayout, id: number): string | undefined {
  const data = options.findLast((option) => option.id === id)?.data;
  return data && decodeKernelText(data).replace(/\0.*$/s, '');
}

function readTraceId({ options, littleEndian }: TraceDatLayout): bigint | undefined {
  const data = options.findLast(({ id }) => id === optionId.traceId)?.data;
  if (data === undefined || data.length < 8) return undefined;
  return new DataView(data.buffer, data.byteOffset).getBigUint64(0, littleEndian);
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
