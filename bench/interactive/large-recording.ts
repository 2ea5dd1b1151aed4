/** Opening a recording of many millions of function_graph records, and using the keys while it is being read. */
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../measurement.ts';
import { SessionTerminal } from './session-terminal.ts';

export interface LargeRecording {
  /** ms from the start. */
  readonly firstScreen: number;
  readonly wholeTree: number;
  /** Until the recording is read, ms from a key to a frame that has it. */
  readonly keyP95: number;
  /** MB. */
  readonly memory: number;
}

export async function measureLargeRecording(ftui: string, recording: string): Promise<LargeRecording> {
  const terminal = new SessionTerminal({ file: ftui, args: ['replay', recording], env: { FTUI_TEST: '1' } });
  try {
    const firstScreen = await terminal.shows(/ quit\b/);
    const whole = terminal.shows(/REPLAY/);
    const keyTimes = pressUntil(terminal, whole);
    const wholeTree = await whole;
    const keyP95 = percentile(await keyTimes, 0.95);
    return { firstScreen, wholeTree, keyP95, memory: terminal.peakMemory() };
  } finally {
    await terminal.quit();
  }
}

async function pressUntil(terminal: SessionTerminal, end: Promise<unknown>): Promise<number[]> {
  let isOver = false;
  void end.finally(() => {
    isOver = true;
  });
  const times: number[] = [];
  while (!isOver) {
    times.push(await terminal.timeToFrame(times.length % 2 === 0 ? 'j' : 'k'));
    await sleep(33);
  }
  return times;
}
