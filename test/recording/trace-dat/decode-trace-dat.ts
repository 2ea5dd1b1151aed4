/**
 * A second, plain reading of trace.dat after trace-cmd.dat.v6(5) and .v7(5), for what the writer makes: strict, whole
 * files in memory, no code shared with src/.
 */
import { inflateSync, zstdDecompressSync } from 'node:zlib';

export interface DecodedSection {
  id: number;
  flags: number;
  offset: number;
  size: number;
  name: string;
}

export interface DecodedBuffer {
  name: string;
  clock: string;
  pageSize: number;
  cpus: { cpu: number; offset: number; size: number; pages: Buffer; chunks: number[] }[];
  text?: string;
}

export interface DecodedFile {
  version: number;
  littleEndian: boolean;
  longSize: number;
  pageSize: number;
  compression: string;
  sections: DecodedSection[];
  /** Options but DONE, in order. */
  options: { id: number; data: Buffer }[];
  buffers: DecodedBuffer[];
  headerPage: string;
  headerEvent: string;
  ftraceFormats: string[];
  eventFormats: { system: string; formats: string[] }[];
  kallsyms: string;
  printkFormats: string;
  savedCmdlines: string;
  savedTgids: string | undefined;
  /** Version 6. */
  cpuCount: number | undefined;
}

class Cursor {
  readonly bytes: Buffer;
  readonly littleEndian: boolean;
  at: number;

  constructor(bytes: Buffer, littleEndian: boolean, at = 0) {
    this.bytes = bytes;
    this.littleEndian = littleEndian;
    this.at = at;
  }

  integer(size: 1 | 2 | 4 | 8): number {
    const taken = [...this.take(size)];
    const digits = this.littleEndian ? taken.reverse() : taken;
    return Number(`0x${digits.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`);
  }

  take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new Error(`the file ends before ${this.at + length}`);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text(): string {
    const end = this.bytes.indexOf(0, this.at);
    const text = this.take(end - this.at).toString('utf8');
    this.at += 1;
    return text;
  }

  sized(size: 4 | 8): string {
    return this.take(this.integer(size)).toString('utf8');
  }

  formats(): string[] {
    return Array.from({ length: this.integer(4) }, () => this.sized(8));
  }

  expect(text: string): void {
    const found = this.take(text.length).toString('latin1');
    if (found !== text) throw new Error(`${JSON.stringify(found)} where ${JSON.stringify(text)} should be`);
  }
}

export function decodeTraceDat(bytes: Buffer): DecodedFile {
  const start = new Cursor(bytes, true);
  start.expect('\x17\x08\x44tracing');
  const version = Number(start.text());
  const littleEndian = start.integer(1) === 0;
  const cursor = new Cursor(bytes, littleEndian, start.at);
  const longSize = cursor.integer(1);
  const pageSize = cursor.integer(4);
  const file: DecodedFile = {
    ...{ version, littleEndian, longSize, pageSize, compression: 'none', sections: [], options: [], buffers: [] },
    ...{ headerPage: '', headerEvent: '', ftraceFormats: [], eventFormats: [], kallsyms: '', printkFormats: '' },
    ...{ savedCmdlines: '', savedTgids: undefined, cpuCount: undefined },
  };
  if (version === 6) decode6(file, cursor);
  else decode7(file, cursor);
  return file;
}

function decodeBody(file: DecodedFile, id: number, cursor: Cursor): void {
  if (id === 16) {
    cursor.expect('header_page\0');
    file.headerPage = cursor.sized(8);
    cursor.expect('header_event\0');
    file.headerEvent = cursor.sized(8);
  } else if (id === 17) file.ftraceFormats = cursor.formats();
  else if (id === 18) {
    const count = cursor.integer(4);
    for (let index = 0; index < count; index += 1) {
      file.eventFormats.push({ system: cursor.text(), formats: cursor.formats() });
    }
  } else if (id === 19) file.kallsyms = cursor.sized(4);
  else if (id === 20) file.printkFormats = cursor.sized(4);
  else if (id === 21) file.savedCmdlines = cursor.sized(8);
  else if (id === 0x6674) file.savedTgids = cursor.sized(8);
}

function decode7(file: DecodedFile, cursor: Cursor): void {
  const { bytes, littleEndian } = cursor;
  file.compression = cursor.text();
  cursor.text();
  let optionsAt = cursor.integer(8);
  while (cursor.at < bytes.length) {
    const offset = cursor.at;
    const [id, flags, name, size] = [cursor.integer(2), cursor.integer(2), cursor.integer(4), cursor.integer(8)];
    file.sections.push({ id, flags, offset, size, name: `${name}` });
    cursor.take(size);
  }
  const bodyAt = (offset: number): { body: Buffer; isCompressed: boolean } => {
    const section = file.sections.find((found) => found.offset === offset);
    if (section === undefined) throw new Error(`no section at ${offset}`);
    const body = bytes.subarray(offset + 16, offset + 16 + section.size);
    return { body, isCompressed: (section.flags & 1) === 1 };
  };
  const metadata = (offset: number): Buffer => {
    const { body, isCompressed } = bodyAt(offset);
    return isCompressed ? decodeBlock(file, new Cursor(body, littleEndian)) : body;
  };
  const names = file.sections.find(({ id }) => id === 15)!;
  for (const section of file.sections) {
    section.name = new Cursor(bodyAt(names.offset).body, littleEndian, Number(section.name)).text();
  }
  while (optionsAt !== 0) {
    const options = new Cursor(bodyAt(optionsAt).body, littleEndian);
    for (;;) {
      const id = options.integer(2);
      const data = options.take(options.integer(4));
      const value = new Cursor(data, littleEndian);
      if (id === 0) {
        optionsAt = value.integer(8);
        break;
      }
      file.options.push({ id, data });
      if (id >= 16 && id <= 21) decodeBody(file, id, new Cursor(metadata(value.integer(8)), littleEndian));
      if (id === 3 || id === 22) file.buffers.push(decodeBuffer7(file, id, value, bytes, bodyAt));
    }
  }
  for (const { id, offset } of file.sections) {
    if (id === 0x6674) decodeBody(file, id, new Cursor(metadata(offset), littleEndian));
  }
}

function decodeBlock({ compression }: DecodedFile, cursor: Cursor): Buffer {
  const [compressed, size] = [cursor.integer(4), cursor.integer(4)];
  const data = cursor.take(compressed);
  const bytes = compression === 'zlib' ? inflateSync(data) : zstdDecompressSync(data);
  if (bytes.length !== size) throw new Error(`a block of ${size} bytes has ${bytes.length}`);
  return bytes;
}

function decodeBuffer7(
  file: DecodedFile,
  id: number,
  value: Cursor,
  bytes: Buffer,
  bodyAt: (offset: number) => { body: Buffer; isCompressed: boolean },
): DecodedBuffer {
  const { body, isCompressed } = bodyAt(value.integer(8));
  const named = { name: value.text(), clock: value.text() };
  const unchunk = (cursor: Cursor): Buffer[] =>
    Array.from({ length: cursor.integer(4) }, () => decodeBlock(file, cursor));
  if (id === 22) {
    const text = isCompressed ? Buffer.concat(unchunk(new Cursor(body, value.littleEndian))) : body;
    return { ...named, pageSize: file.pageSize, cpus: [], text: text.toString('utf8') };
  }
  const pageSize = value.integer(4);
  const cpus = Array.from({ length: value.integer(4) }, () => {
    const [cpu, offset, size] = [value.integer(4), value.integer(8), value.integer(8)];
    const stored = bytes.subarray(offset, offset + size);
    if (stored.length !== size) throw new Error('pages beyond the end');
    const chunks = isCompressed ? unchunk(new Cursor(stored, value.littleEndian)) : [stored];
    return { cpu, offset, size, pages: Buffer.concat(chunks), chunks: chunks.map(({ length }) => length) };
  });
  if (value.at !== value.bytes.length) throw new Error('more in the buffer option than its CPUs');
  return { ...named, pageSize, cpus };
}

function decode6(file: DecodedFile, cursor: Cursor): void {
  for (const id of [16, 17, 18, 19, 20, 21]) decodeBody(file, id, cursor);
  file.cpuCount = cursor.integer(4);
  cursor.expect('options  \0');
  const instances: { name: string; offset: number }[] = [];
  for (let id = cursor.integer(2); id !== 0; id = cursor.integer(2)) {
    const data = cursor.take(cursor.integer(4));
    file.options.push({ id, data });
    const value = new Cursor(data, cursor.littleEndian);
    if (id === 3) instances.push({ offset: value.integer(8), name: value.text() });
  }
  if (cursor.bytes.subarray(cursor.at, cursor.at + 10).toString('latin1') === 'latency  \0') {
    const text = cursor.bytes.subarray(cursor.at + 10).toString('utf8');
    file.buffers.push({ name: '', clock: '', pageSize: file.pageSize, cpus: [], text });
    return;
  }
  file.buffers.push(decodeTable6(file, '', cursor));
  for (const { name, offset } of instances) {
    file.buffers.push(decodeTable6(file, name, new Cursor(cursor.bytes, cursor.littleEndian, offset)));
  }
}

function decodeTable6(file: DecodedFile, name: string, cursor: Cursor): DecodedBuffer {
  cursor.expect('flyrecord\0');
  const cpus = Array.from({ length: file.cpuCount! }, (_, cpu) => {
    const [offset, size] = [cursor.integer(8), cursor.integer(8)];
    return { cpu, offset, size, pages: cursor.bytes.subarray(offset, offset + size), chunks: [size] };
  });
  const clock = file.options.some(({ id }) => id === 4) ? cursor.sized(8) : '';
  return { name, clock, pageSize: file.pageSize, cpus };
}
