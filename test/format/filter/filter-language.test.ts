import { describe, expect, it } from 'vitest';
import { readAskedFilter } from '../../../src/format/filter/filter-language.ts';

describe('--filter of live commands', () => {
  it.each([
    'pid:12',
    '!task:bash cpu:0-3',
    'dur:>10ms ret:<0',
    'text:"a && b"',
    'dur>10ms',
    'task:"a b" word',
    'fn:vfs_* ret<0',
  ])('%s is chips', (text) => {
    expect(readAskedFilter(text).kind).toBe('chips');
  });

  it.each([
    'prev_prio < 100',
    'ret < 0',
    'ret<0 && count>3',
    'prev_comm == "pid:3 cpu:1"',
    'prev_comm ~ "a pid:3"',
    "prev_comm=='x pid:3'",
    'comm~"pid:*"',
    '(common_pid==3)||prev_pid==4',
    'CPUS{0-3} & cpumask',
    'prev_pid',
    '0',
  ])('%s is of the kernel’s language', (text) => {
    expect(readAskedFilter(text)).toEqual({ kind: 'kernel', filter: text });
  });

  it.each([
    ['ret<0', 'ret:<0 is what ftui knows of every event, ret < 0 a field of these events'],
    ['pid=3', 'pid:3 is what ftui knows of every event, pid == 3 a field of these events'],
    [
      '!ret>=2 pid=3',
      '!ret:>=2 pid:3 is what ftui knows of every event, !(ret >= 2) && pid == 3 a field of these events',
    ],
  ])('%s could be both, and is refused with both spellings', (text, remedy) => {
    expect(() => readAskedFilter(text)).toThrow(expect.objectContaining({ remedy }));
  });

  it.each([
    ['pid:3 && cpu:1', "reading the filter '&&' at column 7"],
    ['pid:3 prev_prio < 100', "reading the filter '<' at column 17"],
    ['bogus:3', 'there is no field bogus'],
  ])('%s is refused as chips', (text, message) => {
    expect(() => readAskedFilter(text)).toThrow(message);
  });
});
