/** Files that were cut off: what is there is read, and what is missing is said. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { byteSourceOf } from '../../../src/recording/files.ts';
import { TraceDat } from '../../../src/recording/trace-dat/trace-dat.ts';
import { TraceDatEvents } from '../../../src/recording/trace-dat/trace-dat-events.ts';
import { recordingPath } from '../../recordings/recordings.ts';

function readCut(name: string, missing: number): { events: number; problems: readonly string[] } {
  const bytes = readFileSync(recordingPath(name));
  const recording = new TraceDat(byteSourceOf(bytes.subarray(0, bytes.length - missing)));
  let events = 0;
  for (const item of new TraceDatEvents(recording).events()) if (item.kind === 'event') events += 1;
  return { events, problems: recording.problems };
}

describe('a version 7 file without its end', () => {
  it.each([
    ['6.12-all-events', 500, 50_000],
    ['6.12-all-events', 60_000, 40_000],
    ['6.12-all-events', 300_000, 10_000],
    ['6.1-instances', 500, 1_200],
    ['7.2-zlib-sched', 3_000, 2_000],
  ])('%s, cut by %i bytes, still has more than %i events', (name, missing, least) => {
    const { events, problems } = readCut(name, missing);
    expect(events).toBeGreaterThan(least);
    expect(problems.join('\n')).toContain('its end is missing');
  });
});

describe('a version 6 file without its end', () => {
  it('has the events that are there', () => {
    const { events, problems } = readCut('5.10-v6-sched-openat', 50_000);
    expect(events).toBeGreaterThan(2_000);
    expect(problems.join('\n')).toMatch(/CPU 1: \d+ of \d+ bytes are missing/);
  });
});
