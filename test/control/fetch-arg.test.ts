/** Fetch args: what passes, and where exactly the caret stands under what does not, by each kernel's own README. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { type FetchArgContext, parseFetchArg, parseFetchArgSupport } from '../../src/control/fetch-arg.ts';
import type { FixtureVersion } from '../simulated/fixtures.ts';
import { errorFrom, root, setUp, versions } from './tracefs-setup.ts';

function contextOf(version: FixtureVersion, probe: 'kprobe' | 'uprobe' = 'kprobe', isReturn = false): FetchArgContext {
  return { probe, isReturn, ...parseFetchArgSupport(setUp(version).kernel.readText(`${root}/README`)) };
}

describe('parseFetchArgSupport', () => {
  it.each([
    ['5.10', 'symbol ustring array', true, false],
    ['6.1', 'symbol ustring symstr array', true, false],
    ['6.12', 'char symbol symstr ustring %pd %pD array', true, true],
    ['6.18', 'char symbol symstr ustring %pd %pD array', true, false],
    ['7.2', 'char symbol symstr ustring %pd %pD array', true, true],
  ] as const)('reads the README of %s', (version, extra, numbered, named) => {
    const { types, numberedArguments, namedArguments } = contextOf(version);
    const basic = ['s8', 's16', 's32', 's64', 'u8', 'u16', 'u32', 'u64', 'x8', 'x16', 'x32', 'x64', 'string'];
    expect([...types].filter((type) => !basic.includes(type)).sort()).toEqual(extra.split(' ').sort());
    expect({ numberedArguments, namedArguments }).toEqual({ numberedArguments: numbered, namedArguments: named });
    expect(basic.every((type) => types.has(type))).toBe(true);
  });

  it('offers the basic types where there is no README', () => {
    expect(parseFetchArgSupport('').types.has('u64')).toBe(true);
    expect(parseFetchArgSupport('').types.has('ustring')).toBe(false);
  });
});

describe('good words', () => {
  it.each([
    ['%di', 'arg1', 'arg1=%di'],
    ['fd=%di:s32', 'fd', 'fd=%di:s32'],
    ['+0(%si):ustring', 'arg1', 'arg1=+0(%si):ustring'],
    ['name=+0x10(%si):string', 'name', 'name=+0x10(%si):string'],
    ['-8(%bp):u64', 'arg1', 'arg1=-8(%bp):u64'],
    ['+u0(%si):ustring', 'arg1', 'arg1=+u0(%si):ustring'],
    ['+8(+0(+u16(%di))):x8[4]', 'arg1', 'arg1=+8(+0(+u16(%di))):x8[4]'],
    ['$stack2', 'arg1', 'arg1=$stack2'],
    ['$stack', 'arg1', 'arg1=$stack'],
    ['$comm', 'arg1', 'arg1=$comm'],
    ['$comm:string', 'arg1', 'arg1=$comm:string'],
    ['$arg1:x64', 'arg1', 'arg1=$arg1:x64'],
    ['@jiffies_64:u64', 'arg1', 'arg1=@jiffies_64:u64'],
    ['@jiffies_64+4:u32', 'arg1', 'arg1=@jiffies_64+4:u32'],
    ['@0xffffffff81000000:x8[64]', 'arg1', 'arg1=@0xffffffff81000000:x8[64]'],
    ['\\42', 'arg1', 'arg1=\\42'],
    ['\\"a:b"', 'arg1', 'arg1=\\"a:b"'],
    ['%di:b4@8/32', 'arg1', 'arg1=%di:b4@8/32'],
    ['%ip:symbol', 'arg1', 'arg1=%ip:symbol'],
  ])('%s on every kernel', (word, name, text) => {
    for (const version of versions) expect(parseFetchArg(word, 0, contextOf(version))).toMatchObject({ name, text });
  });

  it('are numbered by their place', () => {
    expect(parseFetchArg('%si', 3, contextOf('6.12')).name).toBe('arg4');
  });

  it('may name arguments and members where the kernel has BTF arguments', () => {
    expect(parseFetchArg('filename:ustring', 0, contextOf('6.12'))).toMatchObject({
      text: 'filename=filename:ustring',
    });
    expect(parseFetchArg('file->f_path.dentry', 1, contextOf('7.2'))).toMatchObject({ name: 'arg2' });
  });

  it('of a return', () => {
    for (const version of versions) {
      const context = contextOf(version, 'uprobe', true);
      expect(parseFetchArg('+0($retval):string', 0, context).text).toBe('arg1=+0($retval):string');
      expect(parseFetchArg('ret=$retval:s64', 0, context).name).toBe('ret');
    }
  });

  it('of a user program', () => {
    const context = contextOf('6.12', 'uprobe');
    for (const word of ['@0x4010:u32', '@+0x10:u8', '%ax', '-8(%bp):u64']) {
      expect(parseFetchArg(word, 0, context).text).toBe(`arg1=${word}`);
    }
  });

  it('are all taken by the simulated kernel too', () => {
    const { tracefs } = setUp('6.12');
    const words = ['%di', 'fd=%di:s32', 'a=+0(%si):ustring', 'b=-8(%bp):u64', 'c=$stack2', 'd=$comm', 'e=%di:x8'];
    const args = words.map((word, index) => parseFetchArg(word, index, contextOf('6.12')).text);
    tracefs.top.write('kprobe_events', `p:ftui_1/a vfs_open ${args.join(' ')}\n`, 'append');
    for (const arg of args) expect(tracefs.top.read('kprobe_events')).toContain(` ${arg}`);
  });
});

/** The word, and below it the caret where the mistake is. */
type Bad = readonly [word: string, caret: string, why: string];

function check(context: FetchArgContext, [word, caret, why]: Bad): void {
  const error = errorFrom(UsageError, () => parseFetchArg(word, 0, context));
  const [message, shown, position] = error.why.split('\n');
  expect(error.attempted).toBe(`reading the argument ${word}`);
  expect([shown, position]).toEqual([`  ${word}`, `  ${caret}`]);
  expect(message).toContain(why);
}

describe('bad words', () => {
  it.each<Bad>([
    ['', '^', 'a value is missing'],
    ['a=', '  ^', 'a value is missing'],
    ['=%di', '^', 'no name for an argument'],
    ['9a=%di', '^', "'9a' is no name"],
    ['a-b=%di', '^', "'a-b' is no name"],
    ['%', '^', 'a register'],
    ['%DI', '^', 'a register'],
    ['%di,', '   ^', "',' is left over"],
    ['%di)', '   ^', "')' is left over"],
    ['+0(%si', '      ^', "')' is missing"],
    ['+0%si', '  ^', "'(' is missing"],
    ['+(%si)', '^', 'an offset'],
    ['+x(%si)', '^', 'an offset'],
    ['+0(+8(%si)', '          ^', "')' is missing"],
    ['+0()', '   ^', 'a value'],
    ['+0(%)', '   ^', 'a register'],
    ['a=+0(%)', '     ^', 'a register'],
    ['$nosuch', '^', '$retval, $comm'],
    ['$retval', '^', 'only where the function returns'],
    ['+0($retval):string', '   ^', 'only where the function returns'],
    ['@', '^', '@ADDRESS'],
    ['\\', '^', 'a number, or'],
    ['a=\\"x y"', '  ^', 'a number, or a "text" without spaces'],
    ['%di:', '    ^', "type is missing behind ':'"],
    ['%di:u63', '    ^', "no type 'u63'"],
    ['%di:strng', '    ^', "no type 'strng'"],
    ['%di:string', '    ^', ':string needs an address'],
    ['%di:u8[0]', '      ^', 'array size'],
    ['%di:u8[65]', '      ^', 'array size'],
    ['%di:u8[]', '      ^', 'array size'],
    ['%di:u8[4', '      ^', 'left over'],
    ['%di:b4@8/33', '    ^', 'no type'],
    ['(%di)', '^', "cannot start with '('"],
    ['12', '^', "cannot start with '1'"],
    ['0x12', '^', "cannot start with '0'"],
    ['"text"', '^', 'cannot start with'],
  ])('%j on every kernel', (...bad) => {
    for (const version of versions) check(contextOf(version), bad);
  });

  it.each<[FixtureVersion, ...Bad]>([
    ['5.10', '%di:symstr', '    ^', "no type 'symstr'"],
    ['5.10', '%di:char', '    ^', "no type 'char'"],
    ['6.1', '%di:char', '    ^', "no type 'char'"],
    ['5.10', 'filename:string', '^', 'names an argument'],
    ['6.1', 'a=filename', '  ^', 'names an argument'],
    ['6.18', 'filename', '^', 'names an argument'],
  ])('%s: %j', (version, ...bad) => {
    check(contextOf(version), bad);
  });

  it('of a user program', () => {
    const context = contextOf('6.12', 'uprobe');
    check(context, ['$arg1', '^', 'not offered for a uprobe']);
    check(context, ['filename', '^', 'names an argument']);
    check(context, ['@jiffies', '^', '@0xADDRESS']);
    check(context, ['$retval', '^', 'only where the function returns']);
  });

  it('of a return without BTF', () => {
    check(contextOf('6.1', 'kprobe', true), ['$arg1', '^', 'arguments are gone']);
    expect(parseFetchArg('$arg1', 0, contextOf('6.12', 'kprobe', true)).text).toBe('arg1=$arg1');
  });

  it.each(['a=%di b=%si', 'a=%di\nb', 'a=%di;x', '%di\t'])(
    '%j, which would be more than one word to the kernel',
    (word) => {
      expect(() => parseFetchArg(word, 0, contextOf('6.12'))).toThrow(UsageError);
    },
  );
});
