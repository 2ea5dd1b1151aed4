/**
 * steady-heap-frames.ts RECORDING: the built session on streams that are no terminal but say they are one; each key shows
 * another event of the recording, with texts that were not on the screen before. Prints its figures to stderr.
 */
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { SteadyHeap } from './steady-heap.ts';

const frames = 20_000;
/** Frames before the heap is looked at first, and between two looks. */
const warmUp = 2_000;
const columns = 160;
const rows = 50;

/** Takes the frames; `count` is of those that were complete. */
class Screen extends Writable {
  readonly isTTY = true;
  readonly columns = columns;
  readonly rows = rows;
  frames = 0;
  #wake: () => void = () => {};

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (chunk.includes('inputs=')) {
      this.frames += 1;
      this.#wake();
    }
    done();
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

class Keyboard extends EventEmitter {
  readonly isTTY = true;
  setRawMode = () => this;
  setEncoding = () => this;
  resume = () => this;
  pause = () => this;
  ref = () => this;
  unref = () => this;
  read = () => null;
}

const dist = join(import.meta.dirname, '../../dist');
const load = (name: string) => import(pathToFileURL(join(dist, name)).href);
const { RecordingSession } = (await load('index.js')) as typeof import('../../src/index.ts');
const { openSession } = await load('open-session.js');

const screen = new Screen();
const keyboard = new Keyboard();
Object.defineProperty(process, 'stdout', { value: screen });
Object.defineProperty(process, 'stdin', { value: keyboard });
process.env.FTUI_TEST = '1';

const host = {
  kernel: 'none',
  recent: { add: () => {}, list: () => [] },
  diagnose: () => undefined,
  openRecording: (file: string) => RecordingSession.open(file),
};
const stop = new AbortController();
const ended = openSession({
  ...{ host, screen: 'log', file: process.argv[2]!, stop: stop.signal },
  look: { ascii: false, environment: { TERM: 'xterm-256color', LANG: 'C.UTF-8' } },
}) as Promise<number>;

await sleep(3_000);
for (const key of ['5', 'g']) await press(key);
const heap: number[] = [];
for (let frame = 1; frame <= frames + warmUp; frame += 1) {
  await press('j');
  if (frame % warmUp === 0) heap.push(await usedHeap());
}
stop.abort();
await ended;
const [before] = heap;
const result: SteadyHeap = { frames, before: before!, after: heap.at(-1)!, most: Math.max(...heap) };
process.stderr.write(`${JSON.stringify(result)}\n`);
process.exit(0);

async function press(key: string): Promise<void> {
  const drawn = screen.next();
  keyboard.emit('data', Buffer.from(key));
  await drawn;
}

async function usedHeap(): Promise<number> {
  await turn();
  globalThis.gc!();
  await turn();
  globalThis.gc!();
  return process.memoryUsage().heapUsed / 1e6;
}
