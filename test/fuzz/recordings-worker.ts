/** Runs cases one after the other, and notes in shared memory which one it is at, since when, and how much it holds. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { openCases } from './open-cases.ts';

export interface WorkerTask {
  readonly shared: SharedArrayBuffer;
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

const { shared, kind, from, to, step } = workerData as WorkerTask;
const state = new Float64Array(shared);
// What earlier cases left behind must not count for the one that is looked at.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const tidyEvery = 100;
/** A process has some 100 MB before it reads anything. */
const mostMegabytes = 200;
const cases = openCases(kind);
collectGarbage();
let sent = 0;

function measureMemory(seed: number): number {
  collectGarbage();
  const before = process.memoryUsage.rss();
  cases.run(seed);
  return Math.round((process.memoryUsage.rss() - before) / 2 ** 20);
}

for (let seed = from; seed < to; seed += step) {
  state[0] = seed;
  state[1] = Date.now();
  const outcome = cases.run(seed);
  state[2]! += 1;
  state[1] = 0;
  if (state[6] === 1) {
    // The limit was passed: by this case, or by what many have left behind?
    state[6] = 0;
    const megabytes = measureMemory(seed);
    if (megabytes > mostMegabytes)
      parentPort!.postMessage({ seed, ...outcome, finding: 'memory', stack: `${megabytes} MB` });
  } else if (state[2]! % tidyEvery === 0) {
    // zlib lets go of streams that could not be decompressed, and of their memory, only behind the current turn.
    await nextTurn();
    collectGarbage();
  }
  if (outcome.refused !== undefined) state[3]! += 1;
  else if (outcome.problems + outcome.damaged + outcome.lost > 0) state[4]! += 1;
  state[5] = Math.max(state[5]!, outcome.milliseconds);
  if (outcome.finding !== undefined && sent < 20_000) {
    sent += 1;
    parentPort!.postMessage({ seed, ...outcome });
  }
}
