import { describe, expect, it } from 'vitest';
import { findAddressLine } from '../../../src/symbols/dwarf/address-line.ts';
import { openDwarfSections } from '../../../src/symbols/dwarf/dwarf-sections.ts';
import type { ElfFile } from '../../../src/symbols/elf.ts';
import { openFixture } from '../fixture-files.ts';

function lineOf(elf: ElfFile, symbol: string, offset = 0) {
  return findAddressLine(elf, elf.symbolsNamed(symbol)[0]!.address + offset);
}

describe('the line of an address', () => {
  it.each(['probed-o0-dwarf4', 'probed-o0-dwarf5', 'probed-o2-dwarf2', 'probed-types-dwarf4'])('%s', (name) => {
    const elf = openFixture(`${name}.so`);
    expect(lineOf(elf, 'entry')).toEqual({ file: 'probed.c', line: 61, folder: '.' });
    // Behind the prologue it is the line of the code there, not that of the function.
    expect(lineOf(elf, 'handle', 40)!.line).toBeGreaterThan(lineOf(elf, 'handle')!.line);
  });

  it.each(['probed-zlib', 'probed-zlib-gnu', 'probed-zstd'])('%s, whose sections are compressed', (name) => {
    expect(lineOf(openFixture(`${name}.so`), 'entry')!.line).toBe(61);
  });

  it('is not known where no code is, nor without debug information', () => {
    expect(findAddressLine(openFixture('probed-o2-dwarf5.so'), 0x10)).toBeUndefined();
    expect(findAddressLine(openFixture('usdt.so'), 0x1000)).toBeUndefined();
  });

  it('is read from its unit, also where no table tells addresses', () => {
    const elf = openFixture('probed-o2-dwarf5.so');
    const expected = lineOf(elf, 'entry');
    const sections = elf.layout.sections.filter(({ name }) => name !== '.debug_aranges');
    const without = Object.create(elf, { layout: { value: { ...elf.layout, sections } } }) as ElfFile;
    without.bytesOf = (section) => elf.bytesOf(section);
    expect(findAddressLine(without, elf.symbolsNamed('entry')[0]!.address)).toEqual(expected);
  });
});

describe('a part of a section', () => {
  it.each(['probed-o2-dwarf5', 'probed-zlib', 'probed-zstd'])('of %s is the same as of the whole', (name) => {
    const elf = openFixture(`${name}.so`);
    const whole = openDwarfSections(elf).get('info');
    expect(openDwarfSections(elf).part('info', 12, 30)).toEqual(whole.subarray(12, 42));
    expect(openDwarfSections(elf).part('info', whole.length - 4, 30)).toEqual(whole.subarray(-4));
  });
});
