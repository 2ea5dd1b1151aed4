/** The kernel's texts as bodies of sections, which versions 6 and 7 have in common. */
import type { RecordingMetadata } from '../recording-metadata.ts';
import { optionId } from './file-layout.ts';
import { FieldWriter } from './write-bytes.ts';

/** `body` in pieces, for the kernel's symbols are too many to be copied. */
export interface SectionBody {
  readonly id: number;
  readonly body: readonly Uint8Array[];
}

/** In the order that version 6 has them in. */
export function listSectionBodies(metadata: RecordingMetadata): SectionBody[] {
  const { littleEndian, kallsyms, printkFormats, savedCmdlines } = metadata;
  const start = (size = 1024): FieldWriter => new FieldWriter(littleEndian, size);
  const short = (text: Uint8Array) => [start(4).u32(text.length).written(), text];
  const long = (text: Uint8Array) => [start(8).u64(text.length).written(), text];
  return [
    { id: optionId.headerInfo, body: [encodeHeaderTexts(start(), metadata)] },
    { id: optionId.ftraceEvents, body: [encodeFormats(start(), metadata.ftraceFormats).written()] },
    { id: optionId.eventFormats, body: [encodeEventFormats(start(1 << 16), metadata)] },
    { id: optionId.kallsyms, body: short(kallsyms) },
    { id: optionId.printk, body: short(printkFormats) },
    { id: optionId.cmdlines, body: long(savedCmdlines) },
  ];
}

function encodeHeaderTexts(out: FieldWriter, { headerPage, headerEvent }: RecordingMetadata): Uint8Array {
  out.terminated('header_page').u64(headerPage.length).bytes(headerPage);
  return out.terminated('header_event').u64(headerEvent.length).bytes(headerEvent).written();
}

/** u32 count, and for each u64 length and text. */
function encodeFormats(out: FieldWriter, formats: readonly Uint8Array[]): FieldWriter {
  out.u32(formats.length);
  for (const format of formats) out.u64(format.length).bytes(format);
  return out;
}

/** u32 systems, and for each its name and formats. */
function encodeEventFormats(out: FieldWriter, { eventFormats }: RecordingMetadata): Uint8Array {
  out.u32(eventFormats.length);
  for (const { system, formats } of eventFormats) encodeFormats(out.terminated(system), formats);
  return out.written();
}
