import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { type FetchArgContext, parseFetchArg, parseFetchArgSupport } from '../../src/control/fetch-arg.ts';
import {
  buildProbeEvent,
  companionsOf,
  copiesText,
  kprobePlace,
  showsSymbols,
  uprobePlace,
} from '../../src/control/probe-event.ts';
import { chooseEventName, parseKprobeSpec } from '../../src/control/probe-spec.ts';
import { errorFrom, root, setUp } from './tracefs-setup.ts';

const support = parseFetchArgSupport(setUp().kernel.readText(`${root}/README`));

function build(words: readonly string[], isReturn = false) {
  const context: FetchArgContext = { probe: 'uprobe', isReturn, ...support };
  const args = words.map((word, index) => parseFetchArg(word, index, context));
  return buildProbeEvent('ftui_7', 'readline', uprobePlace('/bin/bash', 0x1190, isReturn, 'readline'), args);
}

describe('parseKprobeSpec', () => {
  it.each([
    ['vfs_open', { symbol: 'vfs_open', module: undefined, offset: 0, isReturn: false }],
    ['vfs_open+4', { offset: 4 }],
    ['vfs_open+0x1f', { offset: 31 }],
    ['vfs_open%return', { symbol: 'vfs_open', isReturn: true }],
    ['vfs_open+0%return', { isReturn: true, offset: 0 }],
    ['btrfs:btrfs_open', { module: 'btrfs', symbol: 'btrfs_open' }],
    ['foo.part.0', { symbol: 'foo.part.0' }],
    ['foo.isra.0.cold', { symbol: 'foo.isra.0.cold' }],
    ['0xffffffff81000000', { symbol: undefined, address: 0xffffffff81000000n }],
    ['0xffffffff81000000%return', { isReturn: true, address: 0xffffffff81000000n }],
  ])('reads %s', (text, parts) => {
    expect(parseKprobeSpec(text)).toMatchObject(parts);
  });

  it.each([
    ['', '^'],
    ['9open', '^'],
    ['vfs-open', '   ^'],
    ['vfs_open+', '         ^'],
    ['vfs_open+x', '         ^'],
    ['vfs_open+4x', '          ^'],
    ['vfs_open%retur', '        ^'],
    ['vfs_open argument', '        ^'],
    ['vfs_open;x', '        ^'],
    ['mod:', '    ^'],
    ['0xzz', '^'],
  ])('points at the mistake in %j', (text, caret) => {
    const { why } = errorFrom(UsageError, () => parseKprobeSpec(text));
    expect(why.split('\n').slice(1)).toEqual([`  ${text}`, `  ${caret}`]);
  });

  it('knows that a function returns as a whole', () => {
    const error = errorFrom(UsageError, () => parseKprobeSpec('vfs_open+4%return'));
    expect(`${error.message} (${error.remedy})`).toBe(
      "reading the probe 'vfs_open+4%return': a function returns as a whole, not from an offset (use vfs_open%return, or vfs_open+4 without %return)",
    );
  });
});

describe('chooseEventName', () => {
  it('makes C identifiers, each its own, of at most 63 characters', () => {
    const taken = new Set<string>();
    const names = [
      'foo.part.0',
      'foo_part_0',
      'foo.part.0',
      '9p_open',
      'operator new',
      'x'.repeat(80),
      'x'.repeat(80),
    ].map((symbol) => chooseEventName(symbol, taken));
    expect(names.slice(0, 5)).toEqual(['foo_part_0', 'foo_part_0_2', 'foo_part_0_3', '_9p_open', 'operator_new']);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z_]\w{0,62}$/);
  });

  it('has a name for a symbol of other letters, and for none', () => {
    expect(chooseEventName('é::~', new Set())).toMatch(/^_+$/);
    expect(chooseEventName('../a b\n-:c', new Set())).toBe('___a_b___c');
    expect(chooseEventName('', new Set())).toMatch(/^[A-Za-z_]\w*$/);
  });
});

describe('places', () => {
  it('of the kernel', () => {
    const placeOf = (text: string) => kprobePlace(parseKprobeSpec(text), text).place;
    expect(['vfs_open', 'vfs_open+31', 'btrfs:btrfs_open', '0xffffffff81000000'].map(placeOf)).toEqual([
      'vfs_open',
      'vfs_open+0x1f',
      'btrfs:btrfs_open',
      '0xffffffff81000000',
    ]);
  });

  it('of programs', () => {
    expect(uprobePlace('/bin/bash', 0x1190, false, 'x').place).toBe('/bin/bash:0x1190');
    expect(() => uprobePlace('/opt/my app/bin', 0, false, 'x')).toThrow(/no path with a space in it/);
    expect(() => uprobePlace('/opt/a\nb', 0, false, 'x')).toThrow(UsageError);
  });
});

describe('buildProbeEvent', () => {
  it('writes one line', () => {
    expect(build(['%di', 'fd=%si:s32']).definition).toEqual({
      file: 'uprobe_events',
      group: 'ftui_7',
      event: 'readline',
      line: 'p:ftui_7/readline /bin/bash:0x1190 arg1=%di fd=%si:s32',
    });
  });

  it('gives each text its address and first byte as hidden companions', () => {
    const { definition, fields } = build(['line=+0($retval):string'], true);
    expect(definition.line).toBe(
      'r:ftui_7/readline /bin/bash:0x1190 line=+0($retval):string line__address=$retval:x64 line__first=+0($retval):u8',
    );
    expect(fields).toEqual([{ name: 'line', style: 'text' }]);
    expect(companionsOf('line')).toEqual({ address: 'line__address', first: 'line__first' });
  });

  it('reads the first byte of a user text from user memory, and keeps the inner dereference', () => {
    expect(build(['a=+8(+0(%si)):ustring']).definition.line).toContain(
      'a=+8(+0(%si)):ustring a__address=+0(%si):x64 a__first=+u8(+0(%si)):u8',
    );
    expect(build(['a=+u8(%si):ustring']).definition.line).toContain('a__first=+u8(%si):u8');
    expect(build(['a=-0x8(%bp):ustring']).definition.line).toContain('a__first=-u0x8(%bp):u8');
  });

  it('gives no companions where there is no address to read', () => {
    const { definition, fields } = build(['$comm:string', '@0x10:string']);
    expect(definition.line).not.toContain('__first');
    expect(fields.map(({ style }) => style)).toEqual(['plain', 'plain']);
  });

  it('knows how fields are meant', () => {
    const styles = (words: string[], isReturn = false) => build(words, isReturn).fields.map(({ style }) => style);
    expect(styles(['%di', '%si:x32', '%dx:u8', '%cx:s64', '%ip:symbol'])).toEqual([
      'hex',
      'hex',
      'plain',
      'plain',
      'hex',
    ]);
    expect(styles(['$retval:s64', '$retval'], true)).toEqual(['signed-and-hex', 'hex']);
  });

  it('knows addresses in the kernel, and which values may be errors', () => {
    const context: FetchArgContext = { probe: 'kprobe', isReturn: true, ...support };
    const words = ['$retval:symbol', 'a=$retval:s32', 'b=$retval', 'c=$retval:u8', 'd=%ax:s32'];
    const args = words.map((word, index) => parseFetchArg(word, index, context));
    const probe = buildProbeEvent('ftui_7', 'x', kprobePlace(parseKprobeSpec('vfs_open%return'), 'x'), args);
    expect(probe.fields).toEqual([
      { name: 'arg1', style: 'symbol' },
      { name: 'a', style: 'plain', returnedBy: 'kernel' },
      { name: 'b', style: 'hex', returnedBy: 'kernel' },
      { name: 'c', style: 'plain' },
      { name: 'd', style: 'plain' },
    ]);
    expect(showsSymbols([probe])).toBe(true);
    expect(showsSymbols([build(['%ip:symbol'])])).toBe(false);
    expect(build(['$retval:s32'], true).fields).toEqual([{ name: 'arg1', style: 'plain', returnedBy: 'program' }]);
  });

  it('makes lines that the kernel takes, companions and all', () => {
    for (const version of ['5.10', '6.1', '6.12', '6.18', '7.2'] as const) {
      const { tracefs } = setUp(version);
      const { definition } = build(['line=+0($retval):string', 'u=+0($retval):ustring', 'r=$retval:s64'], true);
      tracefs.top.write(definition.file, `${definition.line}\n`, 'append');
      expect(tracefs.top.read('uprobe_events')).toContain('u__first=+u0($retval):u8');
    }
  });

  it('refuses two arguments of one name, a companion included', () => {
    expect(() => build(['a=%di', 'a=%si'])).toThrow(UsageError);
    expect(() => build(['a=+0(%si):string', 'a__first=%di'])).toThrow(UsageError);
  });

  it('knows which probes copy text', () => {
    expect(copiesText([build(['%di'])])).toBe(false);
    expect(copiesText([build(['%di']), build(['+0(%di):string'])])).toBe(true);
    expect(copiesText([build(['@0x10:string'])])).toBe(true);
  });
});
