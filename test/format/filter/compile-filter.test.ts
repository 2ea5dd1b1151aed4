import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../../src/format/filter/compile-filter.ts';
import { parseFilter } from '../../../src/format/filter/parse-filter.ts';
import { contextOf, everyKind, passes, recordOf, type Values } from './filter-records.ts';

const yes = true;
const no = false;

describe('numbers', () => {
  it.each<[text: string, values: Values, expected: boolean]>([
    ['pid == 5', { pid: 5 }, yes],
    ['pid == 5', { pid: 6 }, no],
    ['5 < pid', { pid: 6 }, yes],
    ['5 < pid', { pid: 5 }, no],
    ['pid != 0x10', { pid: 16 }, no],
    ['pid == 010', { pid: 8 }, yes],
    ['pid == 8UL', { pid: 8 }, yes],
    ['tiny == 255', { tiny: 255 }, yes],
    ['port == 40000', { port: -25536 }, no],
    ['flags == 4294967295', { flags: 0xffffffff }, yes],
    ['flags & 0x80000000', { flags: 0x80000000 }, yes],
    ['flags & 6', { flags: 8 }, no],
    ['(flags & 12) == 12', { flags: 15 }, yes],
    ['flags & 12 == 12', { flags: 15 }, yes],
    ['(flags & 12) == 12', { flags: 4 }, no],
    ['flags + 1 == 0x100000000', { flags: 0xffffffff }, yes],
    ['flags % 8 * 2 == 6', { flags: 11 }, yes],
    ['flags / tiny', { flags: 11, tiny: 0 }, no],
    ['flags % tiny', { flags: 11, tiny: 0 }, no],
    ['ret >> 32 == 1', { ret: 0x1_0000_0000n }, yes],
    ['1 << tiny & 8', { tiny: 3 }, yes],
    ['pid == flags', { pid: 7, flags: 7 }, yes],
    ['ret == bytes', { ret: -1n, bytes: 0xffffffffffffffffn }, yes],
    ['bytes == 18446744073709551615', { bytes: 0xffffffffffffffffn }, yes],
    ['bytes == 18446744073709551615', { bytes: 0xfffffffffffffffen }, no],
    ['bytes > 9007199254740992', { bytes: 9007199254740993n }, yes],
    ['bytes > 9007199254740993', { bytes: 9007199254740993n }, no],
    ['bytes >= 0x8000000000000000', { bytes: 0x8000000000000000n }, yes],
    ['bytes & 0x100000000', { bytes: 0x100000000n }, yes],
    ['bytes & 0x100000000', { bytes: 0xffffffffn }, no],
    ['CPU == 3', {}, yes],
    ['CPU > 3', {}, no],
    ['TIMESTAMP == 1000', {}, yes],
    ['common_pid == 42', { taskPid: 42 }, yes],
    ["tiny == 'a'", { tiny: 97 }, yes],
    ["tiny != 'a'", { tiny: 97 }, no],
  ])('%s of %o: %s', (text, values, expected) => {
    expect(passes(text, values)).toBe(expected);
    expect(passes(text, values, 'trace-cmd', { littleEndian: false, longSize: 8 })).toBe(expected);
  });

  it.each<[text: string, values: Values, traceCmd: boolean, kernel: boolean]>([
    ['ret < 0', { ret: -2n }, no, yes],
    ['ret > 0', { ret: -2n }, yes, no],
    ['ret > 5', { ret: 6n }, yes, yes],
    ['prio < 0', { prio: -1 }, no, yes],
    ['prio >= 0', { prio: -1 }, yes, no],
    ['prio > 100', { prio: -1 }, yes, no],
    ['prio <= -1', { prio: -1 }, yes, yes],
    ['ret == -2', { ret: -2n }, yes, yes],
    ['ret >= -4095', { ret: -2n }, yes, yes],
    ['ret >= -4095', { ret: -5000n }, no, no],
    ['prio == -1', { prio: -1 }, yes, yes],
    ['ret == 0xfffffffffffffffe', { ret: -2n }, yes, yes],
  ])('%s of %o: libtraceevent compares unsigned, the kernel by the field', (text, values, traceCmd, kernel) => {
    expect(passes(text, values, 'trace-cmd')).toBe(traceCmd);
    expect(passes(text, values, 'kernel')).toBe(kernel);
  });
});

describe('texts', () => {
  it.each<[text: string, values: Values, expected: boolean]>([
    ['name == "bash"', { name: 'bash' }, yes],
    ['name == "bash"', { name: 'bash2' }, no],
    ['name == "12345678"', { name: '12345678' }, yes],
    ['name != "bash"', { name: 'zsh' }, yes],
    ["name == 'a'", { name: 'a' }, yes],
    ['name == ""', {}, yes],
    ['name =~ "^B.*H$"', { name: 'bash' }, yes],
    ['name !~ "^b"', { name: 'bash' }, no],
    ['name ~ "ba*"', { name: 'bash' }, yes],
    ['name ~ "ba"', { name: 'bash' }, no],
    ['name == "é"', { name: 'é' }, yes],
    ['path == "/etc/passwd"', { path: '/etc/passwd' }, yes],
    ['path =~ "pass\\|shadow"', { path: '/etc/shadow' }, yes],
    ['label == "here"', { path: 'long path before', label: 'here' }, yes],
    ['label =~ "path"', { path: 'path', label: 'here' }, no],
    ['COMM == "bash"', { taskPid: 42 }, yes],
    ['COMM != "bash"', { taskPid: 41 }, yes],
    ['COMM =~ "idle"', { taskPid: 0 }, yes],
    ['site == "schedule"', { site: 0xffffffff81000010n }, yes],
    ['site =~ "^sched"', { site: 0xffffffff81000010n }, yes],
    ['site == "0x1234"', { site: 0x1234n }, yes],
    ['ret == "schedule"', { ret: BigInt.asIntN(64, 0xffffffff81000010n) }, yes],
    ['pid == "0xff"', { pid: 255 }, yes],
    ['pid == "0xffffffffffffffff"', { pid: -1 }, yes],
    ['args == "0x0"', {}, no],
    ['name == "say \\"hi"', { name: 'say "hi' }, yes],
  ])('%s of %o: %s', (text, values, expected) => {
    expect(passes(text, values)).toBe(expected);
    expect(passes(text, values, 'trace-cmd', { littleEndian: false, longSize: 8 })).toBe(expected);
  });
});

describe('what an event does not have', () => {
  it.each<[text: string, expected: boolean]>([
    ['bogus == 1', no],
    ['bogus != 1', no],
    ['bogus == "x"', no],
    ['bogus !~ "x"', no],
    ['!(bogus == 1)', yes],
    ['bogus == 1 || pid == 5', yes],
    ['bogus == 1 && pid == 5', no],
    ['pid == bogus', no],
    ['bogus & 1', no],
    ['comm == "bash"', no],
  ])('%s: %s', (text, expected) => {
    expect(passes(text, { pid: 5, taskPid: 42 })).toBe(expected);
  });
});

describe('conditions', () => {
  const values = { pid: 1, flags: 2, tiny: 3 };

  it.each<[text: string, traceCmd: boolean, kernel: boolean]>([
    ['pid == 1 || flags == 0 && tiny == 0', no, yes],
    ['pid == 1 || (flags == 0 && tiny == 0)', yes, yes],
    ['flags == 0 && tiny == 0 || pid == 1', yes, yes],
    ['! pid == 0 && flags == 2', yes, yes],
    ['!(pid == 1) || flags == 2', yes, yes],
    ['!!(pid == 1)', yes, yes],
    ['pid==1&&flags==2&&tiny==3', yes, yes],
    ['pid==0||flags==0||tiny==0', no, no],
  ])('%s: from left to right, or && first', (text, traceCmd, kernel) => {
    expect(passes(text, values, 'trace-cmd')).toBe(traceCmd);
    expect(passes(text, values, 'kernel')).toBe(kernel);
  });
});

describe('the deepest filter that is taken', () => {
  it('runs', () => {
    const row = (inner: string) => `${Array.from({ length: 32 }, () => 'pid == 9 || flags == 2 && ').join('')}${inner}`;
    let text = 'pid == 1';
    for (let depth = 0; depth < 32; depth += 1) text = row(`(${text})`);
    expect(passes(text, { pid: 1, flags: 2 })).toBe(true);
    expect(passes(text, { pid: 3, flags: 2 })).toBe(false);
  });
});

describe('what only the kernel has', () => {
  it.each<[text: string, values: Values, expected: boolean]>([
    ['comm == "bash"', { taskPid: 42 }, yes],
    ['cpu == 3', {}, yes],
    ['cpu & CPUS{2-4}', {}, yes],
    ['cpu & CPUS{0,4}', {}, no],
    ['cpu != CPUS{3}', {}, no],
    ['cpus & CPUS{9-20}', { cpus: [1, 20] }, yes],
    ['cpus & CPUS{2-19}', { cpus: [1, 20] }, no],
    ['cpus == CPUS{1,20}', { cpus: [1, 20] }, yes],
    ['cpus != CPUS{1}', { cpus: [1, 20] }, yes],
    ['cpus == CPUS{1,20,64}', { cpus: [1, 20] }, no],
    ['site.function == schedule', { site: 0xffffffff81000010n }, yes],
    ['site.function != schedule', { site: 0xffffffff81000010n }, no],
    ['site.function == 0xffffffff81000020', { site: 0xffffffff81000010n }, yes],
    ['file.ustring == "x"', {}, no],
  ])('%s of %o: %s', (text, values, expected) => {
    expect(passes(text, values, 'kernel')).toBe(expected);
    expect(passes(text, values, 'kernel', { littleEndian: false, longSize: 8 })).toBe(expected);
  });
});

describe('damaged records', () => {
  it('takes no field that the record ends before, and never reads beyond it', () => {
    const texts = [
      'pid != 5',
      'name != "x"',
      'path != "x"',
      'label !~ "x"',
      'ret != 1',
      'flags & 1',
      'COMM != "x"',
      'site != "x"',
    ];
    const { bytes, view, start, end } = recordOf({ flags: 1, path: 'text' });
    for (const text of texts) {
      const parsed = parseFilter(text, 'trace-cmd');
      if ('problem' in parsed) throw new Error(text);
      const test = compileFilter(parsed.ast, everyKind, contextOf());
      expect(test(bytes, view, start, end, 0, 0n), text).toBe(true);
      for (let cut = start; cut <= end; cut += 1) test(bytes, view, start, cut, 0, 0n);
      expect(test(bytes, view, start, start + 7, 0, 0n), text).toBe(false);
    }
  });

  it('holds a dynamic text within its record', () => {
    const { bytes, view, start, end } = recordOf({ path: 'text' });
    view.setUint32(start + 28, (0xffff << 16) | 96, true);
    bytes.fill(0x61, start + 96, bytes.length);
    const parsed = parseFilter('path =~ "^a*$"', 'trace-cmd');
    if ('problem' in parsed) throw new Error('no filter');
    const test = compileFilter(parsed.ast, everyKind, contextOf());
    expect(test(bytes, view, start, end, 0, 0n)).toBe(true);
    view.setUint32(start + 28, (8 << 16) | 0xffff, true);
    expect(test(bytes, view, start, end, 0, 0n)).toBe(false);
  });
});
