/** An instance's buffer: its sizes, per-CPU stats, trace, trace_marker, trace_pipe and trace_pipe_raw. */

import type { KernelStream } from '../tracefs/kernel-files.ts';
import { makeFile, refuse, type SimulatedFile, type SimulatedFolder } from './file-nodes.ts';
import { makePullStream, type PlaybackSource } from './playback.ts';
import { parseKernelNumber } from './setting-files.ts';

/** Bytes of records in a sub-buffer of 4 KiB. */
const dataBytes = 4080;

interface BufferParts {
  readonly folder: SimulatedFolder;
  readonly cpuCount: number;
  /** The captured buffer_size_kb: `7 (expanded: 1408)` before the first use, else a number. */
  readonly initialSize: string;
  readonly currentTracer: () => string;
  readonly uptimeMs: () => number;
  readonly playback: PlaybackSource;
  /** Lines of comment after the `#P:2` line of an empty trace. */
  readonly traceLegend: string;
}

interface CpuCounts {
  entries: number;
  overrun: number;
  dropped: number;
  read: number;
}

export class SimulatedBuffer {
  /** Open trace_pipe and trace_pipe_raw files: while there is one, the tracer cannot change. */
  readerCount = 0;
  readonly counts: CpuCounts[];
  readonly #parts: BufferParts;
  readonly #sizes: number[];
  readonly #pipes = new Set<string>();
  #expandedSize: number | undefined;
  #lines: string[] = [];

  constructor(parts: BufferParts) {
    this.#parts = parts;
    const [, size = '0', expanded] = /^(\d+)(?: \(expanded: (\d+)\))?/.exec(parts.initialSize) ?? [];
    this.#expandedSize = expanded === undefined ? undefined : Number(expanded);
    this.#sizes = Array.from({ length: parts.cpuCount }, () => Number(size));
    this.counts = this.#sizes.map(() => ({ entries: 0, overrun: 0, dropped: 0, read: 0 }));
    this.#putFiles();
  }

  /** Gives the buffer its full size, as the first tracer, event or size does. */
  expand(): void {
    if (this.#expandedSize === undefined) return;
    this.#sizes.fill(roundUpSize(this.#expandedSize));
    this.#expandedSize = undefined;
  }

  /** Erases what was recorded, as a tracer that starts does. */
  erase(): void {
    this.#lines = [];
    for (const count of this.counts) Object.assign(count, { entries: 0, overrun: 0, dropped: 0, read: 0 });
  }

  #putFiles(): void {
    const { folder, cpuCount } = this.#parts;
    this.#putIfCaptured('buffer_size_kb', this.#makeSizeFile(undefined));
    this.#putIfCaptured('buffer_total_size_kb', makeFile({ mode: 0o440, read: () => this.#totalText() }));
    this.#putIfCaptured('trace', this.#makeTraceFile());
    this.#putIfCaptured('trace_marker', this.#makeMarkerFile());
    this.#putIfCaptured('trace_pipe', this.#makePipeFile('all'));
    for (let cpu = 0; cpu < cpuCount; cpu += 1) {
      const base = `per_cpu/cpu${cpu}`;
      folder.put(`${base}/buffer_size_kb`, this.#makeSizeFile(cpu));
      folder.put(`${base}/stats`, makeFile({ mode: 0o440, read: () => this.#statsText(cpu) }));
      folder.put(`${base}/trace`, this.#makeTraceFile());
      folder.put(`${base}/trace_pipe`, this.#makePipeFile(`${cpu}`));
      folder.put(`${base}/trace_pipe_raw`, makeFile({ mode: 0o440, openStream: () => this.#openRaw(cpu) }));
    }
  }

  #putIfCaptured(name: string, file: SimulatedFile): void {
    if (this.#parts.folder.entries.has(name)) this.#parts.folder.put(name, file);
  }

  #makeSizeFile(cpu: number | undefined): SimulatedFile {
    return makeFile({
      read: () => this.#sizeText(cpu),
      write: (text) => {
        const size = parseKernelNumber(text);
        if (size === 0) refuse('EINVAL');
        this.expand();
        if (cpu === undefined) this.#sizes.fill(roundUpSize(size));
        else this.#sizes[cpu] = roundUpSize(size);
      },
    });
  }

  #sizeText(cpu: number | undefined): string {
    if (cpu !== undefined) return `${this.#sizes[cpu]}\n`;
    if (new Set(this.#sizes).size > 1) return 'X\n';
    return `${this.#sizes[0]}${this.#expandedSize === undefined ? '' : ` (expanded: ${this.#expandedSize})`}\n`;
  }

  #totalText(): string {
    const total = this.#sizes.reduce((sum, size) => sum + size, 0);
    const expanded = this.#expandedSize;
    return `${total}${expanded === undefined ? '' : ` (expanded: ${expanded * this.#sizes.length})`}\n`;
  }

  #statsText(cpu: number): string {
    const { entries, overrun, dropped, read } = this.counts[cpu]!;
    const now = (this.#parts.uptimeMs() / 1000).toFixed(6).padStart(12);
    return [
      `entries: ${entries}`,
      `overrun: ${overrun}`,
      'commit overrun: 0',
      `bytes: ${entries * 24 + this.#parts.playback.countWaitingBytes(this, cpu)}`,
      'oldest event ts:     0.000000',
      `now ts: ${now}`,
      `dropped events: ${dropped}`,
      `read events: ${read}\n`,
    ].join('\n');
  }

  #makeTraceFile(): SimulatedFile {
    return makeFile({
      isSetting: false,
      read: () => {
        const entries = this.counts.reduce((sum, count) => sum + count.entries, 0);
        const head = `# tracer: ${this.#parts.currentTracer()}\n#\n`;
        const numbers = `# entries-in-buffer/entries-written: ${entries}/${entries}   #P:${this.#parts.cpuCount}\n`;
        return `${head}${numbers}${this.#parts.traceLegend}${this.#lines.join('')}`;
      },
      write() {},
      truncate: () => this.erase(),
    });
  }

  #makeMarkerFile(): SimulatedFile {
    return makeFile({
      mode: 0o220,
      write: (text) => {
        const seconds = (this.#parts.uptimeMs() / 1000).toFixed(6);
        this.#lines.push(`            ftui-1       [000] ..... ${seconds}: tracing_mark_write: ${text.trimEnd()}\n`);
        this.counts[0]!.entries += 1;
      },
    });
  }

  /** trace_pipe has one reader; a CPU's own pipe excludes the common one. */
  #makePipeFile(which: string): SimulatedFile {
    const openStream = () => {
      const isTaken = which === 'all' ? this.#pipes.size > 0 : this.#pipes.has('all') || this.#pipes.has(which);
      if (isTaken) refuse('EBUSY');
      this.#pipes.add(which);
      return this.#openReader(
        () => (which === 'all' ? this.#takeText() : undefined),
        () => this.#pipes.delete(which),
      );
    };
    return makeFile({ mode: 0o440, openStream });
  }

  #takeText(): Uint8Array | undefined {
    const text = this.#parts.playback.takeText(this);
    return text === undefined ? undefined : new TextEncoder().encode(text);
  }

  #openRaw(cpu: number): KernelStream {
    return this.#openReader(
      () => this.#parts.playback.takePage(this, cpu),
      () => {},
    );
  }

  #openReader(take: () => Uint8Array | undefined, close: () => void): KernelStream {
    this.readerCount += 1;
    return makePullStream(take, () => {
      this.readerCount -= 1;
      close();
    });
  }
}

/** What the kernel reads back for a size in KiB: that of whole sub-buffers. */
function roundUpSize(size: number): number {
  const pages = Math.ceil((size * 1024) / dataBytes);
  return Math.floor((pages * dataBytes) / 1024);
}
