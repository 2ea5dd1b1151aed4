/** The Home screen: the shortest ways to begin, and what is said where nothing can be traced. */
import { describe, expect, it } from 'vitest';
import { homeScreen } from '../../../ui/screens/home/home-screen.ts';
import { initialAppState, updateApp } from '../../../ui/state/app-state.ts';
import { makeContext, ScreenDriver } from '../drive-screen.ts';
import { blockedDiagnosis, emptyModels, fakeModels, notRoot } from '../fake-models.ts';

function home(models = fakeModels()) {
  return new ScreenDriver(homeScreen, makeContext({ models }));
}

describe('where tracing works', () => {
  it('says what the kernel can do and what is missing', () => {
    const { text } = home();
    expect(text).toContain('running kernel 6.12.9');
    expect(text).toContain('graph works  uprobe works  event works  1 feature missing (v)');
  });

  it('traces what ls opens by the first key of a new user', () => {
    const context = makeContext();
    const { state, effects } = updateApp(initialAppState('home'), { kind: 'key', key: 'Enter' }, context);
    expect(state.screen).toBe('graph');
    expect(effects).toEqual([
      { kind: 'run', command: ['ls', '/'], change: { what: 'graph', functions: ['do_sys_open'] } },
    ]);
  });

  it.each([
    [1, { what: 'probe', words: ['uprobe', '/bin/bash', 'readline%return'] }, 'log'],
    [2, { what: 'event', event: 'sched:sched_switch', on: true }, 'events'],
  ])('begins row %i', (row, change, screen) => {
    const driver = home();
    for (let step = 0; step < row; step += 1) driver.press('j');
    expect(driver.press('Enter').take()).toEqual([
      { kind: 'trace', change },
      { kind: 'go', screen },
    ]);
  });

  it('lists recordings, which Enter replays, and says of one that it is gone', () => {
    const driver = home().press('Tab');
    expect(driver.press('Enter').take()).toEqual([
      { kind: 'replay', file: '/tmp/open.dat' },
      { kind: 'go', screen: 'graph' },
    ]);
    expect(driver.press('G', 'Enter').take()).toEqual([
      { kind: 'message', text: 'the file is not there any more', isError: true },
    ]);
    expect(driver.press('Tab').state.at).toBe(0);
  });

  it('marks a command that this kernel cannot do, and moves it behind those it can', () => {
    const { diagnosis } = fakeModels();
    const commands = { graph: false, uprobe: true, event: true };
    const driver = home(fakeModels({}, { diagnosis: { ...diagnosis!, commands } }));
    expect(driver.text).toContain('graph does not work');
    const rows = driver.body.map((line) => line.trim());
    const at = (start: string) => rows.findIndex((row) => row.replace(/^\S /, '').startsWith(start));
    expect(at('graph do_sys_open')).toBeGreaterThan(at('demo'));
    expect(rows[at('graph do_sys_open')]).toContain('this kernel cannot');
  });

  it('lists the features with what they need', () => {
    const [shown] = home().press('v').take();
    expect(shown).toMatchObject({ kind: 'show' });
    const lines = 'lines' in shown! ? shown.lines : [];
    expect(lines.join('\n')).toMatch(/^no {3}funcgraph-args +needs Linux 6.15 or later$/m);
    expect(lines.join('\n')).toMatch(/^\? {4}user events +could not tell; needs Linux 6.4 or later$/m);
  });

  it('says what is traced already and where to see it', () => {
    expect(home().text).toContain('LIVE  event sched:sched_switch   3 events  4 graph  5 log  6 record');
    expect(home(emptyModels()).text).not.toContain('6 record');
  });

  it('copies a row as the command that does the same', () => {
    expect(home().press('y').take()).toEqual([
      { kind: 'copy', text: 'ftui graph do_sys_open -- ls /', what: 'the row' },
    ]);
  });
});

describe('where nothing can be traced', () => {
  const blocked = () => home(emptyModels({ diagnosis: blockedDiagnosis, problem: notRoot }));

  it('says what, why, and the command that would change it', () => {
    const { text } = blocked();
    expect(text).toContain('no tracing here; demo, replay and symbols of programs work');
    expect(text).toContain('/sys/kernel/tracing is 0700 root');
    expect(text).toContain('run it as root: sudo ftui');
  });

  it('begins with the demo, and browses what anyone may read', () => {
    const driver = blocked();
    expect(driver.press('Enter').take()).toEqual([{ kind: 'demo' }, { kind: 'go', screen: 'graph' }]);
    expect(driver.press('j', 'Enter').take()).toEqual([
      { kind: 'go', screen: 'browse' },
      { kind: 'send', screen: 'browse', command: ['tab', 'symbols'] },
    ]);
  });

  it('refuses what needs the kernel', () => {
    expect(blocked().press('j', 'j', 'Enter').take()).toEqual([
      { kind: 'message', text: 'needs a kernel that lets you trace', isError: true },
    ]);
  });

  it('has the words of the doctor where nothing better is known', () => {
    expect(home(emptyModels({ diagnosis: blockedDiagnosis })).text).toContain('tracing needs root');
  });
});

describe('its rows', () => {
  it('stay on the smallest screen, wherever the cursor is', () => {
    const models = emptyModels({ diagnosis: blockedDiagnosis, problem: notRoot });
    const driver = new ScreenDriver(homeScreen, makeContext({ models, width: 60, height: 10 }));
    for (let step = 0; step < 6; step += 1) {
      expect(driver.body.filter((line) => line.startsWith(' ▸ '))).toHaveLength(1);
      driver.press('j');
    }
  });

  it('are chosen by a click and opened by a second one', () => {
    const driver = home();
    const line = driver.body.findIndex((text) => text.includes('who runs when'));
    driver.send({ kind: 'click', row: line, x: 4 });
    expect(driver.state.at).toBe(2);
    expect(driver.take()).toEqual([]);
    expect(driver.send({ kind: 'click', row: line, x: 4 }).take()).toHaveLength(2);
  });

  it('say nothing before the kernel has been looked at, and can be begun all the same', () => {
    const driver = home(emptyModels());
    expect(driver.text).toContain('looking at this kernel');
    expect(driver.press('Enter').take()[0]).toMatchObject({ kind: 'run' });
  });
});
