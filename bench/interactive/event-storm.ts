/** Keys while far more events come than can be shown: system calls of two dd, on this kernel. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../measurement.ts';
import { SessionTerminal } from './session-terminal.ts';

export interface EventStorm {
  /** As the header has it: `512k ev/s`. */
  readonly rate: string;
  /** `showing 1 of 12`; undefined when it was not said. */
  readonly showing: string | undefined;
  readonly lost: string;
  /** ms from a key to the frame that has it. */
  readonly keyP50: number;
  readonly keyP95: number;
}

const keys = 200;
const everyMs = 33;

export async function measureEventStorm(ftui: string): Promise<EventStorm> {
  const terminal = new SessionTerminal({
    file: ftui,
    args: ['event', 'raw_syscalls:*', '--max-rate', '20000000'],
    env: { FTUI_TEST: '1' },
  });
  const load: ChildProcess[] = [];
  try {
    await terminal.shows(/LIVE/);
    for (let count = 0; count < 2; count += 1) {
      load.push(spawn('dd', ['if=/dev/zero', 'of=/dev/null', 'bs=1'], { stdio: 'ignore' }));
    }
    await sleep(3000);
    terminal.forget();
    const times: number[] = [];
    for (let key = 0; key < keys; key += 1) {
      times.push(await terminal.timeToFrame(key % 2 === 0 ? 'j' : 'k'));
      await sleep(everyMs);
    }
    return {
      rate: terminal.lastText(/[\d.,]+[kM]? ev\/s/) ?? '?',
      showing: terminal.lastText(/showing 1 of [\d,]+/),
      lost: terminal.lastText(/lost [\d.,]+[kM]?/) ?? '?',
      keyP50: percentile(times, 0.5),
      keyP95: percentile(times, 0.95),
    };
  } finally {
    for (const child of load) child.kill('SIGKILL');
    await terminal.quit();
  }
}
