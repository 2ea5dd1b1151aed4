/** The Record screen: the recording that runs, the files there are, and the transport of a replay. */
import { describe, expect, it } from 'vitest';
import { recordScreen } from '../../../ui/screens/record/record-screen.ts';
import { progressBar } from '../../../ui/screens/record/record-view.ts';
import { transportCommand } from '../../../ui/screens/record/transport.ts';
import type { Models, Transport } from '../../../ui/state/models.ts';
import { createStyle } from '../../../ui/terminal/style.ts';
import { makeContext, ScreenDriver } from '../drive-screen.ts';
import { emptyModels, fakeModels, fakeRecent } from '../fake-models.ts';

function record(change: Partial<Models> = {}, width = 120) {
  return new ScreenDriver(recordScreen, makeContext({ models: fakeModels({}, change), width }));
}

const { status } = fakeModels();
const playing: Transport = { atMs: 12_000, lengthMs: 100_000, isPlaying: true, speed: 0.1 };
const replay = (transport: Partial<Transport> = {}): Partial<Models> => ({
  status: { ...status, kind: 'recording', title: 'open.dat' },
  transport: { ...playing, ...transport },
});

describe('recording', () => {
  it('is begun and ended by w, and says how', () => {
    const driver = record();
    expect(driver.text).toContain('not recording; w records what is traced: event sched:sched_switch');
    expect(driver.press('w').take()).toEqual([{ kind: 'record' }]);
  });

  it('shows file, time, size, rate and losses', () => {
    const recording = { path: './open.dat', bytes: 13_000_000, events: 5_000_000, ms: 72_000, lost: 3 };
    const { text } = record({ recording, recordingFile: './open.dat' });
    expect(text).toContain('REC ./open.dat  00:01:12  12.4 MB  5.0M events, 69.4k/s  lost 3  w ends it');
  });

  it('says what to do where nothing is traced', () => {
    const driver = new ScreenDriver(recordScreen, makeContext({ models: emptyModels() }));
    expect(driver.text).toContain('nothing is traced');
    expect(driver.text).toContain('There are no recordings yet');
  });
});

describe('recordings', () => {
  it('are replayed by Enter, unless they are gone', () => {
    const driver = record();
    expect(driver.press('Enter').take()).toEqual([
      { kind: 'replay', file: '/tmp/open.dat' },
      { kind: 'go', screen: 'graph' },
    ]);
    expect(driver.press('G').text).toContain('the file is not there any more');
    expect(driver.press('Enter').take()).toMatchObject([{ kind: 'message', isError: true }]);
  });

  it('keep the cursor while others are added', () => {
    const driver = record();
    const added = [{ ...fakeRecent[0]!, path: '/tmp/newer.dat' }, ...fakeRecent];
    driver.with({ models: fakeModels({}, { recent: added }) });
    expect(driver.state).toMatchObject({ path: '/tmp/open.dat', cursor: { at: 1 } });
  });

  it('show the end of a long path', () => {
    expect(record({}, 80).body[2]).toMatch(/^ {2}….*\/gone\.dat/);
  });

  it('are copied and described', () => {
    expect(record().press('y').take()).toEqual([{ kind: 'copy', text: '/tmp/open.dat', what: 'the path' }]);
    expect(record().press('v').take()).toMatchObject([{ lines: expect.arrayContaining(['events  1204000']) }]);
  });
});

describe('the transport', () => {
  it('says where the replay is', () => {
    expect(record(replay()).text).toMatch(/00:00:12\/00:01:40 \[.*\] 12% {2}playing at 0\.1x/);
    expect(record(replay({ isPlaying: false })).text).toContain('12%  held');
    expect(record(replay({ speed: 0, atMs: 100_000 })).text).toContain('100%  all of it is shown');
  });

  it('plays and holds, steps, and changes the speed', () => {
    const driver = record(replay());
    expect(driver.press('p', ',', '.', '-', '+').take()).toEqual([
      { kind: 'play', on: false },
      { kind: 'seek', to: expect.closeTo(0.11) },
      { kind: 'seek', to: expect.closeTo(0.13) },
      { kind: 'speed', factor: 0.05 },
      { kind: 'speed', factor: 0.2 },
    ]);
    expect(
      record(replay({ isPlaying: false }))
        .press('Space')
        .take(),
    ).toEqual([{ kind: 'play', on: true }]);
    expect(
      record(replay({ atMs: 0 }))
        .press(',')
        .take(),
    ).toEqual([{ kind: 'seek', to: 0 }]);
    expect(
      record(replay({ speed: 0 }))
        .press('-')
        .take(),
    ).toEqual([{ kind: 'speed', factor: 1 }]);
  });

  it('refuses where nothing is replayed', () => {
    expect(record().press('p').take()).toMatchObject([{ kind: 'message', isError: true }]);
  });

  it.each([
    ['seek 40%', { kind: 'seek', to: 0.4 }],
    ['seek 25s', { kind: 'seek', to: 0.25 }],
    ['seek 500ms', { kind: 'seek', to: 0.005 }],
    ['seek 900%', { kind: 'seek', to: 1 }],
    ['speed 0.1x', { kind: 'speed', factor: 0.1 }],
    ['speed 0', { kind: 'speed', factor: 0 }],
  ])(':%s', (text, effect) => {
    expect(record(replay()).command(text).take()).toEqual([effect]);
  });

  it.each(['seek', 'seek there', 'seek -5%', 'speed', 'speed fast', 'speed -1', 'speed Infinity'])(
    'refuses :%s',
    (text) => {
      expect(record(replay()).command(text).take()).toMatchObject([{ kind: 'message', isError: true }]);
    },
  );

  it('leaves other commands alone', () => {
    expect(transportCommand(['depth', '3'], fakeModels())).toBeUndefined();
  });
});

describe('a progress bar', () => {
  it.each([0, 0.001, 0.5, 0.999, 1, 7, -1])('of %d fills its cells exactly', (share) => {
    for (const ascii of [true, false])
      expect([...progressBar(share, 20, createStyle({ color: false, ascii }))]).toHaveLength(20);
  });

  it('is full at the end only', () => {
    const style = createStyle({ color: false, ascii: false });
    expect(progressBar(1, 4, style)).toBe('████');
    expect(progressBar(0.5, 4, style)).toBe('██  ');
    expect(progressBar(0, 4, style)).toBe('    ');
  });
});
