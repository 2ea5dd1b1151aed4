/** Errors as messages on standard error. The text is taken off process.stderr, where it is to end up. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BusyError,
  FtuiError,
  NotPermittedError,
  TracefsError,
  UnsupportedError,
  UsageError,
} from '../../src/base/errors.ts';
import { reportError } from '../../src/cli/report-error.ts';

const { write } = process.stderr;
let written = '';
beforeEach(() => {
  written = '';
  process.stderr.write = (text: string | Uint8Array) => {
    written += String(text);
    return true;
  };
});
afterEach(() => {
  process.stderr.write = write;
});

const parts = { attempted: 'tracing f', why: 'it is not there', remedy: 'take g' };

describe('reportError', () => {
  it.each([
    [new FtuiError(parts), 1],
    [new UsageError(parts), 2],
    [new UnsupportedError(parts), 3],
    [new NotPermittedError(parts), 4],
    [new BusyError(parts), 5],
  ])('prints what was attempted, why not, and what to do: %s, status %i', (error, status) => {
    expect(reportError(error)).toBe(status);
    expect(written).toBe('ftui: tracing f: it is not there (take g)\n');
  });

  it('leaves out a remedy that there is not', () => {
    reportError(new UsageError({ attempted: 'a', why: 'b' }));
    expect(written).toBe('ftui: a: b\n');
  });

  it('keeps the lines of the kernel’s own message, and begins a new one for the remedy', () => {
    const kernelMessage =
      'trace_kprobe: error: Invalid argument expression\n  Command: p:a b %x\n                     ^';
    const file = '/sys/kernel/tracing/kprobe_events';
    const error = new TracefsError({
      operation: 'append',
      file,
      value: 'p:a b %x',
      code: 'EINVAL',
      kernelMessage,
      remedy: 'mend it',
    });
    expect(reportError(error)).toBe(1);
    expect(written).toBe(`ftui: append 'p:a b %x' to ${file}: EINVAL\n${kernelMessage}\n(mend it)\n`);
  });

  it('escapes what could act on the terminal', () => {
    reportError(new UsageError({ attempted: 'a\u001b[2J', why: 'b\u0007\r', remedy: '\u202ec' }));
    expect(written).toBe('ftui: a\\e[2J: b\\x07\\r (\\u202ec)\n');
  });

  it.each([
    [new TypeError('x is not a function'), 'x is not a function'],
    ['just text', 'just text'],
    [undefined, 'undefined'],
  ])('asks to report what nobody foresaw: %s', (error, text) => {
    expect(reportError(error)).toBe(1);
    expect(written).toBe(`ftui: unexpected failure: ${text} (FTUI_DEBUG=1 shows where; please report it)\n`);
  });
});
