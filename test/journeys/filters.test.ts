/** `--filter` in chips: of recordings, and how it is refused. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSchemaProblems } from './json-schema.ts';
import { Home } from './program.ts';

let home: Home;
beforeAll(() => {
  home = new Home();
});
afterAll(() => home.remove());

const recording = (name: string) => join(import.meta.dirname, '../recordings', `${name}.dat`);

async function run(...words: string[]) {
  const { stdout, stderr, status } = await home.run(words);
  return { lines: stdout.split('\n').slice(0, -1), stderr, status };
}

describe('ftui report --filter', { timeout: 60_000 }, () => {
  it.each([
    ['6.1-graph-depth3', 'cpu:0 fn:vfs_*', /vfs_|\}/],
    ['6.1-graph-depth3', 'dur:>100us', /# |\* |! |@ /],
    ['6.1-graph-depth3', '!fn:vfs_*', /^ *bash-146 .*(?:\(\)|\})/],
    ['7.2-syscalls', 'ret:<0 !pid:0', /sys_exit_.*0xffffffff/],
    ['7.2-syscalls', 'event:*openat text:0xffffff9c', /dfd: 0xffffff9c/],
    ['7.2-function', 'fn:*read*', /function: .*read/],
    ['6.12-stacks', 'event:sched_process_exit', /sched_process_exit|=>|stack/],
    ['6.12-lost', 'text:never-there', /DROPPED/],
  ])('%s: %s leaves lines of the whole report, as they were', async (name, filter, form) => {
    const whole = await run('report', recording(name));
    const { lines, stderr, status } = await run('report', recording(name), '--filter', filter);
    expect({ stderr, status }).toEqual({ stderr: whole.stderr, status: whole.status });
    const [, ...events] = lines;
    expect(events.length).toBeGreaterThan(0);
    expect(events.length).toBeLessThan(whole.lines.length - 1);
    expect(events.filter((line) => !form.test(line))).toEqual([]);
    let at = 0;
    for (const line of lines) at = whole.lines.indexOf(line, at) + 1 || Number.POSITIVE_INFINITY;
    expect(at).toBeLessThanOrEqual(whole.lines.length);
  });

  it('filters JSON alike', async () => {
    const { lines } = await run('report', recording('7.2-syscalls'), '--json', '--filter', 'ret:<0');
    const text = await run('report', recording('7.2-syscalls'), '--filter', 'ret:<0');
    expect(lines).toHaveLength(text.lines.length - 1);
    const trees = await run('report', recording('6.1-graph-depth3'), '--json', '--filter', 'dur:>1h');
    expect(trees.lines).toEqual([]);
  });
});

describe('ftui replay --filter', { timeout: 60_000 }, () => {
  it('shows the trees and events that pass, and counts the others', async () => {
    const all = await run('replay', recording('6.1-graph-depth3'), '--json');
    const roots = all.lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'tree');
    const slow = roots.filter(({ root }) => root.duration > 100_000);
    expect(slow.length).toBeGreaterThan(0);
    expect(slow.length).toBeLessThan(roots.length);
    const { lines } = await run('replay', recording('6.1-graph-depth3'), '--json', '--filter', 'dur:>100us');
    const objects = lines.map((line) => JSON.parse(line));
    expect(objects.slice(0, -1)).toEqual(slow);
    expect(objects.at(-1)).toMatchObject({ type: 'replay', leftOut: roots.length - slow.length });
    expect(findSchemaProblems(objects.at(-1), 'replay')).toEqual([]);
  });

  it('takes times since the first event, and counts where the clock counts', async () => {
    const since = await run('replay', recording('7.2-syscalls'), '--filter', 'time:+0.01-+0.02');
    const option = await run('replay', recording('7.2-syscalls'), '--from', '+0.01', '--until', '+0.02');
    expect(since.lines).toEqual(option.lines);
    expect(since.lines.length).toBeGreaterThan(0);
    const refused = await run('replay', recording('6.12-clocks'), '--filter', 'time:1.5-');
    expect(refused).toMatchObject({ lines: [], status: 2 });
    expect(refused.stderr).toContain('the clock of this recording counts, it has no seconds');
  });
});

describe('a filter that cannot be read', { timeout: 60_000 }, () => {
  it.each([
    [
      ['replay', recording('7.2-syscalls')],
      'pid:1 bogus:3',
      "reading the filter 'bogus:3' at column 7: there is no field",
    ],
    [['report', recording('7.2-syscalls')], 'cpu:x', "reading the filter 'cpu:x' at column 1: 'x' is no CPU or range"],
  ])('%s %s', async (words, filter, message) => {
    const { stderr, status } = await run(...words, '--filter', filter);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
