import { describe, expect, it } from 'vitest';
import { folded } from '../../../src/recording/export/folded.ts';
import { addressOf, calls, event, exported, hostileNames, lost, sourceOf } from './recorded-events.ts';

const trees = calls('100 1000 read\n  200 300 verify\n  600 100 verify\n  800 50 ext4 [ext4]\n2000 10 read');

describe('call trees', () => {
  it('fold to self times in ns', () => {
    expect(exported(folded, sourceOf(trees)).text).toBe(
      ['bash;read 560', 'bash;read;ext4 [ext4] 50', 'bash;read;verify 400', ''].join('\n'),
    );
  });

  it('add up to the time of their roots', () => {
    const { text } = exported(folded, sourceOf(trees));
    const sum = text
      .trim()
      .split('\n')
      .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
    expect(sum).toBe(1010);
  });

  it('fold to calls with --weight count', () => {
    expect(exported(folded, sourceOf(trees), { weight: 'count' }).text).toBe(
      ['bash;read 2', 'bash;read;ext4 [ext4] 1', 'bash;read;verify 2', ''].join('\n'),
    );
  });

  it('without any return are weighed by calls', () => {
    expect(exported(folded, sourceOf(calls('100 - read'))).text).toBe('bash;read 1\n');
    expect(() => exported(folded, sourceOf(calls('100 - read')), { weight: 'time' })).toThrow(
      /no call was seen returning/,
    );
  });

  it('are cut where events were lost, and the rest is right', () => {
    const items = [...calls('100 - read'), lost(150, undefined), ...calls('200 40 write')];
    const { text, report } = exported(folded, sourceOf(items));
    expect(text).toBe('bash;write 40\n');
    expect(report).toMatchObject({ lostGaps: 1, lost: 0, events: 3 });
  });
});

describe('stacks of events', () => {
  const frames = (...names: string[]) => names.map(addressOf);
  const sampled = (time: number, name: string, kernel: string[], user?: string[]) => [
    event({ time, name }),
    event({
      time: time + 1,
      name: 'kernel_stack',
      system: 'ftrace',
      stack: { kind: 'kernel', frames: frames(...kernel) },
    }),
    ...(user === undefined
      ? []
      : [event({ time: time + 2, name: 'user_stack', system: 'ftrace', stack: { kind: 'user', frames: user } })]),
  ];

  it('fold to samples, the program outside the kernel', () => {
    const source = sourceOf([
      ...sampled(10, 'kmalloc', ['inner', 'outer'], ['read', 'main']),
      ...sampled(20, 'kmalloc', ['inner', 'outer'], ['read', 'main']),
      ...sampled(30, 'kfree', ['outer']),
      event({ time: 40, name: 'kfree' }),
    ]);
    expect(exported(folded, source).text).toBe('bash;main;read;outer;inner 2\nbash;outer 1\n');
  });

  it('go with the events that were chosen', () => {
    const source = sourceOf([...sampled(10, 'kmalloc', ['a']), ...sampled(20, 'kfree', ['b'])]);
    const selection = { wantsEvent: (_: string | undefined, name: string) => name === 'kfree' };
    const { text, report } = exported(folded, source, { selection });
    expect(text).toBe('bash;b 1\n');
    expect(report.events).toBe(2);
  });

  it('of another task do not join the event before', () => {
    const stack = { kind: 'kernel', frames: frames('a') } as const;
    const source = sourceOf([event({ time: 1 }), event({ time: 2, pid: 77, comm: 'other', stack })]);
    expect(exported(folded, source).text).toBe('other;a 1\n');
  });

  it('have no time to be weighed by', () => {
    expect(() => exported(folded, sourceOf(sampled(1, 'kmalloc', ['a'])), { weight: 'time' })).toThrow(/not how long/);
  });
});

it('says so when there are no stacks', () => {
  expect(() => exported(folded, sourceOf([event({})]))).toThrow(/neither call trees nor stacks/);
});

it('keeps each stack on a line whatever the names', () => {
  const source = sourceOf(
    hostileNames.map((name, index) => {
      const stack = { kind: 'user', frames: [name, 'outer'] } as const;
      return event({ time: index, pid: 100 + index, comm: name, stack });
    }),
  );
  const lines = exported(folded, source).text.trimEnd().split('\n');
  expect(lines.length).toBe(hostileNames.length);
  for (const line of lines) {
    expect(line).toMatch(/^[^\u0000-\u001f\u007f-\u009f]* 1$/);
    expect(line.split(';').length).toBe(3);
  }
});
