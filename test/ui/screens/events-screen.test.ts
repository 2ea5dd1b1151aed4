/** The Events screen: rates, order that stays still, switches, and the way to the log of one event. */
import { describe, expect, it } from 'vitest';
import { EventRates } from '../../../src/index.ts';
import { eventsScreen } from '../../../ui/screens/events/events-screen.ts';
import { sparkline, squeeze } from '../../../ui/screens/events/events-view.ts';
import type { Models } from '../../../ui/state/models.ts';
import { makeContext, ScreenDriver, stripLooks } from '../drive-screen.ts';
import { emptyModels, fakeModels } from '../fake-models.ts';

function ratesOf(counts: Readonly<Record<string, number>>): EventRates {
  const rates = new EventRates();
  for (const [name, count] of Object.entries(counts)) rates.count(name, 1e9, count, { text: `text of ${name}` });
  rates.advance(2e9);
  return rates;
}

function events(change: Partial<Models> = {}, width = 80) {
  return new ScreenDriver(eventsScreen, makeContext({ models: fakeModels({}, change), width }));
}

const three = { 'a:low': 10, 'b:high': 1000, 'c:middle': 100 };

describe('its rows', () => {
  it('have rate, total, last message, and whether the event is on', () => {
    const driver = events({ rates: ratesOf({ 'sched:sched_switch': 1234 }) }, 160);
    expect(driver.body[0]).toMatch(/▸\[x\] sched:sched_switch +1\.2k .* 1\.2k {2}text of sched:sched_switch/);
    expect(driver.text).toContain('1 event, 1 on  1,234 in all');
  });

  it('are sorted by rate, and by other columns on request', () => {
    const driver = events({ rates: ratesOf(three), wanted: emptyModels().wanted });
    const order = () => driver.body.map((line) => /\S+:\S+/.exec(line)?.[0]);
    expect(order()).toEqual(['b:high', 'c:middle', 'a:low']);
    driver.press('I');
    expect(order()).toEqual(['a:low', 'c:middle', 'b:high']);
    driver.press('I', '<');
    expect(driver.state.order).toBe('name');
    expect(order()).toEqual(['a:low', 'b:high', 'c:middle']);
    expect(driver.text).toContain('EVENT v');
  });

  it('stay where they are for two seconds, and while the cursor moves', () => {
    const wanted = emptyModels().wanted;
    const driver = events({ rates: ratesOf(three), wanted });
    const swapped = fakeModels({}, { rates: ratesOf({ ...three, 'a:low': 5000 }), wanted });
    const first = () => /\S+:\S+/.exec(driver.body[0]!)?.[0];
    driver.with({ models: swapped, now: 1_000 });
    expect(first()).toBe('b:high');
    driver.with({ now: 1_900 }).press('j');
    driver.with({ now: 2_500 });
    expect(first()).toBe('b:high');
    driver.with({ now: 4_000 });
    expect(first()).toBe('a:low');
  });

  it('do not pass each other for a tenth', () => {
    const wanted = emptyModels().wanted;
    const driver = events({ rates: ratesOf({ 'a:one': 100, 'b:two': 99 }), wanted });
    driver.with({ models: fakeModels({}, { rates: ratesOf({ 'a:one': 100, 'b:two': 105 }), wanted }), now: 9_000 });
    expect(driver.body[0]).toContain('a:one');
    driver.with({ models: fakeModels({}, { rates: ratesOf({ 'a:one': 100, 'b:two': 120 }), wanted }), now: 18_000 });
    expect(driver.body[0]).toContain('b:two');
  });

  it('keep the cursor with its event', () => {
    const wanted = emptyModels().wanted;
    const driver = events({ rates: ratesOf(three), wanted }).press('j', 'j');
    expect(driver.state.name).toBe('a:low');
    driver.with({ models: fakeModels({}, { rates: ratesOf({ ...three, 'a:low': 9000 }), wanted }), now: 9_000 });
    expect(driver.state.cursor.at).toBe(0);
    expect(driver.state.name).toBe('a:low');
  });

  it('are there for events that are on and have not come', () => {
    const driver = events({ rates: new EventRates() });
    expect(driver.body[0]).toContain('[x] sched:sched_switch');
    expect(driver.text).toContain('armed, none has come yet');
  });

  it('stand still while paused', () => {
    const driver = events({ rates: ratesOf(three) }).press('p');
    expect(driver.text).toContain('PAUSED');
    driver.with({ models: fakeModels({}, { rates: ratesOf({ ...three, 'd:new': 5 }) }), now: 9_000 });
    expect(driver.text).not.toContain('d:new');
    expect(driver.press('p').send({ kind: 'tick' }).text).toContain('d:new');
  });
});

describe('switches', () => {
  it('turn an event off and on, and keep its row', () => {
    const driver = events({ rates: new EventRates() });
    expect(driver.press('Space').take()).toEqual([
      { kind: 'trace', change: { what: 'event', event: 'sched:sched_switch', on: false } },
    ]);
    driver.with({ models: fakeModels({}, { rates: new EventRates(), wanted: emptyModels().wanted }) });
    expect(driver.body[0]).toContain('[ ] sched:sched_switch');
    expect(driver.press('Space').take()).toEqual([
      { kind: 'trace', change: { what: 'event', event: 'sched:sched_switch', on: true } },
    ]);
  });

  it('turn on again what is known by its bare name', () => {
    const rates = ratesOf({ sched_switch: 5 });
    const driver = events({ rates }).press('Space');
    driver.take();
    driver.with({ models: fakeModels({}, { rates, wanted: emptyModels().wanted }) });
    expect(driver.body[0]).toContain('[ ] sched_switch');
    expect(driver.press('Space').take()).toEqual([
      { kind: 'trace', change: { what: 'event', event: 'sched:sched_switch', on: true } },
    ]);
  });

  it('say where there is none', () => {
    const { status } = fakeModels();
    const recording = events({
      rates: ratesOf(three),
      status: { ...status, kind: 'recording' },
      wanted: emptyModels().wanted,
    });
    expect(recording.press('Space').take()).toMatchObject([{ kind: 'message', isError: true }]);
    const tracer = events({ rates: ratesOf({ funcgraph_entry: 3 }), wanted: emptyModels().wanted });
    expect(tracer.press('Space').take()).toMatchObject([{ text: expect.stringContaining('comes from a tracer') }]);
  });
});

describe('what it leads to', () => {
  it('is the log of the event alone', () => {
    const driver = events({ filterRows: () => [] });
    expect(driver.press('Enter').take()).toEqual([
      { kind: 'filters', change: { what: 'add', text: 'event:sched:sched_switch' } },
      { kind: 'go', screen: 'log' },
    ]);
  });

  it('takes the filter for another event away', () => {
    const chips = ['event:a:b', 'task:bash', 'event:c:d'].map((name) => ({ name, on: true }));
    const changes = events({ filterRows: () => chips })
      .press('Enter')
      .take();
    expect(changes.slice(0, 2)).toEqual([
      { kind: 'filters', change: { what: 'remove', index: 2 } },
      { kind: 'filters', change: { what: 'remove', index: 0 } },
    ]);
    const same = [{ name: 'event:sched:sched_switch', on: true }];
    expect(
      events({ filterRows: () => same })
        .press('Enter')
        .take(),
    ).toEqual([{ kind: 'go', screen: 'log' }]);
  });

  it('finds names', () => {
    const driver = events({ rates: ratesOf(three), wanted: emptyModels().wanted }).send({
      kind: 'search',
      query: 'low',
    });
    expect(driver.state.name).toBe('a:low');
    expect(driver.take()).toEqual([{ kind: 'message', text: '1 of 1: low' }]);
    expect(driver.send({ kind: 'search', query: 'nothing' }).take()).toMatchObject([{ isError: true }]);
    expect(driver.action('back').state.search).toBe('');
  });

  it('hides columns', () => {
    const driver = events({ rates: ratesOf(three) }).press('o');
    expect(driver.take()).toMatchObject([{ kind: 'pick', command: 'column' }]);
    expect(driver.command('column off TOTAL').text).not.toContain('TOTAL');
    expect(driver.command('column on TOTAL').text).toContain('TOTAL');
  });

  it('adds filters, and turns them off from their list', () => {
    const driver = events();
    expect(driver.send({ kind: 'filter', text: 'cpu:3' }).take()).toEqual([
      { kind: 'filters', change: { what: 'add', text: 'cpu:3' } },
    ]);
    expect(driver.press('F').take()).toMatchObject([{ kind: 'pick', command: 'chip' }]);
    expect(driver.command('chip off task:bash').take()).toEqual([
      { kind: 'filters', change: { what: 'toggle', index: 0 } },
    ]);
  });

  it('says what is lost, and that only some events are shown', () => {
    const { status } = fakeModels();
    const driver = events({ status: { ...status, showing: 8 } }, 120);
    expect(driver.text).toContain('lost 1,206');
    expect(driver.text).toContain('every one counted, 1 of 8 shown');
  });

  it('says what is armed while nothing has come', () => {
    const driver = new ScreenDriver(eventsScreen, makeContext({ models: emptyModels() }));
    expect(driver.text).toContain('armed, 0 events in 12 s on events');
  });
});

describe('without a tick', () => {
  const context = makeContext({ models: fakeModels({}, { rates: ratesOf(three) }) });

  it('shows the rows and acts on the first', () => {
    const initial = eventsScreen.initial();
    expect(stripLooks(eventsScreen.view(initial, context).body[0]!)).toContain('b:high');
    const { effects } = eventsScreen.update(initial, { kind: 'action', action: 'open' }, context);
    expect(effects).toContainEqual({ kind: 'filters', change: { what: 'add', text: 'event:b:high' } });
  });

  it('has nothing to leave', () => {
    const initial = eventsScreen.initial();
    expect(eventsScreen.update(initial, { kind: 'action', action: 'back' }, context).state).toBe(initial);
  });
});

describe('sparklines', () => {
  const levels = ['0', '1', '2', '3', '4'];

  it('share one scale, on which the least thing is seen', () => {
    expect(sparkline([0, 1, 50, 100], 100, false, levels)).toBe('0124');
    expect(sparkline([0, 1, 50, 100], 1e6, false, levels)).toBe('0111');
    expect(sparkline([0, 10, 1e3, 1e6], 1e6, true, levels)).toBe('0124');
    expect(sparkline([0, 0], 0, true, levels)).toBe('00');
  });

  it('lose no peak where they are narrow', () => {
    const values = Array.from({ length: 60 }, (_, index) => (index === 31 ? 9 : 1));
    const narrow = squeeze(values, 10);
    expect(narrow).toHaveLength(10);
    expect(Math.max(...narrow)).toBe(9);
    expect(squeeze([1, 2], 10)).toEqual([1, 2]);
  });
});
