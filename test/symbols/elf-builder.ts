/** Makes small ELF files for tests: one executable and one data segment, symbol tables, and sections as asked. */

export interface BuiltSymbol {
  readonly name: string;
  readonly address: number;
  readonly size?: number;
  /** STT_*: 1 object, 2 function (default), 10 IFUNC. */
  readonly type?: number;
  /** STB_*: 0 local, 1 global (default), 2 weak. */
  readonly binding?: number;
  readonly isDefined?: boolean;
  /** Index into .gnu.version_d, with 0x8000 for a hidden one. */
  readonly version?: number;
}

export interface BuiltElf {
  readonly bits?: 32 | 64;
  readonly bigEndian?: boolean;
  /** EM_*: 62 x86-64 by default. */
  readonly machine?: number;
  /** ET_*: 3 (ET_DYN) by default. */
  readonly type?: number;
  /** Virtual address of the executable segment; its place in the file is `codeOffset`. */
  readonly codeAddress?: number;
  readonly code?: Uint8Array;
  readonly symtab?: readonly BuiltSymbol[];
  readonly dynsym?: readonly BuiltSymbol[];
  /** Version names from index 2 on. */
  readonly versions?: readonly string[];
  readonly sections?: readonly { name: string; type?: number; bytes: Uint8Array; address?: number }[];
}

export const codeOffset = 0x200;
export const dataAddress = 0x800000;

interface Row {
  name: string;
  type: number;
  bytes: Uint8Array;
  address?: number;
  link?: number;
}

export function buildElf(options: BuiltElf): Uint8Array {
  const { bits = 64, bigEndian = false, machine = 62, type = 3, codeAddress = 0x1200 } = options;
  const code = options.code ?? new Uint8Array(0x100).fill(0x90);
  const word = bits / 8;
  const out = Buffer.alloc(0x100000);
  const put = (at: number, size: number, value: number): void => {
    for (let index = 0; index < size; index += 1) {
      const byte = Number((BigInt(value) >> BigInt(8 * index)) & 255n);
      out[at + (bigEndian ? size - 1 - index : index)] = byte;
    }
  };
  const scratch = (size: number, fill: (at: (offset: number, size: number, value: number) => void) => void): Buffer => {
    const start = 0xf0000;
    out.fill(0, start);
    fill((offset, length, value) => put(start + offset, length, value));
    return Buffer.from(out.subarray(start, start + size));
  };
  const rows: Row[] = [{ name: '', type: 0, bytes: new Uint8Array(0) }];
  const addTable = (name: string, sectionType: number, symbols: readonly BuiltSymbol[]): void => {
    let strings = '\0';
    const entry = bits === 64 ? 24 : 16;
    const bytes = scratch(entry * (symbols.length + 1), (write) => {
      symbols.forEach((symbol, index) => {
        const at = entry * (index + 1);
        const info = ((symbol.binding ?? 1) << 4) | (symbol.type ?? 2);
        write(at, 4, strings.length);
        write(at + (bits === 64 ? 4 : 12), 1, info);
        write(at + (bits === 64 ? 6 : 14), 2, symbol.isDefined === false ? 0 : 1);
        write(at + (bits === 64 ? 8 : 4), word, symbol.address);
        write(at + (bits === 64 ? 16 : 8), word, symbol.size ?? 0);
        strings += `${symbol.name}\0`;
      });
    });
    rows.push({ name, type: sectionType, bytes, link: rows.length + 1 });
    const names = options.versions ?? [];
    const nameOffsets = names.map((version) => {
      const at = strings.length;
      strings += `${version}\0`;
      return at;
    });
    rows.push({ name: sectionType === 11 ? '.dynstr' : '.strtab', type: 3, bytes: Buffer.from(strings) });
    if (sectionType !== 11 || names.length === 0) return;
    const indexes = scratch(2 * (symbols.length + 1), (write) => {
      symbols.forEach((symbol, index) => {
        write(2 * (index + 1), 2, symbol.version ?? 1);
      });
    });
    rows.push({ name: '.gnu.version', type: 0x6fffffff, bytes: indexes });
    const definitions = scratch(28 * names.length, (write) => {
      names.forEach((_, index) => {
        write(28 * index, 2, 1);
        write(28 * index + 4, 2, index + 2);
        write(28 * index + 6, 2, 1);
        write(28 * index + 12, 4, 20);
        write(28 * index + 16, 4, index + 1 < names.length ? 28 : 0);
        write(28 * index + 20, 4, nameOffsets[index]!);
      });
    });
    rows.push({ name: '.gnu.version_d', type: 0x6ffffffd, bytes: definitions });
  };
  if (options.symtab !== undefined) addTable('.symtab', 2, options.symtab);
  if (options.dynsym !== undefined) addTable('.dynsym', 11, options.dynsym);
  for (const section of options.sections ?? []) rows.push({ type: 1, ...section });
  const nameTable = Buffer.from(`${rows.map(({ name }) => name).join('\0')}\0.shstrtab\0`);
  rows.push({ name: '.shstrtab', type: 3, bytes: nameTable });

  const segmentSize = bits === 64 ? 56 : 32;
  const sectionSize = bits === 64 ? 64 : 40;
  out.fill(0, 0xf0000);
  out.set([0x7f, 0x45, 0x4c, 0x46, bits / 32, bigEndian ? 2 : 1, 1]);
  put(16, 2, type);
  put(18, 2, machine);
  const headerSize = bits === 64 ? 64 : 52;
  put(bits === 64 ? 32 : 28, word, headerSize);
  const counts = bits === 64 ? 54 : 42;
  put(counts, 2, segmentSize);
  put(counts + 2, 2, 2);
  const putSegment = (index: number, flags: number, offset: number, address: number, size: number): void => {
    const at = headerSize + index * segmentSize;
    put(at, 4, 1);
    put(at + (bits === 64 ? 4 : 24), 4, flags);
    put(at + (bits === 64 ? 8 : 4), word, offset);
    put(at + (bits === 64 ? 16 : 8), word, address);
    put(at + (bits === 64 ? 32 : 16), word, size);
    put(at + (bits === 64 ? 40 : 20), word, size);
  };
  const dataOffset = codeOffset + code.length;
  putSegment(0, 5, codeOffset, codeAddress, code.length);
  putSegment(1, 6, dataOffset, dataAddress, 0x40);
  out.set(code, codeOffset);
  let end = dataOffset + 0x40;
  const offsets = rows.map(({ bytes }) => {
    const at = end;
    out.set(bytes, at);
    end = (at + bytes.length + 7) & ~7;
    return at;
  });
  put(bits === 64 ? 40 : 32, word, end);
  put(counts + 4, 2, sectionSize);
  put(counts + 6, 2, rows.length);
  put(counts + 8, 2, rows.length - 1);
  rows.forEach((row, index) => {
    const at = end + index * sectionSize;
    const [address, offset, size, link, entry] = bits === 64 ? [16, 24, 32, 40, 56] : [12, 16, 20, 24, 36];
    put(at, 4, nameTable.indexOf(`\0${row.name}\0`) + (row.name === '' ? 0 : 1));
    put(at + 4, 4, row.type);
    put(at + address!, word, row.address ?? 0);
    put(at + offset!, word, offsets[index]!);
    put(at + size!, word, row.bytes.length);
    put(at + link!, 4, row.link ?? 0);
    put(at + entry!, word, bits === 64 ? 24 : 16);
  });
  return Uint8Array.from(out.subarray(0, end + rows.length * sectionSize));
}

/** A note section with one note of owner `GNU`. */
export function gnuNote(type: number, content: string): Uint8Array {
  const bytes = Buffer.from(content, 'hex');
  const head = Buffer.alloc(16);
  head.writeUInt32LE(4, 0);
  head.writeUInt32LE(bytes.length, 4);
  head.writeUInt32LE(type, 8);
  head.write('GNU\0', 12);
  return Buffer.concat([head, bytes]);
}
