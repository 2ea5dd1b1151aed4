/** A recording for a screen: the same items as its events, in slices, from any place on, and while it is written. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FtuiError } from '../../src/base/errors.ts';
import type { SourceItem } from '../../src/recording/event-source.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { RecordingSession } from '../../src/session/recording-session.ts';
import { interactiveSetup, until } from './interactive-setup.ts';

const file = path.join(import.meta.dirname, '../recordings/7.2-zlib-sched.dat');
const opened: RecordingSession[] = [];
afterEach(() => {
  for (const session of opened.splice(0)) session.close();
});

function open(...parts: Parameters<typeof RecordingSession.open>) {
  const session = RecordingSession.open(...parts);
  opened.push(session);
  const items: SourceItem[] = [];
  const restarts = { count: 0 };
  session.subscribe({
    items: (batch) => items.push(...batch),
    restarted: () => {
      restarts.count += 1;
    },
  });
  return { session, items, restarts };
}

const keyOf = (origin: bigint) => (item: SourceItem) =>
  `${origin + BigInt(Math.round(item.time))} ${item.cpu} ${item.kind === 'event' ? `${item.name} ${item.text}` : item.kind}`;

function readAll(): { readonly origin: bigint; readonly items: SourceItem[] } {
  const source = openRecording(file);
  const items = [...source.events()];
  source.close();
  return { origin: source.origin, items };
}

describe('a recording', () => {
  it('gives all its items in slices, with how far it is', () => {
    const { session, items } = open(file);
    const shares: (number | undefined)[] = [];
    for (let step = session.step(0); ; step = session.step(0)) {
      shares.push(step.share);
      expect(step.time).toBe(items.at(-1)!.time);
      if (step.done) break;
    }
    const all = readAll();
    expect(items.map(keyOf(session.origin))).toEqual(all.items.map(keyOf(all.origin)));
    expect(shares.length).toBeGreaterThan(10);
    expect(shares).toEqual(shares.toSorted((a, b) => a! - b!));
    expect(shares.at(-1)).toBe(1);
    expect(session.events).toBe(items.length);
    expect(session.range!.from).toBe(items[0]!.time);
    expect(session.range!.to).toBe(items.at(-1)!.time);
  });

  it('goes as far as it is told, and on from there', () => {
    const { session, items } = open(file);
    const { from, to } = session.range!;
    const middle = Math.round((from + to) / 2);
    expect(session.step(1e6, middle)).toMatchObject({ done: false });
    expect(items.at(-1)!.time).toBeLessThanOrEqual(middle);
    const before = items.length;
    session.step(1e6, middle);
    expect(items).toHaveLength(before);
    expect(session.step(1e6)).toMatchObject({ done: true, share: 1 });
    expect(items).toHaveLength(readAll().items.length);
    expect(items[before]!.time).toBeGreaterThan(middle);
  });

  it('goes on at another place, and with a selection', () => {
    const { session, items, restarts } = open(file);
    const all = readAll().items;
    const time = all[Math.floor(all.length / 2)]!.time;
    session.step(1e6);
    items.length = 0;
    session.seek(time);
    expect(restarts.count).toBe(1);
    session.step(1e6);
    expect(items.map(({ time }) => time)).toEqual(all.map(({ time }) => time).filter((each) => each >= time));
    items.length = 0;
    session.select({ cpus: new Set([1]) });
    session.step(1e6);
    expect(restarts.count).toBe(2);
    expect(items.length).toBeGreaterThan(0);
    expect(items.every(({ cpu }) => cpu === 1)).toBe(true);
    expect(items).toHaveLength(all.filter(({ cpu }) => cpu === 1).length);
  });

  it('may be a saved text trace', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-text-'));
    const text = path.join(folder, 'trace');
    fs.writeFileSync(
      text,
      '# tracer: nop\n#\n            bash-77      [001] .....    10.500000: sched_waking: comm=x pid=1\n',
    );
    const { session, items } = open(text);
    expect(session.step(100)).toMatchObject({ done: true });
    expect(items).toMatchObject([{ kind: 'event', name: 'sched_waking', comm: 'bash' }]);
    expect([session.traceDat, session.range]).toEqual([undefined, undefined]);
    fs.rmSync(folder, { recursive: true });
  });

  it('that is none is refused', () => {
    expect(() => RecordingSession.open('/no/such/file')).toThrow('there is no such file');
    expect(() => RecordingSession.open(import.meta.filename)).toThrow(FtuiError);
  });
});

describe('a recording that is being written', () => {
  it('is followed to its end, each event once', async () => {
    const setup = interactiveSetup(300);
    const name = setup.fileOf('a.dat');
    await setup.session.want({ graph: ['do_sys_openat2'] });
    await setup.session.start();
    await setup.session.startRecording(name);
    await until(() => fs.readdirSync(`${name}.part`).some((part) => part.endsWith('.pages')));
    const { session, items } = open(name, { follow: true });
    expect(session.isFollowing).toBe(true);
    session.step(10);
    await until(() => setup.kernel.playbackDone);
    session.step(10);
    await setup.session.stop();
    for (let rounds = 0; !session.step(10).done; rounds += 1) expect(rounds).toBeLessThan(10_000);
    expect(session.isFollowing).toBe(false);
    const source = openRecording(name);
    const expected = [...source.events()].filter(({ kind }) => kind === 'event').map(keyOf(source.origin));
    source.close();
    expect(items.map(keyOf(session.origin))).toEqual(expected);
    expect(expected.length).toBeGreaterThan(100);
    await setup.session.close();
    setup.dispose();
  });

  it('is read as it is when nobody writes it', () => {
    expect(open(file, { follow: true }).session.isFollowing).toBe(false);
  });
});
