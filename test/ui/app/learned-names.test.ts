/** Names are asked for once in a while: asking may read files. */
import { describe, expect, it } from 'vitest';
import type { SourceItem } from '../../../src/index.ts';
import { LearnedNames } from '../../../ui/app/learned-names.ts';

function eventsOf(pid: number, names: readonly string[]) {
  const asked = { count: 0 };
  const item = {
    kind: 'event',
    pid,
    get comm() {
      asked.count += 1;
      return names[Math.min(asked.count, names.length) - 1]!;
    },
  } as unknown as SourceItem;
  return { item, asked };
}

describe('LearnedNames', () => {
  it('asks once for many events of a task, and again after a second', () => {
    const names = new LearnedNames();
    const { item, asked } = eventsOf(7, ['sh', 'ls']);
    names.learn([item, item, item], 0);
    names.learn([item], 900);
    expect(asked.count).toBe(1);
    expect(names.nameOf(7)).toBe('sh');
    names.learn([item], 1_100);
    expect(asked.count).toBe(2);
    expect(names.nameOf(7)).toBe('ls');
  });

  it('goes on asking for a name that nobody knows, and keeps the one that was known', () => {
    const names = new LearnedNames();
    const { item, asked } = eventsOf(7, ['<...>', '<...>', 'ls', '<...>']);
    names.learn([item, item, item, item], 0);
    expect(asked.count).toBe(3);
    names.learn([item], 1_100);
    expect(names.nameOf(7)).toBe('ls');
  });

  it('knows nothing of tasks that were not seen', () => {
    expect(new LearnedNames().nameOf(1)).toBeUndefined();
  });
});
