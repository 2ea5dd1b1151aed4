/** A recording as a machine of the other byte order would have made it: pages and their records, field by field. */
import { commonHeaderOf, readCommonType } from '../../src/format/common-header.ts';
import { type EventFormat, parseEventFormat } from '../../src/format/event-format.ts';
import { type PageLayout, parseHeaderPage } from '../../src/ring-buffer/page-layout.ts';
import type { SmallRecording } from './small-recordings.ts';

const typePadding = 29;

/** Of a little-endian recording a big-endian one. Arrays of more than bytes are left as they are. */
export function turnByteOrder(recording: SmallRecording): SmallRecording {
  const { metadata } = recording;
  const layout = parseHeaderPage(Buffer.from(metadata.headerPage).toString('latin1'));
  const formats = new Map<number, EventFormat>();
  const systems = [{ system: 'ftrace', formats: metadata.ftraceFormats }, ...metadata.eventFormats];
  for (const { system, formats: texts } of systems) {
    for (const text of texts) {
      const format = parseEventFormat(system, Buffer.from(text).toString('latin1'));
      formats.set(format.id, format);
    }
  }
  const buffers = recording.buffers.map((buffer) => ({
    ...buffer,
    cpus: buffer.cpus.map(({ cpu, bytes }) => ({ cpu, bytes: turnPages(bytes, buffer.pageSize, layout, formats) })),
  }));
  return { ...recording, metadata: { ...metadata, littleEndian: false }, buffers };
}

type Formats = ReadonlyMap<number, EventFormat>;

function turnPages(bytes: Uint8Array, pageSize: number, layout: PageLayout, formats: Formats): Uint8Array {
  const turned = Buffer.from(bytes);
  for (let page = 0; page < turned.length; page += pageSize) turnPage(turned, page, layout, formats);
  return turned;
}

function turnPage(bytes: Buffer, page: number, layout: PageLayout, formats: Formats): void {
  const used = bytes.readUInt32LE(page + layout.commit) & 0x7ffffff;
  bytes.subarray(page + layout.timestamp, page + layout.timestamp + 8).swap64();
  const commit = bytes.subarray(page + layout.commit, page + layout.commit + layout.longSize);
  if (layout.longSize === 8) commit.swap64();
  else commit.swap32();
  const end = page + layout.data + used;
  for (let at = page + layout.data; at + 4 <= end; ) {
    const word = bytes.readUInt32LE(at);
    const type = word & 31;
    bytes.writeUInt32BE(((type << 27) | (word >>> 5)) >>> 0, at);
    if (type > 0 && type < typePadding) {
      turnRecord(bytes.subarray(at + 4, at + 4 + type * 4), formats);
      at += 4 + type * 4;
      continue;
    }
    if (type === typePadding && word >>> 5 === 0) return;
    const second = bytes.readUInt32LE(at + 4);
    bytes.writeUInt32BE(second, at + 4);
    if (type === 0) turnRecord(bytes.subarray(at + 8, at + 4 + second), formats);
    at += type > typePadding ? 8 : 4 + Math.ceil(second / 4) * 4;
  }
}

function turnRecord(record: Buffer, formats: Formats): void {
  const [any] = formats.values();
  const format = formats.get(readCommonType(commonHeaderOf(any!, { littleEndian: true }), record));
  if (format === undefined) return;
  for (const { offset, size, isArray, location } of [...format.commonFields, ...format.fields]) {
    if (isArray && location !== 'data-loc' && location !== 'rel-loc') continue;
    const value = record.subarray(offset, offset + size);
    if (value.length === 2) value.swap16();
    if (value.length === 4) value.swap32();
    if (value.length === 8) value.swap64();
  }
}
