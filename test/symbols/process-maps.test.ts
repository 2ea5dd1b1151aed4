import { describe, expect, it } from 'vitest';
import { parseProcessMaps } from '../../src/symbols/process-maps.ts';

describe('parseProcessMaps', () => {
  it('reads mappings with and without a file', () => {
    const text = [
      '7f1200000000-7f1200010000 r-xp 00026000 fd:01 1234                       /usr/lib/lib with space.so',
      '7f1200010000-7f1200020000 rw-p 00000000 00:00 0 ',
      '7ffe00000000-7ffe00021000 rw-p 00000000 00:00 0                          [stack]',
      '7f1300000000-7f1300010000 r--p 00000000 fd:01 99                         /usr/bin/old (deleted)',
      'not a mapping',
    ].join('\n');
    expect(parseProcessMaps(text)).toMatchObject([
      {
        start: 0x7f1200000000,
        end: 0x7f1200010000,
        executable: true,
        fileOffset: 0x26000,
        path: '/usr/lib/lib with space.so',
      },
      { path: '', executable: false },
      { path: '[stack]' },
      { path: '/usr/bin/old', isDeleted: true },
    ]);
  });
});
