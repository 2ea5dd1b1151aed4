/** The records of a trace.dat as events with names and texts: an EventSource. Texts and fields are made when asked for. */
import { ByteWriter } from '../../base/byte-writer.ts';
import { asCpuId } from '../../base/units.ts';
import { GraphRecordReader } from '../../call-graph/graph-record.ts';
import { readCommonPid, readCommonType } from '../../format/common-header.ts';
import type { EventFormat } from '../../format/event-format.ts';
import { compileEventText, type WriteEventText } from '../../format/event-text.ts';
import type { DamagedItem } from '../../ring-buffer/stream-item.ts';
import type { KernelSymbolName } from '../../symbols/kallsyms.ts';
import type { EventSelection, EventSource, RecordedEvent, SourceItem } from '../event-source.ts';
import { type EventPlace, RecordEvent, type RecordTables } from '../record-event.ts';
import { type CpuRecords, findPageAt } from './cpu-records.ts';
import { RecordMerge } from './record-merge.ts';
import type { TraceDat } from './trace-dat.ts';

/** What is known of an event id. */
interface EventKind {
  readonly format: EventFormat;
  readonly isWanted: boolean;
}

interface OpenMerge {
  readonly name: string;
  readonly merge: RecordMerge;
}

export class TraceDatEvents implements EventSource {
  readonly recording: TraceDat;
  readonly #texts = new Map<EventFormat, WriteEventText>();
  readonly #writer = new ByteWriter(4096);
  readonly #tables: RecordTables;

  constructor(recording: TraceDat) {
    this.recording = recording;
    const { abi, header } = this.recording;
    const graph = this.#openGraph();
    this.#tables = {
      abi,
      header,
      nameOf: (pid) => (pid === 0 ? '<idle>' : (this.recording.taskNames.get(pid) ?? '<...>')),
      threadGroupOf: (pid) => this.recording.threadGroups.get(pid),
      textOf: (format, record) => this.#textOf(format, record),
      graphRecordOf: (record) => graph?.read(record),
    };
  }

  get origin(): bigint {
    return this.recording.origin;
  }

  get timeIsNanoseconds(): boolean {
    return this.recording.clock.isNanoseconds;
  }

  get problems(): readonly string[] {
    return this.recording.problems;
  }

  symbolName(address: bigint): KernelSymbolName | undefined {
    return this.recording.symbols.nameOf(address);
  }

  close(): void {
    this.recording.source.close();
  }

  *events(selection: EventSelection = {}): Iterable<SourceItem> {
    const damaged: DamagedItem[] = [];
    const merges = this.#openMerges(selection, damaged);
    const kinds = new Map<number, EventKind | undefined>();
    const wants = this.#compileSelection(selection);
    const to = selection.to ?? Number.POSITIVE_INFINITY;
    for (let next = earliest(merges); next !== undefined; next = earliest(merges)) {
      const records = next.merge.current!;
      if (records.time >= to) break;
      yield* damaged.splice(0);
      if (records.lost !== 0 && records.time >= (selection.from ?? Number.NEGATIVE_INFINITY)) {
        yield {
          kind: 'lost',
          cpu: asCpuId(records.cpu),
          time: records.time,
          count: records.lost < 0 ? undefined : records.lost,
        };
      }
      const event = wants(records) ? this.#eventOf(records, next.name, kinds, selection) : undefined;
      next.merge.advance();
      if (event !== undefined) yield event;
    }
    yield* damaged;
  }

  /** The event in a record that comes from elsewhere; undefined when no format explains it. */
  eventIn(bytes: Uint8Array, place: EventPlace): RecordedEvent | undefined {
    const { header, formats } = this.recording;
    const format = bytes.length < header.size ? undefined : formats.byId(readCommonType(header, bytes));
    return format && new RecordEvent(this.#tables, format, bytes, place);
  }

  #textOf(format: EventFormat, bytes: Uint8Array): string {
    let write = this.#texts.get(format);
    if (write === undefined) {
      write = this.#compileText(format);
      this.#texts.set(format, write);
    }
    const writer = this.#writer;
    writer.clear();
    write(writer, bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length);
    const text = writer.toText();
    return text.endsWith('\n') ? text.slice(0, -1) : text;
  }

  #eventOf(
    { bytes, start, end, time, cpu }: CpuRecords,
    instance: string,
    kinds: Map<number, EventKind | undefined>,
    { wantsEvent }: EventSelection,
  ): RecordedEvent | undefined {
    const { header, formats } = this.recording;
    const id = readCommonType(header, bytes, start);
    let kind = kinds.get(id);
    if (kind === undefined && !kinds.has(id)) {
      const format = formats.byId(id);
      if (format === undefined)
        this.recording.addProblem(`no format explains event id ${id}: its records are left out`);
      kind = format && { format, isWanted: wantsEvent?.(format.system, format.name) ?? true };
      kinds.set(id, kind);
    }
    if (end - start < header.size) {
      this.recording.addProblem(`CPU ${cpu} has records that are too short for an event: they are left out`);
      return undefined;
    }
    if (kind?.isWanted !== true) return undefined;
    const place = { time, cpu: asCpuId(cpu), instance };
    return new RecordEvent(this.#tables, kind.format, bytes.subarray(start, end), place);
  }

  #compileSelection({ from, cpus, pids, comms }: EventSelection): (records: CpuRecords) => boolean {
    const { header } = this.recording;
    return ({ time, cpu, bytes, start }) => {
      if (from !== undefined && time < from) return false;
      if (cpus !== undefined && !cpus.has(cpu)) return false;
      if (pids === undefined && comms === undefined) return true;
      const pid = readCommonPid(header, bytes, start);
      return pids?.has(pid) === true || comms?.has(this.#tables.nameOf(pid)) === true;
    };
  }

  #openMerges({ from, cpus, instance }: EventSelection, damaged: DamagedItem[]): OpenMerge[] {
    return this.recording
      .openBuffers()
      .filter(({ name }) => instance === undefined || name === instance)
      .map((buffer) => {
        const wanted = buffer.cpus.filter(({ cpu }) => cpus === undefined || cpus.has(cpu));
        for (const records of wanted) {
          records.onDamage = (page, reason) => {
            const time = Number.isFinite(records.time) ? records.time : 0;
            damaged.push({ kind: 'damaged', cpu: asCpuId(records.cpu), time, reason: `page ${page}: ${reason}` });
          };
          records.seek(from === undefined ? 0 : findPageAt(records, from));
        }
        return { name: buffer.name, merge: new RecordMerge(wanted) };
      });
  }

  #compileText(format: EventFormat): WriteEventText {
    const { recording } = this;
    return compileEventText(format, {
      abi: recording.abi,
      style: 'kernel',
      nameOfHalves: (high, low) => recording.symbols.nameOfHalves(high, low),
      addressOf: (name) => recording.symbols.addressesOf(name)[0]?.address,
      printkFormat: (address) => recording.printkFormats.get(address),
    }).write;
  }

  #openGraph(): GraphRecordReader | undefined {
    const { formats, abi } = this.recording;
    const entry = formats.byName('ftrace', 'funcgraph_entry');
    const exit = formats.byName('ftrace', 'funcgraph_exit');
    if (entry === undefined || exit === undefined) return undefined;
    try {
      return new GraphRecordReader(
        { entry, exit, retaddrEntry: formats.byName('ftrace', 'fgraph_retaddr_entry') },
        abi,
      );
    } catch (error) {
      this.recording.addProblem((error as Error).message);
      return undefined;
    }
  }
}

function earliest(merges: readonly OpenMerge[]): OpenMerge | undefined {
  let first: OpenMerge | undefined;
  let time = Number.POSITIVE_INFINITY;
  for (const open of merges) {
    const { current } = open.merge;
    if (current === undefined || current.time >= time) continue;
    first = open;
    time = current.time;
  }
  return first;
}
