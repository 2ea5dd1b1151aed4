/** Whether memory grows with frames of text that was never shown before: steady-heap-frames.ts in a process of its own. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface SteadyHeap {
  readonly frames: number;
  /** MB of heap in use after a full collection: after the first frames, at the end, and the most between. */
  readonly before: number;
  readonly after: number;
  readonly most: number;
}

export function measureHeap(recording: string): SteadyHeap {
  const script = join(import.meta.dirname, 'steady-heap-frames.ts');
  const words = ['--expose-gc', '--disable-warning=ExperimentalWarning', script, recording];
  const { status, stderr } = spawnSync(process.execPath, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${script}: ${stderr.trim()}`);
  // What restores a terminal goes to stderr as well.
  return JSON.parse(/^\{.*\}$/m.exec(stderr)![0]) as SteadyHeap;
}
