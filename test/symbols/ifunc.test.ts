import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ElfFile } from '../../src/symbols/elf.ts';
import { findBinary, readElf, readUprobeBinary } from '../../src/symbols/files.ts';
import { findIfuncImplementation, type IfuncQuestion } from '../../src/symbols/ifunc.ts';
import { resolveUprobeTarget } from '../../src/symbols/uprobe-target.ts';
import { buildElf } from './elf-builder.ts';
import { elfOf } from './fixture-files.ts';

/** RELA rows: slot, type, symbol number, addend. */
function relocations(...rows: [number, number, number, number][]): Uint8Array {
  const bytes = Buffer.alloc(rows.length * 24);
  rows.forEach(([slot, type, symbol, addend], index) => {
    bytes.writeBigUInt64LE(BigInt(slot), index * 24);
    bytes.writeUInt32LE(type, index * 24 + 8);
    bytes.writeUInt32LE(symbol, index * 24 + 12);
    bytes.writeBigUInt64LE(BigInt(addend), index * 24 + 16);
  });
  return bytes;
}

const open = (options: Parameters<typeof buildElf>[0]): ElfFile => elfOf(buildElf(options), 'sample');
const libraryStart = 0x7f0000001000;
const programStart = 0x560000001000;
const maps = `${programStart.toString(16)}-560000002000 r-xp 00000200 fd:01 1 /bin/program
${libraryStart.toString(16)}-7f0000002000 r-xp 00000200 fd:01 2 /lib/library.so
`;

describe('findIfuncImplementation', () => {
  const dynsym = [
    { name: 'pick', address: 0x1200, type: 10 },
    { name: 'pick_fast', address: 0x1240 },
  ];
  const program = open({
    dynsym: [{ name: 'pick', address: 0, isDefined: false }],
    sections: [{ name: '.rela.plt', type: 4, bytes: relocations([0x2000, 7, 1, 0]) }],
  });
  const library = open({
    dynsym,
    sections: [{ name: '.rela.plt', type: 4, bytes: relocations([0x3000, 37, 0, 0x1200]) }],
  });
  const question = (memory: Record<number, number>, of = library): IfuncQuestion => ({
    symbol: library.symbolsNamed('pick')[0]!,
    library: of,
    libraryPath: '/lib/library.so',
    maps,
    readMemory: (address) => {
      const value = memory[address];
      return value === undefined ? undefined : Buffer.from(new BigUint64Array([BigInt(value)]).buffer);
    },
    openElf: (path) => (path === '/bin/program' ? program : undefined),
  });
  // Both files have their code at address 0x1200, mapped at ...1000.
  const slotOfLibrary = libraryStart - 0x1200 + 0x3000;
  const slotOfProgram = programStart - 0x1200 + 0x2000;
  const implementation = { address: 0x1240, fileOffset: 0x240, symbol: 'pick_fast' };

  it("reads the library's own slot", () => {
    const found = findIfuncImplementation(question({ [slotOfLibrary]: libraryStart + 0x40 }));
    expect(found).toEqual({ ...implementation, toldBy: '/lib/library.so' });
  });

  it('reads the slot of a program that names the symbol', () => {
    const found = findIfuncImplementation(question({ [slotOfProgram]: libraryStart + 0x40 }));
    expect(found).toEqual({ ...implementation, toldBy: '/bin/program' });
  });

  it('knows nothing from a slot not filled yet, unreadable memory, or a process without the library', () => {
    expect(findIfuncImplementation(question({ [slotOfProgram]: programStart + 0x10 }))).toBeUndefined();
    expect(findIfuncImplementation(question({}))).toBeUndefined();
    expect(findIfuncImplementation({ ...question({}), libraryPath: '/lib/other.so' })).toBeUndefined();
  });
});

const isGlibc = (process.report.getReport() as { header?: { glibcVersionRuntime?: string } }).header
  ?.glibcVersionRuntime;
const ownMemory = ((): string | undefined => {
  try {
    closeSync(openSync('/proc/self/mem', 'r'));
    return undefined;
  } catch (error) {
    return String(error);
  }
})();
const whyNot = isGlibc === undefined ? 'this system has no glibc' : ownMemory;

describe('findIfuncImplementation on this process', () => {
  it.skipIf(whyNot !== undefined)(
    `tells which strlen runs${whyNot === undefined ? '' : ` (SKIPPED: ${whyNot})`}`,
    () => {
      const binary = readUprobeBinary(findBinary('libc').path);
      const symbol = binary.elf.symbolsNamed('strlen').find(({ type }) => type === 'ifunc');
      // Some machines need only one strlen: then there is nothing to ask.
      if (symbol === undefined) return;
      const memory = openSync('/proc/self/mem', 'r');
      const readMemory = (address: number, length: number): Uint8Array | undefined => {
        const bytes = Buffer.alloc(length);
        return readSync(memory, bytes, 0, length, address) === length ? bytes : undefined;
      };
      const found = findIfuncImplementation({
        symbol,
        library: binary.elf,
        libraryPath: binary.elf.name,
        maps: readFileSync('/proc/self/maps', 'latin1'),
        readMemory,
        openElf: readElf,
      });
      closeSync(memory);
      expect(found?.address).not.toBe(symbol.address);
      // The address can be probed, its return too: a function starts there.
      const spec = `0x${found!.address.toString(16)}%return`;
      expect(resolveUprobeTarget({ elf: binary.elf }, spec).sites[0]?.fileOffset).toBe(found!.fileOffset);
    },
  );
});
