/** Names as libtraceevent 1.8.4 finds them; recordings in which trace-cmd 3.3.1 shows the same were made on 5.10 and 6.1. */
import { describe, expect, it } from 'vitest';
import { TaskTable } from '../../../src/recording/report/task-table.ts';

const saved = [
  { pid: 7, comm: 'ls' },
  { pid: 3, comm: 'sh' },
  { pid: 9, comm: 'cat' },
];

function table(): TaskTable {
  return new TaskTable(saved, false);
}

describe('TaskTable', () => {
  it('keeps the saved name of a task once a name was asked for', () => {
    const tasks = table();
    expect(tasks.nameOf(7)).toBe('ls');
    expect(tasks.learn(7, () => 'trace-cmd')).toBe(true);
    expect(tasks.nameOf(7)).toBe('ls');
  });

  it('does not ask for the idle task, whose name nobody looks up', () => {
    const tasks = table();
    expect(tasks.nameOf(0)).toBe('<idle>');
    expect(tasks.learn(7, () => 'trace-cmd')).toBe(false);
    // 3, 7 trace-cmd, 7 ls, 9: the search begins with the third.
    expect(tasks.nameOf(7)).toBe('ls');
  });

  it('finds one of two names by how many tasks there are', () => {
    const tasks = table();
    tasks.learn(9, () => 'trace-cmd');
    // 3, 7, 9 trace-cmd, 9 cat
    expect(tasks.nameOf(9)).toBe('trace-cmd');
    const { age } = tasks;
    expect(Buffer.from(tasks.textOf(9)).toString()).toContain('trace-cmd-9');
    tasks.learn(8, () => 'new');
    // 3, 7, 8, 9 trace-cmd, 9 cat: after 8 the search goes to the last.
    expect(tasks.age).toBeGreaterThan(age);
    expect(Buffer.from(tasks.textOf(9)).toString()).toContain('cat-9');
  });

  it('learns the name of a task that has none, and says so', () => {
    const tasks = table();
    expect(Buffer.from(tasks.textOf(8)).toString()).toContain('<...>-8');
    expect(tasks.learn(8, () => 'late')).toBe(true);
    expect(tasks.age).toBe(1);
    expect(Buffer.from(tasks.textOf(8)).toString()).toContain('late-8');
    expect(tasks.learn(8, () => 'later')).toBe(true);
    expect(tasks.nameOf(8)).toBe('late');
  });
});
