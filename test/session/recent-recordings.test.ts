/** The list of recordings that were made or replayed lately. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecentRecordings, recentRecordingsFile } from '../../src/session/recent-recordings.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-recent-'));
  file = path.join(folder, 'state', 'ftui', 'recent.json');
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function make(name: string): string {
  const made = path.join(folder, name);
  fs.writeFileSync(made, '');
  return made;
}

describe('recent recordings', () => {
  it('lie in the state folder', () => {
    expect(recentRecordingsFile({ XDG_STATE_HOME: '/s', HOME: '/h' })).toBe('/s/ftui/recent.json');
    expect(recentRecordingsFile({ XDG_STATE_HOME: 'relative', HOME: '/h' })).toBe('/h/.local/state/ftui/recent.json');
    expect(recentRecordingsFile({})).toBeUndefined();
  });

  it('come newest first, each once, with what was known before', () => {
    const [a, b] = [make('a.dat'), make('b.dat')];
    new RecentRecordings(file).add(a, 'recorded', { bytes: 10, events: 3 });
    new RecentRecordings(file).add(b, 'recorded');
    new RecentRecordings(file).add(a, 'replayed');
    expect(new RecentRecordings(file).list()).toMatchObject([
      { path: a, how: 'replayed', bytes: 10, events: 3, isThere: true },
      { path: b, how: 'recorded', isThere: true },
    ]);
    fs.rmSync(b);
    expect(new RecentRecordings(file).list().map(({ isThere }) => isThere)).toEqual([true, false]);
  });

  it('are private, and twenty at most', () => {
    const recent = new RecentRecordings(file);
    for (let index = 0; index < 25; index += 1) recent.add(`/r/${index}.dat`, 'recorded');
    expect(recent.list()).toHaveLength(20);
    expect(recent.list()[0]!.path).toBe('/r/24.dat');
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  });

  it('are none where the list is damaged, and can be begun anew', () => {
    for (const text of ['', '{', '[1, null, {"path": 5}]', '"x"']) {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
      expect(new RecentRecordings(file).list()).toEqual([]);
      new RecentRecordings(file).add('/a.dat', 'replayed');
      expect(new RecentRecordings(file).list()).toHaveLength(1);
    }
  });

  it('do without a place to write', () => {
    new RecentRecordings(undefined).add('/a.dat', 'recorded');
    expect(new RecentRecordings(undefined).list()).toEqual([]);
    const blocked = path.join(make('file'), 'recent.json');
    new RecentRecordings(blocked).add('/a.dat', 'recorded');
    expect(new RecentRecordings(blocked).list()).toEqual([]);
  });
});
