/** The Log screen: following, pausing, gaps, marks, search, and the fields of an event. */
import { describe, expect, it } from 'vitest';
import { logScreen } from '../../../ui/screens/log/log-screen.ts';
import type { Models } from '../../../ui/state/models.ts';
import { makeContext, ScreenDriver, stripLooks } from '../drive-screen.ts';
import { damagedItem, emptyModels, eventItem, fakeItems, fakeModels, hostile, lostItem } from '../fake-models.ts';

function log(items = fakeItems(), change: Partial<Models> = {}, width = 120) {
  return new ScreenDriver(logScreen, makeContext({ models: fakeModels({ items }, change), width }));
}

const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => eventItem((from + index) * 1e6, 'tick', `n=${from + index}`));

describe('following', () => {
  it('shows the newest, also as more come', () => {
    const driver = log(numbered(100));
    expect(driver.text).toContain('following the newest');
    expect(driver.body.at(-1)).toContain('n=99');
    driver.with({ models: fakeModels({ items: numbered(150) }) });
    expect(driver.body.at(-1)).toContain('n=149');
  });

  it('ends when the cursor leaves the bottom, says how much is newer, and f and G begin it again', () => {
    const driver = log(numbered(100)).press('k', 'k');
    driver.with({ models: fakeModels({ items: numbered(150) }) });
    expect(driver.text).toContain('+52 newer; f follows');
    expect(driver.body.find((line) => line.startsWith('▸'))).toContain('n=97');
    expect(driver.press('f').body.at(-1)).toContain('n=149');
    driver.press('g');
    expect(driver.body[0]).toContain('n=0');
    expect(driver.press('G').state.following).toBe(true);
  });

  it('keeps the cursor with its event while old ones are dropped and filters come', () => {
    const items = numbered(200);
    const driver = log(items).press('g', 'PageDown', 'PageDown');
    const here = driver.state.time!;
    driver.with({ models: fakeModels({ items: items.slice(20) }) });
    expect(driver.state.time).toBe(here);
    expect(driver.body.find((line) => line.startsWith('▸'))).toContain(`n=${here / 1e6}`);
    driver.with({ models: fakeModels({ items: items.filter((_, index) => index % 2 === 0) }) });
    expect(driver.state.time).toBeGreaterThanOrEqual(here);
    expect(driver.state.time).toBeLessThanOrEqual(here + 2e6);
  });
});

describe('pausing', () => {
  it('shows nothing newer, counts it, and goes on', () => {
    const driver = log(numbered(5)).press('p');
    driver.with({ models: fakeModels({ items: numbered(3117) }) });
    expect(driver.text).toContain('PAUSED +3,112 new');
    expect(driver.body).toHaveLength(5);
    expect(driver.press('p').send({ kind: 'tick' }).body.at(-1)).toContain('n=3116');
  });

  it('holds an empty log, too', () => {
    const driver = new ScreenDriver(logScreen, makeContext({ models: emptyModels() })).press('p');
    driver.with({ models: fakeModels({ items: numbered(3) }) });
    expect(driver.text).toContain('PAUSED +3 new');
    expect(driver.text).toContain('armed, 0 events');
  });
});

describe('gaps', () => {
  const items = [
    ...numbered(3),
    lostItem(4e6, 1204),
    ...numbered(3, 5),
    damagedItem(9e6),
    lostItem(10e6, undefined, true),
  ];

  it('are rows that say what is missing', () => {
    const { text } = log(items);
    expect(text).toContain('~~ 1,204 events lost on cpu3 ~~');
    expect(text).toContain('~~ damaged data on cpu1, left out: a record of length 0');
    expect(text).toContain('~~ events of cpu3 counted but not shown: too many to show ~~');
  });

  it('are jumped to one after the other, and Ctrl-O leads back', () => {
    const driver = log(items).press('g', '!');
    expect(driver.state.time).toBe(4e6);
    expect(driver.press('!').state.time).toBe(9e6);
    expect(driver.press('!', '!').state.time).toBe(4e6);
    expect(driver.press('Ctrl-O', 'Ctrl-O').state.time).toBe(9e6);
    expect(log(numbered(3)).press('!').take()).toEqual([{ kind: 'message', text: 'no events were lost' }]);
  });
});

describe('marks', () => {
  it('are set and gone to by their letters', () => {
    const driver = log(numbered(100)).press('g', 'j', 'j').action('mark', 'a').press('G').action('go-mark', 'a');
    expect(driver.state.time).toBe(2e6);
    expect(driver.body.find((line) => line.startsWith('▸a'))).toContain('n=2');
    const before = driver.state;
    expect(driver.action('go-mark', 'q').state).toBe(before);
    expect(driver.action('mark', '7').state).toBe(before);
  });

  it('A and B tell the time between them', () => {
    const driver = log(numbered(100)).press('g', 'A', 'j', 'j', 'B');
    expect(driver.text).toContain('A to B 2.0 ms');
    expect(driver.text).toContain('A 2.0 ms ago');
  });

  it('are not needed for a time that is known', () => {
    const driver = log(numbered(100)).command('time 12.05');
    expect(driver.state.time).toBe(50e6);
    driver.take();
    expect(driver.command('time soon').take()).toMatchObject([{ isError: true }]);
  });
});

describe('search', () => {
  it('finds in messages and tasks, downwards and upwards', () => {
    const driver = log(numbered(100)).press('g').send({ kind: 'search', query: 'n=5' });
    expect(driver.state.time).toBe(5e6);
    expect(driver.press('n').state.time).toBe(50e6);
    expect(driver.press('N').state.time).toBe(5e6);
    driver.take();
    expect(driver.press('N').take()).toEqual([{ kind: 'message', text: 'nothing found above: n=5', isError: true }]);
    expect(log().send({ kind: 'search', query: 'bash-4121' }).take()[0]).toMatchObject({ text: 'found: bash-4121' });
  });

  it('looks at so many rows for a key press, and goes on with the next', () => {
    const items = [...numbered(50_000), eventItem(50_000e6, 'tick', 'needle')];
    const driver = log(items).press('g').send({ kind: 'search', query: 'needle' });
    expect(driver.take().at(-1)).toMatchObject({ text: 'not in the next 20,000 rows: n looks further' });
    expect(driver.press('n').take().at(-1)).toMatchObject({ isError: true });
    expect(driver.press('n').state.time).toBe(50_000e6);
  });

  it('ends with Esc', () => {
    const driver = log().send({ kind: 'search', query: 'sched' });
    expect(driver.text).toContain('/sched');
    expect(driver.action('back').text).not.toContain('/sched');
  });
});

describe('an event', () => {
  it('shows all its fields, safe for a terminal', () => {
    const driver = log([eventItem(1e6, 'sched_switch', 'message')]);
    const [shown] = driver.press('Enter').take();
    const lines = shown !== undefined && 'lines' in shown ? shown.lines : [];
    expect(lines).toContain('event  sched:sched_switch');
    expect(lines).toContain('task   bash-4121');
    expect(lines).toContain('prev_pid   12');
    expect(lines).toContain('address    18446744071578845184  0xffffffff81000000');
    expect(lines.join('')).not.toContain(hostile);
    expect(lines.join('')).not.toContain('\u001b');
    expect(driver.press('v').take()).toEqual([shown]);
  });

  it('is copied as a line, and all rows as text', () => {
    const driver = log([eventItem(1e6, 'tick', 'n=1'), lostItem(2e6, 7)]).press('g');
    expect(driver.press('y').take()).toEqual([
      { kind: 'copy', text: 'bash-4121 [000] 12.001000: tick: n=1', what: 'the row' },
    ]);
    const [copied] = driver.press('Y').take();
    expect(copied).toMatchObject({ text: expect.stringMatching(/n=1\n +\[003\] 12\.002000: 7 events lost on cpu3$/) });
  });

  it('is exported as text or JSON by the name of the file', () => {
    const driver = log([eventItem(1e6, 'tick', 'n=1'), lostItem(2e6, undefined)]);
    expect(driver.press('x').take()).toEqual([{ kind: 'ask', to: 'command', text: 'export log.txt' }]);
    const [text, json] = driver.command('export a.txt').command('export a.json').take();
    expect(text).toMatchObject({ kind: 'export', file: 'a.txt', content: expect.stringContaining('tick: n=1\n') });
    const lines =
      'content' in json!
        ? json.content
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [];
    expect(lines).toMatchObject([
      { type: 'event', event: 'sched:tick', text: 'n=1' },
      { type: 'lost', count: null },
    ]);
  });

  it('is shifted to the left as far as is asked for', () => {
    const driver = log([eventItem(1e6, 'tick', 'a long message')]).press('Shift-Right');
    expect(driver.body[0]).toMatch(/bash-4121 +long message/);
    expect(driver.press('Shift-Left').body[0]).toContain('tick: a long');
  });
});

describe('without a tick', () => {
  const items = numbered(100);
  const context = makeContext({ models: fakeModels({ items }) });

  it('shows the newest and moves from there', () => {
    const initial = logScreen.initial();
    expect(stripLooks(logScreen.view(initial, context).body.at(-1)!)).toContain('n=99');
    const { state } = logScreen.update(initial, { kind: 'action', action: 'up' }, context);
    expect(state.time).toBe(98e6);
  });

  it('has nothing to leave', () => {
    const initial = logScreen.initial();
    expect(logScreen.update(initial, { kind: 'action', action: 'back' }, context).state).toBe(initial);
  });
});

describe('states', () => {
  it('has words while there is nothing, and the filters in force', () => {
    const { text } = log([], {});
    expect(text).toContain('armed, 0 events in 12 s on log');
    expect(text).toContain('&task:bash');
  });

  it('says that it shows one of many', () => {
    const { status } = fakeModels();
    expect(log(numbered(3), { status: { ...status, showing: 8 } }).text).toContain('showing 1 of 8');
  });

  it('hides columns', () => {
    const driver = log(numbered(3)).command('column off TASK').command('column off CPU');
    expect(driver.text).not.toContain('bash-4121');
    expect(driver.press('o').take()).toMatchObject([
      { kind: 'pick', rows: expect.arrayContaining([{ name: 'TASK', on: false }]) },
    ]);
  });
});
