import { describe, expect, it } from 'vitest';
import { listSymbols } from '../../src/symbols/uprobe-binary.ts';
import { type ResolveOptions, resolveUprobeTarget, type UprobeBinary } from '../../src/symbols/uprobe-target.ts';
import { type BuiltElf, buildElf, codeOffset, dataAddress } from './elf-builder.ts';
import { elfOf } from './fixture-files.ts';

const base = 0x401200;
/** push %rbp; mov %rsp,%rbp; sub $0x10,%rsp; lea (%rip),%rdi; call; leave; ret; then nops. */
const code = new Uint8Array(0x100).fill(0x90);
code.set(Buffer.from('554889e54883ec10488d3d00000000e800000000c9c3', 'hex'));
const symtab = [
  { name: 'greet', address: base, size: 22 },
  { name: 'greet_all', address: base + 0x40, size: 8 },
  { name: 'twice', address: base + 0x50, size: 4, binding: 0 },
  { name: 'twice', address: base + 0x60, size: 4, binding: 0 },
  { name: 'mixed', address: base + 0x70, size: 4, binding: 0 },
  { name: 'mixed', address: base + 0x74, size: 4 },
  { name: 'chosen', address: base + 0x80, size: 4, type: 10 },
  { name: 'table', address: dataAddress, size: 8, type: 1 },
  { name: 'misplaced', address: dataAddress + 8, size: 8 },
  { name: 'puts', address: 0, isDefined: false },
];

const binaryOf = (options: BuiltElf, debug?: BuiltElf): UprobeBinary => ({
  elf: elfOf(buildElf({ code, type: 2, codeAddress: base, ...options }), '/bin/sample'),
  ...(debug === undefined ? {} : { debug: elfOf(buildElf(debug), 'sample.debug') }),
});
const binary = binaryOf({ symtab });
const resolve = (spec: string, options: ResolveOptions = {}, of = binary) => resolveUprobeTarget(of, spec, options);
const refusalOf = (spec: string, options: ResolveOptions = {}, of = binary): string => {
  try {
    resolve(spec, options, of);
  } catch (error) {
    const { attempted, why, remedy, exitStatus } = error as Record<string, string>;
    expect([attempted, exitStatus]).toEqual([`probing ${spec} in /bin/sample`, 2]);
    return `${why} | ${remedy}`;
  }
  throw new Error(`${spec} was not refused`);
};

describe('resolveUprobeTarget', () => {
  it('gives the file offset of a symbol in a fixed program (ET_EXEC)', () => {
    expect(resolve('greet').sites).toEqual([
      { symbol: 'greet', offsetInSymbol: 0, address: base, fileOffset: codeOffset, isReturn: false },
    ]);
    expect(resolve('greet%return').sites[0]).toMatchObject({ fileOffset: codeOffset, isReturn: true });
    expect(resolve('greet+4').sites[0]).toMatchObject({ fileOffset: codeOffset + 4, offsetInSymbol: 4 });
  });

  it('takes virtual addresses and file offsets, and names their symbol', () => {
    const same = { symbol: 'greet_all', offsetInSymbol: 0, address: base + 0x40, fileOffset: codeOffset + 0x40 };
    expect(resolve('0x401240').sites).toMatchObject([same]);
    expect(resolve('@0x240').sites).toMatchObject([same]);
    expect(resolve('0x401208').sites).toMatchObject([{ symbol: 'greet', offsetInSymbol: 8 }]);
  });

  it('maps 32-bit and big-endian files too', () => {
    const small = { bits: 32, machine: 3, symtab: [{ name: 'f', address: base + 1 }] } as const;
    expect(resolve('f', {}, binaryOf(small)).sites[0]?.fileOffset).toBe(codeOffset + 1);
    const big = { bits: 64, bigEndian: true, machine: 183, symtab: [{ name: 'f', address: base, size: 64 }] } as const;
    expect(resolve('f+4', {}, binaryOf(big)).sites[0]?.fileOffset).toBe(codeOffset + 4);
    expect(refusalOf('f+2', {}, binaryOf(big))).toContain('use f or f+0x4');
  });

  it('refuses a place inside an instruction, without --force', () => {
    expect(refusalOf('greet+2')).toContain('no instruction starts at 0x401202');
    expect(refusalOf('greet+2')).toContain('use greet+0x1 or greet+0x4');
    expect(refusalOf('0x401202')).toContain('kills the traced process');
    expect(resolve('greet+2', { force: true }).sites[0]?.fileOffset).toBe(codeOffset + 2);
  });

  it('refuses a place that no symbol covers, without --force', () => {
    expect(refusalOf('0x4012f0')).toContain('no symbol covers it');
    expect(resolve('0x4012f0', { force: true }).sites[0]?.symbol).toBeUndefined();
    expect(refusalOf('greet+0x20')).toContain('greet has 22 bytes');
  });

  it('refuses what lies outside the code, with --force too', () => {
    expect(refusalOf('table', { force: true })).toContain('table is data');
    expect(refusalOf('misplaced', { force: true })).toContain('outside the executable segments');
    expect(refusalOf('0x800000', { force: true })).toContain('its code has the addresses 0x401200-0x401300');
    expect(refusalOf('@0xfffff', { force: true })).toContain('its code has the file offsets 0x200-0x300');
    expect(refusalOf('0x200')).toContain('nothing of the file is loaded there');
  });

  it('refuses a return probe behind the start of a function', () => {
    expect(refusalOf('greet+4%return')).toContain('use greet%return');
    expect(refusalOf('0x401204%return')).toContain('this is inside greet');
    expect(resolve('0x401200%return').sites[0]?.isReturn).toBe(true);
  });

  it('names the nearest for a symbol that is not there', () => {
    expect(refusalOf('gret')).toBe('there is no such symbol | did you mean greet?');
    expect(refusalOf('puts')).toContain('it takes it from a library | name the library');
    expect(refusalOf('nothing_like_it')).toContain('ftui list symbols');
  });

  it('says when the file is stripped', () => {
    const stripped = binaryOf({ dynsym: [{ name: 'exported', address: base }] });
    expect(refusalOf('export', {}, stripped)).toContain(
      'stripped: only its exported names are known | did you mean exported?',
    );
    expect(refusalOf('main', {}, binaryOf({}))).toContain('stripped: it has no symbols at all');
  });

  it('takes names from a debug file and places from the program', () => {
    const separate = binaryOf({}, { codeAddress: 0x999000, symtab: [{ name: 'hidden', address: base + 0x40 }] });
    expect(resolve('hidden', {}, separate).sites[0]).toMatchObject({
      address: base + 0x40,
      fileOffset: codeOffset + 0x40,
    });
  });

  it('lists the addresses of functions that share a name, and prefers an exported one', () => {
    expect(refusalOf('twice')).toBe(
      '2 functions have this name, at 0x401250, 0x401260 | give the address, for instance 0x401250',
    );
    expect(refusalOf('twice%return')).toContain('0x401250%return');
    expect(resolve('mixed').sites[0]?.address).toBe(base + 0x74);
  });

  it('explains IFUNCs and says what really runs', () => {
    expect(refusalOf('chosen')).toContain('this symbol is the resolver');
    const known: ResolveOptions = {
      ifuncImplementation: ({ name }) => (name === 'chosen' ? { address: base + 0x40 } : undefined),
    };
    expect(refusalOf('chosen%return', known)).toContain('the code at 0x401240 (greet_all) | use greet_all%return');
    expect(resolve('chosen', { force: true }).notes).toEqual(['chosen is only the resolver: it runs once a process']);
  });

  it('refuses return probes in Go programs, without --force', () => {
    const go = binaryOf({
      symtab: [{ name: 'main.main', address: base }],
      sections: [{ name: '.go.buildinfo', bytes: new Uint8Array(8) }],
    });
    expect(refusalOf('main.main%return', {}, go)).toContain('this is a Go program');
    expect(refusalOf('0x401200%return', {}, go)).toContain('this is a Go program');
    expect(resolve('main.main', {}, go).sites).toHaveLength(1);
    expect(resolve('main.main%return', { force: true }, go).sites[0]?.isReturn).toBe(true);
  });

  it('resolves a glob to every function it matches, each place once', () => {
    expect(resolve('greet*').sites.map(({ symbol }) => symbol)).toEqual(['greet', 'greet_all']);
    expect(resolve('t*').sites.map(({ address }) => address)).toEqual([base + 0x50, base + 0x60]);
    const { sites, skipped } = resolve('[cmg]*%return');
    expect(sites.map(({ symbol }) => symbol)).toEqual(['greet', 'greet_all', 'mixed', 'mixed']);
    expect(skipped.map(({ symbol }) => symbol)).toEqual(['chosen', 'misplaced']);
    expect(refusalOf('zz*')).toContain('no function matches');
    expect(refusalOf('chose?')).toContain('IFUNC');
    expect(refusalOf('greet*+4')).toContain('an offset does not fit');
  });

  it('takes a name that only looks like a glob as the name', () => {
    const go = binaryOf({
      symtab: [
        { name: 'main.(*T).Do', address: base },
        { name: 'main.(xT).Do', address: base + 0x40 },
      ],
    });
    expect(resolve('main.(*T).Do', {}, go).sites).toHaveLength(1);
  });

  it('tells versions apart', () => {
    const versions = ['V1', 'V2'];
    const dynsym = [
      { name: 'copy', address: base, version: 0x8002 },
      { name: 'copy', address: base + 0x40, version: 3 },
    ];
    const versioned = binaryOf({ versions, dynsym });
    const addressOf = (spec: string): number => resolve(spec, {}, versioned).sites[0]!.address;
    expect(['copy', 'copy@V1', 'copy@V2', 'copy@@V2'].map(addressOf)).toEqual([
      base + 0x40,
      base,
      base + 0x40,
      base + 0x40,
    ]);
    expect(refusalOf('copy@V3', {}, versioned)).toContain('in other versions only | one of V1, V2');
    expect(() => resolve('copy@@V1', {}, versioned)).toThrow('in other versions only');
  });
});

describe('listSymbols', () => {
  it('lists each function once, by address', () => {
    const both = binaryOf({ symtab, dynsym: [{ name: 'greet', address: base, size: 22 }] });
    const rows = listSymbols(both);
    expect(rows.filter(({ name }) => name === 'greet')).toMatchObject([{ address: base, isExported: true }]);
    expect(rows.find(({ name }) => name === 'chosen')).toMatchObject({ isIfunc: true, isExported: false });
    expect(rows.map(({ name }) => name)).not.toContain('table');
  });
});
