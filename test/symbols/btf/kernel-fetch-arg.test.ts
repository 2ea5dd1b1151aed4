/** Arguments by name compiled to fetch args for kprobes, and every way in which a word can be wrong. */
import { describe, expect, it } from 'vitest';
import { parseFetchArgSupport } from '../../../src/control/fetch-arg.ts';
import { parseBtf } from '../../../src/symbols/btf/btf-types.ts';
import {
  type KernelProbePlace,
  kernelProbeScope,
  listScopeVariables,
} from '../../../src/symbols/btf/kernel-fetch-arg.ts';
import { compileFetchArg, compileFetchArgs, type ProbeScope } from '../../../src/symbols/c-types/fetch-arg.ts';
import { FetchWordError } from '../../../src/symbols/c-types/fetch-word.ts';
import { buildKernelLikeBtf } from './btf-builder.ts';

const types = parseBtf(buildKernelLikeBtf().build());
const offered = new Set([...parseFetchArgSupport('').types, 'ustring', 'symbol', 'array']);

function placeIn(name: string, rest: Partial<KernelProbePlace> = {}): KernelProbePlace {
  const prototype = types.findFunction(name)!;
  return { types, prototype, isReturn: false, offered, machine: 'x86-64', form: 'register', ...rest };
}

function scopeOf(name: string, rest?: Partial<KernelProbePlace>): ProbeScope {
  return kernelProbeScope(placeIn(name, rest));
}

function compile(word: string, rest: Partial<KernelProbePlace> = {}, name = 'handle'): string {
  return compileFetchArg(word, scopeOf(name, rest)).text;
}

describe('compileFetchArg', () => {
  it.each([
    ['count', 'count=%dx:u64'],
    ['mode', 'mode=%r9:s32'],
    ['seventh', 'seventh=+8(%sp):s32'],
    ['eighth', 'eighth=+16(%sp):s64'],
    ['req', 'req=%di:x64'],
    ['name', 'name=+0(%si):string'],
    ['name:x64', 'name=%si:x64'],
    ['name:ustring', 'name=+0(%si):ustring'],
    ['user', 'user=+0(%cx):ustring'],
    ['user:string', 'user=+0(%cx):ustring'],
    ['buf', 'buf=%r8:x64'],
    ['buf:string', 'buf=+0(%r8):string'],
    ['buf:u8[16]', 'buf=+0(%r8):u8[16]'],
    ['user:x8[4]', 'user=+u0(%cx):x8[4]'],
    ['user[2]', 'user_2=+u2(%cx):s8'],
    ['req->flags', 'flags=+0(%di):u32'],
    ['f=req->flags:x32', 'f=+0(%di):x32'],
    ['req->low', 'low=+4(%di):b3@0/8'],
    ['req->wide', 'wide=+4(%di):b9@3/16'],
    ['req->__data_len', '__data_len=+8(%di):u32'],
    ['req->comm', 'comm=+16(%di):string'],
    ['req->comm:x8[16]', 'comm=+16(%di):x8[16]'],
    ['req->comm[3]', 'comm_3=+19(%di):s8'],
    ['req->sectors', 'sectors=+32(%di):u64[4]'],
    ['req->sectors[2]', 'sectors_2=+48(%di):u64'],
    ['req->sectors[0x3]', 'sectors_3=+56(%di):u64'],
    ['req->handler', 'handler=+64(%di):symbol'],
    ['req->mode', 'mode=+80(%di):s32'],
    ['req->done', 'done=+84(%di):u8'],
    ['req->file->f_uid', 'f_uid=+40(+72(%di)):u32'],
    ['req->file->f_path.dentry->d_name.name:string', 'name=+0(+40(+24(+72(%di)))):string'],
    ['req->file->f_path.dentry->d_name.len', 'len=+36(+24(+72(%di))):u32'],
    ['req->file->f_path.dentry->d_name.hash_len', 'hash_len=+32(+24(+72(%di))):u64'],
    ['req->parts[1].d_flags', 'd_flags=+280(%di):u32'],
    ['req[2].flags', 'flags=+320(%di):u32'],
    ['req->tail[1]', 'tail_1=+168(%di):u64'],
    ['$arg1->flags', 'flags=+0(%di):u32'],
    ['$arg2', 'arg2=+0(%si):string'],
    ['$comm', 'comm=$comm:string'],
  ])('%s is %s', (word, expected) => {
    expect(compile(word)).toBe(expected);
  });

  it('numbers the arguments where the kernel takes that', () => {
    const form = { form: 'numbered' } as const;
    expect(compile('req->file->f_uid', form)).toBe('f_uid=+40(+72($arg1)):u32');
    expect(compile('mode', form)).toBe('mode=$arg6:s32');
    expect(compile('seventh', form)).toBe('seventh=+8(%sp):s32');
  });

  it('uses the registers of aarch64', () => {
    const machine = { machine: 'aarch64' } as const;
    expect(compile('req->flags', machine)).toBe('flags=+0(%x0):u32');
    expect(compile('eighth', machine)).toBe('eighth=%x7:s64');
  });

  it('knows user pointers by the names of functions', () => {
    expect(compile('filename:string', {}, 'do_sys_openat2')).toBe('filename=+0(%si):ustring');
    expect(compile('filename', {}, 'do_sys_openat2')).toBe('filename=+0(%si):ustring');
    expect(compile('how->flags', {}, 'do_sys_openat2')).toBe('flags=+0(%dx):u64');
  });

  it('does without what an older kernel lacks', () => {
    const old = { offered: parseFetchArgSupport('').types };
    expect(compile('user', old)).toBe('user=+0(%cx):string');
    expect(compile('req->handler', old)).toBe('handler=+64(%di):x64');
    expect(() => compile('req->sectors', old)).toThrow(/records no arrays/);
  });

  it('types the return value', () => {
    const isReturn = { isReturn: true };
    const compiled = compileFetchArg('$retval', scopeOf('handle', isReturn));
    expect(compiled).toMatchObject({ text: 'ret=$retval:s64', shownAs: 'signed', mayBeErrno: true });
    expect(() => compile('$retval', isReturn, 'close_all')).toThrow(/returns nothing/);
  });

  it('tells the sign of bit fields and the steps of a path', () => {
    expect(compileFetchArg('req->wide', scopeOf('handle'))).toMatchObject({ signBits: 9, shownAs: 'signed' });
    expect(compileFetchArg('req->low', scopeOf('handle'))).toMatchObject({ signBits: undefined });
    const { steps, declaration } = compileFetchArg('req->file->f_path.dentry', scopeOf('handle'));
    expect(declaration).toBe('struct dentry* dentry');
    expect(steps.map(({ text, offset, isDereference, size }) => ({ text, offset, isDereference, size }))).toEqual([
      { text: '->file', offset: 72, isDereference: true, size: 8 },
      { text: '->f_path', offset: 16, isDereference: true, size: 16 },
      { text: '.dentry', offset: 8, isDereference: false, size: 8 },
    ]);
  });

  it('makes names unique and passes on what is in the kernel’s syntax', () => {
    const words = ['req->flags', 'req->flags', 'x=+0(%si):string', 'flags_2=count'];
    const compiled = compileFetchArgs(words, scopeOf('handle'));
    expect(compiled.map((it) => (typeof it === 'string' ? it : it.text))).toEqual([
      'flags=+0(%di):u32',
      'flags_2=+0(%di):u32',
      'x=+0(%si):string',
      'flags_2_2=%dx:u64',
    ]);
    expect(compileFetchArgs(['$params'], scopeOf('do_sys_openat2'))).toHaveLength(3);
    expect(() => compileFetchArgs(['$params'], scopeOf('handle', { isReturn: true }))).toThrow(/is gone/);
  });

  it('lists what can be recorded', () => {
    expect(listScopeVariables(kernelProbeScope(placeIn('do_sys_openat2')))).toEqual([
      { name: 'dfd', declaration: 'int dfd', fetchArg: 'dfd=%di:s32', why: undefined },
      { name: 'filename', declaration: 'const char* filename', fetchArg: 'filename=+0(%si):ustring', why: undefined },
      { name: 'how', declaration: 'struct open_how* how', fetchArg: 'how=%dx:x64', why: undefined },
    ]);
  });
});

/** word, position of the mistake, the reason, the remedy */
const malformed: readonly (readonly [string, number, RegExp, RegExp])[] = [
  ['', 0, /empty/, /ARGUMENT/],
  [' req', 0, /blanks/, /own word/],
  ['req ', 3, /blanks/, /own word/],
  ['req->flags name', 10, /blanks/, /own word/],
  ['=req', 0, /name in front/, /NAME=/],
  ['1x=req', 0, /no name for a field/, /letters/],
  ['a-b=req', 1, /no name for a field/, /letters/],
  ['a.b=req', 1, /no name for a field/, /letters/],
  ['größe=req', 2, /no name for a field/, /letters/],
  [`${'n'.repeat(32)}=req`, 31, /too long/, /31/],
  ['x=', 2, /argument itself is missing/, /ARGUMENT/],
  ['x=:u8', 2, /argument itself is missing/, /ARGUMENT/],
  [':string', 0, /argument itself is missing/, /ARGUMENT/],
  ['*req', 0, /'\*' is not offered/, /->member/],
  ['&req', 0, /'&' is not offered/, /->member/],
  ['5', 0, /start with a digit/, /ARGUMENT/],
  ['0x10', 0, /start with a digit/, /ARGUMENT/],
  ['->flags', 0, /in front of '->'/, /ARGUMENT/],
  ['.flags', 0, /cannot start with '\.'/, /ARGUMENT/],
  ['[0]', 0, /cannot start with '\['/, /ARGUMENT/],
  ['(req)->flags', 0, /cannot start with '\('/, /ARGUMENT/],
  ['"req"', 0, /cannot start with '"'/, /ARGUMENT/],
  ['$', 0, /no such variable/, /\$retval/],
  ['$ret', 0, /no such variable/, /\$retval/],
  ['$retvals', 0, /no such variable/, /\$retval/],
  ['$arg', 0, /no such variable/, /\$argN/],
  ['$argx', 0, /no such variable/, /\$argN/],
  ['$arg0', 0, /has 8 arguments/, /numbered from \$arg1/],
  ['$arg9', 0, /has 8 arguments/, /numbered from \$arg1/],
  ['$retval', 0, /where the function returns/, /%return/],
  ['$stack3', 0, /no type that is known/, /\+0\(\$stack3\)/],
  ['$comm->x', 7, /has no members/, /\$comm alone/],
  ['$comm:u32', 6, /is a string/, /\$comm/],
  ['reqq', 0, /has no argument 'reqq'/, /did you mean req/],
  ['zzz', 0, /has no argument 'zzz'/, /it has req, name/],
  ['req->', 5, /member's name is missing behind '->'/, /ARGUMENT/],
  ['req->5', 5, /member's name is missing/, /ARGUMENT/],
  ['req->flags.', 11, /member's name is missing behind '\.'/, /ARGUMENT/],
  ['req-flags', 3, /lone '-'/, /'->'/],
  ['req-', 3, /lone '-'/, /'->'/],
  ['req>flags', 3, /'>' is not expected/, /ARGUMENT/],
  ['req+8', 3, /sums are not offered/, /pointer\[N\]/],
  ['req()', 3, /not called/, /variable/],
  ['req]', 3, /no '\['/, /ARGUMENT/],
  ['req@file.c', 3, /places in files/, /function/],
  ['req,name', 3, /',' is not expected/, /ARGUMENT/],
  ['req[', 3, /'\]' of this '\[' is missing/, /NUMBER/],
  ['req[]', 4, /number of the element is missing/, /NUMBER/],
  ['req[-1]', 4, /'-1' is no number/, /fixed elements/],
  ['req[i]', 4, /'i' is no number/, /fixed elements/],
  ['req[1.5]', 4, /'1.5' is no number/, /fixed elements/],
  ['req[4294967296]', 4, /too large/, /from 0/],
  ['req[2147483647]', 3, /too far away/, /smaller/],
  ['count[0]', 5, /neither array nor pointer/, /leave \[/],
  ['req->sectors[4]', 12, /has 4 elements/, /\[3\]/],
  ['req->handler[0]', 12, /size of an element/, /\+OFFSET/],
  ['req.flags', 4, /has no members, it is struct request\*/, /write req->flags/],
  ['req->file.f_uid', 10, /has no members/, /write req->file->f_uid/],
  ['count->x', 5, /is no pointer/, /end the argument/],
  ['req->file->f_path->dentry', 17, /is no pointer/, /f_path\.dentry/],
  ['name->x', 6, /has no members/, /end the argument/],
  ['req->flag', 5, /has no 'flag'/, /did you mean flags/],
  ['req->zzzzzz', 5, /has no 'zzzzzz'/, /it has flags, low/],
  ['req->absent->x', 13, /members of struct absent/, /\+OFFSET/],
  ['req->parts', 5, /struct dentry is not one value/, /name a member: d_flags/],
  ['req->tail', 5, /length of the array is not known/, /req->tail\[0\]/],
  ['req[0]', 3, /not one value/, /name a member/],
  ['req:', 4, /type behind ':' is missing/, /s8/],
  ['req:int', 4, /'int' is no type/, /s8\.\.s64/],
  ['req:u7', 4, /'u7' is no type/, /u8/],
  ['req:U8', 4, /'U8' is no type/, /u8/],
  ['req:string:string', 4, /is no type/, /string/],
  ['req:u8[', 6, /no array size/, /TYPE\[N\]/],
  ['req:u8[0]', 6, /0 elements/, /1 to 64/],
  ['req:u8[65]', 6, /65 elements/, /1 to 64/],
  ['req:u8[x]', 6, /no array size/, /TYPE\[N\]/],
  ['count:u8[4]', 0, /must be in memory/, /size out/],
  ['name:string[2]', 5, /arrays of strings/, /argv\[0\]/],
  ['req:b0@0/32', 4, /no bits/, /WIDTH/],
  ['req:b8@60/64', 4, /outside of their container/, /WIDTH/],
  ['req:b8@0/24', 4, /is no type/, /bWIDTH/],
  ['req:char', 4, /offers no type 'char'/, /it has s8/],
  ['req:symstr', 4, /offers no type 'symstr'/, /it has s8/],
  ['mode:string', 5, /enum mode is no string/, /leave the type out/],
  ['req->low:string', 9, /bit field is no string/, /leave the type out/],
  ['req->done:string', 10, /is no string/, /char\*/],
  ['req:string', 4, /points to struct request, not to text/, /req->comm:string/],
  [`req${'->file'.repeat(33)}`, 195, /path is too long/, /32/],
  ['x'.repeat(1025), 1024, /too long/, /shorten/],
];

describe('malformed arguments', () => {
  it('are at least 60', () => {
    expect(new Set(malformed.map(([word]) => word)).size).toBeGreaterThanOrEqual(60);
  });

  it.each(malformed.map((row) => [row[0].slice(0, 40), ...row] as const))('%s', (_, word, position, why, remedy) => {
    const error = errorOf(() => compile(word));
    expect(error).toBeInstanceOf(FetchWordError);
    expect(error?.why).toMatch(why);
    expect(error?.remedy).toMatch(remedy);
    expect(error?.position).toBe(position);
    expect(error?.why.split('\n').at(-1)?.indexOf('^')).toBe(position + 2);
  });

  it('are told from arguments that are gone at the return', () => {
    expect(() => compile('req', { isReturn: true })).toThrow(/'req' is gone when the function returns/);
    expect(() => compile('$arg1', { isReturn: true })).toThrow(/is gone when the function returns/);
  });
});

function errorOf(run: () => unknown): FetchWordError | undefined {
  try {
    run();
  } catch (error) {
    return error as FetchWordError;
  }
  return undefined;
}

describe('arguments at the return', () => {
  const kept = { isReturn: true, form: 'numbered', keepsArguments: true } as const;

  it('are those of the entry where the kernel keeps them', () => {
    expect(compile('count', kept)).toBe('count=$arg3:u64');
    expect(compile('name', kept)).toBe('name=+0($arg2):string');
    expect(compileFetchArgs(['$arg1'], scopeOf('handle', kept))[0]).toMatchObject({ value: '$arg1' });
  });

  it('are gone where they were on the stack, and on other kernels', () => {
    expect(() => compile('seventh', kept)).toThrow(/on the stack, which is gone at the return/);
    expect(() => compile('count', { isReturn: true })).toThrow(/is gone when the function returns/);
  });

  it('come by $params without those of the stack', () => {
    const texts = compileFetchArgs(['$params'], scopeOf('handle', kept)).map((it) =>
      typeof it === 'string' ? it : it.text,
    );
    expect(texts.length).toBeGreaterThan(3);
    for (const text of texts) expect(text).toContain('$arg');
  });
});
