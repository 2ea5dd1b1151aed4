/** The options of a trace.dat that do not depend on where its pages are. */
import type { BufferMetadata, RecordingMetadata } from '../recording-metadata.ts';
import { optionId } from './file-layout.ts';
import { FieldWriter } from './write-bytes.ts';

/**
 * Options one after the other, u16 id, u32 size, data, without an end. `sections` are the version 7 sections to point at.
 * CPUCOUNT comes first of those about buffers: behind a BUFFER of version 6 it would be that buffer's.
 */
export function encodeOptions(
  metadata: RecordingMetadata,
  sections: readonly { readonly id: number; readonly offset: number }[],
): Uint8Array {
  const { littleEndian, cpuCount, traceId } = metadata;
  const out = new FieldWriter(littleEndian);
  const value = (): FieldWriter => new FieldWriter(littleEndian);
  const add = (id: number, data: Uint8Array): void => appendOption(out, id, data);
  const addText = (id: number, text: string | undefined): void => {
    if (text !== undefined) add(id, value().terminated(text).written());
  };
  for (const { id, offset } of sections) add(id, value().u64(offset).written());
  addText(optionId.date, metadata.date);
  addText(optionId.offset, metadata.offset);
  addText(optionId.traceClock, metadata.traceClock);
  addText(optionId.uname, metadata.uname);
  addText(optionId.version, metadata.producer);
  if (traceId !== undefined) add(optionId.traceId, value().u64(traceId).written());
  for (const { id, data } of metadata.otherOptions) add(id, data);
  for (const text of metadata.buffers.flatMap(listStatTexts)) addText(optionId.cpuStat, text);
  add(optionId.cpuCount, value().u32(cpuCount).written());
  return out.written();
}

/** An instance's are told by a text before the first. */
function listStatTexts({ name, cpuStats }: BufferMetadata): string[] {
  if (name === '' || cpuStats.length === 0) return [...cpuStats];
  return [`\nBuffer: ${name}\n\n`, ...cpuStats];
}

export function appendOption(out: FieldWriter, id: number, data: Uint8Array): void {
  out.u16(id).u32(data.length).bytes(data);
}
