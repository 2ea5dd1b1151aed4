import { describe, expect, it } from 'vitest';
import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import {
  isAlive,
  isInForeground,
  readBootId,
  readComm,
  readStartTime,
  readSysctl,
  readThreads,
} from '../../src/tracefs/processes.ts';
import { RunningKernel } from '../../src/tracefs/running-kernel.ts';
import { readFixture } from '../simulated/fixtures.ts';

/** /proc/PID/stat: 52 fields, the 22nd being the start time. */
function statText(pid: number, name: string, state: string, start = 4711, [group, terminal] = [pid, -1]): string {
  const fields = [state, 1, group, group, 34816, terminal, ...Array.from({ length: 13 }, () => 0), start, 1, 2];
  return `${pid} (${name}) ${fields.join(' ')}\n`;
}

const kernel = new SimulatedKernel(readFixture('6.12'), {
  files: {
    '/proc/10/stat': statText(10, 'a) R 9 (b', 'S'),
    '/proc/10/comm': 'a) R 9 (b\n',
    '/proc/10/task/12/comm': 'x\n',
    '/proc/10/task/10/comm': 'x\n',
    '/proc/10/task/101/comm': 'x\n',
    '/proc/11/stat': statText(11, 'gone', 'Z'),
    '/proc/12/stat': statText(12, 'dying', 'X'),
    '/proc/13/comm': 'a\nb\n',
  },
});

describe('processes', () => {
  it('tells the living from zombies, the dying and the absent', () => {
    expect([10, 11, 12, 99].map((pid) => isAlive(kernel, pid))).toEqual([true, false, false, false]);
  });

  it('finds the start time behind a name with spaces and parentheses', () => {
    expect(readStartTime(kernel, 10)).toBe('4711');
    expect(readStartTime(kernel, 99)).toBeUndefined();
  });

  it('lists threads by number', () => {
    expect(readThreads(kernel, 10)).toEqual([10, 12, 101]);
    expect(readThreads(kernel, 99)).toEqual([]);
  });

  it('reads a name with its newline inside', () => {
    expect(readComm(kernel, 13)).toBe('a\nb');
    expect(readComm(kernel, 99)).toBeUndefined();
  });

  it('reads numbers of /proc/sys', () => {
    expect(readSysctl(kernel, 'kernel/pid_max')).toBeGreaterThan(1000);
    expect(readSysctl(kernel, 'kernel/nosuch')).toBeUndefined();
  });

  it('knows whether this process has the terminal', () => {
    const own = `/proc/${process.pid}/stat`;
    const at = (terminal: number) =>
      new SimulatedKernel(readFixture('6.12'), {
        files: { [own]: statText(process.pid, 'x', 'R', 1, [50, terminal]) },
      });
    expect(isInForeground(at(50))).toBe(true);
    expect(isInForeground(at(51))).toBe(false);
    expect(isInForeground(at(-1))).toBe(false);
  });
});

describe('on the running kernel', () => {
  const running = new RunningKernel();

  it('this process lives, has a start time and threads', () => {
    expect(isAlive(running, process.pid)).toBe(true);
    expect(readStartTime(running, process.pid)).toMatch(/^\d+$/);
    expect(readThreads(running, process.pid)).toContain(process.pid);
    expect(readBootId(running)).toMatch(/^[0-9a-f-]{36}$/);
    expect(isAlive(running, 0x3fffffff)).toBe(false);
  });
});
