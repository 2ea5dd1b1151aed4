import { describe, expect, it } from 'vitest';
import { TracefsError, UnsupportedError } from '../../src/base/errors.ts';
import { applyChanges } from '../../src/control/apply-writes.ts';
import type { PlannedChange } from '../../src/control/plan-writes.ts';
import { root, setUp } from './tracefs-setup.ts';

const functions = (file: string, names: string[], indexes: number[]): PlannedChange => ({
  kind: 'functions',
  file,
  selection: { names, indexes },
});

describe('applyChanges', () => {
  it('selects functions by index, one word a write', () => {
    const { kernel, tracefs } = setUp();
    const names = kernel.readText(`${root}/available_filter_functions`).split('\n');
    applyChanges(tracefs, [functions('set_ftrace_filter', [names[1]!, names[4]!], [2, 5])]);
    expect(tracefs.top.read('set_ftrace_filter')).toBe(`${names[1]}\n${names[4]}\n`);
    expect(kernel.writes.map(({ value }) => value)).toEqual(['2\n', '5\n']);
  });

  it('writes names when the indexes have shifted meanwhile', () => {
    const { kernel, tracefs } = setUp();
    applyChanges(tracefs, [functions('set_ftrace_filter', ['vfs_open', 'vfs_read'], [1, 2])]);
    expect(tracefs.top.read('set_ftrace_filter').trim().split('\n').sort()).toEqual(['vfs_open', 'vfs_read']);
    expect(kernel.writes).toHaveLength(4);
  });

  it('also when an index is beyond the end now: a module has gone', () => {
    const { tracefs } = setUp();
    applyChanges(tracefs, [functions('set_ftrace_filter', ['vfs_open', 'vfs_read'], [1, 99_999_999])]);
    expect(tracefs.top.read('set_ftrace_filter').trim().split('\n').sort()).toEqual(['vfs_open', 'vfs_read']);
  });

  it('stops at the first refusal and leaves the rest', () => {
    const { kernel, tracefs } = setUp();
    const write = (file: string, word: string): PlannedChange => ({
      kind: 'write',
      file,
      words: [word],
      mode: 'truncate',
    });
    const changes = [write('tracing_on', '0'), write('current_tracer', 'nosuch'), write('max_graph_depth', '3')];
    expect(() => applyChanges(tracefs, changes)).toThrow(TracefsError);
    expect(kernel.writes.map(({ path }) => path)).toEqual([`${root}/tracing_on`, `${root}/current_tracer`]);
  });

  it('says that a kernel has no instances', () => {
    const { kernel, tracefs } = setUp();
    const exists = kernel.exists.bind(kernel);
    kernel.exists = (path) => !path.endsWith('/instances') && exists(path);
    const change: PlannedChange = { kind: 'mkdir', file: 'instances/a', undo: { kind: 'instance', name: 'a' } };
    expect(() => applyChanges(tracefs, [change])).toThrow(UnsupportedError);
  });
});
