/** BTF built by hand: kinds, split BTF, both byte orders, damage. */
import { describe, expect, it } from 'vitest';
import { readThreadMs } from '../../../src/base/thread-time.ts';
import { parseBtf } from '../../../src/symbols/btf/btf-types.ts';
import { kernelProbeScope } from '../../../src/symbols/btf/kernel-fetch-arg.ts';
import { compileFetchArg } from '../../../src/symbols/c-types/fetch-arg.ts';
import { findMember, listMemberNames } from '../../../src/symbols/c-types/member-path.ts';
import { describePrototype, describeType, describeVariable } from '../../../src/symbols/c-types/type-text.ts';
import { BtfBuilder, buildKernelLikeBtf } from './btf-builder.ts';

describe('parseBtf', () => {
  for (const bigEndian of [false, true]) {
    it(`finds functions with their prototypes, ${bigEndian ? 'big' : 'little'} endian`, () => {
      const btf = parseBtf(buildKernelLikeBtf().build(bigEndian));
      expect(btf.problems).toEqual([]);
      expect(btf.littleEndian).toBe(!bigEndian);
      expect(describePrototype(btf, btf.findFunction('do_sys_openat2')!)).toBe(
        'long int do_sys_openat2(int dfd, const char* filename, struct open_how* how)',
      );
      expect(describePrototype(btf, btf.findFunction('close_all')!)).toBe('void close_all(void)');
      expect(btf.findFunction('close')).toBeUndefined();
      expect(btf.findFunction('')).toBeUndefined();
    });
  }

  it('reads bytes that are not aligned to words', () => {
    const bytes = buildKernelLikeBtf().build();
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(parseBtf(shifted.subarray(1)).findFunction('handle')?.parameters).toHaveLength(8);
  });

  it('lists the functions of a section', () => {
    const btf = parseBtf(buildKernelLikeBtf().build());
    expect([...btf.functionNames()]).toEqual(['handle', 'do_sys_openat2', 'close_all']);
    expect([...btf.functions()].map(({ name, parameters }) => `${name} ${parameters.length}`)).toEqual([
      'handle 8',
      'do_sys_openat2 3',
      'close_all 0',
    ]);
  });

  it('goes on where the base ends', () => {
    const base = buildKernelLikeBtf();
    const vmlinux = parseBtf(base.build());
    const module = new BtfBuilder(base);
    const request = vmlinux.findStruct('request')!;
    const own = module.struct('own', 16, [{ name: 'req', type: module.pointer(request), bit: 64 }]);
    module.function('queue_own', 1, [['own', module.pointer(own)]]);
    const btf = parseBtf(module.build(), vmlinux);
    expect(describePrototype(btf, btf.findFunction('queue_own')!)).toBe('int queue_own(struct own* own)');
    expect(describePrototype(btf, btf.findFunction('close_all')!)).toBe('void close_all(void)');
    expect(describeType(btf, btf.findStruct('request')!)).toBe('struct request');
    expect([...btf.functionNames()]).toEqual(['queue_own']);
    expect(vmlinux.findFunction('queue_own')).toBeUndefined();
  });

  it('knows every kind', () => {
    const builder = new BtfBuilder();
    const int = builder.int('int', 4);
    const float = builder.add(16, 'double', 8);
    const big = builder.enum64('big', [['HUGE', -3n]], true);
    const variable = builder.add(14, 'counter', int, [1]);
    builder.add(15, '.data', 4, [variable, 0, 4], 1);
    builder.add(17, 'noted', int, [0xffffffff]);
    const restricted = builder.add(11, '', builder.pointer(builder.volatile(int)));
    const tagged = builder.pointer(builder.tag('percpu', int));
    const callback = builder.pointer(builder.prototype(0, [['data', restricted]], true));
    const table = builder.pointer(builder.array(callback, 3));
    const union = builder.forward('later', true);
    const btf = parseBtf(builder.build());
    expect(btf.problems).toEqual([]);
    expect(btf.type(float)).toEqual({ kind: 'float', name: 'double', size: 8 });
    expect(btf.enumerators(big)).toEqual([{ name: 'HUGE', value: -3n }]);
    expect(btf.type(variable).kind).toBe('unknown');
    expect(describeVariable(btf, restricted, 'p')).toBe('volatile int* restrict p');
    expect(describeVariable(btf, tagged, 'p')).toBe('int* p');
    expect(describeVariable(btf, callback, 'run')).toBe('void (*run)(volatile int* restrict data, ...)');
    expect(describeVariable(btf, table, 'all')).toBe('void (*(*all)[3])(volatile int* restrict data, ...)');
    expect(describeVariable(btf, union, 'x')).toBe('union later x');
  });

  it('reads the bit fields of older compilers', () => {
    const builder = new BtfBuilder();
    const three = builder.int('unsigned int', 4, 'unsigned', 3);
    const old = builder.struct('old', 4, [{ name: 'low', type: three, bit: 5 }]);
    expect(parseBtf(builder.build()).members(old)).toEqual([{ name: 'low', type: three, bitOffset: 5, bitSize: 3 }]);
  });

  it('says what is cut off or unknown and keeps what is in front of it', () => {
    const builder = buildKernelLikeBtf();
    builder.add(25, 'new kind', 0);
    builder.function('after', 0, []);
    const btf = parseBtf(builder.build());
    expect(btf.problems.join()).toMatch(/the next is of kind 25/);
    expect(btf.findFunction('handle')).toBeDefined();
    expect(btf.findFunction('after')).toBeUndefined();
    const cut = builder.build().subarray(0, 900);
    expect(parseBtf(cut).problems.join()).toMatch(/cut off/);
  });

  it('refuses what is no BTF', () => {
    for (const bytes of [new Uint8Array(0), Buffer.alloc(100), Buffer.from('\x7fELF and so on and so on')]) {
      expect(() => parseBtf(bytes)).toThrow(/does not start as BTF does/);
    }
  });

  it('ends chains of types that never end', () => {
    const builder = new BtfBuilder();
    builder.typedef('a', 2);
    builder.typedef('b', 1);
    const self = builder.struct('', 8, [{ name: '', type: 3, bit: 0 }]);
    builder.pointer(5);
    builder.pointer(4);
    const btf = parseBtf(builder.build());
    expect(describeType(btf, 4).length).toBeLessThan(100);
    expect(describeType(btf, 1)).toBe('a');
    expect(btf.members(self)).toHaveLength(1);
  });

  it('refuses values whose types never end', () => {
    const builder = new BtfBuilder();
    builder.array(1, 2);
    const loop = builder.struct('loop', 8, [{ name: 'next', type: 3, bit: 0 }]);
    builder.pointer(loop);
    builder.function('f', 0, [
      ['all', 1],
      ['loop', 3],
    ]);
    const types = parseBtf(builder.build());
    const offered = new Set(['array', 'x64']);
    const place = { types, prototype: types.findFunction('f')!, isReturn: false, offered, machine: 'x86-64' } as const;
    const compile = (word: string) => compileFetchArg(word, kernelProbeScope({ ...place, form: 'register' })).value;
    expect(() => compile('all')).toThrow(/never ends|cannot|size/);
    expect(compile(`loop${'->next'.repeat(12)}`).split('(')).toHaveLength(13);
    expect(() => compile(`loop${'->next'.repeat(13)}`)).toThrow(/more than 12 pointers/);
  });

  it('takes bounded time for types that hold themselves many times', () => {
    const builder = new BtfBuilder();
    const callback = builder.pointer(2);
    builder.prototype(
      callback,
      Array.from({ length: 60 }, (_, index) => [`p${index}`, callback] as const),
    );
    const anonymous = { name: '', type: 3, bit: 0 };
    builder.struct('nest', 8, [...Array.from({ length: 60 }, () => anonymous), { name: 'x', type: callback, bit: 0 }]);
    const btf = parseBtf(builder.build());
    const start = readThreadMs();
    expect(describeType(btf, callback).length).toBeLessThan(100_000);
    expect(findMember(btf, 3, 'x')?.bitOffset).toBe(0);
    expect(findMember(btf, 3, 'absent')).toBeUndefined();
    expect(listMemberNames(btf, 3).length).toBeLessThan(20_000);
    expect(readThreadMs() - start).toBeLessThan(1000);
  });

  it('finds one prototype among 120,000 types in less than 150 ms of processor time', () => {
    const builder = new BtfBuilder();
    const int = builder.int('int', 4);
    for (let index = 0; index < 30_000; index += 1) {
      const own = builder.struct(`structure_number_${index}`, 16, [
        { name: `first_member_${index}`, type: int, bit: 0 },
        { name: 'second', type: int, bit: 32 },
      ]);
      builder.function(`function_with_number_${index}`, int, [['own', builder.pointer(own)]]);
    }
    const bytes = builder.build();
    expect(bytes.length).toBeGreaterThan(4_000_000);
    const start = process.cpuUsage();
    const btf = parseBtf(bytes);
    expect(describePrototype(btf, btf.findFunction('function_with_number_29999')!)).toBe(
      'int function_with_number_29999(struct structure_number_29999* own)',
    );
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(150);
  });
});
