import { describe, expect, it } from 'vitest';
import { findNewErrorText, parseErrorLog } from '../../src/tracefs/error-log.ts';

const first = `[  117.404295] hist:sched:sched_wakeup: error: Couldn't find field
  Command: hist:keys=pidx
                     ^
`;
const second = `[  120.000001] trace_kprobe: error: Invalid probed address or symbol
  Command: p:ftui_1/a nosuch
           ^
`;

describe('parseErrorLog', () => {
  it('gives each entry with its caret in place', () => {
    expect(parseErrorLog(first + second)).toEqual([
      {
        stamp: '117.404295',
        text: "hist:sched:sched_wakeup: error: Couldn't find field\n  Command: hist:keys=pidx\n                     ^",
      },
      { stamp: '120.000001', text: expect.stringMatching(/^trace_kprobe: .*\n.*\n {11}\^$/) },
    ]);
  });

  it('takes an empty log and one whose head was cut off', () => {
    expect(parseErrorLog('')).toEqual([]);
    expect(parseErrorLog('           ^\n')).toEqual([]);
  });
});

describe('findNewErrorText', () => {
  it('gives what was not there before', () => {
    expect(findNewErrorText(first, first + second)).toMatch(/^trace_kprobe: error: Invalid probed/);
    expect(findNewErrorText('', first)).toMatch(/^hist:/);
  });

  it('is silent when the log is only stale', () => {
    expect(findNewErrorText(first, first)).toBeUndefined();
    expect(findNewErrorText(first + second, second)).toBeUndefined();
    expect(findNewErrorText('', '')).toBeUndefined();
  });

  it('tells the same mistake made again by its stamp', () => {
    expect(findNewErrorText(first, first + first.replace('117.404295', '118.000000'))).toMatch(/^hist:/);
  });

  it('works when the oldest of the eight entries has dropped out', () => {
    const entry = (index: number) => second.replace('120.000001', `${200 + index}.000001`);
    const eight = Array.from({ length: 8 }, (_, index) => entry(index));
    expect(findNewErrorText(eight.join(''), [...eight.slice(1), first].join(''))).toMatch(/^hist:/);
  });
});
