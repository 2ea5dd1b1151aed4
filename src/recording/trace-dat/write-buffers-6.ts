/**
 * Version 6 behind the head: the CPU count, options, and then either the text of a latency tracer or, for each buffer, a
 * table of its CPUs' pages and the pages. Instances are found by a BUFFER option: u64 offset of the table, name.
 */
import { encodeKernelText } from '../../base/text.ts';
import type { ByteSink } from '../files.ts';
import type { BufferStreams } from '../recording-metadata.ts';
import { optionId } from './file-layout.ts';
import { FieldWriter } from './write-bytes.ts';
import type { EncodedHead } from './write-head.ts';
import { appendOption } from './write-options.ts';
import { alignToPage, takeWholePages } from './write-pages.ts';

const optionsTag = Buffer.from('options  \0');
const latencyTag = Buffer.from('latency  \0');
const pagesTag = Buffer.from('flyrecord\0');

export function writeBuffers6(
  sink: ByteSink,
  head: EncodedHead,
  buffers: readonly BufferStreams[],
  problems: string[],
): void {
  const instances = listInstances(buffers, problems);
  const clock = instances[0]?.clock ?? 'local';
  const top = buffers.find(({ name }) => name === '') ?? { name: '', clock, pageSize: head.pageSize, cpus: [] };
  const cpuCount = countCpus(head, buffers);
  sink.append(new FieldWriter(head.littleEndian).u32(cpuCount).written());
  if (top.text !== undefined) {
    for (const { name } of instances) problems.push(`version 6 has no place for the instance ${name} beside a text`);
    writeOptions(sink, head, []);
    sink.append(latencyTag);
    for (const piece of top.text()) sink.append(piece);
    return;
  }
  const pointers = writeOptions(sink, head, instances);
  writeTable(sink, head, top, cpuCount, problems);
  for (const [index, instance] of instances.entries()) {
    const offset = writeTable(sink, head, instance, cpuCount, problems);
    sink.writeAt(new FieldWriter(head.littleEndian).u64(offset).written(), pointers[index]!);
  }
}

function listInstances(buffers: readonly BufferStreams[], problems: string[]): BufferStreams[] {
  const instances = buffers.filter(({ name }) => name !== '');
  for (const { name, text } of instances) {
    if (text !== undefined) problems.push(`version 6 has no place for the text of the instance ${name}`);
  }
  return instances.filter(({ text }) => text === undefined);
}

function countCpus({ cpuCount }: EncodedHead, buffers: readonly BufferStreams[]): number {
  const ends = buffers.flatMap(({ cpus }) => cpus.map(({ cpu }) => cpu + 1));
  return ends.reduce((most, end) => Math.max(most, end), cpuCount);
}

/** Returns where the offset of each instance's table belongs. */
function writeOptions(sink: ByteSink, head: EncodedHead, instances: readonly BufferStreams[]): number[] {
  const out = new FieldWriter(head.littleEndian);
  out.bytes(optionsTag).bytes(head.options);
  const pointers = instances.map(({ name }) => {
    const value = new FieldWriter(head.littleEndian).u64(0).terminated(name).written();
    appendOption(out, optionId.buffer, value);
    return sink.length + out.length - value.length;
  });
  sink.append(out.u16(0).written());
  return pointers;
}

/** Writes a buffer's table and pages, and returns where the table begins. */
function writeTable(
  sink: ByteSink,
  head: EncodedHead,
  buffer: BufferStreams,
  cpuCount: number,
  problems: string[],
): number {
  const start = sink.length;
  const out = new FieldWriter(head.littleEndian).bytes(pagesTag).bytes(new Uint8Array(16 * cpuCount));
  // trace-cmd crashes on `[]`.
  const clock = encodeKernelText(`[${buffer.clock || 'local'}]`);
  if (head.hasTraceClock) out.u64(clock.length).bytes(clock);
  sink.append(out.written());
  const table = new FieldWriter(head.littleEndian);
  for (let cpu = 0; cpu < cpuCount; cpu += 1) {
    const { offset, size } = writeCpu(sink, buffer, cpu, problems);
    table.u64(offset).u64(size);
  }
  sink.writeAt(table.written(), start + pagesTag.length);
  return start;
}

function writeCpu(
  sink: ByteSink,
  buffer: BufferStreams,
  cpu: number,
  problems: string[],
): { offset: number; size: number } {
  alignToPage(sink, buffer.pageSize);
  const offset = sink.length;
  for (const pages of buffer.cpus) {
    if (pages.cpu !== cpu) continue;
    for (const item of takeWholePages(buffer, pages, problems)) sink.append(item);
  }
  return { offset, size: sink.length - offset };
}
