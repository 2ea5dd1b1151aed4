import { describe, expect, it } from 'vitest';
import { loadFixture, parseFixtureBundle } from '../../src/simulated/fixture-tree.ts';
import { readFixture } from './fixtures.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('fixture bundles', () => {
  it('reads texts by length, and marks what has none or is refused', () => {
    const tree = loadFixture({
      list: () => ['a.txt', 'ORIGIN'],
      read: () => bytes('@ 640 4 /a\n@ 1\n\n@ 220 - /b\n@ 440 EPERM /c\n@ 444 0 /d\n\n'),
    });
    expect(tree.get('/a')).toEqual({ mode: 0o640, text: '@ 1\n', refused: false });
    expect(tree.get('/b')).toEqual({ mode: 0o220, text: undefined, refused: false });
    expect(tree.get('/c')).toEqual({ mode: 0o440, text: undefined, refused: true });
    expect(tree.get('/d')?.text).toBe('');
  });

  it('names a damaged bundle', () => {
    expect(() => parseFixtureBundle(bytes('nonsense'), 'x.txt', new Map())).toThrow(/x\.txt: no entry at byte 0/);
  });

  it.each(['5.10', '6.1', '6.12', '6.18', '7.2'] as const)('has what tests need of %s', (version) => {
    const tree = readFixture(version);
    const at = (path: string) => tree.get(`/sys/kernel/tracing/${path}`);
    expect(at('events/header_page')?.text).toContain('commit');
    expect(at('events/ftrace/funcgraph_entry/format')?.text).toContain('name: funcgraph_entry');
    expect(at('events/sched/sched_switch/format')?.text).toContain('prev_comm');
    expect(at('instances/fixture/current_tracer')?.text).toBe('nop\n');
    expect(at('current_tracer')?.text).toBe('nop\n');
    if (version !== '6.18') {
      const functions = at('available_filter_functions')!.text!.split('\n');
      expect(functions).toEqual(
        expect.arrayContaining(['do_sys_open', 'do_sys_openat2', 'vfs_open', 'vfs_read', 'kernel_clone']),
      );
      expect(functions.some((name) => name.endsWith(']'))).toBe(true);
    }
  });
});
