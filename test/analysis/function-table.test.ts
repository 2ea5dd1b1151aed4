import { describe, expect, it } from 'vitest';
import { FunctionTable } from '../../src/analysis/function-table.ts';

describe('FunctionTable', () => {
  it('numbers addresses as they come, and knows them again', () => {
    const table = new FunctionTable();
    expect(table.idOf(0xffff_ffff, 0x8100_0000)).toBe(1);
    expect(table.idOfAddress(0xffff_ffff_c000_0000n)).toBe(2);
    expect(table.idOfAddress(0xffff_ffff_8100_0000n)).toBe(1);
    expect(table.addressOf(2)).toBe(0xffff_ffff_c000_0000n);
    expect(table.findAddress(0xffff_ffff_c000_0000n)).toBe(2);
    expect(table.findAddress(1n)).toBeUndefined();
    expect(table.size).toBe(3);
  });

  it('tells addresses apart that share a half', () => {
    const table = new FunctionTable();
    const ids = [table.idOf(1, 2), table.idOf(2, 1), table.idOf(1, 1), table.idOf(2, 2)];
    expect(new Set(ids).size).toBe(4);
  });

  it('grows, and beyond its limit takes all others for one', () => {
    const table = new FunctionTable(5000);
    for (let low = 0; low < 10_000; low += 1) table.idOf(7, low * 16);
    expect(table.idOf(7, 4999 * 16)).toBe(5000);
    expect(table.idOf(7, 5000 * 16)).toBe(0);
    expect(table.addressOf(4000)).toBe((7n << 32n) | BigInt(3999 * 16));
    expect(table.addressOf(0)).toBe(0n);
    expect(table.addressOf(99_999)).toBe(0n);
  });
});
