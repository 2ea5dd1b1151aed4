/**
 * A recording as the lines of `trace-cmd report` 3.3.1, byte for byte. Buffers are merged by time; at equal times the
 * buffer that comes first in the file goes first. This is the way that must be fast: see docs/benchmarks.md.
 */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { decodeKernelText } from '../../base/text.ts';
import { type CommonHeader, readCommonType } from '../../format/common-header.ts';
import type { EventFormat } from '../../format/event-format.ts';
import {
  compileEventText,
  type EventTextContext,
  type RecordPlace,
  type WriteEventText,
} from '../../format/event-text.ts';
import type { RecordTest } from '../../format/filter/filter-context.ts';
import { ReportFilters } from '../../format/filter/report-filters.ts';
import { compileRawEventText } from '../../format/raw-event-text.ts';
import type { CpuRecords } from '../trace-dat/cpu-records.ts';
import { RecordMerge } from '../trace-dat/record-merge.ts';
import { parseTaskNamesLikeTraceCmd } from '../trace-dat/recorded-names.ts';
import type { TraceDat } from '../trace-dat/trace-dat.ts';
import { namesLikeLibtraceevent } from './address-names.ts';
import { GraphText, type PendingEntry } from './graph-text.ts';
import { formatCpu, formatEventName, formatFlags, TimeWriter } from './line-head.ts';
import { EventHeads, headContext, writeHead } from './line-heads.ts';
import { makeReportChips, type ReportChips } from './report-chips.ts';
import type { ReportOptions } from './report-options.ts';
import { ReportSelection } from './report-selection.ts';
import { TaskTable } from './task-table.ts';

/** So much is gathered before it is handed on. */
const pieceBytes = 1 << 20;
const newline = 0x0a;
const colon = Buffer.from(':');
const unknownEvent = Buffer.from('[UNKNOWN EVENT]');

/** What is known of an event id. */
interface EventLine {
  readonly format: EventFormat | undefined;
  readonly name: Uint8Array;
  readonly heads: EventHeads;
  readonly write: WriteEventText;
  readonly isWanted: boolean;
  readonly graph: 'entry' | 'exit' | undefined;
}

/** One buffer on its way, with what stands before each of its lines. */
interface ReportedBuffer {
  readonly merge: RecordMerge;
  readonly prefix: Uint8Array;
  /** undefined shows every event. */
  readonly passes: ((event: EventLine, records: CpuRecords) => boolean) | undefined;
}

export class Report {
  readonly #tasks: TaskTable;
  readonly #recording: TraceDat;
  readonly #options: ReportOptions;
  readonly #header: CommonHeader;
  readonly #selection: ReportSelection;
  readonly #graph: GraphText | undefined;
  readonly #chips: ReportChips | undefined;
  /** Where in `out` the line that is being written begins, and its event's own text. */
  #lineStart = 0;
  #textStart = 0;
  readonly #findName;
  readonly #times: TimeWriter;
  readonly #events: (EventLine | undefined)[] = [];
  readonly #cpuTexts = new Map<number, Uint8Array>();
  readonly #flagTexts = new Map<number, Uint8Array>();
  readonly #extraFields: readonly { offset: number; size: number }[];
  readonly #canKeepHeads: boolean;
  /** One for all: an entry waits for the next record only. */
  readonly #entry: PendingEntry = { cpu: 0, view: new DataView(new ArrayBuffer(0)), start: 0, end: 0 };
  #lastTime = 0n;
  #time = Number.NaN;
  readonly #place: RecordPlace = {
    cpu: 0,
    writeEarlierTime: (out, delta) => this.#times.write(out, this.#time - Number(delta)),
  };

  constructor(recording: TraceDat, options: ReportOptions) {
    this.#recording = recording;
    this.#options = options;
    this.#header = recording.header;
    this.#findName = namesLikeLibtraceevent(() => recording.symbols);
    this.#tasks = new TaskTable(parseTaskNamesLikeTraceCmd(recording.layout.savedCmdlines()), options.latencyFormat);
    this.#selection = new ReportSelection(options, recording);
    const { showsSeconds } = recording.clock;
    this.#times = new TimeWriter(showsSeconds ? (options.nanoseconds ? 'ns' : 'us') : 'count', recording.origin);
    const { formats, abi, header } = recording;
    const graphFormats = {
      entry: formats.byName('ftrace', 'funcgraph_entry'),
      exit: formats.byName('ftrace', 'funcgraph_exit'),
    };
    this.#graph = options.raw ? undefined : GraphText.forFormats(graphFormats, abi, header, this.#findName);
    const tables = { abi, header, findName: this.#findName, exitFormat: graphFormats.exit };
    this.#chips = makeReportChips(options.chips, { ...tables, commOf: (pid) => this.#tasks.nameOf(pid) });
    this.#extraFields = extraHeaderFields(recording);
    this.#canKeepHeads = this.#extraFields.length === 0 && !options.timeDifference;
  }

  /** Writes the lines of all records to `out`; `flush` is called when much has gathered and answers whether to go on. */
  write(out: ByteWriter, flush: () => boolean): void {
    const { to = Number.POSITIVE_INFINITY } = this.#options.selection;
    const buffers = this.#selection.openBuffers().map((buffer) => ({
      merge: new RecordMerge(buffer.cpus),
      prefix: buffer.prefix,
      passes: this.#compileFilters(),
    }));
    while (this.#writePiece(out, buffers, to)) if (!flush()) return;
    flush();
  }

  /**
   * Writes until much has gathered; false at the end. Not in the loop above, because the engine exchanges the code of a
   * function for faster one where it is called, and gives up what it knew of a loop that goes on and on.
   */
  #writePiece(out: ByteWriter, buffers: readonly ReportedBuffer[], to: number): boolean {
    for (let buffer = earliest(buffers); buffer !== undefined; buffer = earliest(buffers)) {
      const records = buffer.merge.current!;
      if (records.time >= to) return false;
      if (this.#chips === undefined) this.#writeRecord(out, buffer, records);
      else this.#writeChosen(out, buffer, this.#chips);
      if (out.length >= pieceBytes) return true;
    }
    return false;
  }

  /** As #writeRecord, for a line that chips may refuse. Events that were lost before it are told all the same. */
  #writeChosen(out: ByteWriter, buffer: ReportedBuffer, chips: ReportChips): void {
    const records = buffer.merge.current!;
    chips.begin(this.#recording.formats.byId(readCommonType(this.#header, records.bytes, records.start)), records);
    const before = out.length;
    this.#lineStart = before;
    this.#writeRecord(out, buffer, records);
    if (out.length === before) return;
    const text = () => decodeKernelText(out.bytes.subarray(this.#textStart, out.length - 1));
    if (!chips.accepts(text)) out.length = this.#lineStart;
  }

  /** Writes the current record of a buffer, and steps behind it and what it swallows. */
  #writeRecord(out: ByteWriter, { merge, prefix, passes }: ReportedBuffer, records: CpuRecords): void {
    const { bytes, view, start, end, cpu, lost } = records;
    const event = this.#eventAt(readCommonType(this.#header, bytes, start));
    const isShown =
      event.isWanted && this.#selection.wants(records) && (passes === undefined || passes(event, records));
    if (isShown) {
      if (prefix.length > 0) out.copy(prefix);
      if (lost !== 0) {
        writeLost(out, cpu, lost);
        this.#lineStart = out.length;
      }
      this.#writeHead(out, event, records);
      this.#textStart = out.length;
    }
    if (event.graph === 'entry') {
      const entry = this.#holdEntry(records);
      merge.advance();
      // An entry that is left out swallows nothing.
      const next = isShown ? merge.current : undefined;
      const exit = next !== undefined && this.#graph!.isLeaf(entry, next) ? next : undefined;
      if (isShown) this.#graph!.writeEntry(out, entry, exit);
      if (exit !== undefined) {
        this.#chips?.noteExit(exit);
        merge.advance();
      }
    } else {
      if (isShown && event.graph === 'exit') this.#graph!.writeExit(out, view, start, end);
      else if (isShown) {
        this.#place.cpu = cpu;
        this.#time = records.time;
        event.write(out, bytes, view, start, end);
      }
      merge.advance();
    }
    if (isShown) endLine(out);
  }

  #writeHead(out: ByteWriter, event: EventLine, records: CpuRecords): void {
    const { view, start, end, time, cpu } = records;
    const header = this.#header;
    if (event.format === undefined || end - start < header.size) {
      for (let part = 0; part < 3; part += 1) out.copy(unknownEvent);
      if (this.#options.timeDifference) this.#writeDifference(out, time);
      out.copy(event.name);
      return;
    }
    const pid = view.getInt32(start + header.pid, header.littleEndian);
    const flags = view.getUint8(start + header.flags);
    const preemptCount = view.getUint8(start + header.preemptCount);
    const context = this.#canKeepHeads ? headContext(cpu, flags, preemptCount) : -1;
    const canKeep = context >= 0 && this.#times.set(time);
    const kept = canKeep ? event.heads.find(pid, context, this.#tasks.age) : undefined;
    if (kept !== undefined) return writeHead(out, kept, this.#times);
    const before = Buffer.concat([
      this.#tasks.textOf(pid),
      this.#cpuText(cpu),
      this.#flagText(view, start, flags, preemptCount),
    ]);
    if (canKeep) return writeHead(out, event.heads.keep(pid, context, before, event.name), this.#times);
    out.copy(before);
    this.#times.write(out, time);
    out.copy(colon);
    if (this.#options.timeDifference) this.#writeDifference(out, time);
    out.copy(event.name);
  }

  #writeDifference(out: ByteWriter, time: number): void {
    const { clock, origin } = this.#recording;
    const exact = origin + BigInt(Math.trunc(time));
    const shown = clock.hasOption && !this.#options.nanoseconds ? (exact + 500n) / 1000n : exact;
    out.text(` ${(this.#lastTime === 0n ? '' : `(+${shown - this.#lastTime})`).padEnd(8)}`);
    this.#lastTime = shown;
  }

  /** The current record, kept over the next step. */
  #holdEntry({ view, start, end, cpu }: CpuRecords): PendingEntry {
    const entry = this.#entry;
    entry.cpu = cpu;
    // Storing an object costs the garbage collector work, also where it is the same as before.
    if (entry.view !== view) entry.view = view;
    entry.start = start;
    entry.end = end;
    return entry;
  }

  #eventAt(id: number): EventLine {
    const index = id & 0xffff;
    const known = this.#events[index];
    if (known !== undefined) return known;
    const event = this.#makeEvent(id);
    this.#events[index] = event;
    return event;
  }

  #makeEvent(id: number): EventLine {
    const format = this.#recording.formats.byId(id);
    if (format === undefined) {
      return {
        format,
        name: formatEventName('(NULL)'),
        heads: new EventHeads(),
        write: (out) => out.copy(unknownEvent),
        isWanted: this.#selection.wantsEvent(undefined, '(NULL)'),
        graph: undefined,
      };
    }
    const graph = format.id === this.#graph?.entryId ? 'entry' : format.id === this.#graph?.exitId ? 'exit' : undefined;
    return {
      format,
      name: formatEventName(format.name),
      heads: new EventHeads(),
      write: this.#compileText(format),
      isWanted: this.#selection.wantsEvent(format.system, format.name),
      graph,
    };
  }

  /** The filters for the records of one buffer: they remember what was shown last. */
  #compileFilters(): ReportedBuffer['passes'] {
    const { filters } = this.#options;
    if (filters.length === 0) return undefined;
    const recording = this.#recording;
    const { abi, header, origin } = recording;
    const context = {
      abi,
      header,
      commOf: (pid: number) => this.#tasks.nameOf(pid),
      functionAt: (address: bigint) => recording.symbols.nameOf(address)?.name,
    };
    const ofBuffer = new ReportFilters(filters, context);
    const tests = new Map<EventFormat, RecordTest>();
    return ({ format }, { bytes, view, start, end, cpu, time }) => {
      if (format === undefined) return false;
      let test = tests.get(format);
      if (test === undefined) {
        test = ofBuffer.testOf(format);
        tests.set(format, test);
      }
      return test(bytes, view, start, end, cpu, origin + BigInt(Math.trunc(time)));
    };
  }

  #compileText(format: EventFormat): WriteEventText {
    const { abi, symbols, printkFormats } = lazyTables(this.#recording);
    const context: EventTextContext = {
      abi,
      style: 'trace-cmd',
      nameOfHalves: this.#findName,
      addressOf: (name) => symbols().addressesOf(name)[0]?.address,
      printkFormat: (address) => printkFormats().get(address),
      learnComm: (pid, comm) => this.#tasks.learn(pid, comm),
      place: this.#place,
    };
    return this.#options.raw ? compileRawEventText(format, context) : compileEventText(format, context).write;
  }

  #cpuText(cpu: number): Uint8Array {
    const known = this.#cpuTexts.get(cpu);
    if (known !== undefined) return known;
    const text = formatCpu(cpu, this.#options.latencyFormat);
    this.#cpuTexts.set(cpu, text);
    return text;
  }

  #flagText(view: DataView, start: number, flags: number, preemptCount: number): Uint8Array {
    if (this.#extraFields.length > 0) return this.#formatFlags(view, start, flags, preemptCount);
    const key = (flags << 8) | preemptCount;
    const known = this.#flagTexts.get(key);
    if (known !== undefined) return known;
    const text = this.#formatFlags(view, start, flags, preemptCount);
    this.#flagTexts.set(key, text);
    return text;
  }

  #formatFlags(view: DataView, start: number, flags: number, preemptCount: number): Uint8Array {
    if (this.#options.raw) return Buffer.from(`-0x${flags.toString(16)}`);
    const extra = this.#extraFields.map(({ offset, size }) => readExtra(view, start + offset, size));
    return Buffer.from(`${this.#options.latencyFormat ? '' : ' '}${formatFlags(flags, preemptCount, extra)}`);
  }
}

/** Lock depth and migrate-disable depth, where a vendor's kernel has them in the header. */
function extraHeaderFields({ formats }: TraceDat): { offset: number; size: number }[] {
  const common = formats.any()?.commonFields ?? [];
  return ['common_migrate_disable', 'common_lock_depth'].flatMap(
    (name) => common.find((field) => field.name === name) ?? [],
  );
}

function readExtra(view: DataView, at: number, size: number): number | undefined {
  if (at + size > view.byteLength) return undefined;
  return size === 1 ? view.getUint8(at) : size === 4 ? view.getInt32(at, true) : undefined;
}

function lazyTables(recording: TraceDat) {
  return { abi: recording.abi, symbols: () => recording.symbols, printkFormats: () => recording.printkFormats };
}

function earliest(buffers: readonly ReportedBuffer[]): ReportedBuffer | undefined {
  if (buffers.length === 1) return buffers[0]!.merge.current === undefined ? undefined : buffers[0];
  let first: ReportedBuffer | undefined;
  let time = Number.POSITIVE_INFINITY;
  for (const buffer of buffers) {
    const { current } = buffer.merge;
    if (current === undefined || current.time >= time) continue;
    first = buffer;
    time = current.time;
  }
  return first;
}

function writeLost(out: ByteWriter, cpu: number, lost: number): void {
  out.text(lost > 0 ? `CPU:${cpu} [${lost} EVENTS DROPPED]\n` : `CPU:${cpu} [EVENTS DROPPED]\n`);
}

function endLine(out: ByteWriter): void {
  out.reserve(1);
  out.byte(newline);
}
