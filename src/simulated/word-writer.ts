/**
 * trace_get_user() of kernel/trace/trace.c: files that take one word a write(2). A write ends after the first word and
 * gives a short count; a word that no white space ends is carried over to the next write or to close.
 */

import type { Writer } from './file-nodes.ts';

/** A writer that hands each word to `take`; `close` runs after the last one, whose refusal nobody hears about. */
export function makeWordWriter(take: (word: string) => void, close: () => void): Writer {
  let pending = '';
  return {
    write(text) {
      const parts = /^(\s*)(\S*)(\s?)/.exec(text)!;
      const [all, leading = '', word = '', end = ''] = parts;
      if (pending !== '' && leading !== '') {
        const whole = pending;
        pending = '';
        take(whole);
        return 1;
      }
      pending += word;
      if (end !== '' && pending !== '') {
        const whole = pending;
        pending = '';
        take(whole);
      }
      return all.length;
    },
    close() {
      try {
        if (pending !== '') take(pending);
      } finally {
        close();
      }
    },
  };
}
