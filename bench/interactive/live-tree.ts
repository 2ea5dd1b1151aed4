/** What a tree costs that changes ten times a second: a recording of a page each 100 ms a CPU, played as fast as it was. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SessionTerminal } from './session-terminal.ts';

export interface LiveTree {
  /** Share of a CPU. */
  readonly cpu: number;
  readonly recordsPerSecond: number;
}

const seconds = 15;
/** Until the code that runs often has been compiled. */
const warmUpMs = 10_000;

export async function measureLiveTree(
  ftui: string,
  slowRecording: string,
  recordsPerSecond: number,
): Promise<LiveTree> {
  const terminal = new SessionTerminal({ file: ftui, args: ['replay', slowRecording] });
  try {
    await terminal.shows(/REPLAY/);
    await sleep(500);
    await terminal.type([...':speed 1', '\r'], 50);
    await sleep(3000);
    await terminal.type(['E'], warmUpMs);
    const [cpu, begun] = [terminal.cpuMs(), performance.now()];
    await sleep(seconds * 1000);
    const used = terminal.cpuMs() - cpu;
    return { cpu: used / (performance.now() - begun), recordsPerSecond };
  } finally {
    await terminal.quit();
  }
}
