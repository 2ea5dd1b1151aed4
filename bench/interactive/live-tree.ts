/** What a tree costs that changes ten times a second: a recording of a page each 100 ms a CPU, played as fast as it was. */
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../measurement.ts';
import { SessionTerminal } from './session-terminal.ts';

/** Before the measuring: the tree as it opens, with the hot path unfolded, or all of its largest root unfolded. */
export const treeKeys = { hotPath: ['g'], unfolded: ['g', 'E'] } as const;

const rounds = 3;
const seconds = 15;
/** Until the code that runs often has been compiled. */
const warmUpMs = 10_000;

/** Share of a CPU that all threads of the session take, the median of three sessions. */
export async function measureLiveTree(ftui: string, slowRecording: string, keys: readonly string[]): Promise<number> {
  const shares: number[] = [];
  for (let round = 0; round < rounds; round += 1) shares.push(await measureOnce(ftui, slowRecording, keys));
  return median(shares);
}

async function measureOnce(ftui: string, slowRecording: string, keys: readonly string[]): Promise<number> {
  const terminal = new SessionTerminal({ file: ftui, args: ['replay', slowRecording] });
  try {
    await terminal.shows(/REPLAY/);
    await sleep(500);
    await terminal.type([...':speed 1', '\r'], 50);
    await sleep(3000);
    await terminal.type(keys, 200);
    await sleep(warmUpMs);
    const [cpu, begun] = [terminal.cpuMs(), performance.now()];
    await sleep(seconds * 1000);
    const used = terminal.cpuMs() - cpu;
    return used / (performance.now() - begun);
  } finally {
    await terminal.quit();
  }
}
