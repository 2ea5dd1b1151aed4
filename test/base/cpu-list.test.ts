import { describe, expect, it } from 'vitest';
import { bareMask, formatCpuMask, parseCpuList } from '../../src/base/cpu-list.ts';

describe('parseCpuList', () => {
  it.each([
    ['0', [0]],
    ['0-3,8', [0, 1, 2, 3, 8]],
    ['8,0-2,1\n', [0, 1, 2, 8]],
    ['31-32', [31, 32]],
  ])('reads %j', (text, cpus) => {
    expect(parseCpuList(text)).toEqual(cpus);
  });

  it.each(['a', '1-', '-1', '3-1', '1..2', '0x1', '1 2', '1,,x', '123456'])('refuses %j', (text) => {
    expect(() => parseCpuList(text)).toThrow(/is no CPU or range$/);
  });

  it.each(['', ' ', ','])('refuses %j, which names no CPU at all', (text) => {
    expect(() => parseCpuList(text)).toThrow(/CPU list/);
  });
});

describe('formatCpuMask', () => {
  it.each([
    [[0], '1'],
    [[0, 1, 2, 3], 'f'],
    [[31], '80000000'],
    [[32], '00000001,00000000'],
    [[0, 63, 64], '00000001,80000000,00000001'],
    [[], '0'],
  ])('writes %j', (cpus, mask) => {
    expect(formatCpuMask(cpus)).toBe(mask);
  });

  it('can be compared with what the kernel pads', () => {
    expect(bareMask('00000000,0000000f')).toBe(bareMask(formatCpuMask([0, 1, 2, 3])));
    expect(bareMask('0000')).toBe('0');
  });
});
