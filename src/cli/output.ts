/** Standard output and standard error: whole lines, backpressure, and a reader that goes away. */

import { errnoOf } from '../base/errors.ts';

export interface Output {
  line(text: string): void;
  lines(texts: readonly string[]): void;
  /** Resolves when the reader has caught up; at once when it is not behind. */
  drained(): Promise<void>;
}

/** Standard output; `onClosed` is called once when its reader has gone (EPIPE), after which lines are dropped. */
export function openStandardOutput(onClosed: () => void): Output {
  let closed = false;
  process.stdout.on('error', (error) => {
    if (errnoOf(error) === 'EPIPE' && !closed) onClosed();
    closed = true;
  });
  const write = (text: string) => {
    if (!closed) process.stdout.write(text);
  };
  return {
    line: (text) => write(`${text}\n`),
    lines: (texts) => {
      if (texts.length > 0) write(`${texts.join('\n')}\n`);
    },
    drained: async () => {
      if (closed || !process.stdout.writableNeedDrain) return;
      await new Promise<void>((resolve) => {
        const go = () => {
          process.stdout.removeListener('drain', go);
          process.stdout.removeListener('error', go);
          resolve();
        };
        process.stdout.on('drain', go);
        process.stdout.on('error', go);
      });
    },
  };
}

/** One line for the user on standard error. */
export function printNotice(text: string): void {
  process.stderr.write(`ftui: ${text}\n`);
}
