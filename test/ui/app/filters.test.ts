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
    expect(filters.rows).toEqual([
      { name: 'task:bash', on: true },
      { name: 'cpu:3', on: false },
    ]);
    expect(filters.accepts({ comm: 'bash', cpu: 2 })).toBe(true);
    filters.change({ what: 'remove', index: 0 });
    expect(filters.isEmpty).toBe(true);
    filters.change({ what: 'pop' });
    expect(filters.rows).toEqual([]);
  });

  it('stay as they are when one cannot be read', () => {
    filters.change({ what: 'add', text: 'task:bash' });
    expect(() => filters.change({ what: 'add', text: 'cpu>1' })).toThrow('cpu takes no >');
    expect(filters.rows).toHaveLength(1);
  });

  it('tell what the kernel can leave out, and say so', () => {
    filters.change({ what: 'add', text: 'cpu:0-2 cpu:2-5 !pid:7 pid:8' });
    expect(filters.kernelNumbers('cpu')).toEqual([2]);
    expect(filters.kernelNumbers('pid')).toEqual([8]);
    filters.inKernel = true;
    expect(filters.rows.map(({ note }) => note)).toEqual([
      'in the kernel',
      'in the kernel',
      undefined,
      'in the kernel',
    ]);
    filters.change({ what: 'toggle', index: 3 });
    expect(filters.kernelNumbers('pid')).toBeUndefined();
  });
});
