/** What a recording holds beside its pages, read out of tracefs and /proc. Nothing here is decoded. */

import os from 'node:os';
import { errnoOf } from '../base/errors.ts';
import type { RecordingMetadata, RecordingOption, SystemFormats } from '../recording/recording-metadata.ts';
import { parseHeaderPage } from '../ring-buffer/page-layout.ts';
import { readBytesIfThere } from '../tracefs/processes.ts';
import { listCpus, type TraceDirectory } from '../tracefs/trace-directory.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';

/** All of a head but the kernel's symbols: these are many, do not change, and go their own way (Recorder.storeSymbols). */
export type HeadMetadata = Omit<RecordingMetadata, 'kallsyms'>;

/** What is read once, before tracing begins. */
export interface StaticMetadata {
  readonly headerPage: Uint8Array;
  readonly headerEvent: Uint8Array;
  readonly ftraceFormats: readonly Uint8Array[];
  readonly eventFormats: readonly SystemFormats[];
  readonly cpuCount: number;
  readonly uname: string;
}

/** A buffer of the recording: a tracing directory under the name that the file gives it. */
export interface RecordedBuffer {
  readonly directory: TraceDirectory;
  /** '' for the main one. */
  readonly name: string;
  readonly clock: string;
  readonly subBufferSize: number;
  /** Text of per_cpu/cpuN/stats by CPU; empty before the end. */
  readonly stats: ReadonlyMap<number, string>;
}

/** What is known only while or after recording. */
interface ChangingMetadata {
  readonly buffers: readonly RecordedBuffer[];
  readonly savedCmdlines: Uint8Array;
  readonly producer: string;
  /** The DATE option. */
  readonly date: string | undefined;
  /** The OFFSET option. */
  readonly offset: string | undefined;
  readonly otherOptions: readonly RecordingOption[];
}

/** `systems` whose formats are stored; undefined stores all. */
export function readStaticMetadata({ top }: Tracefs, systems: ReadonlySet<string> | undefined): StaticMetadata {
  const found = top.list('events').filter((system) => isFolder(top, `events/${system}`) && system !== 'ftrace');
  const stored = systems === undefined ? found : found.filter((system) => systems.has(system));
  return {
    headerPage: readBytes(top, 'events/header_page'),
    headerEvent: readIfThere(top, 'events/header_event'),
    ftraceFormats: readFormats(top, 'ftrace'),
    eventFormats: stored.sort().map((system) => ({ system, formats: readFormats(top, system) })),
    cpuCount: Math.max(...listCpus(top)) + 1,
    uname: `${os.type()} ${os.hostname()} ${os.release()} ${os.machine()}`,
  };
}

/** Adds systems that were not there when the rest was read: those of dynamic probes. */
export function addSystems(
  tracefs: Tracefs,
  known: StaticMetadata,
  systems: readonly string[],
): StaticMetadata['eventFormats'] {
  const others = known.eventFormats.filter(({ system }) => !systems.includes(system));
  return [...others, ...systems.map((system) => ({ system, formats: readFormats(tracefs.top, system) }))];
}

/** All of it as one. */
export function composeMetadata(tracefs: Tracefs, fixed: StaticMetadata, changing: ChangingMetadata): HeadMetadata {
  const { top } = tracefs;
  const { buffers, savedCmdlines, ...rest } = changing;
  const [main] = buffers;
  const littleEndian = os.endianness() === 'LE';
  const pageSize = main!.subBufferSize;
  return {
    ...fixed,
    ...rest,
    littleEndian,
    longSize: shortLongs.has(process.arch) ? 4 : 8,
    pageSize,
    headerPage: withPageSize(fixed.headerPage, pageSize, littleEndian),
    printkFormats: readIfThere(top, 'printk_formats'),
    savedCmdlines,
    savedTgids: readTgids(top),
    traceClock: formatTraceClock(top.readIfThere('trace_clock') ?? '', main!.clock),
    buffers: buffers.map(({ name, clock, subBufferSize, stats }) => ({
      name,
      clock,
      pageSize: subBufferSize,
      cpuStats: [...stats].map(([cpu, text]) => `CPU: ${cpu}\n${text}`),
    })),
  };
}

const shortLongs = new Set(['arm', 'ia32', 'mips', 'mipsel']);

/**
 * Bytes of a directory's sub-buffers: buffer_subbuf_size_kb since Linux 6.8, before that those of header_page, which
 * tells about the top level.
 */
export function readSubBufferSize(directory: TraceDirectory, headerPage: Uint8Array): number {
  const own = Number(directory.readIfThere('buffer_subbuf_size_kb') ?? 0) * 1024;
  return own > 0 ? own : layoutOf(headerPage).subBufferSize;
}

/** The text of header_page for sub-buffers of this size: that of an instance may differ from the top level's. */
function withPageSize(headerPage: Uint8Array, pageSize: number, littleEndian: boolean): Uint8Array {
  const { subBufferSize, data } = layoutOf(headerPage, littleEndian);
  if (subBufferSize === pageSize) return headerPage;
  const text = Buffer.from(headerPage).toString('latin1');
  const changed = text.replace(
    /(\bdata;\s*offset:\d+;\s*size:)\d+/,
    (_all, before: string) => before + (pageSize - data),
  );
  return Buffer.from(changed, 'latin1');
}

function layoutOf(headerPage: Uint8Array, littleEndian = true) {
  return parseHeaderPage(Buffer.from(headerPage).toString('latin1'), { littleEndian });
}

/** trace_clock's text with another clock in brackets: `local [mono] ...`. */
export function formatTraceClock(text: string, clock: string): string {
  const names = text
    .trim()
    .split(/\s+/)
    .map((name) => name.replace(/^\[(.*)\]$/, '$1'));
  const all = names.includes(clock) ? names : [...names, clock];
  return all.map((name) => (name === clock ? `[${name}]` : name)).join(' ');
}

/** saved_tgids is there always and filled with option record-tgid only. */
function readTgids(top: TraceDirectory): Uint8Array | undefined {
  const bytes = readIfThere(top, 'saved_tgids');
  return bytes.length === 0 ? undefined : bytes;
}

function readFormats(top: TraceDirectory, system: string): Uint8Array[] {
  const folder = `events/${system}`;
  return listIfThere(top, folder)
    .sort()
    .map((event) => readIfThere(top, `${folder}/${event}/format`))
    .filter((format) => format.length > 0);
}

function isFolder(top: TraceDirectory, path: string): boolean {
  return top.exists(`${path}/enable`);
}

function listIfThere(top: TraceDirectory, folder: string): string[] {
  try {
    return top.list(folder);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}

function readBytes(directory: TraceDirectory, file: string): Uint8Array {
  return Buffer.from(directory.kernel.readBytes(directory.resolve(file)));
}

function readIfThere(directory: TraceDirectory, file: string): Uint8Array {
  return readBytesIfThere(directory.kernel, directory.resolve(file));
}
