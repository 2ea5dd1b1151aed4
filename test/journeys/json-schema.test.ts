/** The checker itself: it must be able to fail. */
import { describe, expect, it } from 'vitest';
import { findSchemaProblems } from './json-schema.ts';

const tree = {
  type: 'tree',
  time: 1,
  cpu: 0,
  pid: 7,
  comm: 'ls',
  calls: 2,
  root: {
    function: 'f',
    time: 1,
    duration: null,
    self: null,
    args: ['0xff'],
    children: [{ function: 'g', time: 2, duration: 3, self: 3 }],
  },
};

describe('findSchemaProblems', () => {
  it('finds nothing wrong with what is right', () => {
    expect(findSchemaProblems(tree, 'tree')).toEqual([]);
    expect(findSchemaProblems([1, 'x', null, [{ unreadable: '0x1' }]], 'value')).toEqual([]);
    expect(findSchemaProblems({ '0': 3 }, 'lost')).not.toEqual([]);
  });

  it.each([
    [{ ...tree, type: 'event' }, 'tree.type is not "tree"'],
    [{ ...tree, cpu: -1 }, 'tree.cpu is below 0'],
    [{ ...tree, cpu: 0.5 }, 'tree.cpu is no integer'],
    [{ ...tree, extra: 1 }, 'tree.extra is not in the schema'],
    [{ ...tree, comm: undefined }, 'tree.comm is no string'],
    [{ ...tree, root: {} }, 'tree.root.function is missing'],
    [{ ...tree, root: { ...tree.root, args: ['ff'] } }, 'tree.root.args[0] does not match ^0x[0-9a-f]+$'],
    [{ ...tree, root: { ...tree.root, children: [] } }, 'tree.root.children has fewer than 1 items'],
    [{ ...tree, root: { ...tree.root, children: [{}] } }, 'tree.root.children[0].self is missing'],
    [{ ...tree, root: { ...tree.root, cut: 'x' } }, 'tree.root.cut is none of start, end, lost'],
  ])('finds what is wrong: %#', (value, problem) => {
    expect(findSchemaProblems(value, 'tree')).toContain(problem);
  });

  it('checks names and values of additional properties, and one shape of several', () => {
    const summary = { type: 'summary', ended: 'duration', shown: 0, records: 0, lost: 1, wall: 1, notices: [] };
    expect(findSchemaProblems({ ...summary, lostByCpu: { 0: 1 } }, 'summary')).toEqual([]);
    expect(findSchemaProblems({ ...summary, lostByCpu: { x: 0 } }, 'summary')).toEqual([
      'summary.lostByCpu, name x does not match ^[0-9]+$',
      'summary.lostByCpu.x is below 1',
    ]);
    expect(findSchemaProblems({ unreadable: 'x' }, 'value')).toEqual(['value fits 0 of 3 shapes']);
  });
});
