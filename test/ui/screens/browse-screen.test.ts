/** The Browse screen: finding, choosing, tracing; lists that are not there yet or cannot be read. */
import { describe, expect, it } from 'vitest';
import { readThreadMs } from '../../../src/base/thread-time.ts';
import { findAction } from '../../../ui/keys/key-table.ts';
import { browseScreen } from '../../../ui/screens/browse/browse-screen.ts';
import { initialAppState, updateApp } from '../../../ui/state/app-state.ts';
import { makeContext, ScreenDriver } from '../drive-screen.ts';
import { emptyModels, fakeModels, loaded } from '../fake-models.ts';

function browse(models = fakeModels(), width = 80) {
  return new ScreenDriver(browseScreen, makeContext({ models, width }));
}

const graphOf = (...functions: readonly string[]) => [
  { kind: 'message', text: `tracing ${functions.length} function${functions.length === 1 ? '' : 's'}` },
  { kind: 'trace', change: { what: 'graph', functions } },
  { kind: 'go', screen: 'graph' },
];

describe('finding', () => {
  it('takes text from the start, and narrows with each letter', () => {
    const driver = browse();
    expect(browseScreen.takesText?.(driver.state)).toBe(true);
    expect(driver.text).toContain('208 match');
    expect(driver.type('sys_').text).toContain('4 match');
    expect(driver.type('openat').text).toContain('2 match');
    for (let step = 0; step < 6; step += 1) driver.send({ kind: 'typed', key: 'Backspace' });
    expect(driver.text).toContain('4 match');
  });

  it('moves while text is typed, and begins at the top after each letter', () => {
    const driver = browse().type('sys_').action('down').action('down');
    expect(driver.body[2]).toContain('▸');
    expect(driver.type('o').body[0]).toContain('▸');
  });

  it('finds by regular expression and whole name, and says what is wrong with one', () => {
    expect(browse().type('re:^vfs_').text).toContain('1 match');
    expect(browse().type('=do_sys_open').text).toContain('1 match');
    expect(browse().type('re:(').text).toMatch(/unterminated|missing|group/i);
    expect(browse().type('nosuchname').text).toContain("no name has 'nosuchname'");
  });

  it('takes what is typed to the other tabs, but no path and to no place for one', () => {
    const driver = browse().type('sched').press('Tab');
    expect(driver.text).toContain('2 match');
    driver.type('_w');
    expect(driver.press('Shift-Tab').text).toContain("no name has 'sched_w'");
    expect(driver.press('Shift-Tab').state.tabs.symbols.query.text).toBe('');
    expect(driver.type('/bin/sh').press('Tab').state.tabs.functions.query.text).toBe('sched_w');
  });

  it('shows what cannot be traced, with the reason', () => {
    const driver = browse().type('ftruncate');
    expect(driver.body[0]).toContain('[-] do_sys_ftruncate  not traceable');
    const [message] = driver.press('Enter').take();
    expect(message).toMatchObject({ kind: 'message', isError: true });
    expect(driver.press('Space').state.chosen.size).toBe(0);
  });

  it('answers every key press among 60,000 names within a frame', () => {
    const rows = Array.from({ length: 60_000 }, (_, index) => ({
      name: `kernel_function_${index.toString(36)}_${index % 97}`,
      module: undefined,
      reason: undefined,
    }));
    const driver = browse(fakeModels({ lists: { functions: loaded(rows) } }));
    driver.text;
    const times = [...'function_a1_4'].map((key) => {
      const begin = readThreadMs();
      driver.type(key).view;
      return readThreadMs() - begin;
    });
    times.sort((a, b) => a - b);
    expect(times[Math.floor(times.length / 2)]).toBeLessThan(33);
  });
});

describe('choosing', () => {
  it('chooses by Space also while text is typed, and goes on to the next row', () => {
    const driver = browse().type('sys_');
    driver.send({ kind: 'typed', key: 'Space' }).send({ kind: 'typed', key: 'Space' });
    expect([...driver.state.chosen.values()].map(({ name }) => name)).toEqual(['do_sys_open', 'do_sys_openat2']);
    expect(driver.text).toContain('Enter traces 2 functions as call trees');
    expect(driver.text).toContain('chosen 2 functions: do_sys_open do_sys_openat2');
    expect(driver.press('Enter').take()).toEqual(graphOf('do_sys_open', 'do_sys_openat2'));
    expect(driver.state.chosen.size).toBe(0);
  });

  it('lets go of what is chosen already', () => {
    const driver = browse().type('=do_sys_open').press('Space', 'Space');
    expect(driver.state.chosen.size).toBe(0);
  });

  it('shows the chosen rows at the right from 100 columns on', () => {
    const driver = browse(fakeModels(), 160).type('sys_').press('a');
    expect(driver.body[0]).toMatch(/\[✓\] do_sys_open +│ Chosen: 3/);
    expect(driver.body[1]).toMatch(/│ do_sys_open$/);
    expect(browse(fakeModels(), 99).type('sys_').press('a').text).not.toContain('│ Chosen');
  });

  it('chooses all that match but those that cannot be traced, in the box by Ctrl-A', () => {
    const driver = browse().type('sys_').send({ kind: 'typed', key: 'Ctrl-A' });
    expect(driver.state.chosen.size).toBe(3);
    expect(driver.take().at(-1)).toEqual({ kind: 'message', text: '3 chosen; 1 cannot be traced' });
    expect(driver.press('x').state.chosen.size).toBe(0);
  });

  it('asks before more than 1,000 functions are traced, and says how many', () => {
    const rows = Array.from({ length: 1204 }, (_, index) => ({
      name: `f${index}`,
      module: undefined,
      reason: undefined,
    }));
    const driver = browse(fakeModels({ lists: { functions: loaded(rows) } })).press('a');
    expect(driver.text).toContain('Enter traces 1,204 functions');
    driver.take();
    const [effect, ...rest] = driver.press('Enter').take();
    expect(rest).toEqual([]);
    expect(effect).toMatchObject({ kind: 'confirm', question: expect.stringContaining('1,204 functions') });
    expect('effects' in effect! ? effect.effects : []).toContainEqual({ kind: 'go', screen: 'graph' });
  });

  it('keeps what was chosen on other tabs', () => {
    const driver = browse().type('=vfs_read').press('Space').type('x').send({ kind: 'typed', key: 'Ctrl-U' });
    driver.press('Tab', 'Space', 'Tab', 'Space');
    expect(driver.press('Enter').take()).toEqual([
      { kind: 'message', text: 'tracing 1 function, 2 events' },
      { kind: 'trace', change: { what: 'graph', functions: ['vfs_read'] } },
      { kind: 'trace', change: { what: 'event', event: 'sched:sched_switch', on: true } },
      { kind: 'trace', change: { what: 'event', event: 'probes:p_one', on: true } },
      { kind: 'go', screen: 'graph' },
    ]);
  });
});

describe('tracing', () => {
  it('traces the row under the cursor where nothing is chosen', () => {
    expect(browse().type('vfs_read').press('Enter').take()).toEqual(graphOf('vfs_read'));
  });

  it('traces functions alone after t', () => {
    const driver = browse().type('vfs_read').press('t');
    expect(driver.text).toContain(', calls alone');
    expect(driver.press('Enter').take().slice(1)).toEqual([
      { kind: 'trace', change: { what: 'function', functions: ['vfs_read'] } },
      { kind: 'go', screen: 'log' },
    ]);
  });

  it('goes to the rates for events', () => {
    expect(browse().press('Tab', 'Enter').take().slice(1)).toEqual([
      { kind: 'trace', change: { what: 'event', event: 'sched:sched_switch', on: true } },
      { kind: 'go', screen: 'events' },
    ]);
  });

  it('probes symbols of a program at their entry or return', () => {
    const driver = browse().command('symbols /bin/bash');
    expect(driver.take()).toEqual([{ kind: 'load', tab: 'symbols', binary: '/bin/bash' }]);
    expect(driver.text).toContain('/bin/bash');
    driver.press('Ctrl-T');
    expect(driver.text).toContain('1 probe at return');
    expect(driver.press('Enter').take().slice(1)).toEqual([
      { kind: 'trace', change: { what: 'probe', words: ['uprobe', '/bin/bash', 'readline%return'] } },
      { kind: 'go', screen: 'log' },
    ]);
  });
});

describe('lists that are not there', () => {
  it('are asked for once, when their tab is first seen', () => {
    const driver = browse(emptyModels());
    expect(driver.take()).toEqual([{ kind: 'load', tab: 'functions' }]);
    expect(driver.send({ kind: 'tick' }).take()).toEqual([]);
    expect(driver.text).toContain('reading the functions');
    expect(driver.press('Tab').take()).toEqual([{ kind: 'load', tab: 'events' }]);
  });

  it('say how far they are, and why they cannot be read', () => {
    const loading = { state: 'loading', share: 0.4 } as const;
    expect(browse(fakeModels({ lists: { functions: loading } })).text).toContain('reading the functions: 40%');
    const failed = { state: 'failed', why: 'needs root' } as const;
    const driver = browse(fakeModels({ lists: { functions: failed } }));
    expect(driver.text).toContain('the functions cannot be read:');
    expect(driver.text).toContain('needs root');
    expect(driver.press('Enter').take()).toMatchObject([{ kind: 'load', tab: 'functions' }]);
  });

  it('of symbols stay as they are while the path of another program is typed', () => {
    const driver = browse().command('symbols /bin/bash').type('/usr/bin/python3');
    expect(driver.text).toContain('1 match');
    expect(driver.text).toContain('Enter reads its symbols');
    driver.take();
    expect(driver.press('Enter').take()).toEqual([{ kind: 'load', tab: 'symbols', binary: '/usr/bin/python3' }]);
  });

  it('of symbols begin with the path of a program', () => {
    const driver = browse(emptyModels()).command('tab symbols');
    expect(driver.text).toContain('Whose symbols?');
    driver.take();
    expect(driver.press('Enter').take()).toEqual([{ kind: 'ask', to: 'command', text: 'symbols /bin/bash' }]);
    expect(driver.type('/usr/bin/python3').text).toContain('Enter reads its symbols');
    expect(driver.press('Enter').take()).toEqual([{ kind: 'load', tab: 'symbols', binary: '/usr/bin/python3' }]);
    expect(driver.press('b').take()).toEqual([{ kind: 'ask', to: 'command', text: 'symbols /usr/bin/python3' }]);
  });
});

describe('the search box', () => {
  it('gives letters back to the keys after Esc, and takes them again after /', () => {
    const context = makeContext();
    const press = (state: ReturnType<typeof initialAppState>, ...keys: string[]) =>
      keys.reduce((before, key) => updateApp(before, { kind: 'key', key }, context).state, state);
    const typed = press(initialAppState('browse'), 'j', 'q', '1');
    expect(typed.screen).toBe('browse');
    expect(browseScreen.view(typed.screens.browse as never, context).body.join('')).toContain('jq1');
    const left = press(typed, 'Esc', '1');
    expect(left.screen).toBe('home');
    const back = press(left, '2', '/', 'x');
    expect(browseScreen.view(back.screens.browse as never, context).body.join('')).toContain('jq1x');
  });

  it('has a key with Ctrl for each letter that does something', () => {
    for (const [letter, key] of [
      ['a', 'Ctrl-A'],
      ['x', 'Ctrl-X'],
      ['t', 'Ctrl-T'],
      ['b', 'Ctrl-R'],
    ] as const) {
      expect(findAction(letter, 'browse')).toBe(findAction(key, 'browse'));
    }
  });

  it('shows prototype and fields of the row under the cursor', () => {
    const driver = browse().type('vfs_read');
    expect(driver.text).toContain('functions vfs_read(struct file *file)');
    expect(driver.press('v').take()).toEqual([
      { kind: 'show', title: 'vfs_read', lines: ['functions vfs_read(struct file *file)', 'field:int prev_pid'] },
    ]);
    expect(driver.press('y').take()).toEqual([{ kind: 'copy', text: 'vfs_read', what: 'the name' }]);
  });

  it('is clicked through: the first click chooses the row, the second one marks it', () => {
    const driver = browse().send({ kind: 'click', row: 3, x: 5 });
    expect(driver.body[3]).toContain('▸');
    driver.send({ kind: 'click', row: 3, x: 5 });
    expect(driver.state.chosen.size).toBe(1);
  });
});
