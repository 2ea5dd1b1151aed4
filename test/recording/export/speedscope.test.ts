import { describe, expect, it } from 'vitest';
import type { SourceItem } from '../../../src/recording/event-source.ts';
import { planBatches } from '../../../src/recording/export/profile-batches.ts';
import { speedscope } from '../../../src/recording/export/speedscope.ts';
import { calls, event, exported, hostileNames, lost, sourceOf } from './recorded-events.ts';
import { findSpeedscopeProblems, type SpeedscopeFile } from './speedscope-rules.ts';

/** The file, and each profile as `name: O0 f C100 f ...`. */
function read(items: readonly SourceItem[]): { file: SpeedscopeFile; profiles: string[] } {
  const { text } = exported(speedscope, sourceOf(items));
  expect(findSpeedscopeProblems(text)).toEqual([]);
  const file = JSON.parse(text) as SpeedscopeFile;
  const nameOf = (frame: number) => file.shared.frames[frame]!.name;
  const profiles = file.profiles.map((profile) => {
    const parts =
      profile.type === 'evented'
        ? profile.events.map(({ type, at, frame }) => `${type}${at} ${nameOf(frame)}`)
        : profile.samples.map((stack, index) => `${stack.map(nameOf).join('>')} ${profile.weights[index]}`);
    return `${profile.name}: ${parts.join(' ')}`;
  });
  return { file, profiles };
}

it('makes an evented profile of the call trees of each task, the largest first', () => {
  const { profiles, file } = read([
    ...calls('100 50 write', { pid: 7, comm: 'sh' }),
    ...calls('100 1000 read\n  200 300 verify\n2000 10 read'),
  ]);
  expect(profiles).toEqual([
    'bash-12: O100 read O200 verify C500 verify C1100 read O2000 read C2010 read',
    'sh-7: O100 write C150 write',
  ]);
  expect(file.profiles[0]).toMatchObject({ type: 'evented', unit: 'nanoseconds', startValue: 100, endValue: 2010 });
});

it('makes a sampled profile of the stacks of events', () => {
  const stack = { kind: 'user', frames: ['inner', 'outer'] } as const;
  const { profiles, file } = read([event({ time: 1 }), event({ time: 2, stack }), event({ time: 5, stack })]);
  expect(profiles).toEqual(['bash-12: stacks of events: outer>inner 1 outer>inner 1']);
  expect(file.profiles[0]).toMatchObject({ unit: 'none', startValue: 0, endValue: 2 });
});

it('closes what did not return, and what reaches out of its caller', () => {
  const { profiles } = read([...calls('100 400 a\n  150 390 b'), ...calls('600 - c\n  700 - d'), lost(900, 3)]);
  expect(profiles).toEqual(['bash-12: O100 a O150 b C540 b C540 a O600 c O700 d C900 d C900 c']);
});

it('keeps idle tasks and instances apart', () => {
  const { profiles } = read([
    ...calls('100 10 f', { pid: 0, cpu: 0 }),
    ...calls('100 10 f', { pid: 0, cpu: 1 }),
    ...calls('100 10 f', { instance: 'foo' }),
  ]);
  expect(profiles.map((profile) => profile.split(':')[0]).sort()).toEqual([
    'bash-12 [foo]',
    'idle on CPU 0',
    'idle on CPU 1',
  ]);
});

it('stays valid with hostile names', () => {
  const { file } = read(
    hostileNames.flatMap((name, index) => [
      ...calls(`${index * 100} 20 f`, { pid: 20 + index, comm: name, instance: name }),
      event({ time: index * 100 + 50, pid: 90 + index, comm: name, stack: { kind: 'user', frames: [name] } }),
    ]),
  );
  expect(file.profiles.length).toBe(2 * hostileNames.length);
});

it('says so when there is nothing to make profiles of', () => {
  expect(() => exported(speedscope, sourceOf([event({})]))).toThrow(/neither call trees nor stacks/);
});

describe('a large recording', () => {
  const plan = (size: number) => ({ key: String(size), kind: 'evented', name: 'x', size }) as const;

  it('is written in groups that fit in memory', () => {
    const sizes = [...planBatches([plan(60e6), plan(20e6), plan(10e6), plan(9e6), plan(1)])];
    expect(sizes.map((batch) => batch.map(({ size }) => size))).toEqual([[60e6], [20e6, 10e6], [9e6, 1]]);
  });

  it('reads its events once to count, and once for a group', () => {
    let reads = 0;
    const source = sourceOf(calls('100 10 f'));
    const events = () => {
      reads += 1;
      return source.events();
    };
    const counting = { ...source, events };
    exported(speedscope, counting);
    expect(reads).toBe(2);
  });
});
