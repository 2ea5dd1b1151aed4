/**
 * What a recording holds beside its pages, as plain data: what the recorder reads from tracefs, what a trace.dat stores
 * (trace-cmd.dat.v6(5) and .v7(5)), what convert carries over. File contents stay bytes: nothing is decoded on the way.
 * Strings are as decodeKernelText gives them (base/text.ts), and their bytes are written back as they were.
 */

export interface RecordingMetadata {
  /** Byte order of the pages and of every integer of the file. */
  readonly littleEndian: boolean;
  /** Bytes of a long of the recorder's user land. The kernel's is in headerPage. */
  readonly longSize: 4 | 8;
  /** Bytes of a sub-buffer of the top buffer. */
  readonly pageSize: number;
  /** events/header_page. */
  readonly headerPage: Uint8Array;
  /** events/header_event; may be empty. */
  readonly headerEvent: Uint8Array;
  /** events/ftrace/EVENT/format. */
  readonly ftraceFormats: readonly Uint8Array[];
  /** events/SYSTEM/EVENT/format of the systems recorded. */
  readonly eventFormats: readonly SystemFormats[];
  /** /proc/kallsyms; empty where there is none. */
  readonly kallsyms: Uint8Array;
  readonly printkFormats: Uint8Array;
  readonly savedCmdlines: Uint8Array;
  /** saved_tgids, `PID TGID` a line; trace-cmd has no place for it, see trace-dat/section-ids.ts. Version 7 only. */
  readonly savedTgids?: Uint8Array | undefined;
  /** CPUs of the recorded machine; CPU numbers of pages may not reach it. */
  readonly cpuCount: number;
  /** `sysname node release machine`. */
  readonly uname?: string | undefined;
  /** The program that made the recording. */
  readonly producer?: string | undefined;
  readonly traceId?: bigint | undefined;
  /** trace_clock of the top buffer as the kernel shows it: `[local] global counter ...`. */
  readonly traceClock?: string | undefined;
  /** The DATE option: hexadecimal us, added to every stamp (`0x5e1f...`). */
  readonly date?: string | undefined;
  /** The OFFSET option: decimal ns, added to every stamp. */
  readonly offset?: string | undefined;
  /** In the order of the file; the top buffer, if it has data, is the one named ''. */
  readonly buffers: readonly BufferMetadata[];
  /**
   * Every option that has no field above, as its raw payload in file order: HOOK, PROCMAPS, TIME_SHIFT, GUEST, TSC2NSEC,
   * LAST_BOOT_INFO and ids that nobody knows (see trace-dat/file-layout.ts). Not those that hold a file offset.
   */
  readonly otherOptions: readonly RecordingOption[];
  /** The bare files that an option points at by offset: BTF_FILE, MODULES_FILE. Stored in compressed version 7 only. */
  readonly attachedFiles?: readonly RecordingOption[] | undefined;
}

export interface SystemFormats {
  readonly system: string;
  readonly formats: readonly Uint8Array[];
}

/** A ring buffer: the top level's, or that of a trace instance. */
export interface BufferMetadata {
  /** '' is the top level. */
  readonly name: string;
  /** The clock in use, bare: `local`. */
  readonly clock: string;
  /** Bytes of a sub-buffer. */
  readonly pageSize: number;
  /** One text per CPU: `CPU: N\n` and per_cpu/cpuN/stats behind it. */
  readonly cpuStats: readonly string[];
  /** Whether it is the text of `trace` (BufferStreams.text) in place of pages. */
  readonly holdsText?: boolean | undefined;
}

export interface RecordingOption {
  readonly id: number;
  readonly data: Uint8Array;
}

/** A whole recording as streams: what the writer, convert and restore take, and a reader gives. */
export interface PageStreams {
  readonly metadata: RecordingMetadata;
  /** As many as metadata.buffers, in the same order. */
  readonly buffers: readonly BufferStreams[];
}

export interface BufferStreams {
  readonly name: string;
  readonly clock: string;
  readonly pageSize: number;
  /** By ascending CPU; CPUs without data may be left out. */
  readonly cpus: readonly CpuPages[];
  /** Instead of pages: what `trace` printed, of a latency tracer's snapshot (BUFFER_TEXT; `latency` in version 6). */
  readonly text?: (() => Iterable<Uint8Array>) | undefined;
}

export interface CpuPages {
  readonly cpu: number;
  /**
   * The sub-buffers from the oldest to the newest. Each item holds any number of whole ones (about 1 MB at a time is
   * fast) and may be overwritten when the next is asked for.
   */
  pages(): Iterable<Uint8Array>;
  /** Behind them: what the file that is written to has already. Uncompressed version 7 only. */
  readonly inPlace?: PagesInPlace | undefined;
}

/** Sub-buffers of a CPU that are where they belong. */
export interface PagesInPlace {
  /** Where those of the CPU begin that are yet to be written. */
  readonly first: number;
  /** Where these begin, and their bytes; the last one may be torn. */
  readonly offset: number;
  readonly size: number;
}

/** How a recording is stored. */
export interface RecordingFormat {
  readonly version: 6 | 7;
  /** Version 6 knows none. trace-cmd may be built without either. */
  readonly compression: 'none' | 'zlib' | 'zstd';
}

export const defaultFormat: RecordingFormat = { version: 7, compression: 'none' };
