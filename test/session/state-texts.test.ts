/** What is said of each state: the same on the screens and on standard error. */

import { describe, expect, it } from 'vitest';
import { BusyError, FtuiError, UsageError } from '../../src/base/errors.ts';
import { explainError, explainState, type TracingState } from '../../src/session/state-texts.ts';

describe('an error', () => {
  it('is said in one line, with its exit status and its command', () => {
    const error = new BusyError({
      attempted: "starting 'graph f'",
      why: 'someone else is tracing: current_tracer is function',
      remedy: '`ftui status` shows it all; --force goes on',
    });
    expect(explainError(error)).toEqual({
      what: "starting 'graph f'",
      why: 'someone else is tracing: current_tracer is function',
      remedy: '`ftui status` shows it all; --force goes on',
      command: 'ftui status',
      exit: 5,
      line: "starting 'graph f': someone else is tracing: current_tracer is function (`ftui status` shows it all; --force goes on)",
    });
  });

  it('with a caret has its remedy on a line of its own', () => {
    const error = new UsageError({ attempted: 'x', why: 'EINVAL\n  a > \n      ^', remedy: 'mend it' });
    expect(explainError(error).line).toBe('x: EINVAL\n  a > \n      ^\n(mend it)');
  });

  it('without a remedy has none', () => {
    expect(explainError(new FtuiError({ attempted: 'x', why: 'y' }))).toMatchObject({ line: 'x: y', exit: 1 });
  });

  it('names the command of root', () => {
    const remedy = 'as root: mount -t tracefs nodev /sys/kernel/tracing';
    expect(explainError(new FtuiError({ attempted: 'x', why: 'y', remedy })).command).toBe(
      'mount -t tracefs nodev /sys/kernel/tracing',
    );
  });
});

describe('a state', () => {
  it.each<[TracingState, string]>([
    [{ kind: 'quiet', ms: 12_345, causes: ['a', 'b'] }, 'armed, 0 hits: a; b'],
    [
      { kind: 'overload', why: '9 events a second came in' },
      'tracing stopped: 9 events a second came in (narrow the filter, or raise --max-rate)',
    ],
    [
      { kind: 'lost', count: 1204, cause: 'full' },
      '1,204 events lost: the buffer was full (a larger buffer, or fewer events)',
    ],
    [{ kind: 'behind', oneOf: 8 }, 'showing 1 of 8: more come than can be shown, all are counted (w records all)'],
    [{ kind: 'paused', news: 3112 }, 'PAUSED +3,112 new: tracing goes on (p goes on showing)'],
    [{ kind: 'exited', end: { code: 0, signal: null } }, 'EXITED 0: the traced command has ended, its data is kept'],
    [
      { kind: 'exited', end: { code: null, signal: 'SIGKILL' } },
      'EXITED SIGKILL: the traced command has ended, its data is kept',
    ],
    [{ kind: 'stopped' }, 'STOPPED: tracing is off, what came is kept (s starts it again)'],
    [{ kind: 'arming', what: 'graph vfs_read' }, 'arming graph vfs_read: the kernel prepares it (Esc cancels)'],
    [
      { kind: 'filtered-out', hidden: 1204 },
      'filtered out, 1,204 hidden: none passes the filters (F turns them off, Backspace takes the last one back)',
    ],
    [{ kind: 'too-small', columns: 40, rows: 10 }, 'ftui needs 60x12, this is 40x10; q quits'],
  ])('%j', (state, line) => {
    expect(explainState(state).line).toBe(line);
  });

  it('quiet says for how long', () => {
    expect(explainState({ kind: 'quiet', ms: 12_999, causes: [] }).what).toBe('armed, 0 hits in 12 s');
  });

  it.each<TracingState>([
    { kind: 'storm', rate: 300_000 },
    { kind: 'lost', count: 1, cause: 'overrun' },
    { kind: 'lost', count: 1, cause: 'nested' },
  ])('$kind has a text', (state) => {
    const { what, why, line } = explainState(state);
    expect([what, why].every((text) => text.length > 0)).toBe(true);
    expect(line).toContain(why);
  });
});
