/**
 * A program to trace: says `ready`, waits for a line, then writes 7 bytes to /dev/null from its main thread, a new
 * thread, a child and the child's child, and prints the four thread ids as JSON.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

const nowhere = openSync('/dev/null', 'w');
process.stdout.write('ready\n');
readSync(0, Buffer.alloc(16));
writeSync(nowhere, '7 bytes');
// Node has no gettid; /proc/thread-self is PID/task/TID.
const source = `const fs = require('node:fs');
  fs.writeSync(${nowhere}, '7 bytes');
  require('node:worker_threads').parentPort.postMessage(fs.readlinkSync('/proc/thread-self'));`;
const worker = new Worker(source, { eval: true });
const thread = await new Promise<string>((resolve) => worker.once('message', resolve));
const script = `printf 1234567 > /dev/null; echo $$; sh -c 'printf 1234567 > /dev/null; echo $$'; :`;
const children = spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout.trim().split('\n').map(Number);
closeSync(nowhere);
await worker.terminate();
process.stdout.write(`${JSON.stringify([process.pid, Number(thread.split('/').at(-1)), ...children])}\n`);
