import { describe, expect, it } from 'vitest';
import { parseUprobeSpec, SpecError } from '../../src/symbols/uprobe-spec.ts';

describe('parseUprobeSpec', () => {
  it.each([
    ['readline', { kind: 'symbol', symbol: 'readline', offset: 0, isReturn: false }],
    ['readline%return', { kind: 'symbol', symbol: 'readline', offset: 0, isReturn: true }],
    ['readline+0x1f', { kind: 'symbol', symbol: 'readline', offset: 31, isReturn: false }],
    ['readline+12%return', { kind: 'symbol', symbol: 'readline', offset: 12, isReturn: true }],
    ['memcpy@@GLIBC_2.14', { kind: 'symbol', symbol: 'memcpy@@GLIBC_2.14', offset: 0 }],
    ['rl_*', { kind: 'symbol', symbol: 'rl_*' }],
    ['main.(*T).Do', { kind: 'symbol', symbol: 'main.(*T).Do' }],
    ['0xc6c20', { kind: 'address', value: 0xc6c20, isReturn: false }],
    ['0xC6C20%return', { kind: 'address', value: 0xc6c20, isReturn: true }],
    ['@0x1f', { kind: 'fileOffset', value: 31 }],
    ['main.c:42', { kind: 'line', place: 'main.c', line: 42, isReturn: false }],
    ['src/a_b.c:1', { kind: 'line', place: 'src/a_b.c', line: 1 }],
    ['handle:0', { kind: 'line', place: 'handle', line: 0 }],
    ['shop::Order::total', { kind: 'symbol', symbol: 'shop::Order::total' }],
    ['shop::Order::total:3', { kind: 'line', place: 'shop::Order::total', line: 3 }],
  ])('reads %s', (text, expected) => {
    expect(parseUprobeSpec(text)).toMatchObject({ text, ...expected });
  });

  it.each([
    ['', 0],
    ['read line', 4],
    ['readline%ret', 8],
    ['%return', 0],
    ['+4', 0],
    ['readline+', 9],
    ['readline+1f', 10],
    ['readline+0x', 11],
    ['0xzz', 2],
    ['1234', 0],
    ['@12', 1],
    ['@', 1],
    ['main.c:', 7],
    [':42', 0],
    ['main.c:4x', 8],
    ['main.c:42%return', 9],
    ['main.c:999999999', 7],
    ['0xffffffffffffffff', 0],
  ])('refuses %j at %i', (text, position) => {
    const parse = (): unknown => parseUprobeSpec(text);
    expect(parse).toThrow(SpecError);
    expect(parse).toThrow(expect.objectContaining({ position, exitStatus: 2 }));
  });

  it('shows the place with a caret', () => {
    expect(() => parseUprobeSpec('readline+1f')).toThrow(`\n  readline+1f\n  ${' '.repeat(10)}^`);
  });
});
