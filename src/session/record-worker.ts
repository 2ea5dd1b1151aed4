/** Entry of the recorder's thread; dist/record-worker.js in the bundle. */

import os from 'node:os';
import { type MessagePort, workerData } from 'node:worker_threads';
import { RunningKernel } from '../tracefs/running-kernel.ts';
import { RecordLoop } from './record-loop.ts';
import type { RecordShared } from './record-messages.ts';

/** What comes while the reader waits for a CPU may be lost; it needs little of one, but soon. */
const niceness = -15;

const { port, shared } = workerData as { readonly port: MessagePort; readonly shared: RecordShared };
const kernel = new RunningKernel();
try {
  const thread = /[^/]+$/.exec(kernel.readLink('/proc/thread-self'))?.[0];
  os.setPriority(Number(thread), niceness);
} catch {} // Not permitted: it goes on as it is.
new RecordLoop(kernel, port, shared).run();
