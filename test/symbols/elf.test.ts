import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import type { ElfFile } from '../../src/symbols/elf.ts';
import { recogniseProgram } from '../../src/symbols/elf-layout.ts';
import { parseVersionedName } from '../../src/symbols/elf-symbols.ts';
import { type BuiltElf, buildElf, codeOffset, dataAddress, gnuNote } from './elf-builder.ts';
import { elfOf } from './fixture-files.ts';

const open = (options: BuiltElf): ElfFile => elfOf(buildElf(options), 'sample');

describe('ElfFile', () => {
  it.each([
    { bits: 64, bigEndian: false, machine: 62, type: 3, expected: ['x86-64', 'shared'] },
    { bits: 64, bigEndian: true, machine: 183, type: 2, expected: ['aarch64', 'executable'] },
    { bits: 32, bigEndian: false, machine: 3, type: 2, expected: ['i386', 'executable'] },
    { bits: 32, bigEndian: true, machine: 8, type: 3, expected: ['machine 8', 'shared'] },
  ] as const)('reads a $bits-bit file, big endian: $bigEndian', ({ expected, ...options }) => {
    const elf = open({ ...options, codeAddress: 0x400200, symtab: [{ name: 'main', address: 0x400210, size: 0x20 }] });
    expect([elf.layout.machine, elf.layout.kind]).toEqual(expected);
    expect(elf.symbolsNamed('main')).toMatchObject([
      { name: 'main', address: 0x400210, size: 0x20, type: 'function', binding: 'global', isDefined: true },
    ]);
    expect(elf.segmentOfAddress(0x400210)).toMatchObject({ fileOffset: codeOffset, executable: true });
    expect(elf.segmentOfAddress(dataAddress)).toMatchObject({ executable: false });
    expect(elf.segmentOfAddress(0x100)).toBeUndefined();
    expect([...elf.codeAt(0x4002f8, 100)]).toHaveLength(8);
  });

  it('knows the versions of .dynsym', () => {
    const elf = open({
      versions: ['LIB_1', 'LIB_2'],
      dynsym: [
        { name: 'copy', address: 0x1200, version: 0x8002 },
        { name: 'copy', address: 0x1240, version: 3 },
        { name: 'used', address: 0, isDefined: false },
      ],
    });
    expect(elf.symbolsNamed('copy')).toMatchObject([
      { version: 'LIB_1', isDefaultVersion: false },
      { version: 'LIB_2', isDefaultVersion: true },
    ]);
    expect(elf.symbolsNamed('used')).toMatchObject([{ isDefined: false, version: undefined }]);
    expect(elf.symbolsNamed('cop')).toEqual([]);
    expect(elf.symtab).toBeUndefined();
  });

  it('takes versions out of the names of .symtab, and names that end another', () => {
    const elf = open({ symtab: [{ name: 'copy@@LIB_2', address: 0x1200 }] });
    expect(elf.symbolsNamed('copy')).toMatchObject([{ version: 'LIB_2', isDefaultVersion: true }]);
    expect(elf.symbolsNamed('opy')).toEqual([]);
    expect([...elf.symbols()]).toHaveLength(1);
  });

  it('keeps names that are not ASCII', () => {
    const elf = open({ symtab: [{ name: 'größe', address: 0x1200 }] });
    expect([...elf.symbols()].map(({ name }) => name)).toEqual(['größe']);
    expect(elf.symbolsNamed('größe')).toHaveLength(1);
  });

  it('reads build id, debuglink and the Go mark', () => {
    const elf = open({
      sections: [
        {
          name: '.note.gnu.build-id',
          type: 7,
          bytes: Buffer.concat([gnuNote(1, '00000000'), gnuNote(3, 'abcdef0123')]),
        },
        { name: '.gnu_debuglink', bytes: Buffer.from('6c732e6465627567000000000d0c0b0a', 'hex') },
      ],
    });
    expect(elf.buildId).toBe('abcdef0123');
    expect(elf.debugLink).toEqual({ name: 'ls.debug', crc: 0x0a0b0c0d });
    expect(elf.isGo).toBe(false);
    expect(open({ sections: [{ name: '.gopclntab', bytes: new Uint8Array(4) }] }).isGo).toBe(true);
    expect(open({}).buildId).toBeUndefined();
  });

  it('refuses what is no ELF file, or is cut off', () => {
    const refuse = (bytes: Uint8Array): unknown => elfOf(bytes, 'x');
    expect(() => refuse(Buffer.from('#!/bin/sh\n'))).toThrow(UsageError);
    expect(() => refuse(new Uint8Array(0))).toThrow('reading x: it is not an ELF file');
    expect(() => refuse(buildElf({}).subarray(0, 100))).toThrow('cut off');
  });

  it('survives damage anywhere in the tables', () => {
    const good = buildElf({
      versions: ['V'],
      dynsym: [{ name: 'f', address: 0x1200, version: 2 }],
      sections: [{ name: '.note.gnu.build-id', bytes: gnuNote(3, 'aa') }],
    });
    for (let at = 0x340; at < good.length; at += 1) {
      const bad = Uint8Array.from(good);
      bad[at] = 0xff;
      const elf = elfOf(bad, 'bad');
      expect([...elf.symbols()].length).toBeLessThan(1000);
      expect(typeof elf.buildId).toMatch(/string|undefined/);
    }
  });
});

describe('recogniseProgram', () => {
  it('tells programs from scripts', () => {
    expect(recogniseProgram(buildElf({}))).toBe('elf');
    expect(recogniseProgram(Buffer.from('#!/bin/sh'))).toBe('script');
    expect(recogniseProgram(Buffer.from('hello'))).toBe('other');
  });
});

describe('parseVersionedName', () => {
  it('takes a name apart', () => {
    expect(parseVersionedName('f')).toEqual({ name: 'f', version: undefined, isDefault: true });
    expect(parseVersionedName('f@V1')).toEqual({ name: 'f', version: 'V1', isDefault: false });
    expect(parseVersionedName('f@@V1')).toEqual({ name: 'f', version: 'V1', isDefault: true });
  });
});
