import { describe, expect, it } from 'vitest';
import { listEntries, settingValue } from '../../src/control/trace-state.ts';

describe('settingValue', () => {
  it.each([
    ['1\n', '1'],
    ['[local] global counter uptime perf mono mono_raw boot tai x86-tsc\n', 'local'],
    ['local global [x86-tsc]\n', 'x86-tsc'],
    ['7 (expanded: 1408)\n', '1408'],
    ['1408\n', '1408'],
    ['nop\n', 'nop'],
    ['0*\n', '0'],
    ['1*\n', '1'],
    ['none\n', 'none'],
    ['comm ~ "[ab]*"\n', 'comm ~ "[ab]*"'],
    ['00000000,0000000f\n', '00000000,0000000f'],
  ])('of %j is %j', (text, value) => {
    expect(settingValue(text)).toBe(value);
  });
});

describe('listEntries', () => {
  it('knows what an empty list reads like', () => {
    for (const text of [
      '#### all functions enabled ####\n',
      '#### no functions disabled ####\n',
      'no pid\n',
      '',
      undefined,
    ]) {
      expect(listEntries(text)).toEqual([]);
    }
    expect(listEntries('vfs_open\next4_open [ext4]\n')).toEqual(['vfs_open', 'ext4_open [ext4]']);
    expect(listEntries('1\n22\n')).toEqual(['1', '22']);
  });
});
