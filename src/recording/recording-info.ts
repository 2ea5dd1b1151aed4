/** What a trace.dat says about itself without reading its records: the head, and the first and last page of each CPU. */
import { decodeKernelText } from '../base/text.ts';
import { type BufferPlace, optionId } from './trace-dat/file-layout.ts';
import { tellsTime } from './trace-dat/recording-clock.ts';
import type { TraceDat } from './trace-dat/trace-dat.ts';

export interface RecordingInfo {
  readonly version: 6 | 7;
  readonly compression: string;
  readonly fileBytes: number;
  readonly littleEndian: boolean;
  readonly longSize: number;
  readonly machine: string | undefined;
  readonly producer: string | undefined;
  readonly clock: string | undefined;
  readonly cpus: number;
  readonly formats: number;
  readonly tasks: number;
  readonly hasSymbols: boolean;
  /** The text of a latency tracer instead of records. */
  readonly isLatencyText: boolean;
  readonly buffers: readonly BufferInfo[];
  readonly problems: readonly string[];
}

export interface BufferInfo {
  readonly name: string;
  readonly clock: string | undefined;
  /** Whether that clock tells time; else it counts something. */
  readonly timeIsNanoseconds: boolean;
  readonly pageSize: number;
  /** In units of the clock, absolute; undefined for a buffer without records. */
  readonly begin: bigint | undefined;
  readonly end: bigint | undefined;
  /** As the recorder noted at its end; undefined where it did not. */
  readonly events: number | undefined;
  readonly lost: number | undefined;
  readonly cpus: readonly CpuInfo[];
}

interface CpuInfo {
  readonly cpu: number;
  readonly fileBytes: number;
  readonly pages: number;
}

export function readRecordingInfo(recording: TraceDat): RecordingInfo {
  const { layout, source, abi, clock } = recording;
  const text = (id: number) => {
    const data = layout.options.findLast((option) => option.id === id)?.data;
    return data && decodeKernelText(data).replace(/\0.*$/s, '');
  };
  return {
    version: layout.version,
    compression: layout.compression,
    fileBytes: source.size(),
    littleEndian: layout.littleEndian,
    longSize: abi.longSize,
    machine: text(optionId.uname),
    producer: text(optionId.version),
    clock: clock.name,
    cpus: layout.cpuCount,
    formats: [...recording.formats.list()].length,
    tasks: recording.taskNames.size,
    hasSymbols: layout.kallsyms().length > 0,
    isLatencyText: layout.latencyText !== undefined,
    buffers: layout.buffers.map((place) => readBufferInfo(recording, place)),
    problems: recording.problems,
  };
}

function readBufferInfo(recording: TraceDat, place: BufferPlace): BufferInfo {
  const records = recording.openBuffers().find(({ name }) => name === place.name)?.cpus ?? [];
  let [begin, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const cpu of records) {
    if (cpu.seek(0)) begin = Math.min(begin, cpu.time);
    // The last pages may be empty.
    for (let page = cpu.pages.count - 1; page >= Math.max(cpu.pages.count - 16, 0); page -= 1) {
      let last: number | undefined;
      for (let more = cpu.seek(page); more; more = cpu.next()) last = cpu.time;
      if (last === undefined) continue;
      end = Math.max(end, last);
      break;
    }
  }
  const absolute = (time: number) => (Number.isFinite(time) ? recording.origin + BigInt(Math.trunc(time)) : undefined);
  const pagesOf = (cpu: number) => records.find((candidate) => candidate.cpu === cpu)?.pages.count ?? 0;
  return {
    name: place.name,
    clock: place.clock,
    timeIsNanoseconds: place.clock === undefined ? recording.clock.isNanoseconds : tellsTime(place.clock),
    pageSize: place.pageSize,
    begin: absolute(begin),
    end: absolute(end),
    ...readCounts(recording, place.name),
    cpus: place.cpus.map(({ cpu, size }) => ({ cpu, fileBytes: size, pages: pagesOf(cpu) })),
  };
}

/** From the statistics that the recorder stored: texts of per_cpu/cpuN/stats, behind `Buffer: NAME` for an instance. */
function readCounts({ layout }: TraceDat, name: string): { events: number | undefined; lost: number | undefined } {
  let current = '';
  let [events, lost, seen] = [0, 0, false];
  for (const { id, data } of layout.options) {
    if (id !== optionId.cpuStat) continue;
    const text = decodeKernelText(data);
    current = /^Buffer: (.*)$/m.exec(text)?.[1]?.trimEnd() ?? current;
    if (current !== name) continue;
    const sum = (pattern: RegExp) => [...text.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
    if (!text.includes('entries:')) continue;
    seen = true;
    lost += sum(/^(?:overrun|commit overrun|dropped events): (\d+)$/gm);
    events += sum(/^(?:entries|read events): (\d+)$/gm);
  }
  return seen ? { events, lost } : { events: undefined, lost: undefined };
}
