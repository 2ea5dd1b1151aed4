import { describe, expect, it } from 'vitest';
import { asCpuId, asPid } from '../../src/base/units.ts';
import type { CallNode, CallTree } from '../../src/call-graph/call-tree.ts';
import { formatReturnValue } from '../../src/call-graph/return-value.ts';
import { callTreeHeading, durationMark, formatCallTree, formatDuration } from '../../src/call-graph/tree-text.ts';

const call = (func: bigint, changes: Partial<CallNode> = {}): CallNode => ({
  func,
  depth: 0,
  start: 0,
  duration: 1500,
  selfTime: 1500,
  children: [],
  omittedCalls: 0,
  args: undefined,
  retaddr: undefined,
  retval: undefined,
  interrupt: false,
  cut: undefined,
  ...changes,
});

const names = new Map([
  [1n, { name: 'vfs_open' }],
  [2n, { name: 'ext4_open', module: 'ext4' }],
  [3n, { name: 'tick' }],
  [4n, { name: 'evil\x1b[2J' }],
]);

function lines(root: CallNode, timeIsNanoseconds = true): string[] {
  const tree: CallTree = {
    root,
    pid: asPid(1),
    cpu: asCpuId(0),
    calls: 1,
    omittedCalls: 0,
    incomplete: false,
    outermost: true,
  };
  return formatCallTree(tree, { symbolName: (address) => names.get(address), timeIsNanoseconds });
}

describe('formatCallTree', () => {
  it('shows counts of a clock that counts, without marks', () => {
    const root = call(1n, { duration: 20_000, selfTime: 8_000, children: [call(2n, { duration: 12_000 })] });
    expect(lines(root, false)).toEqual([
      '                             |  vfs_open() {',
      '         12000               |    ext4_open() [ext4];',
      '         20000          8000 |  }',
    ]);
  });

  it('shows a nested tree in columns', () => {
    const root = call(1n, {
      duration: 1_234_567,
      selfTime: 1_209_567,
      children: [
        call(2n, { duration: 12_000, selfTime: 11_000, children: [call(9n, { duration: 1000 })] }),
        call(3n, { interrupt: true, duration: 13_000 }),
      ],
    });
    expect([callTreeHeading, ...lines(root)]).toEqual([
      '#     DURATION          SELF  |  CALLS',
      '                             |  vfs_open() {',
      '                             |    ext4_open() [ext4] {',
      '      1.000 us               |      0x9();',
      '+    12.000 us     11.000 us |    }',
      '                 ==========> |',
      '+    13.000 us               |    tick();',
      '                 <========== |',
      '#  1234.567 us   1209.567 us |  }',
    ]);
  });

  it('marks what is not whole', () => {
    expect(lines(call(1n, { cut: 'start' }))[0]).toContain('vfs_open(); /* callers entered before the trace */');
    expect(lines(call(1n, { cut: 'end', duration: undefined, selfTime: undefined }))[0]).toMatch(
      /^ +\| {2}vfs_open\(\); \/\* still running \*\/$/,
    );
    const lost = lines(call(1n, { cut: 'lost', omittedCalls: 3, children: [call(3n)] }));
    expect(lost.at(-1)).toContain('} /* 3 more calls not kept, events lost here */');
  });

  it('shows arguments, return address and value', () => {
    const node = call(1n, { args: [0xffffff9cn, 0n], retaddr: 4n, retval: 0xfffffffffffffffen });
    expect(lines(node)[0]).toContain('vfs_open(0xffffff9c, 0x0); /* <-evil\\e[2J, ret=-2 ENOENT */');
  });
});

describe('formatDuration and durationMark', () => {
  it.each([
    [0, '0.000 us'],
    [999, '0.999 us'],
    [12_345, '12.345 us'],
    [123_456_789_012, '123456789.012 us'],
  ])('%d ns is %s', (duration, text) => expect(formatDuration(duration).trim()).toBe(text));

  it.each([
    [10_000, ' '],
    [10_001, '+'],
    [100_001, '!'],
    [1_000_001, '#'],
    [10_000_001, '*'],
    [100_000_001, '@'],
    [1_000_000_001, '$'],
  ])('%d ns is marked %j', (duration, mark) => expect(durationMark(duration)).toBe(mark));
});

describe('formatReturnValue', () => {
  it.each([
    [0n, '0'],
    [9n, '9'],
    [31n, '0x1f'],
    [0xfffffffffffffffen, '-2 ENOENT'],
    [0xfffffffen, '-2 ENOENT'],
    [0xfffffffffffffe00n, '-512 ERESTARTSYS'],
    [0xfffffffffffff001n, '-4095'],
    [0xfffffffffffff000n, '0xfffffffffffff000'],
    [0xffff888003a40000n, '0xffff888003a40000'],
  ])('%d is %s', (value, text) => expect(formatReturnValue(value)).toBe(text));
});
