/**
 * The recorder's thread: rounds of reading every few milliseconds, calls of the main thread in between. It waits in
 * Atomics.wait and never returns to an event loop, so nothing but its own work can keep it from a round.
 */

import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import {
  controlWord,
  packError,
  type RecordAnswer,
  type RecordCall,
  type RecordShared,
  state,
  storeProgress,
  wanted,
} from './record-messages.ts';
import { RecordOutput, type RecordSource } from './record-output.ts';

export class RecordLoop {
  readonly #output: RecordOutput;
  readonly #port: MessagePort;
  readonly #shared: RecordShared;
  /** Between two rounds; undefined while nothing is to be read. */
  #roundMs: number | undefined;
  #isBehind = false;

  constructor(kernel: KernelFiles, port: MessagePort, shared: RecordShared) {
    this.#output = new RecordOutput(kernel);
    this.#port = port;
    this.#shared = shared;
  }

  /** Never returns: the main thread ends the thread. */
  run(): never {
    const { control } = this.#shared;
    for (;;) {
      Atomics.wait(control, controlWord.wanted, wanted.rounds, this.#isBehind ? 0 : this.#roundMs);
      const what = Atomics.exchange(control, controlWord.wanted, wanted.rounds);
      if (what === wanted.release) this.#release();
      if (what !== wanted.rounds) this.#answerAll();
      if (this.#roundMs !== undefined) this.#round();
    }
  }

  #round(): void {
    try {
      this.#isBehind = this.#output.round(performance.now()).isBehind;
    } catch (error) {
      this.#endRounds();
      this.#post({ kind: 'failure', error: packError(error) });
    }
    storeProgress(this.#shared, this.#output.progress());
  }

  #endRounds(): void {
    this.#roundMs = undefined;
    this.#isBehind = false;
  }

  #release(): void {
    this.#endRounds();
    this.#output.release();
    Atomics.store(this.#shared.control, controlWord.state, state.released);
    Atomics.notify(this.#shared.control, controlWord.state);
  }

  #answerAll(): void {
    for (let received = receiveMessageOnPort(this.#port); received; received = receiveMessageOnPort(this.#port)) {
      try {
        this.#post({ kind: 'result', result: this.#carryOut(received.message as RecordCall) });
      } catch (error) {
        this.#post({ kind: 'error', error: packError(error) });
      }
    }
  }

  #carryOut({ method, args }: RecordCall): unknown {
    if (method === 'open') {
      const [sources, roundMs] = args as [readonly RecordSource[], number];
      this.#output.open(sources, performance.now());
      this.#roundMs = roundMs;
      return undefined;
    }
    if (method === 'hold' || method === 'drain') this.#endRounds();
    const result = (this.#output[method] as (...all: unknown[]) => unknown)(...args);
    storeProgress(this.#shared, this.#output.progress());
    return result;
  }

  #post(answer: RecordAnswer): void {
    this.#port.postMessage(answer);
  }
}
