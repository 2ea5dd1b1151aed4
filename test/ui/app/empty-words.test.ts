/** What empty screens say, in each state of a session. */
import { describe, expect, it } from 'vitest';
import { FtuiError } from '../../../src/base/errors.ts';
import { noTraces, type SessionState, type SessionStatus } from '../../../src/index.ts';
import { type EmptySource, emptyWords } from '../../../ui/app/empty-words.ts';

function statusOf(state: SessionState, sentences: readonly string[] = []): SessionStatus {
  const quiet = { ms: 12_345, sentences };
  return { state, runningMs: 12_345, quiet } as Partial<SessionStatus> as SessionStatus;
}

const nothing: EmptySource = { status: undefined, recording: undefined, wanted: noTraces, hidden: 0 };
const wordsOf = (state: SessionState, sentences?: readonly string[]) =>
  emptyWords('log', { ...nothing, status: statusOf(state, sentences) });

describe('emptyWords', () => {
  it('tell what is armed, for how long, and why nothing may come', () => {
    expect(wordsOf({ kind: 'running' }, ['only task 7 is traced', 'evil \x1b[31m'])).toEqual([
      'armed, 0 hits in 12 s',
      'only task 7 is traced',
      'evil \\e[31m',
    ]);
  });

  it.each<[SessionState, string[]]>([
    [{ kind: 'arming', text: 'graph f', share: 0.5 }, ['arming graph f: the kernel prepares it (Esc cancels)']],
    [{ kind: 'idle', reason: 'interrupted' }, ['STOPPED: tracing is off, what came is kept (s starts it again)']],
    [{ kind: 'exited', end: { code: 2, signal: null } }, ['EXITED 2: the traced command has ended, its data is kept']],
    [
      {
        kind: 'failed',
        error: new FtuiError({ attempted: 'setting a filter', why: 'EINVAL\n  a >\n    ^', remedy: 'mend it' }),
      },
      ['setting a filter: EINVAL', '  a >', '    ^', '(mend it)'],
    ],
  ])('say %j', (state, words) => expect(wordsOf(state)).toEqual(words));

  it('tell from nothing what filters hide', () => {
    const status = statusOf({ kind: 'running' });
    expect(emptyWords('log', { ...nothing, status, hidden: 1204 })).toEqual([
      expect.stringMatching(/^filtered out, 1,204 hidden: none passes the filters/),
    ]);
  });

  it('say on the graph that only other things are traced', () => {
    expect(emptyWords('graph', { ...nothing, status: statusOf({ kind: 'running' }) })).toEqual([
      'no function graph is traced: :graph FUNC adds one',
    ]);
  });

  it('say how to begin', () => {
    expect(emptyWords('events', nothing)[0]).toMatch(/^nothing is traced: /);
  });
});
