/** What is read of a recording by number is what reading it from its beginning gives, item by item. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { EventRates } from '../../src/analysis/event-rates.ts';
import { GraphModel } from '../../src/analysis/graph-model.ts';
import type { SourceItem } from '../../src/recording/event-source.ts';
import { byteSourceOf, openByteSource } from '../../src/recording/files.ts';
import { GraphRecordFeed } from '../../src/recording/graph-records.ts';
import { TraceDat } from '../../src/recording/trace-dat/trace-dat.ts';
import { TraceDatEvents } from '../../src/recording/trace-dat/trace-dat-events.ts';
import { RecordingIndex } from '../../src/session/recording-index.ts';
import { recordingNames, recordingPath } from '../recordings/recordings.ts';

const opened: TraceDatEvents[] = [];
afterEach(() => {
  for (const source of opened.splice(0)) source.close();
});

function indexOf(recording: TraceDat) {
  const source = new TraceDatEvents(recording);
  opened.push(source);
  const rates = new EventRates();
  const index = new RecordingIndex(source, rates);
  const feed = new GraphRecordFeed(recording, new GraphModel(), { watch: index });
  while (!feed.step(5).done) index.flush();
  index.flush();
  return { source, rates, log: index.log };
}

const open = (name: string) => indexOf(new TraceDat(openByteSource(recordingPath(name))));
const wordsOf = (item: SourceItem) =>
  `${item.time} ${item.cpu} ${item.kind === 'event' ? `${item.pid} ${item.name} ${item.text}` : item.kind}`;

describe.each(recordingNames)('the log of %s', (name) => {
  it('has the items of the recording, wherever it is looked at', () => {
    const { source, log } = open(name);
    const all = [...source.events()];
    expect(log.end).toBe(all.length);
    const places = [0, 1, all.length - 1, ...Array.from({ length: 60 }, (_, index) => (index * 7919) % all.length)];
    for (const place of places) {
      expect(wordsOf(log.at(place)!)).toBe(wordsOf(all[place]!));
    }
    expect(log.at(all.length)).toBeUndefined();
    expect(log.at(-1)).toBeUndefined();
  });

  it('counts what came, by name, with the last text', () => {
    const { source, rates } = open(name);
    const events = [...source.events()].filter((item) => item.kind === 'event');
    expect(rates.total).toBe(events.length);
    const last = new Map(events.map((event) => [`${event.system}:${event.name}`, event]));
    expect(rates.rows().map((row) => row.name)).toEqual([...last.keys()].sort());
    for (const row of rates.rows()) {
      expect(row.lastTime).toBe(last.get(row.name)!.time);
      expect(row.lastText).toBe(last.get(row.name)!.text);
    }
  });
});

describe('the log of a recording', () => {
  it('goes forward through all items of many blocks', () => {
    const { source, log } = open('6.12-all-events');
    const all = [...source.events()];
    expect(all.length).toBeGreaterThan(4_000);
    for (const [place, item] of all.entries()) expect(log.at(place)!.time).toBe(item.time);
    const index = log.index((item) => item.kind === 'event' && item.name === 'sched_switch');
    index.update();
    const wanted = all.flatMap((item, place) => (item.kind === 'event' && item.name === 'sched_switch' ? [place] : []));
    expect(Array.from({ length: index.length }, (_, at) => index.sequenceAt(at))).toEqual(wanted);
  });

  it('finds the first item at a time', () => {
    const { source, log } = open('7.2-zlib-sched');
    const all = [...source.events()];
    for (const place of [0, 100, all.length >> 1, all.length - 1]) {
      const { time } = all[place]!;
      expect(log.sequenceAt(time)).toBe(all.findIndex((item) => item.time >= time));
    }
    expect(log.sequenceAt(Number.POSITIVE_INFINITY)).toBe(all.length);
  });

  it.each(['6.12-all-events', '7.2-zlib-sched'])('grows while %s is walked over from a place on', (name) => {
    const recording = new TraceDat(openByteSource(recordingPath(name)));
    const source = new TraceDatEvents(recording);
    opened.push(source);
    const from = [...source.events()][1500]!.time;
    const wanted = [...source.events({ from })];
    const index = new RecordingIndex(source, new EventRates(), from);
    const feed = new GraphRecordFeed(recording, new GraphModel(), { watch: index, from });
    const { log } = index;
    for (let end = 0; end < wanted.length; end += 700) {
      feed.step(1000, wanted[end]!.time);
      expect(log.end).toBeGreaterThan(end);
      for (const place of [log.end - 1, log.end - 40, log.end >> 1, 0].filter((at) => at >= 0)) {
        expect(wordsOf(log.at(place)!)).toBe(wordsOf(wanted[place]!));
      }
      expect(log.at(log.end)).toBeUndefined();
    }
    expect(log.sequenceAt(from)).toBe(0);
    feed.step(1000);
    expect(Array.from({ length: log.end }, (_, at) => log.at(at)!.time)).toEqual(wanted.map(({ time }) => time));
  });

  it.each([0.85, 0.9, 0.95])('gives what is left, in the same order, where data is damaged at %f', (share) => {
    const bytes = Uint8Array.from(readFileSync(recordingPath('6.12-all-events')));
    const from = Math.floor(bytes.length * share);
    bytes.fill(0xff, from, from + 20_000);
    const { source, log } = indexOf(new TraceDat(byteSourceOf(bytes)));
    const all = [...source.events()];
    expect(all.some(({ kind }) => kind === 'damaged')).toBe(true);
    expect(log.end).toBe(all.length);
    const others = all.flatMap((item, place) => (wordsOf(log.at(place)!) === wordsOf(item) ? [] : [place]));
    expect(others).toEqual([]);
  });
});
