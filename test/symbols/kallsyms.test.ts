import { describe, expect, it } from 'vitest';
import { parseKallsyms } from '../../src/symbols/kallsyms.ts';

const sample = `0000000000000000 A fixed_percpu_data
ffffffff81000000 T _text
ffffffff81000000 T _stext
ffffffff81000040 t helper
ffffffff81000100 T vfs_open
ffffffff81000100 T vfs_open_alias
ffffffff81000180 t $x
ffffffff81000200 D some_data
ffffffff82000000 B _end
ffffffffc0201000 t init_once\t[ext4]
ffffffffc0100000 t helper\t[nf_tables]
ffffffffc0100080 T nft_register\t[nf_tables]
`;

describe('parseKallsyms', () => {
  const symbols = parseKallsyms(sample);

  it('names the symbol an address lies in, with the offset', () => {
    expect(symbols.nameOf(0xffffffff81000100n)).toEqual({ name: 'vfs_open', offset: 0 });
    expect(symbols.nameOf(0xffffffff8100007fn)).toEqual({ name: 'helper', offset: 0x3f });
    expect(symbols.nameOfHalves(0xffffffff, 0x81000041)).toEqual({ name: 'helper', offset: 1 });
  });

  it('takes the first of several names at one place, as the kernel does', () => {
    expect(symbols.nameOf(0xffffffff81000010n)).toEqual({ name: '_text', offset: 0x10 });
  });

  it('sorts the modules and tells which one it is', () => {
    expect(symbols.nameOf(0xffffffffc0100004n)).toEqual({ name: 'helper', module: 'nf_tables', offset: 4 });
    expect(symbols.nameOf(0xffffffffc0100084n)).toEqual({ name: 'nft_register', module: 'nf_tables', offset: 4 });
    expect(symbols.nameOf(0xffffffffc0201000n)).toEqual({ name: 'init_once', module: 'ext4', offset: 0 });
  });

  it("sorts what lies among the kernel's own symbols, too, and keeps the order of names at one place", () => {
    const late = parseKallsyms(
      `ffffffff81000000 T a\nffffffff81000100 T b\nffffffff81000200 T c\nffffffff81000100 t d\t[m]\n` +
        `7fffffff81000000 t e\t[m]\nffffffff81000180 t f\t[m]\nffffffff81000100 t g\t[m]\nffffffff91000000 t h\t[m]\n`,
    );
    expect([...late.names()].join('')).toBe('eabdgfch');
  });

  it('sorts thousands of modules as a comparison does', () => {
    const core = Array.from({ length: 3000 }, (_, index) => 0xffffffff81000000n + BigInt(index) * 16n);
    const rest = Array.from(
      { length: 5000 },
      (_, index) => 0xfffffffec0000000n + ((BigInt(index) * 0x9e3779b97f4an) % (1n << 32n)),
    );
    const all = [...core, ...rest].map((address, index) => ({ address, name: `s${index}` }));
    const parsed = parseKallsyms(all.map(({ address, name }) => `${address.toString(16)} t ${name}\n`).join(''));
    const expected = all.toSorted((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
    expect([...parsed.names()]).toEqual(expected.map(({ name }) => name));
  });

  it('gives no name outside the kernel', () => {
    expect(symbols.nameOf(0x7f0000001234n)).toBeUndefined();
    expect(symbols.nameOf(0xffffffff80ffffffn)).toBeUndefined();
    expect(symbols.nameOf(0xfffffffff0000000n)).toBeUndefined();
  });

  it('leaves out absolute symbols and marks for disassemblers', () => {
    expect([...symbols.names()]).not.toContain('$x');
    expect(symbols.addressesOf('fixed_percpu_data')).toEqual([]);
    expect(symbols.count).toBe(10);
  });

  it('finds every place of a name', () => {
    expect(symbols.addressesOf('helper')).toEqual([
      { address: 0xffffffff81000040n, type: 't' },
      { address: 0xffffffffc0100000n, module: 'nf_tables', type: 't' },
    ]);
    expect(symbols.addressesOf('vfs_open')).toHaveLength(1);
    expect(symbols.addressesOf('vfs_ope')).toEqual([]);
    expect(symbols.addressesOf('')).toEqual([]);
  });

  it('answers the same again from its cache, also for colliding addresses', () => {
    for (let round = 0; round < 3; round += 1) {
      expect(symbols.nameOf(0xffffffff81000101n)?.name).toBe('vfs_open');
      expect(symbols.nameOf(0x0000000081000101n)).toBeUndefined();
    }
  });

  it('reads 32-bit kernels and bytes, and a last line without its end', () => {
    const small = parseKallsyms(Buffer.from('c0008000 T stext\nc0008100 t do_one_initcall'));
    expect(small.nameOf(0xc0008104n)).toEqual({ name: 'do_one_initcall', offset: 4 });
    expect(small.addressesOf('do_one_initcall')[0]?.address).toBe(0xc0008100n);
  });

  it('says when addresses are hidden, and names nothing then', () => {
    const hidden = parseKallsyms('0000000000000000 T _text\n0000000000000000 t init_once\t[ext4]\n');
    expect(hidden.hidden).toBe(true);
    expect(hidden.nameOf(0xffffffff81000000n)).toBeUndefined();
    expect(hidden.addressesOf('init_once')).toEqual([{ address: 0n, module: 'ext4', type: 't' }]);
    expect(symbols.hidden).toBe(false);
    expect(parseKallsyms('').hidden).toBe(false);
  });

  it('leaves out lines that are none', () => {
    expect(parseKallsyms('\n\ngarbage\n12 \nffffffff81000000 T ok\nffffffff').count).toBe(1);
  });

  it('agrees with a plain search over a large unsorted table', () => {
    const rows = Array.from({ length: 5000 }, (_, index) => {
      const address = 0xffffffff81000000n + BigInt((index * 7919) % 5000) * 0x40n;
      return `${address.toString(16)} t f${index}`;
    });
    const large = parseKallsyms(`${rows.join('\n')}\n`);
    for (let index = 0; index < 5000; index += 37) {
      const address = large.addressesOf(`f${index}`)[0]!.address;
      expect(large.nameOf(address + 0x3fn)).toEqual({ name: `f${index}`, offset: 0x3f });
    }
  });
});
