/** Pages of a ring buffer that was written over: the kernel's own lost marks. */
import { describe, expect, it } from 'vitest';
import { capturedCases, loadCapturedPages } from './captured-pages.ts';

describe('pages after an overrun', () => {
  const cases = capturedCases('graph-lost');
  it('were captured on four kernels', () => expect(cases).toHaveLength(4));
  // Only a page with room after its records has the count.
  it.each(cases)('%s begins with a loss, as many as the statistics say where it is counted', (folder) => {
    const { items, stats } = loadCapturedPages(folder);
    const overrun = Number(/^overrun: (\d+)$/m.exec(stats)![1]);
    expect(overrun).toBeGreaterThan(0);
    expect(items[0]).toMatchObject({ kind: 'lost', count: folder.startsWith('6.12') ? overrun : undefined });
    expect(items.filter(({ kind }) => kind === 'lost')).toHaveLength(1);
    expect(items[1]!.time).toBe(items[0]!.time);
  });
});
