/**
 * What the head of a trace.dat says: the texts of the kernel it came from, the options, and where the pages of each
 * buffer and CPU are. Both versions are read into this one shape; large texts are read when asked for.
 */
import type { Compression } from './compression.ts';

export interface TraceDatLayout {
  readonly version: 6 | 7;
  readonly littleEndian: boolean;
  /** Bytes of a long of the program that recorded. */
  readonly userLongSize: number;
  /** Bytes of a sub-buffer of the top level. */
  readonly pageSize: number;
  readonly compression: Compression;
  readonly compressionVersion: string;
  /** Texts of events/header_page and header_event; empty when the file lacks them. */
  readonly headerPage: string;
  readonly headerEvent: string;
  /** Texts of the formats in events/ftrace. */
  readonly ftraceFormats: readonly string[];
  readonly eventFormats: readonly SystemFormats[];
  readonly kallsyms: () => Uint8Array;
  readonly printkFormats: () => Uint8Array;
  readonly savedCmdlines: () => Uint8Array;
  /** saved_tgids, which only recordings of ftui have (section-ids.ts). */
  readonly savedTgids: () => Uint8Array;
  readonly options: readonly TraceDatOption[];
  /** The CPUs of the machine. */
  readonly cpuCount: number;
  /** The top level first, where it has one. */
  readonly buffers: readonly BufferPlace[];
  /** Text of the latency tracers, which is all that such a file holds. */
  readonly latencyText: LatencyText | undefined;
  /** What is missing or damaged, one sentence each; grows when texts are read. */
  readonly problems: readonly string[];
}

export interface SystemFormats {
  readonly system: string;
  readonly formats: readonly string[];
}

export interface TraceDatOption {
  readonly id: number;
  readonly data: Uint8Array;
}

/** More CPUs than any kernel is built for: a number beyond this is damage. */
export const mostCpus = 65_536;

export interface LatencyText {
  /** Blocks of the text, in order. What cannot be read is left out, and said in `problems`. */
  blocks(): Iterable<Uint8Array>;
}

export interface BufferPlace {
  /** The instance; '' is the top level. */
  readonly name: string;
  /** The clock as the file names it; undefined where it does not. */
  readonly clock: string | undefined;
  readonly pageSize: number;
  readonly cpus: readonly CpuPlace[];
}

export interface CpuPlace {
  readonly cpu: number;
  /** Where the pages, or with `isCompressed` the count of chunks, begin. */
  readonly offset: number;
  /** Bytes in the file. */
  readonly size: number;
  readonly isCompressed: boolean;
}

/** Ids of options and, from 16 on and 0, 3, 15, of sections (trace-cmd.dat.v7). */
export const optionId = {
  done: 0,
  date: 1,
  cpuStat: 2,
  buffer: 3,
  traceClock: 4,
  uname: 5,
  hook: 6,
  offset: 7,
  cpuCount: 8,
  version: 9,
  procMaps: 10,
  traceId: 11,
  timeShift: 12,
  guest: 13,
  tscToNanoseconds: 14,
  strings: 15,
  headerInfo: 16,
  ftraceEvents: 17,
  eventFormats: 18,
  kallsyms: 19,
  printk: 20,
  cmdlines: 21,
  bufferText: 22,
  btfFile: 23,
  modulesFile: 25,
  lastBootInfo: 24,
} as const;
