import { describe, expect, it } from 'vitest';
import type { ChipSubject } from '../../../src/format/filter/chip-tests.ts';
import { parseChips } from '../../../src/format/filter/filter-chips.ts';

const call: ChipSubject = {
  comm: 'bash',
  pid: 12,
  cpu: 3,
  time: 19_300_000_000,
  duration: 1_500_000,
  retval: BigInt.asUintN(64, -2n),
  function: 'vfs_read',
  event: 'sched:sched_switch',
  text: () => 'prev_comm=Bash prev_pid=7',
};

function accepts(line: string, subject: ChipSubject = call): boolean {
  return parseChips(line).every((chip) => chip.accepts(subject));
}

describe('filter chips', () => {
  it.each([
    ['task:bash', true],
    ['comm:ba*', true],
    ['task:ba', false],
    ['!task:bash', false],
    ['pid:11,12', true],
    ['pid=13', false],
    ['cpu:0-2', false],
    ['cpu:0-2,3', true],
    ['dur>1ms', true],
    ['dur>=1500us', true],
    ['dur<1500us', false],
    ['ret<0', true],
    ['ret:-2', true],
    ['ret:0', false],
    ['fn:vfs_*', true],
    ['!fn:vfs_*', false],
    ['event:sched*', true],
    ['event:sched_switch', true],
    ['event:irq:*', false],
    ['time:19.2-19.4', true],
    ['time:19.4-', false],
    ['READ', true],
    ['prev_pid=7', true],
    ['text:nothing', false],
    ['sched::x', false],
    ['text:constructor', false],
    ['dur:>1ms', true],
    ['dur:<1ms', false],
    ['ret:<0', true],
    ['ret:>=0', false],
    ['task:"bash"', true],
    ['text:"prev_comm=Bash prev"', true],
    ['"prev_comm=Bash next"', false],
    ['task:bash cpu:3 dur>1ms', true],
    ['task:bash cpu:4', false],
  ])('%s lets the call through: %s', (line, expected) => expect(accepts(line)).toBe(expected));

  it('lets nothing pass that does not have what it asks for, unless it asks for the contrary', () => {
    for (const line of ['dur>0', 'ret:0', 'fn:*', 'event:*', 'pid:1']) expect(accepts(line, {}), line).toBe(false);
    expect(accepts('!fn:irq*', {})).toBe(true);
  });

  it.each([
    ['cpu>3', "reading the filter 'cpu>3' at column 1: cpu takes no >"],
    ['task:a dur>soon', "reading the filter 'dur>soon' at column 8: 'soon' is no duration"],
    ['task:a ret:x', "reading the filter 'ret:x' at column 8: 'x' is no number"],
    ['task:', "reading the filter 'task:' at column 1: nothing stands behind it"],
    ['!', "reading the filter '!' at column 1: nothing stands behind it"],
    ['pid:1,b', "'b' is no number"],
    ['time:now', "'now' is no span"],
    ['fn<a', 'fn takes no <'],
    ['bogus:x', 'there is no field bogus'],
    ['!foo>3', 'there is no field foo'],
    ['constructor:x', 'there is no field constructor'],
    ['pid:3 && cpu:1', "reading the filter '&&' at column 7: that is of the kernel’s filter language"],
    ['task:"a b', 'the closing " is missing'],
    ['cpu:3-x', "'3-x' is no CPU or range"],
    ['pid:>3', "'>3' is no number"],
    ['time:-', "'-' is no span"],
    ['time:1..5-', "'1..5-' is no span"],
  ])('%s is refused: %s', (line, message) => expect(() => parseChips(line)).toThrow(message));

  it.each([
    ['time:10.5-', 500_000_000, 2_000_000_000],
    ['time:-11', -1, 1_000_000_000],
    ['time:+1.5-+2', 1_500_000_700, 2_000_000_700],
    ['time:10-+0.5', 0, 500_000_700],
  ])('%s counts from the origin, or from the first event', (line, first, end) => {
    const [chip] = parseChips(line, { origin: 10_000_000_000n, timeIsNanoseconds: true, start: 700 });
    const passes = [first - 1, first, end - 1, end].map((time) => chip!.accepts({ time }));
    expect(passes).toEqual([line === 'time:-11', true, true, line === 'time:10.5-']);
  });

  it('asks the clock when it looks, which may have changed by then', () => {
    const clock = { origin: 0n, timeIsNanoseconds: true, start: undefined as number | undefined };
    const [since] = parseChips('time:+1-', clock);
    expect(since!.accepts({ time: 5e9 })).toBe(false);
    clock.start = 4e9;
    expect(since!.accepts({ time: 5e9 })).toBe(true);
    clock.start = 4e9 + 1;
    expect(since!.accepts({ time: 5e9 })).toBe(false);
  });

  it('counts where the clock of the source counts, and refuses parts of a second there', () => {
    const clock = { origin: 1000n, timeIsNanoseconds: false, start: 20 };
    const [span] = parseChips('time:1500-+700', clock);
    expect([499, 500, 719, 720].map((time) => span!.accepts({ time }))).toEqual([false, true, true, false]);
    expect(() => parseChips('time:1.5-', clock)).toThrow('the clock of this recording counts, it has no seconds');
  });

  it('tells the numbers that a kernel can filter by', () => {
    const [pids, cpus, names] = parseChips('pid:5,6 cpu:0-1 task:x');
    expect([pids!.numbers, cpus!.numbers, names!.numbers]).toEqual([[5, 6], [0, 1], undefined]);
  });
});
