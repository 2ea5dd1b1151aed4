/** Static probes: real notes of a small library, and every operand form by its text. */
import { describe, expect, it } from 'vitest';
import { valueAt } from '../../src/symbols/c-types/fetch-place.ts';
import { compileUsdtProbe } from '../../src/symbols/usdt-fetch-arg.ts';
import { listUsdtProbes, type UsdtProbe } from '../../src/symbols/usdt-notes.ts';
import { parseUsdtOperand, parseUsdtOperands } from '../../src/symbols/usdt-operand.ts';
import { buildElf, codeOffset, dataAddress } from './elf-builder.ts';
import { elfOf, openFixture } from './fixture-files.ts';

function probeNamed(probes: readonly UsdtProbe[], name: string): UsdtProbe {
  return probes.find((it) => it.name === name)!;
}

describe('the notes of usdt.so', () => {
  const listing = listUsdtProbes(openFixture('usdt.so'));

  it('name all probes with their sites', () => {
    expect(listing.problems).toEqual([]);
    const rows = listing.probes.map(({ provider, name, sites }) => `${provider}:${name} ${sites.length}`);
    expect(rows).toEqual(['shop:sold 1', 'shop:mixed 1', 'shop:sold_twice 2', 'shop:idle 1']);
  });

  it('lead to file offsets of code and semaphore', () => {
    const elf = openFixture('usdt.so');
    const [site] = probeNamed(listing.probes, 'sold').sites;
    expect(elf.codeAt(site!.address, 1)[0]).toBe(0x90);
    const semaphore = elf.symbolsNamed('shop_sold_semaphore')[0]!.address;
    const data = elf.segmentOfAddress(semaphore)!;
    expect(site!.semaphoreOffset).toBe(semaphore - data.address + data.fileOffset);
  });

  it('become one event for all sites', () => {
    const events = compileUsdtProbe(probeNamed(listing.probes, 'sold_twice'), ['arg0', 'name=arg1:string']);
    expect(events).toHaveLength(1);
    expect(events[0]!.sites.map(({ fetchArgs }) => fetchArgs.join(' '))).toEqual([
      'arg0=%di:s32 name=+0(%si):string',
      'arg0=%ax:s32 name=+0(%bx):string',
    ]);
    for (const { offsetText } of events[0]!.sites) expect(offsetText).toMatch(/^0x[0-9a-f]+\(0x[0-9a-f]+\)$/);
  });

  it('say which operand cannot be read', () => {
    const [event] = compileUsdtProbe(probeNamed(listing.probes, 'sold'));
    const [site] = event!.sites;
    expect(site!.fetchArgs).toEqual([
      ...['arg0=%ax:s32', 'arg1=%si:u64', 'arg3=%r8:s8', 'arg4=%r9:u16', 'arg5=+0(%dx):s32'],
    ]);
    expect(site!.fields[2]!.problem).toMatch(/^arg2 \(-8@\(%rdi,%rcx,8\)\) cannot be read: .*arg2_base=%di:x64/);
    expect(compileUsdtProbe(probeNamed(listing.probes, 'mixed'))[0]!.sites[0]!.fetchArgs).toEqual([
      ...['arg0=\\5:s32', 'arg1=\\-7:s32', 'arg2=%ax:x64'],
    ]);
    expect(compileUsdtProbe(probeNamed(listing.probes, 'idle'))[0]!.sites[0]!.fetchArgs).toEqual([]);
  });

  it.each([
    ['arg2', 'idle', /shop:idle has 0 arguments/],
    ['arg9', 'sold', /shop:sold has 6 arguments/],
    ['price', 'sold', /has no argument 'price'/],
    ['arg0->x', 'sold', /notes tell no types/],
    ['arg0:int', 'sold', /'int' is no type/],
  ])('refuse %s of %s', (word, name, why) => {
    expect(() => compileUsdtProbe(probeNamed(listing.probes, name), [word])).toThrow(why);
  });
});

/** A note with its three addresses and its texts. */
function note(location: number, base: number, semaphore: number, texts: string): Buffer {
  const content = Buffer.alloc(24);
  [location, base, semaphore].forEach((value, index) => {
    content.writeBigUInt64LE(BigInt(value), index * 8);
  });
  const desc = Buffer.concat([content, Buffer.from(texts)]);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(8, 0);
  head.writeUInt32LE(desc.length, 4);
  head.writeUInt32LE(3, 8);
  return Buffer.concat([head, Buffer.from('stapsdt\0'), desc, Buffer.alloc((4 - (desc.length % 4)) % 4)]);
}

function elfWithNotes(notes: readonly Buffer[], base?: number) {
  const sections = [{ name: '.note.stapsdt', type: 7, bytes: Uint8Array.from(Buffer.concat(notes)) }];
  const baseSection = base === undefined ? [] : [{ name: '.stapsdt.base', address: base, bytes: new Uint8Array(1) }];
  const symtab = [{ name: 'stock', address: dataAddress + 8, type: 1 }];
  return elfOf(buildElf({ sections: [...sections, ...baseSection], symtab }));
}

describe('listUsdtProbes', () => {
  it('moves locations and semaphores by the base', () => {
    const elf = elfWithNotes(
      [note(0x210, 0x7000, dataAddress - 0x1000, 'python\0function__entry\x008@%rbp 8@%r12 -4@%eax\0')],
      0x8000,
    );
    const { probes, problems } = listUsdtProbes(elf);
    expect(problems).toEqual([]);
    const [site] = probes[0]!.sites;
    expect(site).toMatchObject({ address: 0x1210, fileOffset: codeOffset + 0x10 });
    expect(site!.semaphoreOffset).toBe(codeOffset + 0x100);
    const [event] = compileUsdtProbe(probes[0]!);
    expect(event!.sites[0]!.fetchArgs).toEqual(['file=+0(%bp):string', 'function=+0(%r12):string', 'line=%ax:s32']);
    const [named] = compileUsdtProbe(probes[0]!, ['function', 'line:x32', 'f=arg0']);
    expect(named!.sites[0]!.fetchArgs).toEqual(['function=+0(%r12):string', 'line=%ax:x32', 'f=+0(%bp):string']);
  });

  it('keeps sites of different types in events of their own and fills what one site lacks', () => {
    const at = (location: number, operands: string) => note(location, 0, 0, `shop\0sold\0${operands}\0`);
    const sites = [at(0x1210, '-4@%eax'), at(0x1220, '8@%rax'), at(0x1230, '-4@(%rax,%rbx,4)'), at(0x1210, '-4@%eax')];
    const { probes } = listUsdtProbes(elfWithNotes(sites));
    const events = compileUsdtProbe(probes[0]!);
    expect(events.map((event) => event.sites.map(({ fetchArgs }) => fetchArgs.join()))).toEqual([
      ['arg0=%ax:s32', 'arg0=\\0:s32'],
      ['arg0=%ax:u64'],
    ]);
    expect(events[0]!.sites[1]!.fields[0]!.problem).toMatch(/0 is recorded at this site/);
  });

  it('says what is damaged', () => {
    const fine = note(0x1210, 0, 0, 'shop\0sold\0\0');
    const cases: readonly (readonly [Buffer[], RegExp])[] = [
      [[note(0x9999999, 0, 0, 'a\0b\0\0')], /a:b: its location 0x9999999 is not in the file's code/],
      [[note(dataAddress, 0, 0, 'a\0b\0\0')], /not in the file's code/],
      [[note(0x1210, 0, 0x1210, 'a\0b\0\0')], /semaphore at 0x1210 is not in the file's data/],
      [[note(0x1210, 0, 0, 'no end')], /too short/],
      [[fine.subarray(0, 30)], /longer than the section/],
    ];
    for (const [notes, problem] of cases) {
      const { probes, problems } = listUsdtProbes(elfWithNotes([fine, ...notes]));
      expect(problems.join()).toMatch(problem);
      expect(probes).toHaveLength(1);
    }
    expect(listUsdtProbes(elfOf(buildElf({})))).toEqual({ probes: [], problems: [] });
  });
});

function shown(text: string, machine: 'x86-64' | 'aarch64' | 'i386' | 'arm'): string {
  const operand = parseUsdtOperand(text, {
    machine,
    addressOf: (symbol) => (symbol === 'stock' ? 0x4000 : undefined),
    placeOfData: (address) => ({ kind: 'file', fileOffset: address - 0x1000, isDoubled: false }),
  });
  const value = valueAt(operand.place);
  const type = `${operand.isFloat ? 'f' : operand.isSigned ? 's' : 'u'}${operand.size * 8}`;
  return 'why' in value ? value.why : `${value.text}${value.bit > 0 ? `@${value.bit}` : ''}:${type}`;
}

describe('operands of x86-64', () => {
  it.each([
    ['-4@%edi', '%di:s32'],
    ['8@%rsi', '%si:u64'],
    ['1@%r8b', '%r8:u8'],
    ['-2@%r9w', '%r9:s16'],
    ['-4@%r15d', '%r15:s32'],
    ['1@%al', '%ax:u8'],
    ['1@%sil', '%si:u8'],
    ['1@%bpl', '%bp:u8'],
    ['1@%ah', '%ax@8:u8'],
    ['1@%dh', '%dx@8:u8'],
    ['%rdi', '%di:u64'],
    ['%edi', '%di:u32'],
    ['%cl', '%cx:u8'],
    ['8@-8(%rbp)', '-8(%bp):u64'],
    ['-4@(%rcx)', '+0(%cx):s32'],
    ['-4@112(%rsp)', '+112(%sp):s32'],
    ['8@0x10(%rax)', '+16(%ax):u64'],
    ['8@8+16(%rax)', '+24(%ax):u64'],
    ['8@(,%rax,1)', '+0(%ax):u64'],
    ['-4@$5', '\\5:s32'],
    ['-4@$-7', '\\-7:s32'],
    ['4@$0x10', '\\16:u32'],
    ['-4@stock(%rip)', '@+0x3000:s32'],
    ['8@24+stock(%rip)', '@+0x3018:u64'],
    ['-4@stock+40(%rip)', '@+0x3028:s32'],
    ['4@stock-2(%rip)', '@+0x2ffe:u32'],
    ['4@stock', '@+0x3000:u32'],
    ['4@0x4010', '@+0x3010:u32'],
    ['8f@%rdx', '%dx:f64'],
    ['8f@-32(%rbp)', '-32(%bp):f64'],
    ['-8@(%rcx,%rax,8)', 'its address is the sum of two registers or a product, and a fetch arg reads one'],
    ['-4@-4(%rbp,%rax,4)', 'its address is the sum of two registers or a product, and a fetch arg reads one'],
    ['-2@nums(%rax,%rax)', "the file does not tell where 'nums' is"],
    ['8@(,%rax,8)', 'its address is the sum of two registers or a product, and a fetch arg reads one'],
    ['8f@%xmm0', 'it is in a floating point or vector register'],
    ['8@%fs:40', 'it is thread-local, which probes cannot reach'],
    ['8@%fs:-8(%rax)', 'it is thread-local, which probes cannot reach'],
    ['-4@absent(%rip)', "the file does not tell where 'absent' is: its symbols were stripped"],
    ['4@%zz', "there is no register '%zz'"],
    ['16@%rax', 'its size of 16 bytes is none that a field has'],
    ['4@', 'it is empty'],
    ['4@$x', "'x' is no number"],
  ])('%s', (text, expected) => {
    expect(shown(text, 'x86-64')).toBe(expected);
  });

  it('are split at blanks outside of brackets', () => {
    const nowhere = { kind: 'nowhere', why: '' } as const;
    const context = {
      machine: 'aarch64',
      addressOf: () => undefined,
      placeOfData: () => nowhere,
    } as const;
    const words = parseUsdtOperands('8@x0  -4@[sp, 60] 8@[x1, x2]', context).map(({ text }) => text);
    expect(words).toEqual(['8@x0', '-4@[sp, 60]', '8@[x1, x2]']);
  });
});

describe('operands of other machines', () => {
  it.each([
    ['8@x0', '%x0:u64'],
    ['-4@w1', '%x1:s32'],
    ['-4@x30', '%x30:s32'],
    ['8@lr', '%x30:u64'],
    ['8@sp', '%sp:u64'],
    ['8@[sp, 60]', '+60(%sp):u64'],
    ['8@[sp,#-16]', '-16(%sp):u64'],
    ['-4@[x12]', '+0(%x12):s32'],
    ['8@[x31, 8]', '+8(%sp):u64'],
    ['4@5', '\\5:u32'],
    ['-4@-1', '\\-1:s32'],
    ['4@#7', '\\7:u32'],
    ['8@stock', '@+0x3000:u64'],
    ['8@[x0, x1]', 'its address is the sum of two registers, and a fetch arg reads one'],
    ['8@[x0, x1, lsl 3]', 'its address is the sum of two registers, and a fetch arg reads one'],
    ['8@[x0, foo!]', "the offset 'foo!' is not understood"],
    ['8f@d0', 'it is in a floating point or vector register'],
    ['8@x31', "the file does not tell where 'x31' is: its symbols were stripped"],
  ])('aarch64 %s', (text, expected) => {
    expect(shown(text, 'aarch64')).toBe(expected);
  });

  it('are taken on i386 and refused where they are not known', () => {
    expect(shown('%eax', 'i386')).toBe('%ax:u32');
    expect(shown('-4@8(%ebp)', 'i386')).toBe('+8(%bp):s32');
    expect(shown('4@r0', 'arm')).toBe('operands of arm are not known here');
  });
});
