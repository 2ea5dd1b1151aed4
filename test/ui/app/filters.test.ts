import { beforeEach, describe, expect, it } from 'vitest';
import { Filters } from '../../../ui/app/filters.ts';

describe('the filters of a session', () => {
  let filters: Filters;
  beforeEach(() => {
    filters = new Filters();
  });

  it('hold all together, and each can be turned off and taken away', () => {
    filters.change({ what: 'add', text: 'task:bash cpu:3' });
    expect(filters.accepts({ comm: 'bash', cpu: 2 })).toBe(false);
    filters.change({ what: 'toggle', index: 1 });
    expect(filters.rows([])).toEqual([
      { name: 'task:bash', on: true },
      { name: 'cpu:3', on: false },
    ]);
    expect(filters.accepts({ comm: 'bash', cpu: 2 })).toBe(true);
    filters.change({ what: 'remove', index: 0 });
    expect(filters.isEmpty).toBe(true);
    filters.change({ what: 'pop' });
    expect(filters.rows([])).toEqual([]);
  });

  it('stay as they are when one cannot be read', () => {
    filters.change({ what: 'add', text: 'task:bash' });
    expect(() => filters.change({ what: 'add', text: 'cpu>1' })).toThrow('cpu takes no >');
    expect(filters.rows([])).toHaveLength(1);
  });

  it('tell what a kernel may be able to apply, and what it does', () => {
    filters.change({ what: 'add', text: 'cpu:0-2 task:bash text:open dur:>1ms !pid:7' });
    expect(filters.kernelChips.map(({ text }) => text)).toEqual(['cpu:0-2', 'task:bash', '!pid:7']);
    const inKernel = filters.kernelChips.slice(0, 2);
    expect(filters.rows(inKernel).map(({ note }) => note)).toEqual([
      'in the kernel',
      'in the kernel',
      undefined,
      undefined,
      undefined,
    ]);
    filters.change({ what: 'toggle', index: 0 });
    expect(filters.kernelChips.map(({ text }) => text)).toEqual(['task:bash', '!pid:7']);
    expect(filters.rows(inKernel)[0]).toEqual({ name: 'cpu:0-2', on: false });
  });
});
