/** How soon a key is answered, and what held keys cost, on a tree that fills the screen and does not change by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../measurement.ts';
import { SessionTerminal } from './session-terminal.ts';

export interface KeyLatency {
  /** ms from the key to the first byte of what it changes. */
  readonly p50: number;
  readonly p95: number;
  /** Share of a CPU while a key is held. */
  readonly cpu: number;
}

const keys = 300;
/** 30 a second, as keyboards repeat. */
const everyMs = 1000 / 30;

/** `painter` '0' has Ink draw the body as well. */
export async function measureKeys(ftui: string, recording: string, painter: '0' | '1'): Promise<KeyLatency> {
  const terminal = new SessionTerminal({ file: ftui, args: ['replay', recording], env: { FTUI_PAINTER: painter } });
  try {
    await terminal.shows(/REPLAY/);
    await sleep(1500);
    await terminal.type(['E', 'g'], 300);
    await pressInTurns(terminal, 60);
    const [cpu, begun] = [terminal.cpuMs(), performance.now()];
    const times = await pressInTurns(terminal, keys);
    const used = terminal.cpuMs() - cpu;
    return { p50: percentile(times, 0.5), p95: percentile(times, 0.95), cpu: used / (performance.now() - begun) };
  } finally {
    await terminal.quit();
  }
}

/** Down 60 rows, so that the screen scrolls, and up again. */
async function pressInTurns(terminal: SessionTerminal, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let key = 0; key < count; key += 1) {
    const time = await terminal.timeToFirstByte(Math.floor(key / 60) % 2 === 0 ? 'j' : 'k');
    times.push(time);
    await sleep(Math.max(everyMs - time, 1));
  }
  return times;
}
