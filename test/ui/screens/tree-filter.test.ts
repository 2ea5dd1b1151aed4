import { describe, expect, it } from 'vitest';
import { GraphModel } from '../../../src/index.ts';
import { Filters } from '../../../ui/app/filters.ts';
import { chooseNodes } from '../../../ui/screens/graph/tree-filter.ts';
import { PathReader } from '../../../ui/state/path-reader.ts';

/** open > (walk > lookup, irq > tick), read > walk */
const script: readonly (readonly [name: string, depth: number])[] = [
  ['open', 0],
  ['walk', 1],
  ['lookup', 2],
  ['irq_enter', 1],
  ['tick', 2],
  ['read', 0],
  ['walk', 1],
];

function shownWith(filter: string): string[] {
  const names: string[] = [];
  const numberOf = (name: string) => {
    if (!names.includes(name)) names.push(name);
    return names.indexOf(name) + 1;
  };
  const model = new GraphModel();
  const open: string[] = [];
  let now = 0;
  const time = () => {
    now += 1;
    return now;
  };
  const leave = (depth: number) => {
    while (open.length > depth) model.exit(0, 7, time(), numberOf(open.pop()!), open.length, -1, -1, 0);
  };
  for (const [name, depth] of script) {
    leave(depth);
    model.enter(0, 7, 0, time(), numberOf(name), depth);
    open.push(name);
  }
  leave(0);
  const paths = new PathReader(model.paths, model.functions);
  const nameOf = (node: number) => names[paths.funcOf(node) - 1]!;
  const filters = new Filters();
  filters.change({ what: 'add', text: filter });
  const accepts = chooseNodes(paths, filters.names!, nameOf);
  const shown: string[] = [];
  const visit = (node: number) => {
    for (const child of paths.children(node).sort((a, b) => a - b)) {
      if (accepts(child)) shown.push(paths.pathOf(child).map(nameOf).join('>'));
      visit(child);
    }
  };
  visit(0);
  return shown;
}

describe('filters by names on the tree', () => {
  it('leave out a function with all that it calls', () => {
    expect(shownWith('!fn:irq*')).toEqual(['open', 'open>walk', 'open>walk>lookup', 'read', 'read>walk']);
  });

  it('show what is looked for with the way to it and all below it', () => {
    expect(shownWith('fn:walk')).toEqual(['open', 'open>walk', 'open>walk>lookup', 'read', 'read>walk']);
    expect(shownWith('tick')).toEqual(['open', 'open>irq_enter', 'open>irq_enter>tick']);
    expect(shownWith('fn:walk !fn:lookup')).toEqual(['open', 'open>walk', 'read', 'read>walk']);
    expect(shownWith('fn:nothing')).toEqual([]);
  });

  it('are none where filters are about single calls only', () => {
    const filters = new Filters();
    filters.change({ what: 'add', text: 'dur>1ms task:bash' });
    expect(filters.names).toBeUndefined();
  });
});
