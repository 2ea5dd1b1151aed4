/** Well-known functions without debug information, and kernel functions that are not there. */
import { describe, expect, it } from 'vitest';
import { parseFetchArgSupport } from '../../src/control/fetch-arg.ts';
import { explainMissingFunction } from '../../src/symbols/btf/missing-function.ts';
import { compileFetchArg } from '../../src/symbols/c-types/fetch-arg.ts';
import { describeVariable } from '../../src/symbols/c-types/type-text.ts';
import { knownProbeScope } from '../../src/symbols/known-prototypes.ts';

const offered = new Set([...parseFetchArgSupport('').types, 'array']);

function compile(symbol: string, word: string, isReturn = false, machine: 'x86-64' | 'i386' | 'aarch64' = 'x86-64') {
  return compileFetchArg(word, knownProbeScope({ symbol, machine, isReturn, offered })!).text;
}

describe('knownProbeScope', () => {
  it.each([
    ['getenv', 'name', 'name=+0(%di):string'],
    ['open', 'pathname', 'pathname=+0(%di):string'],
    ['open', 'flags:x32', 'flags=%si:x32'],
    ['open@@GLIBC_2.2.5', 'mode', 'mode=%dx:u32'],
    ['malloc', 'size', 'size=%di:u64'],
    ['__libc_malloc', 'size', 'size=%di:u64'],
    ['SSL_write', 'buf:string', 'buf=+0(%si):string'],
    ['SSL_write', 'buf', 'buf=%si:x64'],
    ['write', 'buf:u8[16]', 'buf=+0(%si):u8[16]'],
    ['mmap', 'offset', 'offset=%r9:s64'],
    ['readline', 'prompt', 'prompt=+0(%di):string'],
  ])('%s %s', (symbol, word, expected) => {
    expect(compile(symbol, word)).toBe(expected);
  });

  it('types return values and other machines', () => {
    expect(compile('readline', '$retval:string', true)).toBe('ret=+0($retval):string');
    expect(compile('open', '$retval', true)).toBe('ret=$retval:s32');
    expect(compile('malloc', 'size', false, 'i386')).toBe('size=+4(%sp):u32');
    expect(compile('getenv', 'name', false, 'aarch64')).toBe('name=+0(%x0):string');
  });

  it('declares what it knows and nothing else', () => {
    const scope = knownProbeScope({ symbol: 'fopen', machine: 'x86-64', isReturn: true, offered })!;
    expect(describeVariable(scope.types, scope.returns, 'ret')).toBe('struct FILE* ret');
    const thread = knownProbeScope({ symbol: 'pthread_join', machine: 'x86-64', isReturn: false, offered })!;
    expect(describeVariable(thread.types, thread.variables[0]!.type, 'thread')).toBe('unsigned long thread');
    for (const symbol of ['absent', '', 'constructor', 'toString']) {
      expect(knownProbeScope({ symbol, machine: 'x86-64', isReturn: false, offered })).toBeUndefined();
    }
    expect(() => compile('getenv', 'nam')).toThrow(/getenv has no argument 'nam'/);
  });
});

describe('explainMissingFunction', () => {
  const known = {
    hasBtf: true,
    hasPrototype: true,
    symbols: ['vfs_read'],
    candidates: () => ['vfs_read', 'vfs_write'],
  };

  it('has nothing to say about what is there', () => {
    expect(explainMissingFunction('vfs_read', known)).toBeUndefined();
  });

  it.each([
    ['no BTF', { ...known, hasBtf: false, hasPrototype: false }, /no type information/, /%di/],
    ['no prototype', { ...known, hasPrototype: false }, /no prototype of vfs_read/, /%di/],
    ['inlined', { ...known, symbols: [] }, /inlined/, /caller/],
    ['isra', { ...known, symbols: ['vfs_read.isra.0'] }, /exists only as vfs_read\.isra\.0: .*arguments/, /\.isra\.0/],
    ['part', { ...known, symbols: ['vfs_read.part.3'] }, /only a part/, /vfs_read\.part\.3/],
    ['constprop', { ...known, symbols: ['vfs_read.constprop.0'] }, /constant/, /constprop/],
    ['some copy', { ...known, symbols: ['vfs_read.cfi_jt'] }, /made a copy/, /cfi_jt/],
    ['unknown', { ...known, hasPrototype: false, symbols: [] }, /has no function/, /did you mean vfs_read/],
  ] as const)('explains: %s', (_, knowledge, why, remedy) => {
    const explained = explainMissingFunction('vfs_read', knowledge);
    expect(explained?.why).toMatch(why);
    expect(explained?.remedy).toMatch(remedy);
  });
});
