import { describe, expect, it } from 'vitest';
import { type ChipSubject, parseChips } from '../../src/analysis/filter-chips.ts';

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
    ['task:bash cpu:3 dur>1ms', true],
    ['task:bash cpu:4', false],
  ])('%s lets the call through: %s', (line, expected) => expect(accepts(line)).toBe(expected));

  it('lets nothing pass that does not have what it asks for, unless it asks for the contrary', () => {
    for (const line of ['dur>0', 'ret:0', 'fn:*', 'event:*', 'pid:1']) expect(accepts(line, {}), line).toBe(false);
    expect(accepts('!fn:irq*', {})).toBe(true);
  });

  it.each([
    ['cpu>3', "reading the filter 'cpu>3' at column 1: cpu takes no >"],
    ['task:a dur>soon', "reading the duration 'soon': it is none"],
    ['task:a ret:x', "reading the filter 'ret:x' at column 8: 'x' is no number"],
    ['task:', "reading the filter 'task:' at column 1: nothing stands behind it"],
    ['!', "reading the filter '!' at column 1: nothing stands behind it"],
    ['pid:1,b', "'b' is no number"],
    ['time:now', "'now' is no span"],
    ['fn<a', 'fn takes no <'],
    ['bogus:x', 'there is no field bogus'],
    ['!foo>3', 'there is no field foo'],
  ])('%s is refused: %s', (line, message) => expect(() => parseChips(line)).toThrow(message));

  it('tells the numbers that a kernel can filter by', () => {
    const [pids, cpus, names] = parseChips('pid:5,6 cpu:0-1 task:x');
    expect([pids!.numbers, cpus!.numbers, names!.numbers]).toEqual([[5, 6], [0, 1], undefined]);
  });
});
