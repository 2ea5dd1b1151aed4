import { describe, expect, it } from 'vitest';
import type { SourceItem } from '../../../src/recording/event-source.ts';
import type { ExportOptions } from '../../../src/recording/export/export-format.ts';
import { flameGraph } from '../../../src/recording/export/flame-graph.ts';
import { layOutFlameGraph } from '../../../src/recording/export/flame-graph-frames.ts';
import { StackTree } from '../../../src/recording/export/stack-tree.ts';
import { calls, event, exported, hostileNames, lost, sourceOf } from './recorded-events.ts';
import { elementsOf, parseXml, textOf, type XmlElement } from './xml-rules.ts';

function draw(items: readonly SourceItem[], options: Partial<ExportOptions> = {}) {
  const { text } = exported(flameGraph, sourceOf(items), options);
  const page = parseXml(text);
  const frames = elementsOf(page, 'svg');
  const ofClass = (name: string) => elementsOf(page, 'text').find(({ attributes }) => attributes.class === name);
  return { text, page, frames, heading: textOf(ofClass('heading')!), facts: textOf(ofClass('facts')!) };
}

function describeFrame(frame: XmlElement): string {
  const { x, y, width } = frame.attributes;
  return `${y} ${x} ${width} ${textOf(elementsOf(frame, 'title')[0]!)}`;
}

const tree = calls('100 1000 read\n  200 250 verify\n  600 500 ext4 [ext4]');

it('draws callers above, widths in proportion to time, the widest first', () => {
  expect(draw(tree).frames.map(describeFrame)).toEqual([
    '96 0% 100% all\n1.000 µs (100.00 %), itself 0 ns',
    '114 0% 100% bash\n1.000 µs (100.00 %), itself 0 ns, task',
    '132 0% 100% read\n1.000 µs (100.00 %), itself 250 ns, 1 call, kernel',
    '150 0% 50% ext4 [ext4]\n500 ns (50.00 %), itself 500 ns, 1 call, kernel module',
    '150 50% 25% verify\n250 ns (25.00 %), itself 250 ns, 1 call, kernel',
  ]);
});

it('says what was recorded', () => {
  const { heading, facts, page } = draw([...tree, ...calls('3000 - open'), lost(4000, 12)], { title: 'open.dat' });
  expect(heading).toBe('open.dat: time in kernel functions');
  expect(textOf(elementsOf(page, 'title')[0]!)).toBe(heading);
  expect(facts).toBe(
    '2 call trees, 1 of them not whole · 1.000 µs in all · from 7 events · 12 events were LOST while recording',
  );
});

it('weighs by calls, or by samples', () => {
  expect(draw(tree, { weight: 'count' }).facts).toBe('1 call tree · 3 calls in all · from 6 events');
  const stack = { kind: 'user', frames: ['main'] } as const;
  const sampled = draw([event({ time: 1 }), event({ time: 2, stack })]);
  expect(sampled.heading).toBe('trace.dat: stacks of events');
  expect(sampled.frames.map(describeFrame).at(-1)).toBe(
    '132 0% 100% main\n1 sample (100.00 %), itself 1 sample, program',
  );
});

it('is as high as the stacks are deep', () => {
  expect(draw(tree).page.attributes.height).toBe(String(96 + 4 * 18 + 34));
  expect(draw(calls('1 1 f')).page.attributes.height).toBe(String(96 + 3 * 18 + 34));
});

it('shows the start of a name where it does not fit, whole characters only', () => {
  const { frames } = draw(calls('0 12000 read\n  0 1150 a_rather_long_name\n  2000 300 😀😀😀😀😀😀😀😀'));
  const labels = frames.map((frame) => elementsOf(frame, 'text').map(textOf).join());
  expect(labels).toEqual(['all', 'bash', 'read', 'a_rather_long…', '😀😀…']);
});

it('needs nothing from anywhere', () => {
  const { page, text } = draw(tree);
  expect(text.match(/https?:[^"']*/g)!.every((url) => url.startsWith('http://www.w3.org/'))).toBe(true);
  expect(text).not.toMatch(/@import|url\(|xlink|href/);
  expect(elementsOf(page, 'script').length).toBe(1);
});

it('stays well-formed with hostile names, and none becomes program text', () => {
  const items = hostileNames.flatMap((name, index) => [
    event({ time: index * 10, pid: 50 + index, comm: name }),
    event({ time: index * 10 + 1, pid: 50 + index, comm: name, stack: { kind: 'user', frames: [name, 'outer'] } }),
  ]);
  const { page, text, heading } = draw(items, { title: hostileNames.join(' ') });
  expect(elementsOf(page, 'script').length).toBe(1);
  expect(textOf(elementsOf(page, 'script')[0]!)).toBe(textOf(elementsOf(draw(tree).page, 'script')[0]!));
  expect(elementsOf(page, 'x')).toEqual([]);
  expect(heading).toContain('</script><script>alert(1)</script>');
  expect(text).not.toContain('<script>alert');
});

describe('a large recording', () => {
  it('leaves out frames too narrow to see, and says how many', () => {
    const narrow = Array.from({ length: 50 }, (_, index) => `  ${index * 10} 1 f${index}`).join('\n');
    const { text, frames } = draw(calls(`0 1000000 read\n${narrow}`));
    expect(frames.length).toBe(3);
    expect(text).toContain('50 frames too narrow to draw');
  });

  it('draws the 20,000 widest at most', () => {
    const stacks = new StackTree();
    for (let index = 0; index < 6000; index += 1) {
      let node = stacks.child(stacks.root, `task${index}`, 'task');
      for (let depth = 0; depth < 4; depth += 1) node = stacks.child(node, `f${depth}`, 'kernel');
      node.count = 100_000 + index;
    }
    const { frames, omitted } = layOutFlameGraph(stacks.root, 'count');
    expect(frames.length).toBeLessThanOrEqual(20_000);
    expect(frames.length).toBeGreaterThan(15_000);
    expect(frames.length + omitted).toBe(1 + 6000 * 5);
  });

  it('merges what is too deep into its last frame', () => {
    const stacks = new StackTree();
    let node = stacks.root;
    for (let depth = 0; depth < 5000; depth += 1) node = stacks.child(node, `f${depth}`, 'kernel');
    node.count = 1;
    expect(node.depth).toBe(1024);
    expect(layOutFlameGraph(stacks.root, 'count').rows).toBe(400);
  });
});
