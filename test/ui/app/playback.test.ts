/** A recording that plays gives what lies behind it, from the place on where it began, and nothing while it is held. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventRates, GraphItemFeed, GraphModel, RecordingSession } from '../../../src/index.ts';
import { Playback } from '../../../ui/app/playback.ts';
import { recordingPath } from '../../recordings/recordings.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function open(name: string) {
  const recording = RecordingSession.open(recordingPath(name));
  const models = { graph: new GraphModel(), rates: new EventRates() };
  const playback = new Playback(recording, models);
  // The clock stands still while it is read.
  const play = (ms: number) => {
    vi.advanceTimersByTime(ms);
    playback.step(1_000, models.graph);
  };
  return { recording, playback, models, play };
}

/** Figures of all nodes, after the calls between two times. */
function expectedPaths(recording: RecordingSession, from: number, to: number) {
  const graph = new GraphModel();
  const feed = new GraphItemFeed(graph);
  for (const item of recording.source!.events({ from, to })) feed.add(item);
  return pathsOf(graph);
}

function pathsOf({ paths: { nodes, calls } }: GraphModel) {
  const columns = [nodes.key, nodes.parent, nodes.calls, nodes.returned, nodes.total, nodes.self, nodes.max];
  return { calls, nodes: columns.map((column) => [...column.subarray(0, nodes.end)]) };
}

describe('a recording that plays', () => {
  it.each([1, 0.1, 7])('gives its calls from a place on as they came, %f times as fast', (speed) => {
    const { recording, playback, models, play } = open('6.1-graph-depth3');
    const from = Math.floor(playback.timeAt(0.3));
    const length = (playback.timeAt(1) - from) / 1e6 / speed;
    playback.restart(models, speed, from);
    for (let share = 0; share <= 0.9; share += 0.3) {
      play(share === 0 ? 0 : length * 0.3);
      const until = playback.at;
      expect(pathsOf(models.graph)).toEqual(expectedPaths(recording, from, until + 0.001));
    }
    expect(playback.isResting).toBe(false);
    play(length);
    expect(playback.isResting).toBe(true);
    expect(playback.at).toBe(playback.timeAt(1));
    expect(models.rates.total).toBe(
      [...recording.source!.events({ from })].filter(({ kind }) => kind === 'event').length,
    );
    recording.close();
  });

  it('stays where it is while it is held', () => {
    const { recording, playback, models, play } = open('6.1-graph-depth3');
    const length = (playback.timeAt(1) - playback.timeAt(0)) / 1e6;
    playback.restart(models, 1, playback.timeAt(0));
    play(length / 2);
    const { at } = playback;
    const before = pathsOf(models.graph);
    playback.pause(false);
    expect(playback.isResting).toBe(true);
    play(length);
    expect(playback.at).toBe(at);
    expect(pathsOf(models.graph)).toEqual(before);
    playback.pause(true);
    play(length / 4);
    expect(playback.state.atMs).toBeCloseTo(length * 0.75, 3);
    expect(playback.log!.end).toBe(models.rates.total + models.rates.lostTotal);
    recording.close();
  });
});
